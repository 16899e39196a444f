"""Ending leases: the host goes back into the queue, to be claimed when its feeds are next due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Select, Update, and_, bindparam, case, exists, func, null, select, update

from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class HostRelease:
    """The end of a lease: from when the host may be asked again, and how often it has refused us in a row."""

    host_id: int
    token: str
    next_request_at: datetime
    failures: int
    isolated: bool = False


def release_hosts(connection: Connection, releases: Sequence[HostRelease]) -> None:
    """End leases that are still ours."""
    if not releases:
        return
    # In a statement of its own: the next one then sees feeds that became due in a transaction we had to wait for.
    connection.execute(_lock_hosts(), {"host_ids": [release.host_id for release in releases]})
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


def holds_lease(connection: Connection, host_id: int | None, token: str | None) -> bool:
    """Say whether a poll's lease still holds: a worker whose lease was taken over decides nothing any more.

    The host is locked until the commit, so that nobody takes it over meanwhile.
    """
    return bool(connection.execute(_lock_leased(), {"host_id": host_id, "token": token}).first())


@cache
def _lock_leased() -> Select[int]:
    ours = and_(HostRow.id == bindparam("host_id"), HostRow.lease_token == bindparam("token"))
    return select(HostRow.id).where(ours).with_for_update()


@cache
def _lock_hosts() -> Select[int]:
    ours = HostRow.id.in_(bindparam("host_ids", expanding=True))
    return select(HostRow.id).where(ours).order_by(HostRow.id).with_for_update()


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
