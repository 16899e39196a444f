"""Text as newsrooms send it: which of its forms a document has, and what it publishes."""

from worker.basics.charset import decode
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.wire.dispatch import parse_dispatch
from worker.wire.transmissions.text_entries import read_transmissions


def read_text(document: Document, max_entries: int) -> ParsedDocument:
    """Return what a text publishes, the newest ``max_entries`` of it; PermanentError where that is nothing."""
    return read_transmissions(decode(document.body, document.content_type), max_entries) or parse_dispatch(document)
