"""The rows of a table in the order of its key, alike from both databases, with what each one means as bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ColumnElement, Connection, Select, Table, Text, collate, exists, null, select

from worker.database.feed_tables import HostRow
from worker.database.schema import METADATA
from worker.database.types import Base, Json

# Rows that the driver holds at a time.
_FETCHED = 200
# Rows of a slice, and bytes after which it is full.
_SLICE_ROWS, _SLICE_BYTES = 2_000, 4_000_000
# A worker's right to a host is none to the copy: no worker that polls the source ever polls there.
LEFT_OUT = {HostRow.__tablename__: frozenset({"lease_until", "lease_token", "expired_token"})}
"""Columns that are null in the copy, by table."""
# What every JSON number fits into that is told without an exponent.
_WHOLE = range(-(2**63), 2**64)

Key: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class CopiedRow:
    """A row as the copy is to have it."""

    key: Key
    values: tuple[Any, ...]
    meaning: bytes
    """The same for rows that mean the same, however the databases write them."""


def copied_classes() -> list[type[Base]]:
    """Return the class of every table, in an order in which each comes after those that it refers to."""
    classes = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    return [classes[table] for table in METADATA.sorted_tables]


def table_of(copied: type[Base]) -> Table:
    """Return the table of a class."""
    return METADATA.tables[copied.__tablename__]


def read_rows(connection: Connection, copied: type[Base]) -> Iterator[CopiedRow]:
    """Yield a table's rows in the order of their keys, the same order in both databases."""
    table = table_of(copied)
    key_places = [list(table.columns).index(column) for column in table.primary_key.columns]
    json_places = [place for place, column in enumerate(table.columns) if isinstance(column.type, Json)]
    left_out = LEFT_OUT.get(table.name, frozenset())
    columns = [null().label(each.name) if each.name in left_out else each for each in table.columns]
    for row in _stream(connection, table, select(*columns)):
        values = tuple(row)
        key = tuple(values[place] for place in key_places)
        yield CopiedRow(key, values, _meaning_of(values, json_places))


def read_keys(connection: Connection, copied: type[Base]) -> Iterator[Key]:
    """Yield a table's keys in the same order."""
    table = table_of(copied)
    for row in _stream(connection, table, select(*table.primary_key.columns)):
        yield tuple(row)


def holds_rows(connection: Connection, copied: type[Base]) -> bool:
    """Say whether a table has any row."""
    return connection.execute(select(exists(select(table_of(copied))))).scalar_one()


def full_slices(rows: Iterator[CopiedRow]) -> Iterator[Sequence[CopiedRow]]:
    """Yield rows in lists that fit into memory however long the texts are."""
    some: list[CopiedRow] = []
    size = 0
    for row in rows:
        some.append(row)
        size += len(row.meaning)
        if len(some) == _SLICE_ROWS or size >= _SLICE_BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some


def _stream(connection: Connection, table: Table, query: Select[Any]) -> Iterator[Any]:
    ordered = query.order_by(*_order(table, connection.dialect.name))
    with connection.execute(ordered.execution_options(yield_per=_FETCHED)) as rows:
        yield from rows


@cache
def _order(table: Table, dialect: str) -> list[ColumnElement[Any]]:
    # PostgreSQL sorts texts by the rules of some language, SQLite and Python by their characters.
    is_collated = dialect == "postgresql"
    return [
        collate(column, "C") if is_collated and isinstance(column.type, Text) else column
        for column in table.primary_key.columns
    ]


def _meaning_of(values: Sequence[Any], json_places: Sequence[int]) -> bytes:
    meant = list(values)
    for place in json_places:
        meant[place] = _number_alike(meant[place])
    return orjson.dumps(meant, default=_as_json, option=orjson.OPT_SORT_KEYS)


def _number_alike(value: Any) -> Any:
    """Return a JSON value in which a number has one form: PostgreSQL reads 1e3 as 1000, and -0.0 as 0."""
    if isinstance(value, dict):
        return {name: _number_alike(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_number_alike(each) for each in value]
    if isinstance(value, float) and value.is_integer() and int(value) in _WHOLE:
        return int(value)
    return value


def _as_json(value: Any) -> Any:
    # Durations are the only other values that a column of ours holds.
    return value.hex() if isinstance(value, bytes) else value.total_seconds()
