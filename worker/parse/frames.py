"""What parent and child say to each other over the pipes: length-prefixed frames of JSON, a document's bytes behind it.

Not pickle: the child reads hostile bytes, and what it answers must not be able to do anything.
"""

import struct
from datetime import timedelta

import orjson

from worker.basics.codec import from_json, write_json
from worker.basics.text import clean
from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.values import Document, ParsedDocument

LENGTHS = struct.Struct("!II")
"""Before each frame: the bytes of its JSON and of the body behind it."""

_LONGEST_SENTENCE = 300
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
        head = write_json({"error": [type(answer).__name__, answer.error_class, sentence]})
    else:
        head = write_json({"parsed": answer})
    return LENGTHS.pack(len(head), 0) + head


def unpack_answer(head: bytes) -> ParsedDocument | PollError:
    """Return what an answer says; ValueError, TypeError or LookupError for one that is not to be believed."""
    told = orjson.loads(head)
    if "error" in told:
        kind, error_class, sentence = told["error"]
        return _ERRORS[kind](ErrorClass(error_class), str(sentence))
    return from_json(ParsedDocument, told["parsed"])
