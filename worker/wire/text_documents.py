"""Text as newsrooms send it: which of its forms a document has, and what it publishes."""

from dataclasses import replace

from worker.basics.charset import decode_with_doubts
from worker.errors import ErrorClass, PermanentError
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.wire.dispatch import as_dispatch
from worker.wire.mail.mail_document import read_mail
from worker.wire.mail.mail_signs import is_mail
from worker.wire.prose import judge_prose
from worker.wire.transmissions.text_entries import read_transmissions

# Below a header or a notice a text need not be as sure to be prose as elsewhere: it may be a table of results.
_SURE_ENOUGH = 0.25


def read_text(document: Document, max_entries: int, *, as_is: bool = False) -> ParsedDocument:
    """Return what a text publishes, the newest ``max_entries`` of it; PermanentError where that is nothing.

    What is surely no prose publishes nothing, unless a message or a dateline says that it is sent as news, or the
    operator wants it ``as_is``.
    """
    if is_mail(document.body):
        return read_mail(document, max_entries, read_text)
    decoded = decode_with_doubts(document.body, document.content_type)
    if parsed := read_transmissions(decoded.text, max_entries):
        return replace(parsed, doubts=parsed.doubts + decoded.doubts)
    parsed = as_dispatch(decoded.text, decoded.doubts)
    if not as_is and not any(entry.dateline_place or entry.dateline_date for entry in parsed.entries):
        is_headed = any(entry.published or entry.notice for entry in parsed.entries)
        _refuse_no_prose(decoded.text, is_headed=is_headed)
    return parsed


def _refuse_no_prose(text: str, *, is_headed: bool) -> None:
    """Raise PermanentError, which says what a text looks like, where it is no prose."""
    judged = judge_prose(text)
    if judged.looks_like and not (is_headed and judged.sureness >= _SURE_ENOUGH):
        raise PermanentError(
            ErrorClass.NOT_A_FEED, f"it looks like {judged.looks_like}, not like news (--as-is reads it all the same)"
        )
