"""Rows as lines of JSON, which programs read and a screen may show."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

# What make_visible finds, in UTF-8, but for what JSON escapes by itself; by the byte it begins with, which is rarer.
_UNSHOWN = (
    (b"\x7f", re.compile(rb"\x7f")),
    (b"\xc2", re.compile(rb"\xc2[\x80-\x9f]")),
    (b"\xe2", re.compile(rb"\xe2(?:\x80[\xa8-\xae]|\x81[\xa6-\xa9])")),
)
# Names of states and outcomes are keys too, and orjson takes no subclass of str for a str.
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def write_json_line(row: Mapping[str, Any]) -> bytes:
    """Return a row as a line: times in ISO 8601 UTC, durations in seconds; what no screen gets is escaped."""
    return escape_unshown(orjson.dumps(dict(row), default=_as_json, option=_OPTIONS | orjson.OPT_APPEND_NEWLINE))


def write_object(value: Mapping[str, Any]) -> bytes:
    """Return one JSON object, whose values are written as those of rows."""
    return orjson.dumps(value, default=_as_json, option=_OPTIONS)


def escape_unshown(chunk: bytes, escape: str = "\\u{:04x}") -> bytes:
    """Return UTF-8 with an escape for each character that could move, colour or reorder a screen."""

    def write_escape(found: re.Match[bytes]) -> bytes:
        return escape.format(ord(found[0].decode())).encode()

    for first, pattern in _UNSHOWN:
        if first in chunk:
            chunk = pattern.sub(write_escape, chunk)
    return chunk


def _as_json(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
