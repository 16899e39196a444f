"""Locking feeds and hosts, and the writes that need it: a feed's counters, when a host can be claimed, a lease's end.

The lock of a feed is its row in schedules. All transactions lock feeds before hosts, and each kind in the order of ids.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, case, exists, func, null, or_, select, update

from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.statements import is_one_of, slices, upsert
from worker.database.types import UtcDateTime

# Statements that every poll needs are built once: building one costs several times what running it does.
_LOCK_FEEDS = (
    select(ScheduleRow.feed_id, ScheduleRow.edition, ScheduleRow.instructions, ScheduleRow.last_success_at)
    .where(ScheduleRow.feed_id.in_(bindparam("feed_ids", expanding=True)))
    .order_by(ScheduleRow.feed_id)
    .with_for_update()
)
_LOCK_HOSTS = (
    select(HostRow.id, HostRow.lease_token)
    .where(HostRow.id.in_(bindparam("host_ids", expanding=True)))
    .order_by(HostRow.id)
    .with_for_update()
)
_NEXT_REQUEST_AT = bindparam("b_at", type_=UtcDateTime())
_NEXT_DUE = select(func.min(ScheduleRow.next_poll_at)).where(ScheduleRow.host_id == HostRow.id).scalar_subquery()
_RELEASE = (
    update(HostRow)
    .where(HostRow.id == bindparam("b_host_id"), HostRow.lease_token == bindparam("b_token"))
    .values(
        lease_token=null(),
        lease_until=null(),
        expired_token=null(),
        next_request_at=_NEXT_REQUEST_AT,
        claimable_at=case((_NEXT_DUE < _NEXT_REQUEST_AT, _NEXT_REQUEST_AT), else_=_NEXT_DUE),
        failures=bindparam("b_failures"),
    )
)


@dataclass(frozen=True, slots=True)
class LockedFeed:
    """What a locked feed's schedule says, to tell whether an earlier decision is stale."""

    edition: int
    instructions: int
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class HostRelease:
    """The end of a lease: from when the host may be asked again, and how often it has refused us in a row."""

    host_id: int
    token: str
    next_request_at: datetime
    failures: int
    is_isolated: bool = False


def lock_feeds(connection: Connection, feed_ids: Collection[int]) -> dict[int, LockedFeed]:
    """Lock feeds until the transaction ends; return them by id, without those that have been deleted."""
    rows = (row for some in slices(sorted(feed_ids)) for row in connection.execute(_LOCK_FEEDS, {"feed_ids": some}))
    return {row.feed_id: LockedFeed(row.edition, row.instructions, row.last_success_at) for row in rows}


def count_instruction(connection: Connection, feed_ids: Collection[int]) -> None:
    """Lock feeds and count an operator's instruction: polls under way then leave the schedule alone."""
    lock_feeds(connection, feed_ids)
    mine = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
    connection.execute(update(ScheduleRow).where(mine).values(instructions=ScheduleRow.instructions + 1))


def count_editions(connection: Connection, feed_ids: Collection[int]) -> None:
    """Raise the edition of locked feeds: what was prepared from an older edition must be prepared again."""
    if feed_ids:
        mine = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
        connection.execute(update(ScheduleRow).where(mine).values(edition=ScheduleRow.edition + 1))


def add_hosts(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Add the hosts (``hostname:port``) that are new; return the ids of all by name."""
    rows = [{"name": name} for name in sorted(set(names))]
    statement = upsert(connection.dialect.name, HostRow).on_conflict_do_nothing(index_elements=["name"])
    connection.execute(statement, rows)
    found = connection.execute(select(HostRow.id, HostRow.name).where(HostRow.name.in_([row["name"] for row in rows])))
    return {host.name: host.id for host in found}


def wake_hosts(connection: Connection, at: datetime, feed_ids: Collection[int]) -> None:
    """Let the hosts of feeds that are due at ``at`` be claimed then; a leased one finds them when its lease ends."""
    named = select(ScheduleRow.host_id).where(is_one_of(connection, ScheduleRow.feed_id, feed_ids))
    locked = select(HostRow.id).where(HostRow.id.in_(named)).order_by(HostRow.id).with_for_update()
    hosts = connection.execute(locked).scalars().all()
    is_asleep = HostRow.lease_token.is_(None) & or_(HostRow.claimable_at.is_(None), HostRow.claimable_at > at)
    soonest = case((HostRow.next_request_at > at, HostRow.next_request_at), else_=at)
    connection.execute(
        update(HostRow)
        .where(is_one_of(connection, HostRow.id, hosts))
        # Leased hosts are locked too: the end of their lease then waits for us and sees what is due.
        .values(claimable_at=case((is_asleep, soonest), else_=HostRow.claimable_at))
    )


def lock_hosts(connection: Connection, host_ids: Collection[int]) -> dict[int, str | None]:
    """Lock hosts until the transaction ends, so that nobody takes one over; return the tokens of their leases."""
    if not host_ids:
        return {}
    rows = connection.execute(_LOCK_HOSTS, {"host_ids": sorted(host_ids)})
    return {row.id: row.lease_token for row in rows}


def release_hosts(connection: Connection, releases: Sequence[HostRelease]) -> None:
    """End those leases of locked hosts that are still ours."""
    if not releases:
        return
    rows = [
        {"b_host_id": each.host_id, "b_token": each.token, "b_at": each.next_request_at, "b_failures": each.failures}
        for each in sorted(releases, key=lambda release: release.host_id)
    ]
    connection.execute(_RELEASE, rows)
    # Only hosts that were isolated are looked at: no other one can have a suspect.
    if isolated := [release.host_id for release in releases if release.is_isolated]:
        waiting = and_(ScheduleRow.claim_attempts > 0, ScheduleRow.next_poll_at.is_not(None))
        suspect = exists().where(ScheduleRow.host_id == HostRow.id, waiting)
        connection.execute(update(HostRow).where(HostRow.id.in_(isolated), ~suspect).values(isolated=False))
