"""Leasing hosts: those that are due, those whose feeds somebody named, or one to ask for something that is no poll."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from worker.claim.due import ClaimTerms, gap_of, parallel_of, read_due_feeds, request_polls
from worker.claim.lost_workers import ALONE_FROM, COMPANY, GUEST, count_expired_leases
from worker.database.feed_tables import IS_MAILBOX, HostRow, ScheduleRow
from worker.database.host_rows import add_hosts
from worker.database.statements import is_one_of
from worker.database.types import UtcDateTime
from worker.database.value_columns import REFUSALS
from worker.values.due_feeds import NO_REFUSALS, ClaimedHost, DueFeed

# What a claim needs to know of a host, and no other column: reading a moment costs more than most of a claim.
_CLAIMED = (
    *(HostRow.id, HostRow.name, HostRow.lease_token, HostRow.expired_token, HostRow.next_request_at, HostRow.isolated),
    *(HostRow.gap, HostRow.parallel, HostRow.wildcard_gap, HostRow.wildcard_parallel),
    *(HostRow.domain, HostRow.has_siblings, HostRow.address),
    *(getattr(HostRow, name) for name in REFUSALS.names.values()),
)


def count_claimable_hosts(connection: Connection, now: datetime, most: int) -> int:
    """Return how many hosts could be claimed now, counting no further than ``most``."""
    count: int = connection.execute(_count_claimable(), {"now": now, "most": most}).scalar_one()
    return count


def is_any_isolated_claimable(connection: Connection, now: datetime) -> bool:
    """Say whether a host could be claimed now whose feeds may be killing workers."""
    return connection.execute(_find_isolated(), {"now": now}).first() is not None


def find_next_claim(connection: Connection, due_by: datetime, before: datetime) -> datetime | None:
    """Return when the next host that is not leased can be claimed for a feed due by ``due_by``.

    None if there is none ``before`` that moment: the queue is not searched any further.
    """
    given = {"due_by": due_by, "before": before}
    at: datetime | None = connection.execute(_find_claimable(), given).scalar_one_or_none()
    return at


def find_next_requested(connection: Connection, feed_ids: Collection[int]) -> datetime | None:
    """Return when the next requested poll of these feeds is due and its host can be claimed, or its lease ends."""
    due, free = ScheduleRow.next_poll_at, HostRow.claimable_at
    soonest = select(func.min(case((due > free, due), else_=free))).join(HostRow, HostRow.id == ScheduleRow.host_id)
    named = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
    at: datetime | None = connection.execute(soonest.where(named, ScheduleRow.requested_at.is_not(None))).scalar_one()
    return at


def claim_due_hosts(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
    """Lease the hosts that have been claimable the longest, with their due feeds."""
    return _claim(connection, now, terms, _lease_due())


def claim_isolated_hosts(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
    """Lease one host that must be polled alone, or else a few that are suspects together, each with one due feed."""
    alone = replace(terms, hosts=1, feeds_per_host=1)
    few = replace(alone, hosts=COMPANY)
    return _claim(connection, now, alone, _lease_suspects(alone=True)) or _claim(
        connection, now, few, _lease_suspects()
    )


def claim_named_feeds(
    connection: Connection, now: datetime, terms: ClaimTerms, feed_ids: Collection[int], *, force: bool
) -> list[ClaimedHost]:
    """Request polls of the named feeds, due or not, and lease their hosts, unless another worker holds them.

    A host whose gap is so long that no poll could begin in time is left alone. Without ``force`` so are a host and a
    feed that asked for it.
    """
    # If this worker dies now, the next tick makes the polls all the same. First, for feeds are locked before hosts.
    request_polls(connection, now, feed_ids, force=force)
    claimable = _may_be_named(ScheduleRow.feed_id.in_(feed_ids), now, terms, force=force)
    return _limit_wait_to_gap(_claim(connection, now, terms, _lease(claimable), feed_ids), now)


def claim_requested_feeds(
    connection: Connection, now: datetime, terms: ClaimTerms, feed_ids: Collection[int], *, force: bool
) -> list[ClaimedHost]:
    """Lease, as ``claim_named_feeds`` does, the hosts of those named feeds whose requested poll is still to be made."""
    requested = and_(ScheduleRow.feed_id.in_(feed_ids), ScheduleRow.requested_at.is_not(None))
    claimable = _may_be_named(requested, now, terms, force=force)
    # A feed that has been polled meanwhile is not due any more.
    return _limit_wait_to_gap(_claim(connection, now, terms, _lease(claimable), feed_ids), now)


def claim_as_guest(
    connection: Connection, now: datetime, terms: ClaimTerms, names: Collection[str], *, force: bool = False
) -> tuple[dict[str, int], list[ClaimedHost]]:
    """Lease hosts, known or not, to ask them for something that is no poll of their feeds.

    Return for each name the row that is leased for it, and the rows that no other worker held. ``force`` is as in
    ``claim_named_feeds``.
    """
    host_ids = add_hosts(connection, names)
    alone = replace(terms, hosts=len(host_ids), feeds_per_host=0)
    hosts = _claim(connection, now, alone, _lease_guests(), host_ids={*host_ids.values()})
    return host_ids, _limit_wait_to_gap(hosts, now) if force else hosts


def _may_be_named(named: ColumnElement[bool], now: datetime, terms: ClaimTerms, *, force: bool) -> ColumnElement[bool]:
    """Return the condition for leasing a host of named feeds."""
    # A hold that ends within a gap counts as over: a named poll waits as long as a gap anyway.
    is_held = and_(HostRow.held_until.is_not(None), HostRow.held_until > now + terms.gap)
    in_time = or_(HostRow.next_request_at.is_(None), HostRow.next_request_at <= now + terms.begin_within)
    may_be_asked = or_(is_held, in_time) if force else and_(in_time, ~is_held)
    return and_(HostRow.id.in_(select(ScheduleRow.host_id).where(named)), _is_free(now), may_be_asked)


def _limit_wait_to_gap(hosts: Sequence[ClaimedHost], now: datetime) -> list[ClaimedHost]:
    # A named poll waits for one gap at the most: ``force`` has overruled what the host asked for.
    return [
        replace(host, next_request_at=min(host.next_request_at, now + host.gap)) if host.next_request_at else host
        for host in hosts
    ]


def _is_free(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    return or_(HostRow.lease_until.is_(None), HostRow.lease_until <= now)


def _claim(
    connection: Connection,
    now: datetime,
    terms: ClaimTerms,
    lease: Update,
    named: Collection[int] = (),
    **chosen: Collection[int],
) -> list[ClaimedHost]:
    """Lease hosts, with their due feeds, or with those of them that are named; ``chosen`` is for the statement."""
    hosts = _lease_hosts(connection, now, terms, lease, chosen)
    feeds = read_due_feeds(connection, now, hosts, terms, named)
    return [_claimed_host(host, terms, feeds[host["id"]]) for host in hosts]


@cache
def _lease_guests() -> Update:
    # Nothing may be asked beside a feed that may be killing workers.
    return _lease(and_(HostRow.id.in_(bindparam("host_ids", expanding=True)), ~HostRow.isolated, _is_free(_now())))


# Built once: these are made over and over, and composing a statement is most of what each would cost.
@cache
def _count_claimable() -> Select[int]:
    some = select(HostRow.id).where(HostRow.claimable_at <= _now()).limit(bindparam("most")).subquery()
    return select(func.count()).select_from(some)


@cache
def _find_isolated() -> Select[int]:
    return select(HostRow.id).where(HostRow.claimable_at <= _now(), HostRow.isolated).limit(1)


@cache
def _find_claimable() -> Select[datetime | None]:
    due_by, before = (bindparam(name, type_=UtcDateTime()) for name in ("due_by", "before"))
    due = exists().where(ScheduleRow.host_id == HostRow.id, ScheduleRow.next_poll_at <= due_by)
    free = select(HostRow.claimable_at).where(HostRow.claimable_at < before, HostRow.lease_token.is_(None), due)
    return free.order_by(HostRow.claimable_at).limit(1)


@cache
def _lease_due() -> Update:
    return _lease(and_(HostRow.claimable_at <= _now(), ~HostRow.isolated))


@cache
def _lease_suspects(*, alone: bool = False) -> Update:
    suspect = and_(HostRow.claimable_at <= _now(), HostRow.isolated)
    is_alone = exists().where(ScheduleRow.host_id == HostRow.id, ScheduleRow.claim_attempts >= ALONE_FROM)
    return _lease(and_(suspect, is_alone) if alone else suspect)


def _now() -> ColumnElement[datetime]:
    return bindparam("now", type_=UtcDateTime())


def _lease(claimable: ColumnElement[bool]) -> Update:
    """Return the statement that leases the claimable hosts which have been so the longest, until a moment ``until``."""
    until = bindparam("until", type_=UtcDateTime())
    due = (
        select(HostRow.id)
        .where(claimable, ~IS_MAILBOX)
        # By nothing else: of very many that became so at one moment PostgreSQL would sort all.
        .order_by(HostRow.claimable_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        # A CTE runs once; a bare subquery may run again per row and pass the limit.
        .cte("due")
    )
    # If a token is still there, that lease ran out: its worker died or froze.
    leased = {"lease_token": bindparam("token"), "lease_until": until, "expired_token": HostRow.lease_token}
    mine = HostRow.id.in_(select(due.c.id))
    return update(HostRow).where(mine).values(leased | {"claimable_at": until}).returning(*_CLAIMED)


def _lease_hosts(
    connection: Connection, now: datetime, terms: ClaimTerms, lease: Update, chosen: Mapping[str, Any]
) -> Sequence[RowMapping]:
    """Lease hosts under a token of their own, and look at the leases that this takes over."""
    token = ("" if terms.feeds_per_host else GUEST) + secrets.token_hex(8)
    given = {"now": now, "most": terms.hosts, "token": token, "until": now + terms.lease} | dict(chosen)
    hosts = connection.execute(lease, given).mappings().all()
    apart = count_expired_leases(connection, now, hosts, terms)
    if apart:
        free = {"lease_token": None, "lease_until": None, "expired_token": None, "claimable_at": now}
        connection.execute(update(HostRow).where(HostRow.id.in_(apart)).values(free))
    return [host for host in hosts if host["id"] not in apart]


def _claimed_host(host: RowMapping, terms: ClaimTerms, feeds: list[DueFeed]) -> ClaimedHost:
    return ClaimedHost(
        host_id=host["id"],
        name=host["name"],
        token=host["lease_token"],
        next_request_at=host["next_request_at"],
        refusals=REFUSALS.read(host) if host["failures"] else NO_REFUSALS,
        gap=gap_of(host, terms),
        parallel=parallel_of(host, terms),
        is_isolated=host["isolated"],
        feeds=tuple(feeds),
        # A name that its operator chose something for is asked as that says, and shares no pace.
        domain=host["domain"] if host["has_siblings"] and host["gap"] is None and host["parallel"] is None else None,
        address=host["address"],
    )
