"""The daily partitions of the ledger and the outbox on PostgreSQL; SQLite keeps each in one table.

Their upkeep never makes a poll wait. A day is made as a table of its own and then attached, and it is detached before
it is dropped: both work beside readers and writers. When an open transaction is in the way, upkeep gives up after a
moment, and its next run finishes what is half done. There is no default partition, because PostgreSQL detaches nothing
concurrently beside one; when a row's day has no partition, ``worker.database.engine.writing`` has it made.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

PARTITIONED = ("polls", "events")
_DAY = timedelta(days=1)
# From yesterday, for one of its polls may be stored after midnight, to a week ahead.
_DAYS = range(-1, 8)
_NAME = re.compile(r"(?:polls|events)_\d{8}")
_BOUND = re.compile(r"FROM \('?(.+?)'?\) TO \('?(.+?)'?\)")
_EDGES = {"MINVALUE": datetime.min.replace(tzinfo=UTC), "MAXVALUE": datetime.max.replace(tzinfo=UTC)}
# How long upkeep waits for a transaction that is in its way.
_PATIENCE = "500ms"
_ONE_ADDS = text("SELECT pg_advisory_xact_lock(7061727470)")
_ONE_DROPS = text("SELECT pg_try_advisory_lock(7061727471)")
# Marks a table that we detached to drop it; a person may detach one to keep it.
_OUTLIVED = "Outlived its retention: Feedmill is dropping it"
# PostgreSQL's lock_not_available, and object_not_in_prerequisite_state: somebody else is detaching another partition.
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
        """Say whether the table is to be dropped when everything older than ``before`` is."""
        if self.is_half_detached or not self.is_attached:
            return self.is_being_dropped
        return bool(_NAME.fullmatch(self.name)) and self.ends <= before


def add_partitions(engine: Engine, now: datetime) -> bool:
    """Add the partitions that yesterday, today and the days ahead lack; return False if the next run must do it."""
    return _add_days(engine, [now + number * _DAY for number in _DAYS])


def add_missing_day(engine: Engine, error: DBAPIError) -> bool:
    """Add the partition whose lack made PostgreSQL refuse a row; return whether it is there now."""
    moment = _find_missing_day(error)
    return moment is not None and _add_days(engine, [moment])


def is_day_missing(error: DBAPIError) -> bool:
    """Say whether a row was refused because its day has no partition."""
    return _find_missing_day(error) is not None


def _find_missing_day(error: DBAPIError) -> datetime | None:
    report = getattr(error.orig, "diag", None)
    # A row that no partition takes violates a check without a name.
    if not report or report.sqlstate != _CHECK_VIOLATION or report.constraint_name:
        return None
    key = re.search(r"= \((.+)\)", report.message_detail or "")
    return datetime.fromisoformat(key[1]) if key and report.table_name in PARTITIONED else None


def _add_days(engine: Engine, moments: Iterable[datetime]) -> bool:
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
    if not _find_uncovered(connection, table, days):
        return
    connection.execute(text(f"SET LOCAL lock_timeout = '{_PATIENCE}'"))
    connection.execute(_ONE_ADDS)
    for day in _find_uncovered(connection, table, days):
        # CREATE TABLE … PARTITION OF would wait for all readers of the table, and all writers would wait for it.
        name = f"{table}_{day:%Y%m%d}"
        bounds = f"FROM ('{day:%Y-%m-%d}+00') TO ('{day + _DAY:%Y-%m-%d}+00')"
        connection.execute(text(f"CREATE TABLE IF NOT EXISTS {name} (LIKE {table} INCLUDING ALL)"))
        connection.execute(text(f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES {bounds}"))


def _find_uncovered(connection: Connection, table: str, days: Iterable[datetime]) -> list[datetime]:
    children = [child for child in _find_children(connection, table) if child.is_attached]
    return [day for day in days if not any(child.begins <= day < child.ends for child in children)]


def drop_partitions(engine: Engine, table: str, before: datetime) -> int:
    """Drop the partitions of ``table`` that end before ``before``, as far as nobody is in the way; return how many."""
    dropped = 0
    if engine.dialect.name != "postgresql":
        return dropped
    try:
        # Detaching concurrently demands that each statement commits; the settings of this connection serve nobody else.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()
            connection.execute(text(f"SET lock_timeout = '{_PATIENCE}'"))
            is_ours = connection.execute(_ONE_DROPS).scalar_one()
            for child in _find_children(connection, table) if is_ours else ():
                if child.is_outlived(before):
                    _drop(connection, table, child)
                    dropped += 1
    except DBAPIError as error:
        _raise_unless_in_the_way(error)
    return dropped


def _drop(connection: Connection, table: str, child: _Child) -> None:
    """Drop a partition, whether it is still attached, half detached or a table of its own by now."""
    if child.is_half_detached:
        connection.execute(text(f"ALTER TABLE {table} DETACH PARTITION {child.name} FINALIZE"))
    elif child.is_attached:
        connection.execute(text(f"COMMENT ON TABLE {child.name} IS '{_OUTLIVED}'"))
        connection.execute(text(f"ALTER TABLE {table} DETACH PARTITION {child.name} CONCURRENTLY"))
    connection.execute(text(f"DROP TABLE {child.name}"))


def _raise_unless_in_the_way(error: DBAPIError) -> None:
    if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
        raise error


def _find_children(connection: Connection, table: str) -> list[_Child]:
    rows = connection.execute(_CHILDREN, {"parent": table, "outlived": _OUTLIVED})
    return [
        _Child(row.name, row.is_attached, row.is_pending, row.is_outlived, *_read_bounds(row.bound)) for row in rows
    ]


def _read_bounds(bound: str | None) -> tuple[datetime, datetime]:
    """Return from when until when a partition holds rows; an empty range for a table that is no longer attached."""
    found = _BOUND.search(bound or "")
    begins, ends = found.groups() if found else ("MINVALUE", "MINVALUE")
    return _EDGES.get(begins) or datetime.fromisoformat(begins), _EDGES.get(ends) or datetime.fromisoformat(ends)
