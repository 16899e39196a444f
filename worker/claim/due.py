"""Reading the due feeds of leased hosts as ``DueFeed``, and requesting polls of feeds."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Connection, RowMapping, Select, and_, bindparam, case, select, union_all, update
from sqlalchemy.orm import aliased

from worker.basics.codec import unpack
from worker.basics.stopping import BEGIN_WITHIN
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.locks import lock_feeds, wake_hosts
from worker.database.statements import given_numbers, is_one_of, is_one_of_found, is_one_of_given
from worker.database.types import UtcDateTime
from worker.database.value_columns import MOVE, VALIDATORS, read_request_settings
from worker.errors import ErrorClass
from worker.values.due_feeds import NO_OPTIONS, DueFeed, FeedOptions, FeedState, Streak
from worker.values.hubs import Push
from worker.values.schedules import NO_HINTS, Hints, Rhythm

IN_DUE_ORDER = (ScheduleRow.requested_at.is_(None), ScheduleRow.next_poll_at, ScheduleRow.feed_id)
"""Requested feeds first: somebody waits for them."""

_REQUESTED_LATER = "requested, but its publisher asked to be left alone until then"
# What a poll needs to know of its feed, and no other column: reading a moment costs more than any of it.
_FACTS = (
    *(FeedRow.url, FeedRow.site_url, FeedRow.options, FeedRow.request, FeedRow.hints, FeedRow.rhythm, FeedRow.push),
    *(getattr(FeedRow, name) for name in MOVE.names.values()),
    *(ScheduleRow.feed_id, ScheduleRow.host_id, ScheduleRow.instructions, ScheduleRow.edition, ScheduleRow.body_hash),
    *(getattr(ScheduleRow, name) for name in VALIDATORS.names.values()),
    *(ScheduleRow.attempts, ScheduleRow.failures, ScheduleRow.failing_since, ScheduleRow.error_class),
    *(ScheduleRow.last_attempt_at, ScheduleRow.last_success_at),
)


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """How long to lease hosts, how politely to ask them, and how much to claim at once."""

    lease: timedelta
    gap: timedelta
    parallel: int
    hosts: int
    """Hosts claimed at once, at the most."""
    feeds_per_host: int
    """Feeds of one host claimed at once, at the most."""
    begin_within: timedelta = BEGIN_WITHIN
    """A feed is not claimed if it could not begin in this time, because of the gaps after those before it."""


def request_polls(connection: Connection, now: datetime, feed_ids: Collection[int], *, force: bool = False) -> None:
    """Ask in SQL for a poll of active feeds: whichever worker next claims their host makes it.

    Feeds whose publisher asked to be left alone wait until that is over; with ``force`` they do not.
    """
    lock_feeds(connection, feed_ids)
    named = is_one_of(connection, FeedRow.id, feed_ids)
    active = select(FeedRow.id).where(named, FeedRow.state == FeedState.ACTIVE)
    is_held = ScheduleRow.held_until > now
    connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id.in_(active), ScheduleRow.host_id.is_not(None))
        .values(
            requested_at=now,
            next_poll_at=now if force else case((is_held, ScheduleRow.held_until), else_=now),
            next_poll_reason="requested" if force else case((is_held, _REQUESTED_LATER), else_="requested"),
            # Polls under way leave the schedule to this one.
            instructions=ScheduleRow.instructions + 1,
        )
    )
    wake_hosts(connection, now, feed_ids)


def find_requested(connection: Connection, feed_ids: Collection[int]) -> list[int]:
    """Return those of these feeds whose requested poll has not been made yet."""
    named = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
    waiting = select(ScheduleRow.feed_id).where(named, ScheduleRow.requested_at.is_not(None))
    return list(connection.execute(waiting.order_by(ScheduleRow.feed_id)).scalars())


def read_due_feeds(
    connection: Connection, now: datetime, hosts: Sequence[RowMapping], terms: ClaimTerms, named: Collection[int]
) -> dict[int, list[DueFeed]]:
    """Return, by host, the feeds that are due and can begin in time, the most urgent first.

    If any feeds are ``named``, only those are returned.
    """
    room = {host["id"]: _count_room(host, terms) for host in hosts}
    most = max(room.values(), default=0)
    feeds: dict[int, list[DueFeed]] = defaultdict(list)
    if not most:
        return feeds
    rows = connection.execute(
        _due_feeds(connection.dialect.name, of_named=bool(named)),
        {"host_ids": list(room), "now": now, "most": most} | ({"named": list(named)} if named else {}),
    )
    for row in rows.mappings().all():
        host_id = row["host_id"]
        if len(feeds[host_id]) < room[host_id]:
            feeds[host_id].append(_due_feed(row))
    return feeds


def read_due_feed(connection: Connection, feed_id: int) -> DueFeed:
    """Return one feed as a claim does, due or not."""
    of_feed = select(*_FACTS).join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
    return _due_feed(connection.execute(of_feed.where(ScheduleRow.feed_id == feed_id)).mappings().one())


def gap_of(host: RowMapping, terms: ClaimTerms) -> timedelta:
    """Return the time between two requests to a host: its own, that of a wildcard over its name, or the usual one."""
    chosen: timedelta | None = host["wildcard_gap"] if host["gap"] is None else host["gap"]
    return terms.gap if chosen is None else chosen


def parallel_of(host: RowMapping, terms: ClaimTerms) -> int:
    """Return how many requests to a host may be in flight: its own number, a wildcard's, or the usual one."""
    return host["parallel"] or host["wildcard_parallel"] or terms.parallel


def _count_room(host: RowMapping, terms: ClaimTerms) -> int:
    """Return how many feeds of a host can begin in time, with its gap between two of them."""
    gap = gap_of(host, terms)
    return min(1 + terms.begin_within // gap, terms.feeds_per_host) if gap else terms.feeds_per_host


@cache
def _due_feeds(dialect: str, *, of_named: bool) -> Select[*tuple[Any, ...]]:
    now, host_id = bindparam("now", type_=UtcDateTime()), given_numbers(dialect, "host_ids")
    if of_named:
        is_named = is_one_of_given(dialect, ScheduleRow.feed_id, "named")
        due = and_(ScheduleRow.host_id == host_id, is_named, ScheduleRow.next_poll_at <= now)
    else:
        # That they are due is not said here again: PostgreSQL, whose statistics know of no feed that is due by now,
        # would begin with all that are, and look for each of them among the first ones of every host.
        due = is_one_of_found(dialect, ScheduleRow.feed_id, first_due(host_id, now, bindparam("most")))
    return (
        select(*_FACTS)
        .select_from(host_id.table)
        .join(ScheduleRow, due)
        # Every schedule has its feed, but SQLite may begin an inner join with feeds, and look for due ones for each.
        .outerjoin(FeedRow, FeedRow.id == ScheduleRow.feed_id)
        .order_by(*IN_DUE_ORDER)
    )


def first_due(host_id: Any, now: Any, most: Any) -> CompoundSelect[int]:
    """Return a query for the ``most`` feeds of a host that are due first, and for as many that were requested first.

    Sorting by ``IN_DUE_ORDER`` would read all feeds that are due; for each of these two orders there is an index.
    """
    feed = aliased(ScheduleRow)
    looks = (
        select(feed.feed_id)
        .where(feed.host_id == host_id, moment <= now, feed.next_poll_at <= now)
        .order_by(moment, feed.feed_id)
        .limit(most)
        .correlate_except(feed)
        .subquery()
        for moment in (feed.requested_at, feed.next_poll_at)
    )
    return union_all(*(select(look.c.feed_id) for look in looks))


def _due_feed(row: RowMapping) -> DueFeed:
    return DueFeed(
        feed_id=row["feed_id"],
        host_id=row["host_id"],
        url=row["url"],
        site_url=row["site_url"],
        options=unpack(FeedOptions, row["options"]) or NO_OPTIONS,
        request=read_request_settings(row["request"]),
        validators=VALIDATORS.read(row),
        body_hash=row["body_hash"],
        hints=unpack(Hints, row["hints"]) or NO_HINTS,
        rhythm=unpack(Rhythm, row["rhythm"]),
        streak=Streak(
            attempts=row["attempts"],
            failures=row["failures"],
            since=row["failing_since"],
            last_class=ErrorClass(row["error_class"]) if row["error_class"] else None,
            last_at=row["last_attempt_at"],
        ),
        last_success_at=row["last_success_at"],
        move=MOVE.read(row) if row["moved_to"] else None,
        instructions=row["instructions"],
        edition=row["edition"],
        push=unpack(Push, row["push"]),
    )
