"""Counts that cost no more however large the store is: exact while it is small, and then about right.

How many rows a table has PostgreSQL's planner estimates, on SQLite its ids tell. What that does not tell is counted in
a sample of the table, or up to a bound.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Select, func, inspect, or_, select, text

from worker.database.feed_tables import HAS_QUALITY, IS_INACTIVE, IS_MAILBOX, FeedRow, HostRow, PollRow, ScheduleRow
from worker.database.types import Base
from worker.values.due_feeds import FeedState
from worker.values.feed_quality import QualityState
from worker.values.outcomes import Outcome

# A feed is late when it has been due for this long: even recovery from a lost worker takes less.
_LATE = timedelta(minutes=2)
ABOUT, MORE_THAN = "about", "more than"
ASKED_A_HOST = or_(PollRow.http_status.is_not(None), PollRow.error_class.is_not(None))
"""Whether a poll asked a host; reading a file is no poll."""
# So many rows are counted one by one, and so many polls, whose rows have to be looked up.
_MOST_ROWS = 2_000_000
_MOST_POLLS = 100_000
_MOST_LATE = 100_000
_MOST_FOUND = 10_000
# More digits would not be right.
_DIGITS = 3
_Count = TypeVar("_Count")


@dataclass(frozen=True, slots=True)
class Counted(Generic[_Count]):
    """A figure, and how exact it is."""

    count: _Count
    how: str = ""
    """``about``, or ``more than``; empty for an exact figure."""


@dataclass(frozen=True, slots=True)
class Schedules:
    """How many feeds and files there are, and how many of the feeds are due."""

    feeds: Counted[int]
    files: Counted[int]
    """What is a feed to the store, but a file that is never polled."""
    due: Counted[int]


def count_rows(connection: Connection, table: type[Base], most: int = _MOST_ROWS) -> Counted[int]:
    """Count the rows of a table that is not partitioned; more than ``most`` are estimated."""
    estimate = _estimate_rows(connection, table)
    if estimate > most:
        return Counted(_round(estimate), ABOUT)
    return Counted(connection.execute(select(func.count()).select_from(table)).scalar_one())


def count_found(
    connection: Connection,
    table: type[Base],
    queries: Sequence[Select[*tuple[Any, ...]]],
    *,
    is_search: bool,
    most: int = _MOST_FOUND,
) -> Counted[int] | None:
    """Count the rows that queries find in a table, up to ``most``.

    None for a search of a large table, which would have to be read whole.
    """
    if is_search and count_up_to(connection, select(inspect(table).primary_key[0]), most + 1) > most:
        return None
    count = sum(count_up_to(connection, query, most + 1) for query in queries)
    return Counted(most, MORE_THAN) if count > most else Counted(count)


def count_up_to(connection: Connection, query: Select[*tuple[Any, ...]], most: int) -> int:
    """Count the rows of a query, up to ``most``."""
    some = query.limit(most).subquery()
    count: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return count


def count_schedules(connection: Connection, now: datetime, most: int = _MOST_ROWS) -> Schedules:
    """Count feeds, files, and the feeds that are due, in one pass over ``most`` of them, from all over the table."""
    estimate = _estimate_rows(connection, ScheduleRow)
    # SQLite takes no samples.
    share = min(1.0, most / max(estimate, 1)) if connection.dialect.name == "postgresql" else 1.0
    schedules = ScheduleRow.__table__
    looked_at = schedules.tablesample(func.system(100 * share)) if share < 1 else schedules
    feeds, is_due = func.count(looked_at.c.host_id), looked_at.c.next_poll_at <= now
    counts = select(feeds, func.count() - feeds, func.count().filter(is_due)).select_from(looked_at)
    row = connection.execute(counts).one()
    if share < 1:
        # The sample is seldom exactly of the size that was asked for.
        part = (row[0] + row[1]) / max(estimate, 1)
        return Schedules(*(Counted(_round(count / (part or share)), ABOUT) for count in row))
    return Schedules(*map(Counted, row))


def count_feeds(connection: Connection, schedules: Schedules) -> Counted[Mapping[str, int]]:
    """Count feeds by state, looking only at those that are not active: they have an index."""
    feeds = func.count()
    is_file = FeedRow.url_key.startswith("file:")
    counts = select(FeedRow.state, feeds).where(IS_INACTIVE, ~is_file).group_by(FeedRow.state)
    rows = connection.execute(counts.order_by(feeds.desc(), FeedRow.state))
    states = {state: count for state, count in rows}  # noqa: C416 -- dict() of rows loses the types
    # Of an estimate, exact counts may be more.
    active = max(schedules.feeds.count - sum(states.values()), 0)
    return Counted(({str(FeedState.ACTIVE): active} if active else {}) | states, schedules.feeds.how)


def count_by_quality(connection: Connection) -> dict[str, int]:
    """Count feeds by quality, the worst first; those that were removed do not count.

    Exact: it reads one narrow index, and the few feeds that are not active.
    """
    feeds = func.count().label("feeds")
    all_of_them = select(FeedRow.quality, feeds).where(HAS_QUALITY).group_by(FeedRow.quality)
    removed = select(FeedRow.quality, feeds).where(IS_INACTIVE, FeedRow.state == FeedState.REMOVED, HAS_QUALITY)
    counts = Counter[str]({row.quality: row.feeds for row in connection.execute(all_of_them)})
    counts.subtract({row.quality: row.feeds for row in connection.execute(removed.group_by(FeedRow.quality))})
    # What a newer version may have found comes last.
    return {state: counts[state] for state in dict.fromkeys((*QualityState, *counts)) if counts[state]}


def count_late(connection: Connection, now: datetime, most: int = _MOST_LATE) -> Counted[int]:
    """Count the feeds that have been due for a while, up to ``most``; those of hosts left alone are not late."""
    could_be_claimed = (HostRow.id == ScheduleRow.host_id, HostRow.claimable_at <= now - _LATE)
    late = select(ScheduleRow.feed_id).where(ScheduleRow.next_poll_at <= now - _LATE, *could_be_claimed)
    some = late.limit(most + 1).subquery()
    count = connection.execute(select(func.count()).select_from(some)).scalar_one()
    count += sum(due_at <= now - _LATE for due_at in find_due_mailboxes(connection, now))
    return Counted(most, MORE_THAN) if count > most else Counted(count)


def find_due_mailboxes(connection: Connection, now: datetime) -> list[datetime]:
    """Return since when mailboxes are due that nobody is polling: their hosts are never claimable."""
    is_free = or_(HostRow.lease_until.is_(None), HostRow.lease_until <= now)
    # All of their names begin so: that finds them in the names' index.
    is_near = HostRow.name >= "imap", HostRow.name < "imaq"
    due = (
        select(ScheduleRow.next_poll_at)
        .join(HostRow, HostRow.id == ScheduleRow.host_id)
        .where(*is_near, IS_MAILBOX, is_free, ScheduleRow.next_poll_at <= now)
    )
    return [*filter(None, connection.execute(due).scalars())]


def count_polls(connection: Connection, since: datetime, most: int = _MOST_POLLS) -> Counted[Mapping[str, int]]:
    """Count polls of hosts by outcome; of more than ``most`` the newest tell what share ended how."""
    recent = select(PollRow.id).where(PollRow.started_at >= since)
    first, last = (
        connection.execute(recent.order_by(order).limit(1)).scalar_one_or_none() or 0
        for order in (PollRow.started_at, PollRow.started_at.desc())
    )
    # Ids rise as polls are written, without a gap unless a commit failed.
    polls = last - first + 1
    all_of_them = select(PollRow).where(PollRow.started_at >= since)
    if polls <= most:
        return Counted(_count_outcomes(connection, all_of_them))
    sample = most // 10
    # By ids, which follow the end of a poll: those that began last and hang are not there yet.
    counts = _count_outcomes(connection, all_of_them.order_by(PollRow.id.desc()).limit(sample))
    return Counted({name: _round(count * polls / sample) for name, count in counts.items()}, ABOUT)


def _count_outcomes(connection: Connection, polls: Select[*tuple[Any, ...]]) -> dict[str, int]:
    some = polls.subquery()
    asked = or_(some.c.http_status.is_not(None), some.c.error_class.is_not(None))
    # In one pass: grouping would sort them.
    counts = (func.count().filter(some.c.outcome == outcome).label(outcome) for outcome in Outcome)
    found = connection.execute(select(*counts).where(asked)).mappings().one()
    return dict(sorted(((name, count) for name, count in found.items() if count), key=lambda each: -each[1]))


def _estimate_rows(connection: Connection, table: type[Base]) -> int:
    """Return about how many rows a table has: as PostgreSQL's planner believes, on SQLite by its ids."""
    if connection.dialect.name != "postgresql":
        # Ids rise without gaps; those that were deleted are counted too.
        (key,) = inspect(table).primary_key
        # Apart: only then does SQLite look at the ends of the index alone.
        first, last = (connection.execute(select(end(key))).scalar_one() for end in (func.min, func.max))
        return last - first + 1 if last else 0
    known = text("SELECT CAST(reltuples AS bigint) FROM pg_class WHERE oid = CAST(:name AS regclass)")
    estimate: int = connection.execute(known, {"name": table.__tablename__}).scalar_one()
    return max(estimate, 0)


def _round(count: float) -> int:
    return int(float(f"{count:.{_DIGITS}g}"))
