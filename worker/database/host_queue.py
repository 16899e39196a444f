"""The queue of hosts: adding hosts to it, and letting one be claimed as early as its feeds are due."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, case, or_, select, update

from worker.database.among import is_among
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.upsert import upsert


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
