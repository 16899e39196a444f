"""The daily partitions of the ledger and the outbox on PostgreSQL; SQLite keeps each in one table.

No poll ever waits for their upkeep. Days are made as tables of their own and attached, and detached before they are
dropped: both go on beside whoever reads or writes. What somebody's open transaction holds up is left after a moment to
the next run, which finishes what it finds half done. There is no default partition, beside which PostgreSQL detaches
nothing concurrently: a row of a day that has no partition makes that one (``worker.database.engine.writing``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

PARTITIONED = ("polls", "events")
_DAY = timedelta(days=1)
# Before today: one of yesterday's polls may be stored after midnight.
_DAYS_BEHIND, _DAYS_AHEAD = 1, 7
_NAME = re.compile(r"(?:polls|events)_\d{8}")
_BOUND = re.compile(r"FROM \('?(.+?)'?\) TO \('?(.+?)'?\)")
_EDGES = {"MINVALUE": datetime.min.replace(tzinfo=UTC), "MAXVALUE": datetime.max.replace(tzinfo=UTC)}
# Upkeep waits so long for whoever is in its way, then leaves the rest to its next run.
_PATIENCE = "500ms"
_ONE_ADDS = text("SELECT pg_advisory_xact_lock(7061727470)")
_ONE_DROPS = text("SELECT pg_try_advisory_lock(7061727471)")
# Tells a table that we detached to drop it from one that somebody detached to keep it.
_OUTLIVED = "Outlived its retention: Feedmill is dropping it"
# PostgreSQL's lock_not_available, and object_not_in_prerequisite_state: somebody else is detaching another one.
_IN_THE_WAY = {"55P03", "55000"}
_CHECK_VIOLATION = "23514"
_CHILDREN = text(
    """
    SELECT relname AS name, inhparent IS NOT NULL AS is_attached, coalesce(inhdetachpending, false) AS is_pending,
        pg_get_expr(relpartbound, pg_class.oid) AS bound, coalesce(description = :outlived, false) AS is_outlived
    FROM pg_class
    LEFT JOIN pg_inherits ON inhrelid = pg_class.oid AND inhparent = CAST(:parent AS regclass)
    LEFT JOIN pg_description ON objoid = pg_class.oid AND classoid = CAST('pg_class' AS regclass) AND objsubid = 0
    WHERE relkind = 'r' AND (inhparent IS NOT NULL OR description = :outlived AND starts_with(relname, :parent || '_'))
        AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = CAST(:parent AS regclass))
    ORDER BY is_pending DESC, is_attached, name
    """
)


@dataclass(frozen=True, slots=True)
class _Child:
    """A table that is, or was, a partition."""

    name: str
    is_attached: bool
    is_half_detached: bool
    is_being_dropped: bool
    begins: datetime
    ends: datetime

    def is_outlived(self, before: datetime) -> bool:
        """Say whether it is to be dropped, with all that is older than a moment."""
        if self.is_half_detached or not self.is_attached:
            return self.is_being_dropped
        return bool(_NAME.fullmatch(self.name)) and self.ends <= before


def add_partitions(engine: Engine, now: datetime) -> bool:
    """Make sure that yesterday, today and the days ahead have partitions; False when that is left to the next run."""
    return _add(engine, [now + number * _DAY for number in range(-_DAYS_BEHIND, _DAYS_AHEAD + 1)])


def add_missing_day(engine: Engine, error: DBAPIError) -> bool:
    """Make the partition that a row was refused for the want of; return whether it is there now."""
    moment = _missed(error)
    return moment is not None and _add(engine, [moment])


def is_day_missing(error: DBAPIError) -> bool:
    """Say whether a row was refused because no partition is there for its day."""
    return _missed(error) is not None


def drop_partitions(engine: Engine, table: str, before: datetime) -> int:
    """Drop the partitions of ``table`` that end before ``before``; return how many, the others being left for later."""
    dropped = 0
    if engine.dialect.name != "postgresql":
        return dropped
    try:
        with _each_statement_alone(engine) as connection:
            is_ours = connection.execute(_ONE_DROPS).scalar_one()
            for child in _children(connection, table) if is_ours else ():
                if child.is_outlived(before):
                    _drop(connection, table, child)
                    dropped += 1
    except DBAPIError as error:
        _raise_unless_in_the_way(error)
    return dropped


def _add(engine: Engine, moments: Iterable[datetime]) -> bool:
    if engine.dialect.name != "postgresql":
        return True
    days = [moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) for moment in moments]
    try:
        for table in PARTITIONED:
            with engine.begin() as connection:
                _attach_days(connection, table, days)
    except DBAPIError as error:
        _raise_unless_in_the_way(error)
        return False
    return True


def _attach_days(connection: Connection, table: str, days: Sequence[datetime]) -> None:
    if _uncovered(connection, table, days):
        connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
        connection.execute(_ONE_ADDS)
        for day in _uncovered(connection, table, days):
            _attach(connection, table, day)


def _attach(connection: Connection, table: str, day: datetime) -> None:
    # CREATE TABLE … PARTITION OF would wait for all readers of the table, and all writers for it.
    name = f"{table}_{day:%Y%m%d}"
    bounds = f"FROM ('{day:%Y-%m-%d}+00') TO ('{day + _DAY:%Y-%m-%d}+00')"
    connection.execute(text(f"CREATE TABLE IF NOT EXISTS {name} (LIKE {table} INCLUDING ALL)"))
    connection.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES {bounds}"))


def _drop(connection: Connection, table: str, child: _Child) -> None:
    """Take up dropping a partition wherever it stands: attached, half detached, or a table of its own by now."""
    if child.is_half_detached:
        connection.execute(text(f"ALTER TABLE {table} DETACH PARTITION {child.name} FINALIZE"))
    elif child.is_attached:
        connection.execute(text(f"COMMENT ON TABLE {child.name} IS '{_OUTLIVED}'"))
        connection.execute(text(f"ALTER TABLE {table} DETACH PARTITION {child.name} CONCURRENTLY"))
    connection.execute(text(f"DROP TABLE {child.name}"))


@contextmanager
def _each_statement_alone(engine: Engine) -> Iterator[Connection]:
    """Open a connection that commits each statement, as detaching concurrently demands, and serves nothing else."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()
        connection.execute(text(f"SET lock_timeout = '{_PATIENCE}'"))
        yield connection


def _raise_unless_in_the_way(error: DBAPIError) -> None:
    if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
        raise error


def _uncovered(connection: Connection, table: str, days: Iterable[datetime]) -> list[datetime]:
    children = [child for child in _children(connection, table) if child.is_attached]
    return [day for day in days if not any(child.begins <= day < child.ends for child in children)]


def _children(connection: Connection, table: str) -> list[_Child]:
    found = connection.execute(_CHILDREN, {"parent": table, "outlived": _OUTLIVED})
    return [
        _Child(row.name, row.is_attached, row.is_pending, row.is_outlived, *_bounds(row.bound or "")) for row in found
    ]


def _bounds(said: str) -> tuple[datetime, datetime]:
    found = _BOUND.search(said)
    begins, ends = found.groups() if found else ("MINVALUE", "MINVALUE")
    return _EDGES.get(begins) or _moment(begins), _EDGES.get(ends) or _moment(ends)


def _missed(error: DBAPIError) -> datetime | None:
    said = getattr(error.orig, "diag", None)
    # A row that no partition takes breaks a check without a name.
    if not said or said.sqlstate != _CHECK_VIOLATION or said.constraint_name or said.table_name not in PARTITIONED:
        return None
    key = re.search(r"= \((.+)\)", said.message_detail or "")
    return _moment(key[1]) if key else None


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)
