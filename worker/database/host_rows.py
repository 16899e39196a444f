"""Rows of hosts: adding those that are new, with what their names say of how they are asked.

A host has siblings where other names of its domain are known. Such names are looked at: those at one address are one
server, and share a row that is leased in their place (``worker/claim/families.py``). An operator's wildcard stands for
all names under a domain; what the narrowest ones say of a host is kept in its row, where a claim finds it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select, update
from sqlalchemy.orm import aliased

from worker.basics.domains import registrable_domain
from worker.database.feed_tables import HostRow, HostWildcardRow
from worker.database.many_rows import replaced, update_many
from worker.database.statements import is_one_of, upsert

_UPDATE_TERMS = update_many(HostRow, ["id"], replaced("wildcard_gap", "wildcard_parallel"))


@dataclass(frozen=True, slots=True)
class Wildcard:
    """What an operator chose for the hosts whose names end in a domain; None where it says nothing."""

    name: str
    """``*.domain`` or ``*.domain:port``."""
    gap: timedelta | None = None
    parallel: int | None = None

    @property
    def _ending(self) -> tuple[str, str]:
        domain, _, port = self.name.removeprefix("*").partition(":")
        return domain, port

    @property
    def narrowness(self) -> tuple[int, bool]:
        """By how many labels, and whether by a port too, it tells hosts from others."""
        domain, port = self._ending
        return domain.count("."), bool(port)

    def covers(self, name: str) -> bool:
        """Say whether it stands for a host's name, or for that of a row that names share."""
        host, port = split_name(name)
        ending, own_port = self._ending
        return host.endswith(ending) and own_port in {"", port}

    def condition(self) -> ColumnElement[bool]:
        """Return in SQL the condition for the hosts that it covers."""
        ending, port = self._ending
        if not port:
            return HostRow.name.contains(f"{ending}:", autoescape=True)
        is_shared = HostRow.name.contains(f"{ending}:{port}@", autoescape=True)
        return or_(HostRow.name.endswith(f"{ending}:{port}", autoescape=True), is_shared)


def split_name(name: str) -> tuple[str, str]:
    """Return hostname and port of a row's name, without the address of one that names share."""
    host, _, port = name.partition("@")[0].rpartition(":")
    return host, port


def add_hosts(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Add the hosts (``hostname:port``) that are new; return for each name the id of the row that is leased for it."""
    wanted = sorted(set(names))
    found = _find_leased(connection, wanted)
    if new := [name for name in wanted if name not in found]:
        domains = {name: _domain_of(name) for name in new}
        statement = upsert(connection.dialect.name, HostRow).on_conflict_do_nothing(index_elements=["name"])
        connection.execute(statement, [{"name": name, "domain": domain} for name, domain in domains.items()])
        _note_siblings(connection, {domain for domain in domains.values() if domain})
        if wildcards := read_wildcards(connection):
            apply_wildcards(connection, wildcards, HostRow.name.in_(new))
        found |= _find_leased(connection, new)
    return found


def _find_leased(connection: Connection, names: Collection[str]) -> dict[str, int]:
    leased = func.coalesce(HostRow.shares_with, HostRow.id).label("leased")
    rows = connection.execute(select(HostRow.name, leased).where(HostRow.name.in_(names)))
    return {row.name: row.leased for row in rows}


def _domain_of(name: str) -> str | None:
    host, port = split_name(name)
    domain = registrable_domain(host)
    return f"{domain}:{port}" if domain else None


def _note_siblings(connection: Connection, domains: Collection[str]) -> None:
    """Mark the hosts of these domains that are new, or were alone there before, as having siblings."""
    other = aliased(HostRow)
    # In the list of columns, where it is looked up for each row; as a condition PostgreSQL would read all hosts for it.
    sibling = select(other.id).where(other.domain == HostRow.domain, other.id != HostRow.id).limit(1)
    alone = select(HostRow.id, sibling.correlate(HostRow).scalar_subquery().label("sibling"))
    alone = alone.where(HostRow.domain.in_(domains), HostRow.has_siblings.is_(False))
    rows = connection.execute(alone.order_by(HostRow.id).with_for_update())
    ids = [row.id for row in rows if row.sibling]
    if ids:
        connection.execute(update(HostRow).where(is_one_of(connection, HostRow.id, ids)).values(has_siblings=True))


def read_wildcards(connection: Connection) -> list[Wildcard]:
    """Return the wildcards that an operator chose something for, in the order of their names."""
    rows = connection.execute(select(HostWildcardRow).order_by(HostWildcardRow.name))
    return [Wildcard(row.name, row.gap, row.parallel) for row in rows]


def apply_wildcards(connection: Connection, wildcards: Sequence[Wildcard], which: ColumnElement[bool]) -> int:
    """Note in some hosts' rows what the narrowest wildcards say of them; return how many names these have."""
    query = select(HostRow.id, HostRow.name).where(which).order_by(HostRow.id).with_for_update()
    hosts = connection.execute(query).all()
    rows = [{"id": row.id, **_terms_of(wildcards, row.name)} for row in hosts]
    _UPDATE_TERMS.execute(connection, rows)
    return sum(not row.name.startswith("*") for row in hosts)


def _terms_of(wildcards: Sequence[Wildcard], name: str) -> dict[str, Any]:
    terms: dict[str, Any] = {"wildcard_gap": None, "wildcard_parallel": None}
    for each in sorted((each for each in wildcards if each.covers(name)), key=lambda each: each.narrowness):
        chosen = {"wildcard_gap": each.gap, "wildcard_parallel": each.parallel}
        terms |= {column: value for column, value in chosen.items() if value is not None}
    return terms
