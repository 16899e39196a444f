"""Leasing hosts: those that are due, those whose feeds somebody named, or one to ask for what is no poll."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, or_, select, update

from worker.claim.due import ClaimTerms, read_due_feeds, request_polls
from worker.claim.losses import ALONE_FROM, COMPANY, count_expired_leases
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.locks import add_hosts
from worker.database.statements import is_among
from worker.values.due_feeds import ClaimedHost, DueFeed


def claim_due_hosts(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
    """Lease the hosts that have been claimable the longest, with their due feeds."""
    return _claim(connection, now, terms, and_(HostRow.claimable_at <= now, ~HostRow.isolated))


def count_claimable_hosts(connection: Connection, now: datetime, most: int) -> int:
    """Return how many hosts could be claimed now, counting no further than ``most``."""
    some = select(HostRow.id).where(HostRow.claimable_at <= now).limit(most).subquery()
    count: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return count


def find_next_claim(connection: Connection, due_by: datetime, before: datetime) -> datetime | None:
    """Return when the next host that nobody holds can be claimed for a feed due by ``due_by``.

    Null where there is none ``before`` a moment: the queue is looked through no further.
    """
    due = exists().where(ScheduleRow.host_id == HostRow.id, ScheduleRow.next_poll_at <= due_by)
    at: datetime | None = connection.execute(
        select(HostRow.claimable_at)
        .where(HostRow.claimable_at < before, HostRow.lease_token.is_(None), due)
        .order_by(HostRow.claimable_at)
        .limit(1)
    ).scalar_one_or_none()
    return at


def find_next_claim_of(connection: Connection, feed_ids: Collection[int]) -> datetime | None:
    """Return when the next host of these feeds can be claimed, or the lease on it ends; null for none."""
    named = is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids)
    hosts = select(ScheduleRow.host_id).where(named)
    at: datetime | None = connection.execute(
        select(func.min(HostRow.claimable_at)).where(HostRow.id.in_(hosts))
    ).scalar_one()
    return at


def claim_isolated_hosts(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
    """Lease one host that must be polled alone, else a few that are suspects together, each with one due feed."""
    suspect = and_(HostRow.claimable_at <= now, HostRow.isolated)
    is_alone = exists().where(ScheduleRow.host_id == HostRow.id, ScheduleRow.claim_attempts >= ALONE_FROM)
    alone = replace(terms, hosts=1, feeds_per_host=1)
    few = replace(alone, hosts=COMPANY)
    return _claim(connection, now, alone, and_(suspect, is_alone)) or _claim(connection, now, few, suspect)


def claim_named_feeds(
    connection: Connection, now: datetime, terms: ClaimTerms, feed_ids: Collection[int], *, force: bool
) -> list[ClaimedHost]:
    """Lease the hosts of the named feeds, due or not, unless another worker holds them.

    Without ``force`` a host that asked to be left alone (429, 503) is left alone. One whose gap is so long that nothing
    could begin in time is left, too.
    """
    # Should this worker die now, the next tick makes the polls all the same. First, for feeds are locked before hosts.
    request_polls(connection, now, feed_ids)
    hosts = _lease_hosts(
        connection, now, terms, _may_be_named(ScheduleRow.feed_id.in_(feed_ids), now, terms, force=force)
    )
    return _asked_soon(_with_feeds(connection, now, terms, hosts, feed_ids), now)


def claim_requested_feeds(
    connection: Connection, now: datetime, terms: ClaimTerms, feed_ids: Collection[int], *, force: bool
) -> list[ClaimedHost]:
    """Lease the hosts of those named feeds whose request nobody has answered yet; else as ``claim_named_feeds``."""
    unanswered = and_(ScheduleRow.feed_id.in_(feed_ids), ScheduleRow.requested_at.is_not(None))
    hosts = _lease_hosts(connection, now, terms, _may_be_named(unanswered, now, terms, force=force))
    # What was answered meanwhile is not due any more.
    return _asked_soon(_with_feeds(connection, now, terms, hosts, feed_ids), now)


def claim_host(connection: Connection, now: datetime, terms: ClaimTerms, name: str) -> ClaimedHost | None:
    """Lease one host, known or not, to ask it for something that is no poll; null when another worker holds it."""
    add_hosts(connection, [name])
    # Nothing may be asked beside a feed that may be killing workers.
    free = and_(HostRow.name == name, ~HostRow.isolated, _is_free(now))
    claimed = _claim(connection, now, replace(terms, hosts=1, feeds_per_host=0), free)
    return claimed[0] if claimed else None


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(HostRow.lease_until.is_(None), HostRow.lease_until <= now)


def _may_be_asked(now: datetime, terms: ClaimTerms, *, force: bool) -> ColumnElement[bool]:
    wish = HostRow.failures > 0
    in_time = or_(HostRow.next_request_at.is_(None), HostRow.next_request_at <= now + terms.begin_within)
    # What is left of a wish may be no longer than a gap, which a named poll waits for.
    is_over = HostRow.next_request_at <= now + terms.gap
    return or_(wish, in_time) if force else and_(in_time, or_(~wish, is_over))


def _may_be_named(named: ColumnElement[bool], now: datetime, terms: ClaimTerms, *, force: bool) -> ColumnElement[bool]:
    hosts = select(ScheduleRow.host_id).where(named)
    return and_(HostRow.id.in_(hosts), _is_free(now), _may_be_asked(now, terms, force=force))


def _asked_soon(hosts: Sequence[ClaimedHost], now: datetime) -> list[ClaimedHost]:
    # A named poll waits for the gap, but not for a longer wish of the host: that one was overruled by force.
    return [
        replace(host, next_request_at=min(host.next_request_at, now + host.gap)) if host.next_request_at else host
        for host in hosts
    ]


def _claim(
    connection: Connection, now: datetime, terms: ClaimTerms, claimable: ColumnElement[bool]
) -> list[ClaimedHost]:
    return _with_feeds(connection, now, terms, _lease_hosts(connection, now, terms, claimable))


def _lease_hosts(
    connection: Connection, now: datetime, terms: ClaimTerms, claimable: ColumnElement[bool]
) -> Sequence[Row[Any]]:
    """Lease hosts under a token of their own, and look at the leases that this takes over."""
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
            lease_token=secrets.token_hex(8),
            lease_until=now + terms.lease,
            claimable_at=now + terms.lease,
            # A token still there at a claim is a lease that ran out: its worker died or froze.
            expired_token=HostRow.lease_token,
        )
        .returning(HostRow)
    )
    hosts = connection.execute(lease).all()
    apart = count_expired_leases(connection, now, hosts, terms)
    if apart:
        free = {"lease_token": None, "lease_until": None, "expired_token": None, "claimable_at": now}
        connection.execute(update(HostRow).where(HostRow.id.in_(apart)).values(free))
    return [host for host in hosts if host.id not in apart]


def _with_feeds(
    connection: Connection,
    now: datetime,
    terms: ClaimTerms,
    hosts: Sequence[Row[Any]],
    named: Collection[int] = (),
) -> list[ClaimedHost]:
    feeds = read_due_feeds(connection, now, hosts, terms, named)
    return [_claimed_host(host, terms, feeds[host.id]) for host in hosts]


def _claimed_host(host: Row[Any], terms: ClaimTerms, feeds: list[DueFeed]) -> ClaimedHost:
    return ClaimedHost(
        host_id=host.id,
        name=host.name,
        token=host.lease_token,
        next_request_at=host.next_request_at,
        failures=host.failures,
        gap=host.gap if host.gap is not None else terms.gap,
        parallel=host.parallel or terms.parallel,
        isolated=host.isolated,
        feeds=tuple(feeds),
    )
