"""Grouping: articles that wait are told apart into stories, a batch at a time, by any number of workers at once.

claim → sign → publish, and commit → find candidates → match → lock stories → store. A crash anywhere only delays: what
was not stored still waits, and is compared again.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from sqlalchemy import Connection, Engine

from worker.basics.faults import is_interruption
from worker.basics.garbage import rare_collections
from worker.basics.log_lines import get_logger
from worker.database.clock import read_clock
from worker.database.conflicts import is_store_failing, write
from worker.database.engine import reading
from worker.database.tally_table import add_counts
from worker.stories.constants import RULES_VERSION
from worker.stories.matching import choose_outside_batch, match_batch
from worker.stories.membership import store_stories
from worker.stories.published import find_boilerplate, find_sharing, find_signatures, publish_signatures
from worker.stories.signature import make_signature, read_blocks
from worker.stories.story_locks import StaleStoriesError
from worker.stories.story_values import Block, Matched, Signed, WaitingArticle
from worker.stories.waiting_articles import claim_waiting
from worker.values.tallies import GROUPED_ARTICLES, Tally

_Read = tuple[WaitingArticle, Sequence[Block]]
# The more, the less each costs: beyond this little is gained.
_BATCH = 256
_LOG = get_logger(__name__)


def group_waiting(engine: Engine, stop: Callable[[], bool]) -> Iterator[int]:
    """Group the articles that wait until none is left or ``stop`` says so; yield how many each batch was."""
    with rare_collections():
        while not stop():
            # The claim holds as long as this transaction, which writes nothing.
            with reading(engine) as claim:
                waiting = claim_waiting(claim, _BATCH)
                if waiting:
                    _group(engine, waiting)
            if not waiting:
                return
            yield len(waiting)


def _group(engine: Engine, waiting: Sequence[WaitingArticle]) -> None:
    """Group articles together; where that finds a fault, one by one, and the faulty one alone: it stops no other."""
    try:
        signed = _publish(engine, _read(waiting))
        _store(engine, waiting, signed, _match(engine, signed))
    except Exception as error:
        if isinstance(error, StaleStoriesError) or is_store_failing(error) or is_interruption(error):
            # No article is to blame for that.
            raise
        _LOG.exception("articles not compared", article_ids=[article.article_id for article in waiting])
        if len(waiting) == 1:
            # Stored as one without words, it is a copy of nothing.
            _store(engine, waiting, _publish(engine, [(waiting[0], ())]), [])
            return
        for article in waiting:
            _group(engine, [article])


def _read(waiting: Sequence[WaitingArticle]) -> list[_Read]:
    # What these rules have compared already stays in its story: comparing it again changes nothing.
    return [(article, read_blocks(article.text)) for article in waiting if article.compared_by != RULES_VERSION]


def _publish(engine: Engine, read: Sequence[_Read]) -> list[Signed]:
    def publish_signed(connection: Connection) -> list[Signed]:
        boilerplate = find_boilerplate(connection, {block.block_hash for _, blocks in read for block in blocks})
        signed = _sign(read, boilerplate)
        publish_signatures(connection, signed)
        return signed

    return write(engine, publish_signed) if read else []


def _sign(read: Sequence[_Read], boilerplate: set[int]) -> list[Signed]:
    return [
        Signed(
            article,
            tuple([block.block_hash for block in blocks if block.block_hash not in boilerplate]),
            make_signature(blocks, boilerplate, article.title, article.outlet),
        )
        for article, blocks in read
    ]


def _match(engine: Engine, signed: Sequence[Signed]) -> list[Matched]:
    with reading(engine) as connection:
        sharing = find_sharing(connection, chain.from_iterable(one.signature.anchors for one in signed))
        signatures = find_signatures(connection, choose_outside_batch(signed, sharing))
    return list(match_batch(signed, sharing, signatures))


def _store(
    engine: Engine, waiting: Sequence[WaitingArticle], signed: Sequence[Signed], matched: Sequence[Matched]
) -> None:
    tally = Tally()
    tally.count(GROUPED_ARTICLES, len(waiting))

    def store(connection: Connection) -> None:
        store_stories(connection, waiting, signed, matched)
        add_counts(connection, tally, read_clock(connection).now())

    write(engine, store, also=(StaleStoriesError,))
