"""The codec: how values become JSON and come back, made from the types of their dataclass's fields.

Between processes, ``write_json`` and ``from_json``: whole, and strictly checked, for the parser's child reads hostile
bytes. In a column, ``pack`` and ``unpack``: without the fields that have their defaults, and reading whatever can be
read, for anybody may have written to the column, a newer version of Feedmill too. A new field crosses without a line
here; ``tests/unit/database/test_value_columns.py`` tries every field of every value that crosses.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import orjson

_Value = TypeVar("_Value")
_Reader: TypeAlias = Callable[[Any], Any]
_LOG = logging.getLogger(__name__)
_MISMATCHES = (ValueError, TypeError, LookupError, OverflowError)


def write_json(value: object) -> bytes:
    """Return a value as JSON: times in ISO 8601, durations in seconds, bytes in hexadecimal digits."""
    return orjson.dumps(value, default=_to_json)


def from_json(kind: type[_Value], parsed: object) -> _Value:
    """Return the dataclass that parsed JSON holds; fields that it does not name have their defaults.

    ValueError, TypeError or LookupError where a value is not of its field's type, or a name is no field's.
    """
    try:
        value: _Value = reader_of(cast("Any", kind))(parsed)
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return value


def pack(value: Any) -> dict[str, Any] | None:
    """Return a dataclass as a JSON column holds it: the fields that differ from their defaults; None if none does."""
    defaults = defaults_of(cast("Any", type(value)))
    return {name: said for name, default in defaults.items() if (said := getattr(value, name)) != default} or None


def unpack(kind: type[_Value], stored: Any) -> _Value | None:
    """Return the dataclass that a JSON column holds; None for null, and where a field without a default is missing.

    JSON of another shape counts as an object without fields. A field that cannot be read has its default, and
    costs a line in the log.
    """
    if not stored:
        return None
    readers = field_readers(cast("Any", kind))
    said: dict[str, Any] = {}
    for name, written in stored.items() if isinstance(stored, dict) else ():
        if reader := readers.get(name):
            try:
                said[name] = reader(written)
            except _MISMATCHES as error:
                _LOG.warning("stored %s of %s not read: %.80r (%s)", name, kind.__name__, written, error)
    try:
        return kind(**said)
    except (TypeError, ValueError) as error:
        _LOG.warning("stored %s not read: %.80r (%s)", kind.__name__, stored, error)
        return None


@cache
def reader_of(kind: Any) -> _Reader:
    """Return the function that makes a value of a type out of parsed JSON."""
    if get_origin(kind) in {Union, UnionType}:
        (inner,) = (reader_of(each) for each in get_args(kind) if each is not NoneType)
        return lambda parsed: None if parsed is None else inner(parsed)
    if container := get_origin(kind):
        member = reader_of(get_args(kind)[0])
        return lambda parsed: container(map(member, _require_type(list, parsed)))
    if is_dataclass(kind):
        readers, kind = field_readers(cast("Any", kind)), cast("Any", kind)
        return lambda parsed: kind(**{name: readers[name](each) for name, each in _require_type(dict, parsed).items()})
    reader: _Reader | None = kind if issubclass(kind, Enum) else _SCALARS.get(kind)
    return reader or (lambda parsed: _require_type(kind, parsed))


@cache
def field_readers(kind: Any) -> Mapping[str, _Reader]:
    """Return, for each field of a dataclass, the function that makes its value out of parsed JSON."""
    types = get_type_hints(kind)
    return {field.name: reader_of(types[field.name]) for field in fields(kind)}


@cache
def defaults_of(kind: Any) -> Mapping[str, Any]:
    """Return the default of each field of a dataclass; ``MISSING``, which equals no value, for a field without one."""
    made = {field.name: field.default_factory for field in fields(kind) if field.default_factory is not MISSING}
    return {field.name: made[field.name]() if field.name in made else field.default for field in fields(kind)}


def _to_json(value: object) -> float | list[Any] | str:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _require_type(kind: type, parsed: object) -> Any:
    # Not isinstance: True is an int.
    if type(parsed) is not kind:
        raise TypeError(f"{type(parsed).__name__} where {kind.__name__} belongs")
    return parsed


_SCALARS: dict[type, _Reader] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    timedelta: lambda seconds: timedelta(seconds=seconds),
    bytes: bytes.fromhex,
    float: float,
}
