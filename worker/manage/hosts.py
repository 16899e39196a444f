"""The hosts that serve feeds: finding them, and setting how they are treated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, select, update

from worker.basics.urls import host_key, read_host_name
from worker.database.feed_tables import HostRow, ScheduleRow


@dataclass(frozen=True, slots=True)
class NamedHost:
    """A host that somebody named."""

    host_id: int
    name: str


@dataclass(frozen=True, slots=True)
class HostTerms:
    """What an operator chose for a host; where it is None the settings hold."""

    gap: timedelta | None
    parallel: int | None


def find_hosts(connection: Connection, name: str) -> Sequence[NamedHost]:
    """Return the hosts that a URL, ``hostname:port`` or hostname (at any port) names; ValueError if it can be none."""
    if "://" in name:
        named: ColumnElement[bool] = HostRow.name == host_key(name)
    else:
        hostname, port = read_host_name(name)
        is_at = HostRow.name.startswith(f"{hostname}:", autoescape=True)
        named = HostRow.name == f"{hostname}:{port}" if port else is_at
    rows = connection.execute(select(HostRow.id, HostRow.name).where(named).order_by(HostRow.id))
    return [NamedHost(row.id, row.name) for row in rows]


def choose_host_terms(
    connection: Connection, now: datetime, host_id: int, chosen: Mapping[str, Any], usual_gap: timedelta
) -> HostTerms:
    """Set a host's ``gap``, ``parallel`` or both, from its next claim on; return what both are now."""
    host = connection.execute(update(HostRow).where(HostRow.id == host_id).values(**chosen).returning(HostRow)).one()
    # A wait that was for the former gap, not one the host asked for, is no longer than the new gap.
    gap = host.gap if host.gap is not None else usual_gap
    is_held = and_(HostRow.held_until.is_not(None), HostRow.held_until > now)
    is_too_long = and_(~is_held, HostRow.next_request_at > now + gap)
    is_waiting = and_(HostRow.lease_token.is_(None), HostRow.claimable_at == HostRow.next_request_at)
    connection.execute(
        update(HostRow)
        .where(HostRow.id == host_id, is_too_long)
        .values(next_request_at=now + gap, claimable_at=case((is_waiting, now + gap), else_=HostRow.claimable_at))
    )
    return HostTerms(host.gap, host.parallel)


def forget_host(connection: Connection, name: str) -> None:
    """Delete a host that has no feed, unless somebody holds it."""
    has_feeds = exists().where(ScheduleRow.host_id == HostRow.id)
    connection.execute(delete(HostRow).where(HostRow.name == name, HostRow.lease_token.is_(None), ~has_feeds))
