"""How long articles are kept: what an operator chose for feeds and for tags of feeds, and what follows for each feed.

A feed's own choice counts before those of its tags, of which the longest counts, and these before the setting.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from worker.database.feed_tables import FeedRow, FeedTagRow
from worker.database.retention_tables import RetentionRow
from worker.database.statements import is_one_of, upsert


@dataclass(frozen=True, slots=True)
class Retention:
    """For how long articles are kept after they left their feeds; None: for ever."""

    kept_for: timedelta | None


def keep_feed(connection: Connection, feed_id: int, chosen: Retention | None) -> None:
    """Choose how long a feed's articles are kept; None: as its tags and the settings say."""
    _choose(connection, RetentionRow.feed_id, feed_id, chosen)


def keep_tag(connection: Connection, tag: str, chosen: Retention | None) -> None:
    """Choose it for all feeds that have a tag, now or later; None: as the settings say."""
    _choose(connection, RetentionRow.tag, tag, chosen)


def _choose(
    connection: Connection, column: InstrumentedAttribute[Any], named: int | str, chosen: Retention | None
) -> None:
    if chosen is None:
        connection.execute(delete(RetentionRow).where(column == named))
        return
    new = upsert(connection.dialect.name, RetentionRow).values({column: named, RetentionRow.kept_for: chosen.kept_for})
    connection.execute(new.on_conflict_do_update(index_elements=[column], set_={"kept_for": chosen.kept_for}))


def list_retentions(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """List what was chosen: ``tag``, or ``feed_id`` and ``url``, and ``kept_for``; tags first."""
    query = select(RetentionRow.tag, RetentionRow.feed_id, FeedRow.url, RetentionRow.kept_for)
    query = query.outerjoin(FeedRow, FeedRow.id == RetentionRow.feed_id)
    query = query.order_by(RetentionRow.feed_id.is_not(None), RetentionRow.tag, RetentionRow.feed_id)
    for row in connection.execute(query).mappings():
        yield dict(row)


def find_shortest(connection: Connection, usual: timedelta | None) -> timedelta | None:
    """Return the shortest time for which any articles are kept; None where all are kept for ever."""
    chosen = connection.execute(select(func.min(RetentionRow.kept_for))).scalar_one()
    return min(filter(None, (chosen, usual)), default=None)


def find_retentions(
    connection: Connection, feed_ids: Collection[int], usual: timedelta | None
) -> dict[int, timedelta | None]:
    """Return how long the articles of each feed are kept after they left it; ``usual`` is what the settings say."""
    own = select(RetentionRow.feed_id, RetentionRow.kept_for)
    by_tag = select(FeedTagRow.feed_id, RetentionRow.kept_for).join(RetentionRow, RetentionRow.tag == FeedTagRow.tag)
    of_tags: dict[int, timedelta | None] = {}
    for row in connection.execute(by_tag.where(is_one_of(connection, FeedTagRow.feed_id, feed_ids))):
        of_tags[row.feed_id] = longer(of_tags.get(row.feed_id, row.kept_for), row.kept_for)
    rows = connection.execute(own.where(is_one_of(connection, RetentionRow.feed_id, feed_ids)))
    return dict.fromkeys(feed_ids, usual) | of_tags | {row.feed_id: row.kept_for for row in rows if row.feed_id}


def longer(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    """Return the longer one of two retentions; None is for ever."""
    return None if one is None or other is None else max(one, other)
