"""Many values in one constant statement: as arrays on PostgreSQL, as JSON or row by row on SQLite.

A statement whose text depends on how many values it has is built, parsed and planned anew for each number of them.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Connection, Dialect, any_, bindparam, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped

from worker.database.types import Base


def is_listed(dialect: str, column: ColumnElement[Any] | Mapped[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of the numbers of parameter ``name``, which ``listed`` makes."""
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=postgresql.ARRAY(BigInteger)))
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


def listed(connection: Connection, numbers: Collection[int]) -> list[int] | str:
    """Return numbers as one parameter."""
    return list(numbers) if connection.dialect.name == "postgresql" else orjson.dumps(list(numbers)).decode()


def insert_rows(
    connection: Connection, table: type[Base], rows: Sequence[tuple[object, ...]], *, replacing: bool = False
) -> None:
    """Insert rows, each with all columns of the table; those that are there already stay, or are replaced."""
    if not rows:
        return
    statement = _insertion(connection.dialect, table, replacing)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement, tuple(map(list, zip(*rows, strict=True))))
    else:
        connection.exec_driver_sql(statement, list(rows))


@cache
def _insertion(dialect: Dialect, table: type[Base], replacing: bool) -> str:  # noqa: FBT001 -- named where it is public
    columns = table.__table__.columns
    key = ", ".join(column.name for column in table.__table__.primary_key)
    changed = ", ".join(f"{column.name} = excluded.{column.name}" for column in columns if not column.primary_key)
    if dialect.name == "postgresql":
        arrays = ", ".join(f"CAST(%b AS {column.type.compile(dialect)}[])" for column in columns)
        values = f"SELECT * FROM unnest({arrays})"  # noqa: S608 -- made of the table's own types
    else:
        values = f"VALUES ({', '.join('?' for _ in columns)})"
    conflict = f"({key}) DO UPDATE SET {changed}" if replacing else "DO NOTHING"
    return f"INSERT INTO {table.__tablename__} ({', '.join(columns.keys())}) {values} ON CONFLICT {conflict}"
