"""Rows as programs read them: one JSON object a line, from the commands and over HTTP alike."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

# Names of states and outcomes are keys too, and orjson takes no subclass of str for a str.
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def write_row(row: Mapping[str, Any]) -> bytes:
    """Return a row as a line of JSON: times in ISO 8601 UTC, durations in seconds, bytes in hexadecimal digits."""
    return orjson.dumps(dict(row), default=_as_json, option=_OPTIONS | orjson.OPT_APPEND_NEWLINE)


def write_object(value: Mapping[str, Any]) -> bytes:
    """Return one JSON object, whose values are written as those of rows."""
    return orjson.dumps(value, default=_as_json, option=_OPTIONS)


def _as_json(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
