"""The store's health at a glance: what is due, late or failing, how much is coming in, and which hosts are slow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from worker.database.article_tables import ArticleRow
from worker.database.feed_tables import FeedRow, HostRow, PollRow, ScheduleRow

# A feed is late when it has been due for this long: even recovery from a lost worker takes less.
_LATE = timedelta(minutes=2)
_RECENT = timedelta(hours=1)
_SLOWEST = 5


@dataclass(frozen=True, slots=True)
class Health:
    """Counts of feeds, the last hour's work, and that hour's slowest hosts (mean seconds a poll)."""

    at: datetime
    feeds: Mapping[str, int]
    due: int
    late: int
    failing: Mapping[str, int]
    polls_last_hour: Mapping[str, int]
    articles: int
    articles_last_hour: int
    last_poll_at: datetime | None
    slowest_hosts: Mapping[str, float]


def read_health(connection: Connection, now: datetime) -> Health:
    """Read the store's health as of ``now``."""
    recent = PollRow.started_at >= now - _RECENT
    return Health(
        at=now,
        feeds=_tally(connection, FeedRow.state),
        due=_count(connection, ScheduleRow.next_poll_at <= now),
        late=_count_late(connection, now),
        failing=_tally(connection, ScheduleRow.error_class, ScheduleRow.error_class.is_not(None)),
        polls_last_hour=_tally(connection, PollRow.outcome, recent),
        articles=_count(connection, ArticleRow.id.is_not(None)),
        articles_last_hour=_count(connection, ArticleRow.first_seen_at >= now - _RECENT),
        last_poll_at=connection.execute(select(func.max(PollRow.started_at))).scalar_one(),
        slowest_hosts=_slowest_hosts(connection, recent),
    )


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    count: int = connection.execute(select(func.count()).where(which)).scalar_one()
    return count


def _count_late(connection: Connection, now: datetime) -> int:
    # A host that asked to be left alone makes its feeds wait, not late.
    could_be_claimed = HostRow.claimable_at <= now - _LATE
    late = select(func.count()).select_from(ScheduleRow).join(HostRow, HostRow.id == ScheduleRow.host_id)
    where = late.where(ScheduleRow.next_poll_at <= now - _LATE, could_be_claimed)
    count: int = connection.execute(where).scalar_one()
    return count


def _tally(connection: Connection, by: Any, *which: ColumnElement[bool]) -> dict[str, int]:
    rows = connection.execute(select(by, func.count()).where(*which).group_by(by).order_by(func.count().desc(), by))
    return {name: count for name, count in rows}  # noqa: C416 -- dict() of rows loses the types


def _slowest_hosts(connection: Connection, recent: ColumnElement[bool]) -> dict[str, float]:
    mean = func.avg(PollRow.duration)
    rows = connection.execute(
        select(HostRow.name, mean)
        .join(ScheduleRow, ScheduleRow.host_id == HostRow.id)
        .join(PollRow, PollRow.feed_id == ScheduleRow.feed_id)
        .where(recent)
        .group_by(HostRow.name)
        .order_by(mean.desc(), HostRow.name)
        .limit(_SLOWEST)
    )
    return {name: round(seconds, 3) for name, seconds in rows}
