"""The store's health at a glance: what is due, late or failing, how much is coming in, and which hosts are slow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from worker.database.article_tables import ArticleRow
from worker.database.feed_tables import FeedRow, HostRow, PollRow, ScheduleRow
from worker.database.file_tables import RefusedFileRow
from worker.database.task_turns import TurnRow
from worker.database.value_columns import read_request_settings
from worker.database.websub_tables import SubscriptionRow
from worker.look.counts import (
    ASKED_A_HOST,
    Counted,
    count_by_quality,
    count_feeds,
    count_found,
    count_late,
    count_polls,
    count_rows,
    count_schedules,
)
from worker.values.due_feeds import FeedState
from worker.values.hubs import SubscriptionState

_RECENT = timedelta(hours=1)
_NOTED = timedelta(days=2)
_SLOWEST = 5
# So many of one state are counted.
_MOST_SUBSCRIPTIONS = 100_000
# So many show which hosts are slow; a busy deployment has millions in an hour.
_NEWEST_POLLS = 10_000


@dataclass(frozen=True, slots=True)
class Health:
    """Counts of feeds and hosts, the last hour's work, and the slowest hosts in it (mean seconds a poll)."""

    at: datetime
    feeds: Mapping[str, int]
    quality: Mapping[str, int]
    """Feeds by how good they are, as last judged."""
    files: int
    """Seed files that are feeds of their own: dispatches, and documents that name no feed."""
    files_refused: int
    """Seed files that the newest scan did not read, or not whole."""
    due: int
    late: int
    failing: Mapping[str, int]
    """Feeds whose newest poll failed, by class; without those that are no longer polled."""
    uncounted: int
    """Failing feeds whose failures may all have been an outage of our own network."""
    never_succeeded: int
    hosts_left_alone: int
    """Hosts that refused feed after feed (403, 429, 503) and are not asked for a while."""
    polls_last_hour: Mapping[str, int]
    articles: int
    articles_last_hour: int
    last_poll_at: datetime | None
    insecure: int
    """Feeds whose hosts' certificates are not checked, because their operator wants it so."""
    subscriptions: Mapping[str, int]
    """Feeds that name a hub (WebSub), by how their subscriptions stand."""
    slowest_hosts: Mapping[str, float]
    notes: Mapping[str, datetime]
    """What was wrong with the store in the last days, in words, and when: a clock that was set back."""
    inexact: Mapping[str, str]
    """The figures that are not exact, by their names, each with ``about`` or ``more than``."""


def read_health(connection: Connection, now: datetime) -> Health:
    """Read the store's health as of ``now``; only polls that asked a host count, not those that read a file."""
    since = now - _RECENT
    failing = count_failing(connection)
    schedules = count_schedules(connection, now)
    feeds, polls = count_feeds(connection, schedules), count_polls(connection, since)
    late, articles = count_late(connection, now), count_rows(connection, ArticleRow)
    subscriptions = count_subscriptions(connection)
    counted = {
        "subscriptions": subscriptions.how,
        "feeds": feeds.how,
        "files": schedules.files.how,
        "due": schedules.due.how,
        "late": late.how,
        "polls_last_hour": polls.how,
        "articles": articles.how,
    }
    return Health(
        at=now,
        feeds=feeds.count,
        quality=count_by_quality(connection),
        files=schedules.files.count,
        files_refused=count_refused_files(connection),
        due=schedules.due.count,
        late=late.count,
        failing={row.error_class: row.feeds for row in failing},
        uncounted=sum(row.uncounted for row in failing),
        never_succeeded=sum(row.never_succeeded for row in failing),
        hosts_left_alone=count_left_alone(connection, now),
        polls_last_hour=polls.count,
        articles=articles.count,
        articles_last_hour=_count_articles(connection, since),
        last_poll_at=find_last_poll(connection),
        insecure=_count_insecure(connection),
        subscriptions=subscriptions.count,
        slowest_hosts=_slowest_hosts(connection, since),
        notes=_read_notes(connection, now),
        inexact={name: how for name, how in counted.items() if how},
    )


def _read_notes(connection: Connection, now: datetime) -> dict[str, datetime]:
    noted = select(TurnRow.note, TurnRow.noted_at).where(TurnRow.noted_at >= now - _NOTED)
    return {row.note: row.noted_at for row in connection.execute(noted.order_by(TurnRow.noted_at))}


def find_last_poll(connection: Connection) -> datetime | None:
    """Return when a host was last asked for a feed; None when none ever was."""
    newest = select(PollRow.started_at).where(ASKED_A_HOST).order_by(PollRow.started_at.desc()).limit(1)
    at: datetime | None = connection.execute(newest).scalar_one_or_none()
    return at


def _count_insecure(connection: Connection) -> int:
    # Of the few feeds with request settings, which have an index of their own.
    stored = connection.execute(
        select(FeedRow.request).where(FeedRow.request.is_not(None), FeedRow.state != FeedState.REMOVED)
    )
    settings = (read_request_settings(row.request) for row in stored)
    return sum(each is not None and each.is_insecure for each in settings)


def count_subscriptions(connection: Connection) -> Counted[dict[str, int]]:
    """Count the feeds that name a hub, by how their subscriptions stand."""
    counts: dict[str, int] = {}
    hows = set()
    for state in SubscriptionState:
        named = select(SubscriptionRow.id).where(SubscriptionRow.state == state, SubscriptionRow.is_named)
        if counted := count_found(connection, SubscriptionRow, [named], is_search=False, most=_MOST_SUBSCRIPTIONS):
            counts |= {str(state): counted.count} if counted.count else {}
            hows.add(counted.how)
    return Counted(counts, max(hows))


def count_left_alone(connection: Connection, now: datetime) -> int:
    """Count the hosts that refused feed after feed and are not asked for a while."""
    held = select(func.count()).select_from(HostRow).where(HostRow.held_until > now)
    count: int = connection.execute(held).scalar_one()
    return count


def count_refused_files(connection: Connection) -> int:
    """Count the seed files that the newest scan did not read, or not whole."""
    count: int = connection.execute(select(func.count()).select_from(RefusedFileRow)).scalar_one()
    return count


def _count_articles(connection: Connection, since: datetime) -> int:
    count: int = connection.execute(select(func.count()).where(ArticleRow.first_seen_at >= since)).scalar_one()
    return count


def count_failing(connection: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
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


def _slowest_hosts(connection: Connection, since: datetime) -> dict[str, float]:
    recent = and_(PollRow.started_at >= since, ASKED_A_HOST)
    newest = select(PollRow.feed_id, PollRow.duration).where(recent).order_by(PollRow.id.desc())
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
