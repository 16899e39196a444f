"""Examples of dataclasses in which no field has its default, made from the types of the fields."""

from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

_SCALARS: dict[Any, Any] = {
    int: 7,
    float: 0.25,
    bool: True,
    bytes: b"\x00\xff",
    date: date(2026, 11, 24),
    datetime: datetime(2026, 11, 24, 12, 0, 0, 5, UTC),
    timedelta: timedelta(minutes=90, microseconds=3),
}


def example_of(kind: Any) -> Any:
    types = get_type_hints(kind)
    return kind(**{field.name: _value(types[field.name], field.name) for field in fields(kind)})


def _value(kind: Any, name: str) -> Any:
    if container := get_origin(kind):
        (inner, *_) = [each for each in get_args(kind) if each is not NoneType]
        return container([_value(inner, name)]) if container in {tuple, frozenset} else _value(inner, name)
    if is_dataclass(kind):
        return example_of(kind)
    # The last one: the first is often the default.
    return [*kind][-1] if issubclass(kind, Enum) else _SCALARS.get(kind, f"an example of {name}")
