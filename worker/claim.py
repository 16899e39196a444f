"""Stage claim: lease hosts with due feeds from SQL, so that no two workers ever poll one host at a time.

A host row is the queue's element. Its ``claimable_at`` is the earliest next poll of its feeds, never before the end of
the gap or of a lease; the claim reads that one index in order and stays flat however many feeds there are.
"""

import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, Row, and_, cast, exists, func, insert, or_, select, update

from worker.database.article_tables import EventRow
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.feed_values import read_hints, read_options, read_rhythm
from worker.database.host_queue import wake_hosts
from worker.errors import ErrorClass
from worker.time_limits import BEGIN_WITHIN
from worker.values import ClaimedHost, DueFeed, FeedState, Move, Streak, Validators

# A feed whose lease expired this often is claimed alone; only then can a dead worker be laid at its door …
ALONE_FROM = 3
# … and after five such deaths it is quarantined.
QUARANTINE_FROM = ALONE_FROM + 5
_FEED_FACTS = (
    FeedRow.url,
    FeedRow.site_url,
    FeedRow.options,
    FeedRow.hints,
    FeedRow.rhythm,
    FeedRow.moved_to,
    FeedRow.moved_polls,
    FeedRow.moved_since,
)


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """On what terms hosts are claimed."""

    lease: timedelta
    gap: timedelta
    parallel: int
    hosts: int
    """Hosts claimed at once, at the most."""
    feeds_per_host: int
    """Feeds of one host claimed at once, at the most."""
    begin_within: timedelta = BEGIN_WITHIN
    """Feeds that could not begin in this time, for the gaps between those before them, are not claimed."""


def claim_due_hosts(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
    """Lease the hosts that have been claimable the longest, with their due feeds."""
    return _claim(connection, now, terms, and_(HostRow.claimable_at <= now, ~HostRow.isolated))


def count_claimable_hosts(connection: Connection, now: datetime, most: int) -> int:
    """Return how many hosts could be claimed now, counting no further than ``most``."""
    some = select(HostRow.id).where(HostRow.claimable_at <= now).limit(most).subquery()
    count: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return count


def find_next_claim(connection: Connection, due_by: datetime) -> datetime | None:
    """Return when the next host that nobody holds can be claimed for a feed due by ``due_by``; null for none."""
    due = exists().where(ScheduleRow.host_id == HostRow.id, ScheduleRow.next_poll_at <= due_by)
    at: datetime | None = connection.execute(
        select(func.min(HostRow.claimable_at)).where(HostRow.lease_token.is_(None), due)
    ).scalar_one()
    return at


def claim_isolated_host(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
    """Lease at most one host that must be polled alone, with one due feed."""
    alone = replace(terms, hosts=1, feeds_per_host=1)
    return _claim(connection, now, alone, and_(HostRow.claimable_at <= now, HostRow.isolated))


def claim_named_feeds(
    connection: Connection, now: datetime, terms: ClaimTerms, feed_ids: Collection[int], *, force: bool
) -> list[ClaimedHost]:
    """Lease the hosts of the named feeds, due or not, unless another worker holds them.

    Without ``force`` a host that asked to be left alone (429, 503) is left alone. One whose gap is so long that nothing
    could begin in time is left, too.
    """
    hosts = select(ScheduleRow.host_id).where(ScheduleRow.feed_id.in_(feed_ids))
    free = and_(HostRow.id.in_(hosts), or_(HostRow.lease_until.is_(None), HostRow.lease_until <= now))
    claimed = _claim(connection, now, terms, and_(free, _may_be_asked(now, terms, force=force)), feed_ids)
    return [replace(host, next_request_at=_soon(host, now)) for host in claimed]


def request_polls(connection: Connection, now: datetime, feed_ids: Collection[int]) -> None:
    """Ask in SQL for a poll of active feeds; whichever worker claims their host next makes it."""
    active = select(FeedRow.id).where(FeedRow.id.in_(feed_ids), FeedRow.state == FeedState.ACTIVE)
    connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id.in_(active), ScheduleRow.host_id.is_not(None))
        .values(requested_at=now, next_poll_at=now, next_poll_reason="requested")
    )
    wake_hosts(connection, now, feed_ids)


def _may_be_asked(now: datetime, terms: ClaimTerms, *, force: bool) -> ColumnElement[bool]:
    wish = HostRow.failures > 0
    in_time = or_(HostRow.next_request_at.is_(None), HostRow.next_request_at <= now + terms.begin_within)
    # What is left of a wish may be no longer than a gap, which a named poll waits for.
    is_over = HostRow.next_request_at <= now + terms.gap
    return or_(wish, in_time) if force else and_(in_time, or_(~wish, is_over))


def _soon(host: ClaimedHost, now: datetime) -> datetime | None:
    # A named poll waits for the gap, but not for a longer wish of the host: that one was overruled by force.
    return min(host.next_request_at, now + host.gap) if host.next_request_at else None


def _claim(
    connection: Connection,
    now: datetime,
    terms: ClaimTerms,
    claimable: ColumnElement[bool],
    named: Collection[int] = (),
) -> list[ClaimedHost]:
    token = secrets.token_hex(8)
    hosts = _lease_hosts(connection, now, terms, claimable, token)
    _count_expired_leases(connection, now, [host for host in hosts if host.expired_token], terms)
    if named:
        # Should this worker die now, the next tick makes the polls all the same.
        request_polls(connection, now, named)
    feeds = _due_feeds(connection, now, hosts, terms, named)
    return [_claimed_host(host, token, terms, feeds[host.id]) for host in hosts]


def _lease_hosts(
    connection: Connection, now: datetime, terms: ClaimTerms, claimable: ColumnElement[bool], token: str
) -> Sequence[Row[Any]]:
    due = (
        select(HostRow.id)
        .where(claimable)
        .order_by(HostRow.claimable_at, HostRow.id)
        .limit(terms.hosts)
        .with_for_update(skip_locked=True)
        # A CTE runs once; a bare subquery may run again per row and pass the limit.
        .cte("due")
    )
    lease = (
        update(HostRow)
        .where(HostRow.id.in_(select(due.c.id)))
        .values(
            lease_token=token,
            lease_until=now + terms.lease,
            claimable_at=now + terms.lease,
            # A token still there at a claim is a lease that ran out: its worker died or froze.
            expired_token=HostRow.lease_token,
        )
        .returning(HostRow)
    )
    return connection.execute(lease).all()


def _count_expired_leases(connection: Connection, now: datetime, hosts: Sequence[Row[Any]], terms: ClaimTerms) -> None:
    """Count a lost worker against the feeds that it had begun: the first due ones of each host it held."""
    for host in hosts:
        at_once = 1 if host.isolated else host.parallel or terms.parallel
        begun = _due(now, host.id).limit(at_once).subquery()
        counted = connection.execute(
            update(ScheduleRow)
            .where(ScheduleRow.feed_id.in_(select(begun.c.feed_id)))
            .values(claim_attempts=ScheduleRow.claim_attempts + 1)
            .returning(ScheduleRow.feed_id, ScheduleRow.claim_attempts)
        ).all()
        if any(feed.claim_attempts >= ALONE_FROM for feed in counted):
            connection.execute(update(HostRow).where(HostRow.id == host.id).values(isolated=True))
        for feed in counted:
            if feed.claim_attempts >= QUARANTINE_FROM:
                _quarantine(connection, feed.feed_id, now)


def _quarantine(connection: Connection, feed_id: int, now: datetime) -> None:
    reason = (
        f"its polls ended with the loss of their worker {QUARANTINE_FROM} times in a row, the last "
        f"{QUARANTINE_FROM - ALONE_FROM} with nothing beside it; feedmill resume {feed_id} tries again"
    )
    connection.execute(
        update(FeedRow).where(FeedRow.id == feed_id).values(state=FeedState.QUARANTINED, state_reason=reason)
    )
    connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id == feed_id)
        .values(next_poll_at=None, requested_at=None, next_poll_reason=f"quarantined: {reason}")
    )
    event = {"created_at": now, "kind": "feed quarantined", "feed_id": feed_id, "details": {"reason": reason}}
    connection.execute(insert(EventRow).values(event))


def _due(now: datetime, host_id: int | ColumnElement[int]) -> Any:
    # Requested feeds first: somebody waits for them.
    return (
        select(ScheduleRow.feed_id)
        .where(ScheduleRow.host_id == host_id, ScheduleRow.next_poll_at <= now)
        .order_by(ScheduleRow.requested_at.is_(None), ScheduleRow.next_poll_at, ScheduleRow.feed_id)
    )


def _due_feeds(
    connection: Connection,
    now: datetime,
    hosts: Sequence[Row[Any]],
    terms: ClaimTerms,
    named: Collection[int],
) -> dict[int, list[DueFeed]]:
    rank = func.row_number().over(
        partition_by=ScheduleRow.host_id,
        order_by=(ScheduleRow.requested_at.is_(None), ScheduleRow.next_poll_at, ScheduleRow.feed_id),
    )
    due = select(ScheduleRow.feed_id, rank.label("rank")).where(
        ScheduleRow.host_id.in_([host.id for host in hosts]), ScheduleRow.next_poll_at <= now
    )
    if named:
        due = due.where(ScheduleRow.feed_id.in_(named))
    ranked = due.subquery()
    rows = connection.execute(
        select(*_FEED_FACTS, ScheduleRow)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .join(ranked, ranked.c.feed_id == FeedRow.id)
        .join(HostRow, HostRow.id == ScheduleRow.host_id)
        .where(ranked.c.rank <= terms.feeds_per_host, _begins_in_time(ranked.c.rank, terms))
        .order_by(ranked.c.rank)
    )
    refusals = {host.id: host.failures for host in hosts}
    feeds: dict[int, list[DueFeed]] = defaultdict(list)
    for row in rows:
        feeds[row.host_id].append(_due_feed(row, refusals[row.host_id]))
    return feeds


def _begins_in_time(rank: ColumnElement[int], terms: ClaimTerms) -> ColumnElement[bool]:
    """Say in SQL whether a host's gap lets its feed of this rank, from 1, begin in time."""
    gap = func.coalesce(cast(HostRow.gap, Double), terms.gap.total_seconds())
    return (rank - 1) * gap <= terms.begin_within.total_seconds()


def _due_feed(row: Row[Any], host_refusals: int) -> DueFeed:
    return DueFeed(
        feed_id=row.feed_id,
        host_id=row.host_id,
        url=row.url,
        site_url=row.site_url,
        options=read_options(row.options),
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        hints=read_hints(row.hints),
        rhythm=read_rhythm(row.rhythm),
        streak=Streak(
            attempts=row.attempts,
            failures=row.failures,
            since=row.failing_since,
            last_class=ErrorClass(row.error_class) if row.error_class else None,
            last_at=row.last_attempt_at,
            host_refusals=host_refusals,
        ),
        last_success_at=row.last_success_at,
        move=Move(row.moved_to, row.moved_polls, row.moved_since) if row.moved_to else None,
        claim_attempts=row.claim_attempts,
        requested_at=row.requested_at,
    )


def _claimed_host(host: Row[Any], token: str, terms: ClaimTerms, feeds: list[DueFeed]) -> ClaimedHost:
    return ClaimedHost(
        host_id=host.id,
        name=host.name,
        token=token,
        next_request_at=host.next_request_at,
        failures=host.failures,
        gap=host.gap if host.gap is not None else terms.gap,
        parallel=host.parallel or terms.parallel,
        isolated=host.isolated,
        feeds=tuple(feeds),
    )
