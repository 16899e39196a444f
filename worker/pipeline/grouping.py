"""Grouping: articles that wait are told apart into stories, a batch at a time, by any number of workers at once.

claim → sign → publish, and commit → find candidates → match → lock stories → store. A crash anywhere only delays: what
was not stored still waits, and is compared again.
"""

from collections.abc import Callable, Iterator, Sequence

import structlog
from sqlalchemy import Engine

from worker.database.clock import read_clock
from worker.database.conflicts import retry_conflicts
from worker.database.engine import reading, writing
from worker.group import (
    BOILERPLATE_STORIES,
    MOST_CHARACTERS,
    RULES_VERSION,
    choose_of_batch,
    match_batch,
    read_text,
    sign,
    unite,
)
from worker.store.stories import (
    StaleStoriesError,
    claim_waiting,
    find_boilerplate,
    find_candidates,
    find_signatures,
    lock_stories,
    lock_waiting,
    publish,
    store_stories,
)
from worker.values import Block, Grouped, Matched, Signed, WaitingArticle

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
            # What these rules have compared already stays where it is: doing it again changes nothing.
            signed = _publish(engine, [article for article in waiting if article.compared_by != RULES_VERSION])
            _store(engine, waiting, signed, _match(engine, signed))
    return len(waiting)


def _publish(engine: Engine, waiting: Sequence[WaitingArticle]) -> list[Signed]:
    read = [(article, _read(article)) for article in waiting]
    hashes = {block.block_hash for _, blocks in read for block in blocks}

    def work() -> list[Signed]:
        with writing(engine) as connection:
            boilerplate = find_boilerplate(connection, hashes, BOILERPLATE_STORIES)
            signed = [_sign(article, blocks, boilerplate) for article, blocks in read]
            publish(connection, signed, RULES_VERSION)
        return signed

    return retry_conflicts(work) if read else []


def _read(article: WaitingArticle) -> tuple[Block, ...]:
    try:
        return read_text(article.text)
    except Exception:  # noqa: BLE001 -- logged with its traceback; the article becomes a story of its own
        # One bad text never costs its neighbours.
        _LOG.exception("text not read", article_id=article.article_id)
        return ()


def _sign(article: WaitingArticle, blocks: Sequence[Block], boilerplate: set[int]) -> Signed:
    own = tuple(block.block_hash for block in blocks if block.block_hash not in boilerplate)
    return Signed(article, own, sign(blocks, boilerplate, article.title, article.outlet))


def _match(engine: Engine, signed: Sequence[Signed]) -> list[Matched]:
    with reading(engine) as connection:
        sharing = find_candidates(connection, (key for one in signed for key in one.signature.keys))
        signatures = find_signatures(connection, choose_of_batch(signed, sharing), RULES_VERSION)
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
