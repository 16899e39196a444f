"""Schemas of answers: of rows from the columns of their queries, of values from their types.

A column's comment says what it holds. What a query makes itself has no comment, so its description is given here.
"""

import types
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Boolean, Column, ColumnElement, Date, Double, Integer, Label, LargeBinary, Text

from worker.database.types import Json, Lines, Seconds, UtcDateTime

Schema = Mapping[str, Any]
_STRINGS = {"type": "array", "items": {"type": "string"}}
_OBJECTS = {"type": "array", "items": {"type": "object"}}
_MOMENT = {"type": "string", "format": "date-time"}
_SECONDS = {"type": "number", "description": "In seconds."}
_BY_COLUMN: tuple[tuple[type, Schema], ...] = (
    (Lines, _STRINGS),
    (Json, {"type": "object"}),
    (UtcDateTime, _MOMENT),
    (Seconds, {"type": "number"}),
    (Date, {"type": "string", "format": "date"}),
    (Boolean, {"type": "boolean"}),
    (Integer, {"type": "integer"}),
    (Double, {"type": "number"}),
    (LargeBinary, {"type": "string"}),
    (Text, {"type": "string"}),
)
_BY_TYPE: Mapping[Any, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    datetime: _MOMENT,
    date: {"type": "string", "format": "date"},
    timedelta: _SECONDS,
}
# What Json cannot tell: these columns hold lists.
_LISTS = {"authors": _STRINGS, "tags": _STRINGS, "enclosures": _OBJECTS}


def describe_columns(
    columns: Iterable[ColumnElement[Any]], made: Mapping[str, str], may_lack: Collection[str]
) -> Schema:
    """Return the schema of a query's rows.

    ``made`` describes what has no comment of its own, ``may_lack`` are the tables of which a row may have nothing.
    """
    return make_object({str(column.key): _describe_column(column, made, may_lack) for column in columns})


def make_object(properties: Mapping[str, Schema], description: str = "") -> Schema:
    """Return the schema of an object that has all these properties and no others."""
    told = {"description": description} if description else {}
    return {"type": "object", **told, "properties": properties, "required": list(properties)} | {
        "additionalProperties": False
    }


def nullable(schema: Schema) -> Schema:
    """Return the schema of a value that may be null."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def describe_type(kind: Any) -> Schema:
    """Return the schema of a dataclass, or of what its fields are."""
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if get_origin(kind) in {Union, types.UnionType}:
        (one,) = (each for each in get_args(kind) if each is not type(None))
        return nullable(describe_type(one))
    if get_args(kind):
        # Mappings by words, and sequences.
        *_, value = (each for each in get_args(kind) if each is not ...)
        is_mapping = issubclass(get_origin(kind), Mapping)
        inner = describe_type(value)
        return {"type": "object", "additionalProperties": inner} if is_mapping else {"type": "array", "items": inner}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string", "enum": [str(each) for each in kind]}
    hints = get_type_hints(kind)
    return make_object({field.name: describe_type(hints[field.name]) for field in fields(kind)})


def _describe_column(column: ColumnElement[Any], made: Mapping[str, str], may_lack: Collection[str]) -> Schema:
    name = str(column.key)
    inner = column.element if isinstance(column, Label) else column
    stored = inner if isinstance(inner, Column) else None
    schema = _LISTS.get(name) or next(schema for kind, schema in _BY_COLUMN if isinstance(column.type, kind))
    description = made.get(name) or (stored.comment if stored is not None else None)
    if not description:
        raise LookupError(f"nothing says what {name} is")
    # Every list of tags is one, though it is empty.
    may_be_null = name not in _LISTS and (stored is None or stored.nullable or _table_of(stored) in may_lack)
    return {**(nullable(schema) if may_be_null else schema), "description": description}


def _table_of(column: Column[Any]) -> str:
    return str(column.table.name) if column.table is not None else ""
