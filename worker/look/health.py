"""The store's health at a glance: what is due, late or failing, how much is coming in, and which hosts are slow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from worker.database.article_tables import ArticleRow
from worker.database.feed_tables import FeedRow, HostRow, PollRow, ScheduleRow
from worker.database.task_turns import TurnRow
from worker.values.due_feeds import FeedState
from worker.values.outcomes import Outcome

# A feed is late when it has been due for this long: even recovery from a lost worker takes less.
_LATE = timedelta(minutes=2)
_RECENT = timedelta(hours=1)
_NOTED = timedelta(days=2)
_SLOWEST = 5
# So many show which hosts are slow; a busy deployment has millions in an hour.
_NEWEST_POLLS = 10_000
_ASKED_A_HOST = or_(PollRow.http_status.is_not(None), PollRow.error_class.is_not(None))


@dataclass(frozen=True, slots=True)
class Health:
    """Counts of feeds and hosts, the last hour's work, and the slowest hosts in it (mean seconds a poll)."""

    at: datetime
    feeds: Mapping[str, int]
    due: int
    late: int
    failing: Mapping[str, int]
    """Feeds whose newest poll failed, by class; without those that are no longer polled."""
    uncounted: int
    """Failing feeds whose failures may all have been an outage of our own network."""
    never_succeeded: int
    hosts_left_alone: int
    """Hosts that refused us (429, 503) and are not asked for a while."""
    polls_last_hour: Mapping[str, int]
    articles: int
    articles_last_hour: int
    last_poll_at: datetime | None
    slowest_hosts: Mapping[str, float]
    notes: Mapping[str, datetime]
    """What was wrong with the store in the last days, in words, and when: a clock that was set back."""


def read_health(connection: Connection, now: datetime) -> Health:
    """Read the store's health as of ``now``; only polls that asked a host count, not those that read a file."""
    recent = and_(PollRow.started_at >= now - _RECENT, _ASKED_A_HOST)
    failing = _count_failing(connection)
    return Health(
        at=now,
        feeds=_count_feeds(connection),
        due=_count(connection, ScheduleRow.next_poll_at <= now),
        late=_count_late(connection, now),
        failing={row.error_class: row.feeds for row in failing},
        uncounted=sum(row.uncounted for row in failing),
        never_succeeded=sum(row.never_succeeded for row in failing),
        hosts_left_alone=_count(connection, HostRow.failures > 0, HostRow.next_request_at > now),
        polls_last_hour=_count_polls(connection, recent),
        articles=_count(connection, ArticleRow.id.is_not(None)),
        articles_last_hour=_count(connection, ArticleRow.first_seen_at >= now - _RECENT),
        last_poll_at=_last_poll_at(connection),
        slowest_hosts=_slowest_hosts(connection, recent),
        notes=_read_notes(connection, now),
    )


def _read_notes(connection: Connection, now: datetime) -> dict[str, datetime]:
    noted = select(TurnRow.note, TurnRow.noted_at).where(TurnRow.noted_at >= now - _NOTED)
    return {row.note: row.noted_at for row in connection.execute(noted.order_by(TurnRow.noted_at))}


def _last_poll_at(connection: Connection) -> datetime | None:
    newest = select(PollRow.started_at).where(_ASKED_A_HOST).order_by(PollRow.started_at.desc()).limit(1)
    at: datetime | None = connection.execute(newest).scalar_one_or_none()
    return at


def _count(connection: Connection, *which: ColumnElement[bool]) -> int:
    count: int = connection.execute(select(func.count()).where(*which)).scalar_one()
    return count


def _count_feeds(connection: Connection) -> dict[str, int]:
    """Count feeds by state, looking only at those that are not polled: to read all feeds would take seconds."""
    unpolled = (FeedRow.id == ScheduleRow.feed_id, ScheduleRow.next_poll_at.is_(None))
    counts = select(FeedRow.state, func.count()).where(*unpolled).group_by(FeedRow.state)
    rows = connection.execute(counts.order_by(func.count().desc(), FeedRow.state))
    states = {state: count for state, count in rows}  # noqa: C416 -- dict() of rows loses the types
    active = states.pop(FeedState.ACTIVE, 0) + _count(connection, ScheduleRow.next_poll_at.is_not(None))
    return ({FeedState.ACTIVE: active} if active else {}) | states


def _count_failing(connection: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
    """Count the feeds whose newest poll failed, by class, from the index that holds only them."""
    feeds = func.count()
    rows = connection.execute(
        select(
            ScheduleRow.error_class,
            feeds.label("feeds"),
            feeds.filter(ScheduleRow.failures == 0).label("uncounted"),
            feeds.filter(ScheduleRow.last_success_at.is_(None)).label("never_succeeded"),
        )
        .where(ScheduleRow.error_class.is_not(None), ScheduleRow.next_poll_at.is_not(None))
        .group_by(ScheduleRow.error_class)
        .order_by(feeds.desc(), ScheduleRow.error_class)
    )
    return rows.all()


def _count_late(connection: Connection, now: datetime) -> int:
    # The feeds of a host that asked to be left alone wait, and are not late.
    could_be_claimed = (HostRow.id == ScheduleRow.host_id, HostRow.claimable_at <= now - _LATE)
    return _count(connection, ScheduleRow.next_poll_at <= now - _LATE, *could_be_claimed)


def _count_polls(connection: Connection, recent: ColumnElement[bool]) -> dict[str, int]:
    """Count polls by outcome in one pass: grouping millions of them would sort them."""
    counts = (func.count().filter(PollRow.outcome == outcome).label(outcome) for outcome in Outcome)
    found = connection.execute(select(*counts).where(recent)).mappings().one()
    return dict(sorted(((name, count) for name, count in found.items() if count), key=lambda each: -each[1]))


def _slowest_hosts(connection: Connection, recent: ColumnElement[bool]) -> dict[str, float]:
    newest = select(PollRow.feed_id, PollRow.duration).where(recent).order_by(PollRow.started_at.desc())
    polls = newest.limit(_NEWEST_POLLS).subquery()
    mean = func.avg(polls.c.duration)
    rows = connection.execute(
        select(HostRow.name, mean)
        .join(ScheduleRow, ScheduleRow.host_id == HostRow.id)
        .join(polls, polls.c.feed_id == ScheduleRow.feed_id)
        .group_by(HostRow.name)
        .order_by(mean.desc(), HostRow.name)
        .limit(_SLOWEST)
    )
    return {name: round(seconds, 3) for name, seconds in rows}
