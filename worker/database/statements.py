"""Whether a column holds one of very many numbers, as one parameter: as one each they cost more than the query."""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, CompoundSelect, any_, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY


def is_among(dialect: str, column: Any, numbers: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of ``numbers``."""
    if dialect == "postgresql":
        among: ColumnElement[bool] = column == any_(literal(list(numbers), ARRAY(BigInteger)))
        return among
    listed = func.json_each(orjson.dumps(list(numbers)).decode()).table_valued("value")
    found: ColumnElement[bool] = column.in_(select(listed.c.value))
    return found


def is_among_found(dialect: str, column: Any, query: CompoundSelect[int]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of the numbers that a query finds for each row of an outer table.

    Both databases then run the query once for such a row and look up what it found.
    """
    if dialect == "postgresql":
        # With IN it would run the query for each row of the column's table.
        of_array: ColumnElement[bool] = column == any_(func.array(query.scalar_subquery()))
        return of_array
    found: ColumnElement[bool] = column.in_(query)
    return found


# --- INSERT … ON CONFLICT, which SQLite and PostgreSQL both have and plain SQL has not.


def upsert(dialect: str, table: type[Any]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into ``table`` that takes ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
