"""The lock of a feed is its schedule: whoever writes anything of a feed takes it first, of several by their ids."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Update, and_, bindparam, case, exists, func, null, or_, select, update

from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.statements import is_among, upsert
from worker.database.types import UtcDateTime

# SQLite takes at most 32,766 parameters in one statement.
_SLICE = 5_000


@dataclass(frozen=True, slots=True)
class LockedFeed:
    """What the schedule of a locked feed says, by which a decision made earlier is told from a stale one."""

    edition: int
    instructions: int
    last_success_at: datetime | None


def lock_feeds(connection: Connection, feed_ids: Collection[int]) -> dict[int, LockedFeed]:
    """Lock feeds until the transaction ends; return them by id, without those that have been deleted."""
    ids = sorted(feed_ids)
    slices = (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))
    rows = (row for some in slices for row in connection.execute(_lock(), {"feed_ids": some}))
    return {row.feed_id: LockedFeed(row.edition, row.instructions, row.last_success_at) for row in rows}


def count_instruction(connection: Connection, feed_ids: Collection[int]) -> None:
    """Lock feeds, and note that somebody has said what to do with them: polls under way leave that as it is."""
    lock_feeds(connection, feed_ids)
    mine = is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids)
    connection.execute(update(ScheduleRow).where(mine).values(instructions=ScheduleRow.instructions + 1))


def count_editions(connection: Connection, feed_ids: Collection[int]) -> None:
    """Note that what is known of locked feeds' entries has changed: whoever decided by what was known decides again."""
    if feed_ids:
        mine = is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids)
        connection.execute(update(ScheduleRow).where(mine).values(edition=ScheduleRow.edition + 1))


@cache
def _lock() -> Select[*tuple[Any, ...]]:
    facts = (ScheduleRow.feed_id, ScheduleRow.edition, ScheduleRow.instructions, ScheduleRow.last_success_at)
    mine = ScheduleRow.feed_id.in_(bindparam("feed_ids", expanding=True))
    return select(*facts).where(mine).order_by(ScheduleRow.feed_id).with_for_update()


# --- The queue of hosts: adding hosts to it, and letting one be claimed as early as its feeds are due.


def add_hosts(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the ids of hosts by name (``hostname:port``), added where they are new."""
    rows = [{"name": name} for name in sorted(set(names))]
    statement = upsert(connection.dialect.name, HostRow).on_conflict_do_nothing(index_elements=["name"])
    connection.execute(statement, rows)
    found = connection.execute(select(HostRow.id, HostRow.name).where(HostRow.name.in_([row["name"] for row in rows])))
    return {host.name: host.id for host in found}


def wake_hosts(connection: Connection, at: datetime, feed_ids: Collection[int]) -> None:
    """Let the hosts of feeds that are due at ``at`` be claimed then; a leased one is looked at when the lease ends."""
    named = select(ScheduleRow.host_id).where(is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids))
    # In the order in which polls lock hosts.
    locked = select(HostRow.id).where(HostRow.id.in_(named)).order_by(HostRow.id).with_for_update()
    hosts = connection.execute(locked).scalars().all()
    is_asleep = HostRow.lease_token.is_(None) & or_(HostRow.claimable_at.is_(None), HostRow.claimable_at > at)
    soonest = case((HostRow.next_request_at > at, HostRow.next_request_at), else_=at)
    connection.execute(
        update(HostRow)
        .where(is_among(connection.dialect.name, HostRow.id, hosts))
        # Leased hosts are touched too: the lock makes the end of their lease wait for us, and see what is due.
        .values(claimable_at=case((is_asleep, soonest), else_=HostRow.claimable_at))
    )


# --- Leases, as a poll that is stored finds them: which still hold, and how they end.


@dataclass(frozen=True, slots=True)
class HostRelease:
    """The end of a lease: from when the host may be asked again, and how often it has refused us in a row."""

    host_id: int
    token: str
    next_request_at: datetime
    failures: int
    isolated: bool = False


def lock_hosts(connection: Connection, host_ids: Collection[int]) -> dict[int, str | None]:
    """Lock hosts until the transaction ends, so that nobody takes one over; return the tokens of their leases.

    Whoever writes feeds as well locks those first.
    """
    if not host_ids:
        return {}
    rows = connection.execute(_lock_hosts(), {"host_ids": sorted(host_ids)})
    return {row.id: row.lease_token for row in rows}


def release_hosts(connection: Connection, releases: Sequence[HostRelease]) -> None:
    """End leases that are still ours; the hosts are locked, so all that became due in between is seen."""
    if not releases:
        return
    connection.execute(
        _release(),
        [
            {
                "b_host_id": release.host_id,
                "b_token": release.token,
                "b_next_request_at": release.next_request_at,
                "b_failures": release.failures,
            }
            for release in sorted(releases, key=lambda release: release.host_id)
        ],
    )
    _end_isolation(connection, [release.host_id for release in releases if release.isolated])


@cache
def _lock_hosts() -> Select[*tuple[Any, ...]]:
    ours = HostRow.id.in_(bindparam("host_ids", expanding=True))
    return select(HostRow.id, HostRow.lease_token).where(ours).order_by(HostRow.id).with_for_update()


@cache
def _release() -> Update:
    next_request_at = bindparam("b_next_request_at", type_=UtcDateTime())
    next_due = select(func.min(ScheduleRow.next_poll_at)).where(ScheduleRow.host_id == HostRow.id).scalar_subquery()
    return (
        update(HostRow)
        .where(HostRow.id == bindparam("b_host_id"), HostRow.lease_token == bindparam("b_token"))
        .values(
            lease_token=null(),
            lease_until=null(),
            expired_token=null(),
            next_request_at=next_request_at,
            claimable_at=case((next_due < next_request_at, next_request_at), else_=next_due),
            failures=bindparam("b_failures"),
        )
    )


def _end_isolation(connection: Connection, host_ids: Sequence[int]) -> None:
    # Only hosts that were isolated are looked at: the others cannot have a suspect.
    if host_ids:
        waiting = and_(ScheduleRow.claim_attempts > 0, ScheduleRow.next_poll_at.is_not(None))
        suspect = exists().where(ScheduleRow.host_id == HostRow.id, waiting)
        connection.execute(update(HostRow).where(HostRow.id.in_(host_ids), ~suspect).values(isolated=False))
