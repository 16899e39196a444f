"""Reading a feed document of any format; this is what runs in the child."""

from contextlib import suppress

from worker.basics.json_values import load_json
from worker.errors import ErrorClass, PermanentError, RejectedError, TransientError
from worker.parse.feed_xml import parse_xml
from worker.parse.json_feed import read_json_feed
from worker.parse.newsroom import parse_newsroom
from worker.parse.sniff import Kind, sniff
from worker.parse.walls import find_wall
from worker.parse.well_formed import FAULTS, read_well_formed
from worker.values import Document, ParsedDocument
from worker.wire.ninjs import is_ninjs, read_ninjs

_NOT_FEEDS = {
    Kind.HTML: "an HTML page",
    Kind.OPML: "an OPML list of feeds (feedmill import reads those)",
    Kind.XML: "an XML document of another kind",
    Kind.TEXT: "plain text",
    Kind.BINARY: "binary data",
}
# Beyond this many entries for each that would be kept, reading them all is not worth its time.
_PATIENCE = 20


def parse_document(document: Document, max_entries: int) -> ParsedDocument:
    """Return what a document publishes; PollError when it is neither a feed nor news, or cannot be read."""
    kind = sniff(document.body)
    if kind is Kind.EMPTY:
        raise TransientError(ErrorClass.INCOMPLETE, "the host served an empty document")
    if kind is Kind.HTML and (wall := find_wall(document.body)):
        raise PermanentError(ErrorClass.BLOCKED, f"the host served a page of {wall} that keeps robots out, not a feed")
    if kind in _NOT_FEEDS:
        raise PermanentError(ErrorClass.NOT_A_FEED, f"the host served {_NOT_FEEDS[kind]}, not a feed")
    if kind is Kind.JSON_FEED:
        value = load_json(document)
        return read_ninjs(value, max_entries) if is_ninjs(value) else read_json_feed(value, max_entries)
    if kind is Kind.NEWSROOM:
        return parse_newsroom(document, max_entries)
    if document.body.count(b"<item") + document.body.count(b"<entry") > _PATIENCE * max_entries:
        raise RejectedError(ErrorClass.TOO_BIG, f"the document has more than {_PATIENCE * max_entries:,} entries")
    # Most of what comes here is broken, but large documents do too.
    with suppress(*FAULTS):
        if parsed := read_well_formed(document, max_entries, patience=_PATIENCE * max_entries):
            return parsed
    return parse_xml(document, max_entries)
