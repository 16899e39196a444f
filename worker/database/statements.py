"""Pieces of SQL that SQLite and PostgreSQL write differently, and lists of values too long for one statement."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Connection,
    Index,
    any_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped

from worker.database.types import Numbers

# SQLite takes at most 32,766 parameters in one statement, which may have each value twice.
_SLICE = 5_000
_T = TypeVar("_T")
_Column = ColumnElement[Any] | Mapped[Any]


def partial_index(name: str, *columns: str, where: str) -> Index:
    """Return an index of only the rows for which ``where`` holds."""
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(where))


def upsert(dialect: str, table: type[Any]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into ``table`` that takes ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def is_one_of(connection: Connection, column: _Column, numbers: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of ``numbers``.

    They are one parameter: as one each, very many of them cost more than the query itself.
    """
    given = bindparam(None, list(numbers), type_=Numbers(), unique=True)
    return _is_in(connection.dialect.name, column, given)


def is_one_of_given(dialect: str, column: _Column, name: str) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of the numbers that the parameter ``name`` gives."""
    return _is_in(dialect, column, bindparam(name, type_=Numbers()))


def _is_in(dialect: str, column: _Column, numbers: BindParameter[Any]) -> ColumnElement[bool]:
    if dialect == "postgresql":
        return column == any_(numbers)
    return column.in_(select(_tabulate(dialect, numbers)))


def given_numbers(dialect: str, name: str) -> ColumnElement[Any]:
    """Return the column of a table of the numbers that the parameter ``name`` gives."""
    return _tabulate(dialect, bindparam(name, type_=Numbers()))


def _tabulate(dialect: str, numbers: BindParameter[Any]) -> ColumnElement[Any]:
    if dialect == "postgresql":
        return func.unnest(numbers).table_valued("value").render_derived().c.value
    return func.json_each(numbers).table_valued("value").c.value


def is_one_of_found(dialect: str, column: _Column, query: CompoundSelect[int]) -> ColumnElement[bool]:
    """Return the condition that ``column`` is one of the numbers that ``query`` finds for each row of an outer table.

    Both databases then run the query once for each of those rows and look up what it found. With IN, PostgreSQL would
    run it for each row of the column's table.
    """
    return column == any_(func.array(query.scalar_subquery())) if dialect == "postgresql" else column.in_(query)


def slices(values: Iterable[_T], length: int = _SLICE) -> Iterator[list[_T]]:
    """Return ``values`` in lists of at most ``length``, by default of as many as fit into one statement."""
    remaining = iter(values)
    while some := list(islice(remaining, length)):
        yield some
