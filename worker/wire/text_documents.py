"""Text as newsrooms send it: which of its forms a document has, and what it publishes."""

from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.wire.dispatch import parse_dispatch
from worker.wire.mail.mail_document import read_mail
from worker.wire.mail.mail_signs import is_mail


def read_text(document: Document, max_entries: int) -> ParsedDocument:
    """Return what a text publishes, the newest ``max_entries`` of it; PermanentError where that is nothing."""
    if is_mail(document.body):
        return read_mail(document, max_entries, read_text)
    return parse_dispatch(document)
