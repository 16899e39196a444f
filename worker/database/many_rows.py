"""Writing many rows by one statement that stays the same: COPY or arrays on PostgreSQL, executemany on SQLite.

A list of VALUES is another text for each number of rows, which psycopg and the server parse anew, and of which
SQLAlchemy makes a parameter a value: for twenty articles five times the CPU of arrays on our side.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import chain
from operator import itemgetter
from string import Formatter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, Row, Text

from worker.database.statements import slices
from worker.database.types import Base

_Process: TypeAlias = Callable[[Any], Any]
# No column is called so.
_ROWS = "given rows"
# Where psycopg has another name for a type.
_NAMES_OF_TYPES = {"FLOAT": "float8"}
# More save nothing.
_AT_ONCE_OR_FAIL = 50


@dataclass(frozen=True, slots=True, eq=False)
class ManyRows:
    """A statement that is executed for many rows, in words that SQLite and PostgreSQL share.

    In ``sql``, ``{given rows}`` is where the rows of an INSERT stand, and where PostgreSQL takes those of an UPDATE
    from; ``{name}`` is a row's value for the table's column ``name``.
    """

    table: type[Base]
    sql: str
    inserted: tuple[str, ...] = ()
    """The columns of an INSERT."""
    is_copied: bool = False
    """Whether PostgreSQL takes the rows by COPY, which answers no conflict, rather than by arrays."""
    at_once: int = 1
    """How many rows one statement inserts on SQLite."""
    or_fail: bool = False
    """Whether a statement that fails leaves the rows before the one that did, on SQLite, to its transaction to undo."""

    @property
    def placed(self) -> tuple[str, ...]:
        """The columns whose values the statement takes, in the order in which it does."""
        named = (name for _, name, _, _ in Formatter().parse(self.sql) if name and name != _ROWS)
        return self.inserted or tuple(named)

    def execute(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows, each of which has the values that the statement names; no rows cost no statement."""
        if listed := list(rows):
            self._execute_columns(connection, [list(map(itemgetter(name), listed)) for name in _names(self)])

    def execute_tuples(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write rows of values, in the order in which the statement first names them."""
        if rows:
            self._execute_columns(connection, zip(*rows, strict=True))

    def _execute_columns(self, connection: Connection, given: Iterable[Iterable[Any]]) -> None:
        places, processes = _read_columns(self, connection.dialect)
        columns = [
            list(map(process, column) if process else column) for process, column in zip(processes, given, strict=True)
        ]
        values = tuple(columns[place] for place in places)
        if connection.dialect.name != "postgresql":
            _execute_sqlite(connection, self, list(zip(*values, strict=True)))
        elif self.is_copied:
            sql, types = _copy_sql(self, connection.dialect)
            connection.exec_driver_sql(sql, (types, list(zip(*values, strict=True))))
        else:
            connection.exec_driver_sql(_postgresql_sql(self, connection.dialect), values)


@dataclass(frozen=True, slots=True, eq=False)
class ManyKeys:
    """A query for the rows of a table that have given values in the columns ``names``, where ``where`` holds."""

    table: type[Base]
    names: tuple[str, ...]
    columns: str
    where: str = "true"

    def execute(self, connection: Connection, rows: Iterable[tuple[Any, ...]]) -> Iterator[Row[Any]]:
        """Yield the columns of what is found, as the driver returns them; no rows of values cost no statement."""
        for some in slices(rows):
            if connection.dialect.name == "postgresql":
                source = _unnest(self.table, self.names, connection.dialect)
                values: tuple[Any, ...] = tuple(map(list, zip(*some, strict=True)))
            else:
                row = f"({', '.join('?' * len(self.names))})"
                source, values = f"(VALUES {', '.join([row] * len(some))})", tuple(chain.from_iterable(some))
            yield from connection.exec_driver_sql(_select_sql(self, source), values)


@lru_cache(maxsize=64)
def _select_sql(keys: ManyKeys, source: str) -> str:
    table = keys.table.__tablename__
    same = " AND ".join(f"{table}.{name} = given.{name}" for name in keys.names)
    given = f"WITH given ({', '.join(keys.names)}) AS (SELECT * FROM {source} AS listed)"  # noqa: S608 -- our own names
    # CROSS JOIN: SQLite then begins with what is given.
    return f"{given} SELECT {keys.columns} FROM given CROSS JOIN {table} WHERE {same} AND {keys.where}"  # noqa: S608 -- our own names


def insert_many(table: type[Base], names: Iterable[str], on_conflict: str = "", at_once: int = 1) -> ManyRows:
    """Return an INSERT of values for the columns ``names``, on SQLite of ``at_once`` rows by one statement.

    One row is cheapest, unless a trigger comes with it, or a conflict writes a foreign key: SQLite then copies all
    pages that a statement changes, most often to a file, so that it can undo this statement alone.
    """
    inserted = tuple(names)
    columns = ", ".join(f'"{name}"' for name in inserted)
    sql = f"INSERT INTO {table.__tablename__} ({columns}) {{{_ROWS}}} {on_conflict}"
    return ManyRows(table, sql, inserted, not on_conflict, at_once)


def insert_many_or_fail(table: type[Base], names: Iterable[str], on_conflict: str = "") -> ManyRows:
    """Return an INSERT for which SQLite copies no pages, since it is not undone alone.

    Whoever meets its error undoes the transaction, as ``write`` does. It is for tables without triggers and foreign
    keys: for those SQLite copies all the same, and a trigger's own OR IGNORE would become OR FAIL.
    """
    return replace(insert_many(table, names, on_conflict, _AT_ONCE_OR_FAIL), or_fail=True)


def update_many(table: type[Base], keys: Iterable[str], changes: Mapping[str, str], where: str = "") -> ManyRows:
    """Return an UPDATE of the rows that have the given values in the columns ``keys``, and for which ``where`` holds.

    ``changes`` holds an expression for each column that changes, ``{name}`` being a given value.
    """
    assignments = ", ".join(f'"{name}" = {value}' for name, value in changes.items())
    conditions = [*(f"{table.__tablename__}.{key} = {{{key}}}" for key in keys), *([where] if where else [])]
    condition = " AND ".join(conditions)
    return ManyRows(table, f"UPDATE {table.__tablename__} SET {assignments} {{{_ROWS}}} WHERE {condition}")  # noqa: S608 -- our own names


def replaced(*names: str) -> dict[str, str]:
    """Return the changes of columns that simply take the given values."""
    return {name: f"{{{name}}}" for name in names}


@cache
def _names(statement: ManyRows) -> tuple[str, ...]:
    """Return the columns whose values a row has, each once."""
    return tuple(dict.fromkeys(statement.placed))


@cache
def _read_columns(statement: ManyRows, dialect: Dialect) -> tuple[Sequence[int], Sequence[_Process | None]]:
    """Return which value of a row each parameter is, and what makes each value the driver's."""
    names = _names(statement)
    kinds = [statement.table.__table__.c[name].type.dialect_impl(dialect) for name in names]
    processes = [_plain if isinstance(kind, Text) else kind.bind_processor(dialect) for kind in kinds]
    placed = names if dialect.name == "postgresql" else statement.placed
    return [names.index(name) for name in placed], processes


@cache
def _postgresql_sql(statement: ManyRows, dialect: Dialect) -> str:
    names = _names(statement)
    columns = ", ".join(f'"{name}"' for name in names)
    values = {name: f'given."{name}"' for name in names}
    rows = f"FROM {_unnest(statement.table, names, dialect)} AS given ({columns})"
    if statement.inserted:
        rows = f"SELECT {', '.join(values.values())} {rows}"
    return statement.sql.format(**values, **{_ROWS: rows})


@cache
def _sqlite_sql(statement: ManyRows, count: int) -> str:
    placed = statement.placed
    row = f"({', '.join('?' * len(placed))})"
    rows = f"VALUES {', '.join([row] * count)}" if statement.inserted else ""
    sql = statement.sql.replace("INSERT", "INSERT OR FAIL", 1) if statement.or_fail else statement.sql
    return sql.format(**dict.fromkeys(placed, "?"), **{_ROWS: rows})


def _execute_sqlite(connection: Connection, statement: ManyRows, rows: list[tuple[Any, ...]]) -> None:
    count = statement.at_once
    # Those that are left over come first: what is kept of so little stays in memory, until there is a file.
    left_over = len(rows) % count
    if left_over:
        connection.exec_driver_sql(_sqlite_sql(statement, 1), rows[:left_over])
    bunches = rows if count == 1 else [tuple(chain.from_iterable(some)) for some in slices(rows[left_over:], count)]
    if bunches:
        connection.exec_driver_sql(_sqlite_sql(statement, count), bunches)


@cache
def _unnest(table: type[Base], names: tuple[str, ...], dialect: Dialect) -> str:
    """Return the table that PostgreSQL makes of an array for each of these columns."""
    # %b: psycopg writes arrays in binary, for a fifth of what their text costs.
    return f"unnest({', '.join(f'%b::{kind}[]' for kind in _types(table, names, dialect))})"


@cache
def _copy_sql(statement: ManyRows, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Return the COPY that inserts the rows of a statement, and what psycopg calls the types of their columns."""
    columns = ", ".join(f'"{name}"' for name in statement.inserted)
    types = _types(statement.table, statement.inserted, dialect)
    names = tuple(_NAMES_OF_TYPES.get(kind, kind.lower()) for kind in types)
    return f"COPY {statement.table.__tablename__} ({columns}) FROM STDIN (FORMAT binary)", names


def _types(table: type[Base], names: Iterable[str], dialect: Dialect) -> list[str]:
    return [table.__table__.c[name].type.dialect_impl(dialect).compile(dialect) for name in names]


def _plain(value: str | None) -> str | None:
    # psycopg refuses a list of strings of several classes.
    return value if value is None else str(value)
