"""One codec for all values: a dataclass becomes JSON field by field, and JSON becomes that dataclass again.

It is made from the types of the fields, so that no field can be forgotten on one side. What is read back is checked: it
comes from a process that reads hostile bytes, or from a column that anybody may have written to.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

_Value = TypeVar("_Value")
_Reader: TypeAlias = Callable[[Any], Any]


def write_json(value: object) -> bytes:
    """Return a value as JSON: times in ISO 8601, durations in seconds, bytes in hexadecimal digits."""
    return orjson.dumps(value, default=_plain)


def from_json(kind: type[_Value], told: object) -> _Value:
    """Return the dataclass of a kind that parsed JSON tells of; fields that it does not name have their defaults.

    ValueError, TypeError or LookupError where a value is not of its field's type, or its field is not of the kind.
    """
    known: Any = kind
    try:
        value: _Value = _reader_of(known)(told)
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return value


def _plain(value: object) -> float | list[Any] | str:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


@cache
def _reader_of(kind: Any) -> _Reader:
    """Return the function that makes a value of a type out of parsed JSON."""
    if get_origin(kind) in {Union, UnionType}:
        (inner,) = (_reader_of(each) for each in get_args(kind) if each is not NoneType)
        return lambda told: None if told is None else inner(told)
    if container := get_origin(kind):
        member = _reader_of(get_args(kind)[0])
        return lambda told: container(map(member, _checked(list, told)))
    if is_dataclass(kind):
        return _reader_of_fields(kind)
    reader: _Reader | None = kind if issubclass(kind, Enum) else _SCALARS.get(kind)
    return reader or (lambda told: _checked(kind, told))


def _reader_of_fields(kind: Any) -> _Reader:
    types = get_type_hints(kind)
    readers = {field.name: _reader_of(types[field.name]) for field in fields(kind)}
    return lambda told: kind(**{name: readers[name](value) for name, value in _checked(dict, told).items()})


def _checked(kind: type, told: object) -> Any:
    # Not isinstance: True is an int.
    if type(told) is not kind:
        raise TypeError(f"{type(told).__name__} where {kind.__name__} belongs")
    return told


_SCALARS: dict[type, _Reader] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    timedelta: lambda told: timedelta(seconds=told),
    bytes: bytes.fromhex,
    float: float,
}
