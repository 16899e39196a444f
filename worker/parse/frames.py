"""The frames in which the parser and its child talk: two lengths, JSON, and a document's bytes behind it.

Not pickle: the child reads hostile bytes, and nothing that it answers may run code in the parent.
"""

import struct
from dataclasses import dataclass
from datetime import timedelta

import orjson

from worker.basics.codec import from_json, write_json
from worker.basics.text import clean
from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

LENGTHS = struct.Struct("!II")
"""Before each frame: the bytes of its JSON and of the body behind it."""

LONGEST_SENTENCE = 300
"""Characters that say why a document was not read."""

_ERRORS = {kind.__name__: kind for kind in (TransientError, PermanentError, RejectedError)}


@dataclass(frozen=True, slots=True)
class ParseRequest:
    """What the parent asks for: to read the document whose bytes follow, within so much CPU."""

    url: str
    content_type: str | None
    max_entries: int
    cpu: timedelta


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """A PollError as it crosses the pipe: the name of its class, its error class, its sentence and its traceback."""

    kind: str
    error_class: ErrorClass
    sentence: str
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class ParseAnswer:
    """What the child answers: what it read, or why it did not."""

    parsed: ParsedDocument | None = None
    failure: ParseFailure | None = None


def pack_request(document: Document, max_entries: int, cpu: timedelta) -> bytes:
    """Return the frame that asks for a document to be read within ``cpu``."""
    head = write_json(ParseRequest(document.url, document.content_type, max_entries, cpu))
    return LENGTHS.pack(len(head), len(document.body)) + head + document.body


def unpack_request(head: bytes, body: bytes) -> tuple[Document, ParseRequest]:
    """Return the document that a frame asks to be read, and how."""
    request = from_json(ParseRequest, orjson.loads(head))
    return Document(request.url, body, request.content_type), request


def pack_answer(answer: ParsedDocument | PollError) -> bytes:
    """Return the frame that answers."""
    if isinstance(answer, PollError):
        # A parser's own words may quote the document.
        sentence = clean(answer.sentence, LONGEST_SENTENCE)
        failure = ParseFailure(type(answer).__name__, answer.error_class, sentence, answer.trace)
        head = write_json(ParseAnswer(failure=failure))
    else:
        head = write_json(ParseAnswer(answer))
    return LENGTHS.pack(len(head), 0) + head


def unpack_answer(head: bytes) -> ParsedDocument | PollError:
    """Return what an answer says; ValueError, TypeError or LookupError for one that makes no sense."""
    answer = from_json(ParseAnswer, orjson.loads(head))
    if failure := answer.failure:
        return _ERRORS[failure.kind](failure.error_class, failure.sentence, trace=failure.trace)
    if answer.parsed is None:
        raise ValueError("it holds neither a document nor a failure")
    return answer.parsed
