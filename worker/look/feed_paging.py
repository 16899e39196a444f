"""Feeds a page at a time, in the order of their ids: what a person who looks for some of a million goes through.

A page walks the index of the filter that lets the fewest pass, and drops what the others do not want. What an index
tells alone is found at once. Of what has to be read to know whether it is wanted, a page reads a bounded part, and says
how far it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from worker.database.feed_tables import HAS_QUALITY, IS_INACTIVE, FeedRow, FeedTagRow, ScheduleRow
from worker.database.statements import is_one_of
from worker.look.feed_listing import select_feeds
from worker.look.listings import Listed, Query, contains
from worker.values.due_feeds import FeedState

ROWS = 50
"""Of a page."""
MOST_READ = 100_000
"""So many feeds are read for one page, at most."""
_IS_FAILING = (ScheduleRow.error_class.is_not(None), ScheduleRow.next_poll_at.is_not(None))
# The beginning of the index of schedules by hosts: a file has no host, and is never due.
_IS_FILE = (ScheduleRow.host_id.is_(None), ScheduleRow.next_poll_at.is_(None))


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """Which feeds are wanted; what is empty or false lets all pass, but for removed ones."""

    text: str = ""
    """In the URL or title; case does not count."""
    tag: str = ""
    state: str = ""
    quality: str = ""
    is_failing: bool = False
    are_files: bool = False
    """Whether seed files are wanted, which no page shows beside feeds."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some feeds, and where the next ones begin."""

    feeds: Sequence[Listed]
    after: int | None
    """The id after which the next page begins; None where this is the last one."""
    is_unfinished: bool = False
    """Whether it ends before it is full, because it has read as many feeds as it may."""


@dataclass(frozen=True, slots=True)
class _Walk:
    """An index to be walked."""

    feed_id: Any
    """Its column of feeds' ids."""
    conditions: Sequence[ColumnElement[bool]]
    order: Sequence[Any]
    is_sorted: bool = False
    """Whether it has another order, so that what it has is sorted: it has only active feeds that are polled."""


def page_of_feeds(
    connection: Connection, now: datetime, wanted: FeedFilter, after: int = 0, most_read: int = MOST_READ
) -> FeedPage:
    """Return the first feeds that are wanted of those with ids above ``after``."""
    walk, others = _choose_walk(wanted, is_sqlite=connection.dialect.name == "sqlite")
    end = _find_end(connection, walk, after, most_read) if others else None
    query = _select_ids(walk, wanted, others, (after, end)).order_by(*walk.order).limit(ROWS + 1)
    ids = list(connection.execute(query).scalars())
    feeds = _read_feeds(connection, now, ids[:ROWS])
    return FeedPage(feeds, ids[ROWS - 1]) if len(ids) > ROWS else FeedPage(feeds, end, is_unfinished=end is not None)


def _select_ids(
    walk: _Walk, wanted: FeedFilter, others: Sequence[ColumnElement[bool]], bounds: tuple[int, int | None]
) -> Query:
    """Return the query for the ids that an index has within bounds, of feeds that are all else that is wanted."""
    query, joined = select(walk.feed_id).where(*walk.conditions, *others), [walk.feed_id]
    # Where nothing else is asked of failing feeds, their index is enough: it is sorted without a look at each.
    if others or not walk.is_sorted:
        joined += [each for each in (FeedRow.id, ScheduleRow.feed_id) if each is not walk.feed_id]
        query = query.where(*(each == walk.feed_id for each in joined[1:]))
    if not walk.is_sorted:
        query = query.where(ScheduleRow.host_id.is_(None) if wanted.are_files else ScheduleRow.host_id.is_not(None))
        query = query if wanted.state else query.where(FeedRow.state != FeedState.REMOVED)
    after, end = bounds
    # Bounds of every table: PostgreSQL carries an equality from one to the other, but no bound.
    for each in walk.order if walk.is_sorted else joined:
        query = query.where(each > after) if end is None else query.where(each > after, each <= end)
    return query


def _choose_walk(wanted: FeedFilter, *, is_sqlite: bool) -> tuple[_Walk, Sequence[ColumnElement[bool]]]:
    """Return the index to walk, and what else the feeds that it has must be like."""
    schedule, feed = ScheduleRow.feed_id, FeedRow.id
    tagged = select(FeedTagRow.tag).where(FeedTagRow.feed_id == feed, FeedTagRow.tag == wanted.tag).exists()
    state, quality = FeedRow.state == wanted.state, FeedRow.quality == wanted.quality
    is_inactive = wanted.state not in {"", FeedState.ACTIVE}
    # Without statistics SQLite would walk the index of this column as soon as the one that is meant.
    of_quality = func.coalesce(FeedRow.quality, "") == wanted.quality if is_sqlite else quality
    # The narrower a filter is as a rule, the sooner it stands here.
    choices = [
        (wanted.are_files, _Walk(schedule, _IS_FILE, (ScheduleRow.host_id, ScheduleRow.next_poll_at, schedule)), None),
        (wanted.is_failing, _Walk(schedule, _IS_FAILING, (schedule + 0,), is_sorted=True), and_(*_IS_FAILING)),
        (is_inactive, _Walk(feed, (state, IS_INACTIVE), (feed,)), state),
        (wanted.tag, _Walk(FeedTagRow.feed_id, (FeedTagRow.tag == wanted.tag,), (FeedTagRow.feed_id,)), tagged),
        (wanted.quality, _Walk(feed, (quality, HAS_QUALITY), (feed,)), of_quality),
        (True, _Walk(schedule, (ScheduleRow.host_id.is_not(None),), (schedule,)), None),
    ]
    (_, walk, _), *rest = [choice for choice in choices if choice[0]]
    others = [condition for _, _, condition in rest if condition is not None]
    if wanted.text:
        others.append(or_(contains(FeedRow.url, wanted.text), contains(FeedRow.title, wanted.text)))
    return walk, others if wanted.state != FeedState.ACTIVE else [*others, state]


def _find_end(connection: Connection, walk: _Walk, after: int, most_read: int) -> int | None:
    """Return the id of the last feed that may be read; None where there are no more than that."""
    ids = select(walk.feed_id).where(*walk.conditions, walk.order[-1] > after).order_by(*walk.order)
    return connection.execute(ids.offset(most_read - 1).limit(1)).scalar_one_or_none()


def _read_feeds(connection: Connection, now: datetime, ids: Sequence[int]) -> Sequence[Listed]:
    query = select_feeds(now).where(is_one_of(connection, FeedRow.id, ids)).order_by(FeedRow.id)
    return connection.execute(query).mappings().all() if ids else []


def first_tags(connection: Connection, most: int) -> Sequence[str]:
    """Return the first of the tags that feeds have, in the order of the alphabet, however many feeds each has."""
    # From one to the next by the index, where DISTINCT would read the feeds of each.
    first = select(func.min(FeedTagRow.tag).label("tag")).cte("tags", recursive=True)
    following = select(func.min(FeedTagRow.tag)).where(FeedTagRow.tag > first.c.tag).scalar_subquery()
    tags = first.union_all(select(following).where(first.c.tag.is_not(None)))
    found = connection.execute(select(tags.c.tag).limit(most)).scalars()
    return [tag for tag in found if tag is not None]
