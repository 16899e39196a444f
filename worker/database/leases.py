"""Leases, as a poll that is stored finds them: which still hold, and how they end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

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
