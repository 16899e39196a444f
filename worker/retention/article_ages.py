"""How old articles are, and which have outlived their retention.

An article's age counts from when it had left the last of its feeds. What a feed holds that is not polled (a file, a
feed known from a saved document only, a removed one) counts as gone since that was last read.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.statements import is_one_of
from worker.retention.choices import find_retentions
from worker.values.due_feeds import FROM_DOCUMENT, FeedState


@dataclass(frozen=True, slots=True)
class Ages:
    """By when what is kept for so long must have left its feeds."""

    now: datetime
    usual: timedelta | None
    """How long articles are kept for which nothing else was chosen; None: for ever."""


def find_old(
    connection: Connection, ages: Ages, article_ids: Collection[int], locked: Collection[int] | None = None
) -> set[int]:
    """Return those of the articles that have outlived the retention of every feed that carried them.

    ``locked`` are the feeds of which nobody else can write sightings; an article that another one carries stays.
    """
    sightings = _find_sightings(connection, article_ids)
    # The guid of an article without any has come to name another one.
    bare = _find_bare(connection, {*article_ids} - {row.article_id for row in sightings})
    retentions = find_retentions(connection, {row.feed_id for row in (*sightings, *bare)}, ages.usual)

    def has_outlived(feed_id: int, gone_at: datetime | None) -> bool:
        kept_for = retentions[feed_id]
        return gone_at is not None and kept_for is not None and gone_at < ages.now - kept_for

    kept = {
        row.article_id
        for row in sightings
        if (locked is not None and row.feed_id not in locked) or not has_outlived(row.feed_id, _gone_since(row))
    }
    kept |= {row.id for row in bare if not has_outlived(row.feed_id, row.first_seen_at)}
    # What is in neither has been deleted meanwhile.
    return {row.article_id for row in sightings}.union(row.id for row in bare) - kept


def _find_sightings(connection: Connection, article_ids: Collection[int]) -> list[Row[Any]]:
    query = (
        select(SightingRow.article_id, SightingRow.feed_id, SightingRow.left_at, SightingRow.read_at)
        .add_columns(ScheduleRow.host_id, ScheduleRow.last_success_at, FeedRow.state, FeedRow.state_reason)
        .join(ScheduleRow, ScheduleRow.feed_id == SightingRow.feed_id)
        .join(FeedRow, FeedRow.id == SightingRow.feed_id)
    )
    return list(connection.execute(query.where(is_one_of(connection, SightingRow.article_id, article_ids))))


def _find_bare(connection: Connection, article_ids: Collection[int]) -> list[Row[Any]]:
    if not article_ids:
        return []
    query = select(ArticleRow.id, ArticleRow.feed_id, ArticleRow.first_seen_at)
    return list(connection.execute(query.where(is_one_of(connection, ArticleRow.id, article_ids))))


def _gone_since(sighting: Row[Any]) -> datetime | None:
    """Return since when a feed has not carried an article any more; None while it does."""
    left_at: datetime | None = sighting.left_at
    if left_at is not None:
        return left_at
    is_ended = sighting.state == FeedState.REMOVED or sighting.state_reason == FROM_DOCUMENT
    if sighting.host_id is not None and not is_ended:
        return None
    read_at: datetime = max(sighting.read_at, sighting.last_success_at or sighting.read_at)
    return read_at
