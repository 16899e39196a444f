"""Text as newsrooms send it: which of its forms a document has, and what it publishes."""

from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.wire.dispatch import parse_dispatch


def read_text(document: Document, max_entries: int, *, as_is: bool = False) -> ParsedDocument:
    """Return what a text publishes, the newest ``max_entries`` of it; PermanentError where that is nothing.

    With ``as_is`` it is read whatever it looks like.
    """
    del as_is  # every text is read so far
    del max_entries  # every form that is read so far holds one dispatch
    return parse_dispatch(document)
