"""The daily partitions of the ledger and the outbox on PostgreSQL; SQLite keeps each in one table."""

import re
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, column, exists, select, text
from sqlalchemy import table as sql_table

# Table and the column it is partitioned by.
PARTITIONED = {"polls": "started_at", "events": "created_at"}
_DAYS_AHEAD = 7
_NAME = re.compile(r"(?:polls|events)_(\d{8})")


def add_partitions(connection: Connection, now: datetime) -> None:
    """Make sure that today and the days ahead have partitions; what falls outside goes to the default one."""
    if connection.dialect.name != "postgresql":
        return
    for table, by in PARTITIONED.items():
        present = set(_partitions(connection, table))
        for ahead in range(_DAYS_AHEAD + 1):
            day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=ahead)
            name = f"{table}_{day:%Y%m%d}"
            if name not in present and not _default_holds(connection, table, by, day):
                connection.execute(
                    text(
                        f"CREATE TABLE {name} PARTITION OF {table} "
                        f"FOR VALUES FROM ('{day:%Y-%m-%d}+00') TO ('{day + timedelta(days=1):%Y-%m-%d}+00')"
                    )
                )


def drop_partitions(connection: Connection, table: str, before: datetime) -> int:
    """Drop the partitions of ``table`` that end before ``before``; return how many."""
    if connection.dialect.name != "postgresql":
        return 0
    dropped = 0
    for name in _partitions(connection, table):
        match = _NAME.fullmatch(name)
        if match and datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC) + timedelta(days=1) <= before:
            connection.execute(text(f"DROP TABLE {name}"))
            dropped += 1
    return dropped


def _partitions(connection: Connection, table: str) -> list[str]:
    children = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:table AS regclass)")
    return list(connection.execute(children, {"table": table}).scalars())


def _default_holds(connection: Connection, table: str, by: str, day: datetime) -> bool:
    # PostgreSQL refuses a partition for rows that the default one already holds; they stay there till they expire.
    held = select(
        exists()
        .where(column(by) >= day, column(by) < day + timedelta(days=1))
        .select_from(sql_table(f"{table}_default"))
    )
    return bool(connection.execute(held).scalar_one())
