"""Grouping: articles that wait are told apart into stories, a batch at a time, by any number of workers at once.

claim → sign → publish, and commit → find candidates → match → lock stories → store. A crash anywhere only delays: what
was not stored still waits, and is compared again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from worker.basics.stopping import is_interruption
from worker.database.clock import read_clock
from worker.database.conflicts import is_store_failing, retry_conflicts, write
from worker.database.engine import reading, writing
from worker.stories.forget import find_article_ids, forget_stories
from worker.stories.found import find_boilerplate, find_candidates, find_signatures, publish
from worker.stories.matching import choose_outside_batch, match_batch, unite
from worker.stories.membership import store_stories
from worker.stories.rules import BOILERPLATE_STORIES, MOST_CHARACTERS, RULES_VERSION
from worker.stories.signature import read_text, sign
from worker.stories.story_locks import StaleStoriesError, lock_stories, lock_waiting
from worker.stories.values import Block, Grouped, Matched, Signed, WaitingArticle
from worker.stories.waiting import claim_waiting

BATCH = 64
_LOG = structlog.get_logger(__name__)


def group_waiting(engine: Engine, stop: Callable[[], bool]) -> Iterator[int]:
    """Group the articles that wait until none is left or ``stop`` says so; yield how many each batch was."""
    while not stop() and (grouped := group_batch(engine)):
        yield grouped


def group_batch(engine: Engine) -> int:
    """Group one batch; return how many articles it held, 0 when none waits that another worker has not claimed."""
    # The claim holds as long as this transaction, which writes nothing.
    with reading(engine) as claim:
        waiting = claim_waiting(claim, BATCH, MOST_CHARACTERS)
        if waiting:
            _group(engine, waiting)
    return len(waiting)


def _group(engine: Engine, waiting: Sequence[WaitingArticle]) -> None:
    """Group articles together; where that finds a fault, one by one, and the faulty one alone: it stops no other."""
    try:
        # What these rules have compared already stays where it is: doing it again changes nothing.
        signed = _publish(engine, [article for article in waiting if article.compared_by != RULES_VERSION])
        _store(engine, waiting, signed, _match(engine, signed))
    except Exception as error:
        if isinstance(error, StaleStoriesError) or is_store_failing(error) or is_interruption(error):
            # No article is to blame for that.
            raise
        _LOG.exception("articles not compared", article_ids=[article.article_id for article in waiting])
        if len(waiting) == 1:
            _leave_alone(engine, waiting[0])
            return
        for article in waiting:
            _group(engine, [article])


def _leave_alone(engine: Engine, article: WaitingArticle) -> None:
    """Store an article as one whose words are no copy of anything."""
    wordless = [_sign(article, (), set())]
    _publish_signed(engine, lambda _: wordless)
    _store(engine, [article], wordless, [])


def _publish(engine: Engine, waiting: Sequence[WaitingArticle]) -> list[Signed]:
    read = [(article, read_text(article.text)) for article in waiting]
    hashes = {block.block_hash for _, blocks in read for block in blocks}

    def sign_all(connection: Connection) -> list[Signed]:
        boilerplate = find_boilerplate(connection, hashes, BOILERPLATE_STORIES)
        return [_sign(article, blocks, boilerplate) for article, blocks in read]

    return _publish_signed(engine, sign_all) if read else []


def _publish_signed(engine: Engine, sign_all: Callable[[Connection], list[Signed]]) -> list[Signed]:
    def work() -> list[Signed]:
        with writing(engine) as connection:
            signed = sign_all(connection)
            publish(connection, signed, RULES_VERSION)
        return signed

    return retry_conflicts(work)


def _sign(article: WaitingArticle, blocks: Sequence[Block], boilerplate: set[int]) -> Signed:
    own = tuple(block.block_hash for block in blocks if block.block_hash not in boilerplate)
    return Signed(article, own, sign(blocks, boilerplate, article.title, article.outlet))


def _match(engine: Engine, signed: Sequence[Signed]) -> list[Matched]:
    with reading(engine) as connection:
        sharing = find_candidates(connection, (anchor for one in signed for anchor in one.signature.anchors))
        signatures = find_signatures(connection, choose_outside_batch(signed, sharing), RULES_VERSION)
    return list(match_batch(signed, sharing, signatures))


def _store(
    engine: Engine, waiting: Sequence[WaitingArticle], signed: Sequence[Signed], matched: Sequence[Matched]
) -> None:
    concerned = {copy.article_id for article in matched for copy in article.copies}
    concerned |= {article.article_id for article in waiting}
    blocks = [(one.article.article_id, block) for one in signed for block in one.blocks]

    def work() -> None:
        with writing(engine) as connection:
            story_of, stories = lock_stories(connection, concerned)
            # One that was revised meanwhile goes on waiting: what its old words were like unites nothing.
            named = lock_waiting(connection, waiting)
            sizes = {story_id: story.size for story_id, story in stories.items()}
            taken_in = unite([one for one in matched if one.article_id in named], story_of, sizes)
            current = [article for article in waiting if article.article_id in named]
            grouped = Grouped(current, named, blocks, story_of, stories, taken_in)
            store_stories(connection, grouped, read_clock(connection).now())

    retry_conflicts(work, also=(StaleStoriesError,))


# --- Grouping again what was grouped, as after a change of the rules: first it is forgotten, a little at a time.

_SLICE = 500


def regroup(engine: Engine, since: datetime | None) -> Iterator[int]:
    """Let articles first seen since then, and the rest of their stories, wait again; yield how many at a time."""
    first_id = 0
    while True:
        with reading(engine) as connection:
            ids = find_article_ids(connection, first_id, since, _SLICE)
        if not ids:
            return
        yield _forget(engine, ids)
        first_id = ids[-1] + 1


def _forget(engine: Engine, article_ids: Sequence[int]) -> int:
    return write(engine, lambda connection: forget_stories(connection, article_ids), also=(StaleStoriesError,))
