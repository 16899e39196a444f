"""Many values in one constant statement: as arrays on PostgreSQL, as JSON or row by row on SQLite.

A statement whose text depends on how many values it has is built, parsed and planned anew for each number of them.
"""

from collections.abc import Collection, Sequence
from enum import Enum, auto
from functools import cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Connection, Dialect, any_, bindparam, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped

from worker.database.types import Base


class Known(Enum):
    """Which rows that are inserted may be there already, and what becomes of these."""

    NONE = auto()
    """None is there. PostgreSQL then inserts for half the price."""
    STAY = auto()
    REPLACED = auto()


def is_listed(dialect: str, column: ColumnElement[Any] | Mapped[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of the numbers of parameter ``name``, which ``listed`` makes."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=postgresql.ARRAY(BigInteger)))
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


def listed(connection: Connection, numbers: Collection[int]) -> list[int] | str:
    """Return numbers as one parameter."""
    return list(numbers) if connection.dialect.name == "postgresql" else orjson.dumps(list(numbers)).decode()


def insert_rows(connection: Connection, table: type[Base], rows: Sequence[tuple[object, ...]], known: Known) -> None:
    """Insert rows, each with all columns of the table; ``known`` says what becomes of those that are there already."""
    if not rows:
        return
    statement = _insertion(connection.dialect, table, known)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))
    else:
        connection.exec_driver_sql(statement, list(rows))


@cache
def _insertion(dialect: Dialect, table: type[Base], known: Known) -> str:
    columns = table.__table__.columns
    if dialect.name == "postgresql":
        arrays = ", ".join(f"CAST(%b AS {column.type.compile(dialect)}[])" for column in columns)
        values = f"SELECT * FROM unnest({arrays})"  # noqa: S608 -- made of the table's own types
    else:
        values = f"VALUES ({', '.join('?' for _ in columns)})"
    key = ", ".join(column.name for column in table.__table__.primary_key)
    changed = ", ".join(f"{column.name} = excluded.{column.name}" for column in columns if not column.primary_key)
    conflict = {
        Known.NONE: "",
        Known.STAY: " ON CONFLICT DO NOTHING",
        Known.REPLACED: f" ON CONFLICT ({key}) DO UPDATE SET {changed}",
    }
    return f"INSERT INTO {table.__tablename__} ({', '.join(columns.keys())}) {values}{conflict[known]}"
