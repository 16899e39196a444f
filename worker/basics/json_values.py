"""Read JSON from outside leniently, and take its values only where they have the type that we want."""

import json
from typing import Any, TypeGuard

import orjson

from worker.basics.charset import decode
from worker.basics.text import clean
from worker.errors import ErrorClass, PermanentError
from worker.values.due_feeds import Document

# Every database holds smaller numbers, and every JSON parser keeps them exact.
_MOST = 1 << 53


def load_json(document: Document) -> Any:
    """Return the value of a JSON document; PermanentError when it is broken."""
    text = decode(document.body, document.content_type)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        # Half an emoji, or a bare line break in a string: software that cuts texts at a length writes these.
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise PermanentError(ErrorClass.PARSE, f"the document is broken JSON ({error})") from error


def text_in(values: dict[str, Any], name: str, longest: int) -> str | None:
    """Return the string under ``name``, clean and trimmed; None where it is empty or no string."""
    value = values.get(name)
    return clean(value, longest).strip() or None if isinstance(value, str) else None


def list_in(values: dict[str, Any], name: str) -> list[Any]:
    """Return the list under ``name``, or an empty one."""
    value = values.get(name)
    return value if isinstance(value, list) else []


def is_count(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number that a database holds."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST
