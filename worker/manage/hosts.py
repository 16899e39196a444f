"""The hosts that serve feeds: finding them, and setting how they are treated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, insert, select, update
from sqlalchemy.orm import aliased

from worker.basics.domains import registrable_domain
from worker.basics.urls import host_key, read_host_name
from worker.claim.families import leave_shared
from worker.database.feed_tables import HostRow, HostWildcardRow, ScheduleRow
from worker.database.host_rows import Wildcard, apply_wildcards, read_wildcards


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


def is_wildcard(name: str) -> bool:
    """Say whether a name stands for many hosts, or tries to."""
    return "*" in name


def read_wildcard(name: str) -> str:
    """Return ``*.domain`` or ``*.domain:port`` as it is stored; ValueError where it means no one publisher's names."""
    if not name.startswith("*.") or is_wildcard(name[2:]):
        raise ValueError("a wildcard is *. and a domain: *.news.example, or *.news.example:8080.")
    domain, port = read_host_name(name[2:])
    if registrable_domain(domain) is None:
        raise ValueError(f"{name} would stand for hosts of everybody: name a domain that somebody owns.")
    return f"*.{domain}:{port}" if port else f"*.{domain}"


def find_hosts_under(connection: Connection, wildcard: str) -> list[int]:
    """Return the ids of the known hosts that a wildcard stands for."""
    return list(connection.execute(select(HostRow.id).where(Wildcard(wildcard).condition())).scalars())


def choose_host_terms(
    connection: Connection, now: datetime, host_id: int, chosen: Mapping[str, Any], usual_gap: timedelta
) -> HostTerms:
    """Set a host's ``gap``, ``parallel`` or both, from its next claim on; return what both are now.

    Where a wildcard stands for it, that holds for what is not set.
    """
    host = connection.execute(update(HostRow).where(HostRow.id == host_id).values(**chosen).returning(HostRow)).one()
    if host.gap is not None or host.parallel is not None:
        # It is asked as its operator says, not as the other names at its address.
        leave_shared(connection, [host_id])
    terms = HostTerms(host.wildcard_gap if host.gap is None else host.gap, host.parallel or host.wildcard_parallel)
    _shorten_waits(connection, now, HostRow.id == host_id, usual_gap if terms.gap is None else terms.gap)
    return terms


def choose_wildcard_terms(
    connection: Connection, now: datetime, name: str, chosen: Mapping[str, Any], usual_gap: timedelta
) -> tuple[HostTerms, int]:
    """Set what a wildcard says for all names under it, known or not; return that, and how many are known.

    A host's own terms and those of a narrower wildcard outrank it.
    """
    stored = {each.name: each for each in read_wildcards(connection)}
    former = stored.get(name, Wildcard(name))
    wildcard = Wildcard(name, **({"gap": former.gap, "parallel": former.parallel} | dict(chosen)))
    connection.execute(delete(HostWildcardRow).where(HostWildcardRow.name == name))
    stored.pop(name, None)
    if wildcard.gap is not None or wildcard.parallel is not None:
        row = {"name": name, "gap": wildcard.gap, "parallel": wildcard.parallel}
        connection.execute(insert(HostWildcardRow).values(row))
        stored[name] = wildcard
    hosts = apply_wildcards(connection, list(stored.values()), wildcard.condition())
    _part_those_treated_otherwise(connection, wildcard)
    gap = usual_gap if wildcard.gap is None else wildcard.gap
    follows = HostRow.gap.is_(None) & HostRow.wildcard_gap.is_not_distinct_from(wildcard.gap)
    _shorten_waits(connection, now, wildcard.condition() & follows, gap)
    return HostTerms(wildcard.gap, wildcard.parallel), hosts


def _part_those_treated_otherwise(connection: Connection, wildcard: Wildcard) -> None:
    """Let names leave the row that they share where a wildcard says of them what it does not say of that row."""
    shared = aliased(HostRow)
    is_same_gap = shared.wildcard_gap.is_not_distinct_from(HostRow.wildcard_gap)
    is_same = is_same_gap & shared.wildcard_parallel.is_not_distinct_from(HostRow.wildcard_parallel)
    members = select(HostRow.id).join(shared, shared.id == HostRow.shares_with)
    leave_shared(connection, connection.execute(members.where(wildcard.condition(), ~is_same)).scalars().all())


def _shorten_waits(connection: Connection, now: datetime, which: ColumnElement[bool], gap: timedelta) -> None:
    """Let waits that were for a former gap, not such as the host asked for, be no longer than the present one."""
    is_held = and_(HostRow.held_until.is_not(None), HostRow.held_until > now)
    is_too_long = and_(~is_held, HostRow.next_request_at > now + gap)
    is_waiting = and_(HostRow.lease_token.is_(None), HostRow.claimable_at == HostRow.next_request_at)
    connection.execute(
        update(HostRow)
        .where(which, is_too_long)
        .values(next_request_at=now + gap, claimable_at=case((is_waiting, now + gap), else_=HostRow.claimable_at))
    )


def forget_host(connection: Connection, name: str) -> None:
    """Delete a host that has no feed, unless somebody holds it, or its feeds are polled under a row that it shares."""
    has_feeds = exists().where(ScheduleRow.host_id == HostRow.id)
    is_own = HostRow.name == name, HostRow.shares_with.is_(None)
    connection.execute(delete(HostRow).where(*is_own, HostRow.lease_token.is_(None), ~has_feeds))
