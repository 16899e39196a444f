"""JSON from outside: read leniently, its values taken only where they are of the type that is wanted."""

import json
from typing import Any, TypeGuard

import orjson

from worker.basics.charset import decode
from worker.basics.text import clean
from worker.errors import ErrorClass, PermanentError
from worker.values.due_feeds import Document

# What a database holds, and what other parsers keep exact.
_MOST = 1 << 53


def load_json(document: Document) -> Any:
    """Return the value of a JSON document; PermanentError when it is broken."""
    text = decode(document.body, document.content_type)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        # Half an emoji, a bare line break in a string: what cuts texts at so many units writes these.
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise PermanentError(ErrorClass.PARSE, f"the document is broken JSON ({error})") from error


def text_in(values: dict[str, Any], name: str, longest: int) -> str | None:
    """Return the string under ``name``, clean and trimmed; null where it is none or empty."""
    value = values.get(name)
    return clean(value, longest).strip() or None if isinstance(value, str) else None


def list_in(values: dict[str, Any], name: str) -> list[Any]:
    """Return the list under ``name``, or an empty one."""
    value = values.get(name)
    return value if isinstance(value, list) else []


def is_count(value: object) -> TypeGuard[int]:
    """Say whether a value is a whole number that a database holds."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
