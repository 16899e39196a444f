"""Pruning articles that have outlived their retention: whole stories, a few hundred articles in a transaction.

walk over articles in the order of their ids → which are old → lock their feeds, stories and articles → which are old
still, whole stories of them → tombstones, events, deletion
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select, update

from worker.database.article_tables import ArticleNameRow, ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.document_tables import OutlineRow
from worker.database.engine import reading
from worker.database.feed_tables import ScheduleRow
from worker.database.locks import lock_feeds
from worker.database.statements import is_one_of, slices
from worker.database.task_turns import find_place, remember_place
from worker.dedupe.pruned import hash_page, hash_words
from worker.manage.deletion import write_removed_events
from worker.retention.article_ages import Ages, find_old
from worker.retention.choices import find_shortest
from worker.store.tombstones import store_tombstones
from worker.stories.forget import delete_stories, find_fellows, lock_members
from worker.stories.story_locks import StaleStoriesError, lock_stories
from worker.values.articles import Tombstone
from worker.wire.store_links import lock_keys_of

OUTLIVED = "it has outlived its retention"
"""The reason that the events of pruned articles give."""
_PLACE = "articles looked at by retention"
# Articles looked at together; and those of them that go in one transaction, with the others of their stories.
_LOOKED_AT, _DELETED = 2_000, 250

_Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Span:
    """Articles to look at: those with ids above one and below another."""

    above: int
    below: int


@dataclass(frozen=True, slots=True)
class _Looked:
    """Some articles that were looked at: the last id, how many, and those of them that seem to be old."""

    last: int
    count: int
    old: set[int]


def prune_articles(
    engine: Engine, usual: timedelta | None, first_id_since: Callable[[datetime], int], stop: _Stop, most_kept: int
) -> int:
    """Prune articles until ``stop`` returns True, or so many that stay were looked at, or all; return how many went.

    The next run goes on where this one ended. ``first_id_since`` returns the first article that was first seen since a
    moment: younger ones cannot be old enough.
    """
    with reading(engine) as connection:
        shortest, now = find_shortest(connection, usual), read_clock(connection).now()
        place = find_place(connection, _PLACE) if shortest else 0
    if shortest is None:
        return 0
    young = first_id_since(now - shortest)
    ages = Ages(now, usual)
    pruned = kept = 0
    # The second span begins anew, and ends where this run began.
    for span in (_Span(place, young), _Span(0, min(place + 1, young))):
        walk = _walk(engine, span, ages)
        while not stop() and kept < most_kept and (found := next(walk, None)):
            gone = _prune_in_turns(engine, ages, found.old, stop)
            pruned, kept = pruned + gone, kept + found.count - gone
            if not stop():
                _remember(engine, found.last, now)
    return pruned


def _walk(engine: Engine, span: _Span, ages: Ages) -> Iterator[_Looked]:
    """Look at articles, some at a time."""
    last = span.above
    while True:
        with reading(engine) as connection:
            query = select(ArticleRow.id).where(ArticleRow.id > last, ArticleRow.id < span.below)
            some = connection.execute(query.order_by(ArticleRow.id).limit(_LOOKED_AT)).scalars().all()
            old = find_old(connection, ages, some)
        if not some:
            return
        last = some[-1]
        yield _Looked(last, len(some), old)


def _remember(engine: Engine, place: int, now: datetime) -> None:
    write(engine, lambda connection: remember_place(connection, _PLACE, place, now))


def _prune_in_turns(engine: Engine, ages: Ages, old: Collection[int], stop: _Stop) -> int:
    """Prune articles until ``stop`` returns True, and each time give others as much time to write as this took."""
    pruned = 0
    for some in slices(sorted(old), _DELETED):
        if stop():
            break
        began = time.monotonic()
        pruned += _prune_some(engine, ages, some)
        time.sleep(time.monotonic() - began)
    return pruned


def _prune_some(engine: Engine, ages: Ages, article_ids: Collection[int]) -> int:
    return write(engine, lambda connection: _prune(connection, ages, article_ids), also=(StaleStoriesError,))


def _prune(connection: Connection, ages: Ages, article_ids: Collection[int]) -> int:
    """Prune those articles that are still old under their locks, with the rest of their stories; return how many.

    StaleStoriesError: try again.
    """
    fellows = find_fellows(connection, article_ids)
    # Locked in the order of polls: wire keys, feeds, then stories and articles, as grouping does.
    lock_keys_of(connection, fellows)
    carried = select(SightingRow.feed_id).where(is_one_of(connection, SightingRow.article_id, fellows)).distinct()
    feeds = lock_feeds(connection, connection.execute(carried).scalars().all())
    stories = _lock_stories(connection, article_ids)
    members = {article_id for story in stories.values() for article_id in story}
    # A feed that is not locked has begun to carry an article meanwhile.
    old = find_old(connection, ages, members, feeds.keys())
    gone = _leave_needed(connection, {story_id: story for story_id, story in stories.items() if story <= old})
    deleted = sorted(article_id for story in gone.values() for article_id in story)
    if deleted:
        _bury(connection, read_clock(connection).now(), deleted)
        delete_stories(connection, deleted, gone.keys())
    return len(deleted)


def _lock_stories(connection: Connection, article_ids: Collection[int]) -> dict[int, set[int]]:
    """Lock articles with their stories, and return the stories' articles; one without a story is one of its own."""
    _, locked = lock_stories(connection, article_ids)
    stories: dict[int, set[int]] = defaultdict(set)
    for member in lock_members(connection, locked.keys()):
        stories[member.story_id].add(member.id)
    lone = {*article_ids} - {article_id for story in stories.values() for article_id in story}
    alone = select(ArticleRow.id).where(is_one_of(connection, ArticleRow.id, lone)).order_by(ArticleRow.id)
    for article_id in connection.execute(alone.with_for_update()).scalars():
        stories[article_id].add(article_id)
    return stories


def _leave_needed(connection: Connection, stories: Mapping[int, set[int]]) -> Mapping[int, set[int]]:
    """Return stories without those that hold the kill of an article that stays: it would stand again."""
    ids = {article_id for story in stories.values() for article_id in story}
    killed = select(ArticleRow.id, ArticleRow.killed_by).where(is_one_of(connection, ArticleRow.killed_by, ids))
    kills = {row.killed_by for row in connection.execute(killed) if row.id not in ids}
    if not kills:
        return stories
    return _leave_needed(connection, {each: story for each, story in stories.items() if story.isdisjoint(kills)})


def _bury(connection: Connection, now: datetime, article_ids: Collection[int]) -> None:
    """Leave tombstones and events of articles that are about to be deleted.

    What was prepared from what their feeds held is prepared again; the feeds' outlines have none of these entries.
    """
    tombstones = [*_list_sighted(connection, article_ids), *_list_named(connection, article_ids)]
    store_tombstones(connection, tombstones, now)
    write_removed_events(connection, now, sorted(article_ids), OUTLIVED)
    feed_ids = {each.feed_id for each in tombstones}
    for table in (ScheduleRow, OutlineRow):
        mine = is_one_of(connection, table.feed_id, feed_ids)
        connection.execute(update(table).where(mine).values(edition=table.edition + 1))


def _list_sighted(connection: Connection, article_ids: Collection[int]) -> Iterator[Tombstone]:
    query = (
        select(SightingRow.feed_id, SightingRow.guid_hash, SightingRow.original_url, SightingRow.content_hash)
        .add_columns(ArticleRow.match_key, ArticleRow.published_at)
        .join(ArticleRow, ArticleRow.id == SightingRow.article_id)
        .where(is_one_of(connection, SightingRow.article_id, article_ids))
        .order_by(SightingRow.id)
    )
    for row in connection.execute(query):
        page = hash_page(row.match_key, row.original_url)
        yield Tombstone(row.feed_id, row.guid_hash, page, row.content_hash, row.published_at)


def _list_named(connection: Connection, article_ids: Collection[int]) -> Iterator[Tombstone]:
    """Yield tombstones of the words of articles that came as files: found elsewhere, they are the same dispatch."""
    query = select(ArticleRow.feed_id, ArticleRow.content_hash, ArticleNameRow.name).join(
        ArticleNameRow, ArticleNameRow.article_id == ArticleRow.id
    )
    for row in connection.execute(query.where(is_one_of(connection, ArticleRow.id, article_ids))):
        for words in hash_words([row.name]):
            yield Tombstone(row.feed_id, words, words, row.content_hash)
