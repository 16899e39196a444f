"""What parent and child say to each other over the pipes: length-prefixed frames of JSON, a document's bytes behind it.

Not pickle: the child reads hostile bytes, and what it answers must not be able to do anything.
"""

import struct
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.text import clean
from worker.values import Document, Enclosure, Entry, Hints, Notice, ParsedDocument

LENGTHS = struct.Struct("!II")
"""Before each frame: the bytes of its JSON and of the body behind it."""

_LONGEST_SENTENCE = 300
_READERS: dict[str, Callable[[Any], Any]] = {
    "dateline_date": date.fromisoformat,
    "embargoed_until": datetime.fromisoformat,
    "notice": Notice,
}
_ERRORS = {kind.__name__: kind for kind in (TransientError, PermanentError, RejectedError)}


def pack_request(document: Document, max_entries: int, cpu: timedelta) -> bytes:
    """Return the frame that asks for a document to be read within ``cpu``."""
    asked = {
        "url": document.url,
        "content_type": document.content_type,
        "max_entries": max_entries,
        "cpu_seconds": cpu.total_seconds(),
    }
    head = orjson.dumps(asked)
    return LENGTHS.pack(len(head), len(document.body)) + head + document.body


def pack_answer(answer: ParsedDocument | PollError) -> bytes:
    """Return the frame that answers."""
    if isinstance(answer, PollError):
        # A parser's own words may quote the document.
        sentence = clean(answer.sentence, _LONGEST_SENTENCE)
        told: dict[str, Any] = {"error": [type(answer).__name__, answer.error_class, sentence]}
    else:
        told = {"parsed": asdict(answer)}
    head = orjson.dumps(told, default=_plain)
    return LENGTHS.pack(len(head), 0) + head


def unpack_answer(head: bytes) -> ParsedDocument | PollError:
    """Return what an answer says; ValueError, TypeError or LookupError for one that is not to be believed."""
    told = orjson.loads(head)
    if "error" in told:
        kind, error_class, sentence = told["error"]
        return _ERRORS[kind](ErrorClass(error_class), str(sentence))
    parsed = told["parsed"]
    entries = tuple(_entry(entry) for entry in parsed.pop("entries"))
    skipped = tuple(map(str, parsed["skipped"]))
    return ParsedDocument(**parsed | {"entries": entries, "skipped": skipped, "hints": _hints(parsed["hints"])})


def _entry(told: dict[str, Any]) -> Entry:
    enclosures = tuple(Enclosure(**enclosure) for enclosure in told.pop("enclosures"))
    read = {name: tuple(told[name]) for name in ("authors", "tags")}
    read |= {name: _READERS[name](told[name]) for name in _READERS if told[name] is not None}
    return Entry(**told | read, enclosures=enclosures)


def _hints(told: dict[str, Any]) -> Hints:
    ttl, period = (None if told[name] is None else timedelta(seconds=told[name]) for name in ("ttl", "update_period"))
    hours, days = (frozenset(told[name]) for name in ("skip_hours", "skip_days"))
    return Hints(ttl=ttl, update_period=period, skip_hours=hours, skip_days=days)


def _plain(value: object) -> float | list[int]:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} does not go through a frame")
