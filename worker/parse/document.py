"""Read a document of any format: sniff its kind, refuse what is no feed, pass the rest to the reader of its format.

This runs in the parser's child process.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from worker.basics.charset import decode_with_doubts, is_utf8
from worker.basics.field_rules import absolute_older, absolute_site
from worker.basics.file_signatures import find_signature
from worker.basics.json_values import load_json
from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.parse.broken import read_broken
from worker.parse.forgiving import read_with_feedparser
from worker.parse.json_feed import read_json_feed
from worker.parse.mended import mend_document
from worker.parse.sniff import Kind, find_wall, has_more_entries, is_sitemap, sniff
from worker.parse.well_formed import read_well_formed
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.wire.newsroom.newsml import read_newsroom_xml
from worker.wire.newsroom.ninjs import is_ninjs, read_ninjs

_NOT_FEEDS = {
    Kind.HTML: "an HTML page",
    Kind.OPML: "an OPML list of feeds (feedmill import reads those)",
    Kind.XML: "an XML document of another kind",
    Kind.MAIL: "an e-mail",
    Kind.TEXT: "plain text",
    Kind.BINARY: "binary data",
}
_Reader: TypeAlias = Callable[[Document, int, int], ParsedDocument | None]
_WXR_VERSION = b"<wp:wxr_version>"
# To read more entries than this for each entry that is kept would take too long.
_PATIENCE = 20


def parse_document(document: Document, max_entries: int) -> ParsedDocument:
    """Return what a document publishes; PollError when it is neither a feed nor news, or cannot be read."""
    parsed = _read_document(document, max_entries)
    if is_utf8(document.body):
        return parsed
    doubts = decode_with_doubts(document.body, document.content_type).doubts
    return replace(parsed, doubts=tuple(dict.fromkeys((*parsed.doubts, *doubts))))


def _read_document(document: Document, max_entries: int) -> ParsedDocument:
    kind = sniff(document.body)
    if kind is Kind.EMPTY:
        raise TransientError(ErrorClass.INCOMPLETE, "the host served an empty document")
    if kind is Kind.HTML and (wall := find_wall(document.body)):
        raise PermanentError(ErrorClass.BLOCKED, f"the host served a page on which {wall} keeps robots out, not a feed")
    if kind in _NOT_FEEDS:
        served = find_signature(document.body) or _NOT_FEEDS[kind]
        raise PermanentError(ErrorClass.NOT_A_FEED, f"the host served {served}, not a feed")
    if kind is Kind.JSON:
        return _read_json(document, max_entries)
    if kind is Kind.NEWSROOM:
        return _read_newsroom(document, max_entries)
    patience = _PATIENCE * max_entries
    if has_more_entries(document.body, patience):
        raise RejectedError(ErrorClass.TOO_BIG, f"the document has more than {patience:,} entries")
    return _read_feed(document, max_entries, patience)


def _read_newsroom(document: Document, max_entries: int) -> ParsedDocument:
    try:
        return read_newsroom_xml(document, max_entries)
    except PermanentError as error:
        if error.error_class is ErrorClass.PARSE:
            with suppress(PollError):
                return read_newsroom_xml(mend_document(document), max_entries)
        raise


def _read_feed(document: Document, max_entries: int, patience: int) -> ParsedDocument:
    # Most documents that come here are broken, but those too large for the worker's own process may be well-formed.
    for read in (read_well_formed, read_broken):
        if parsed := _read_tree(read, document, max_entries, patience):
            return parsed
    if _WXR_VERSION in document.body:
        # feedparser would take drafts for articles.
        raise PermanentError(ErrorClass.PARSE, "the host served a WordPress export that is broken beyond reading")
    if is_sitemap(document.body):
        # feedparser would look for a feed in it for long, and find none.
        raise PermanentError(ErrorClass.PARSE, "the host served a sitemap that is broken beyond reading")
    return read_with_feedparser(document, max_entries)


def _read_tree(read: _Reader, document: Document, max_entries: int, patience: int) -> ParsedDocument | None:
    try:
        return read(document, max_entries, patience)
    except PollError:
        raise
    except Exception:  # noqa: BLE001 -- what one parser trips over another may read
        return None


def _read_json(document: Document, max_entries: int) -> ParsedDocument:
    value = load_json(document)
    if is_ninjs(value):
        return read_ninjs(value, max_entries)
    feed = read_json_feed(value, max_entries)
    older_url = absolute_older(feed.older_url, document.url, feed.self_url)
    return replace(feed, site_url=absolute_site(feed.site_url, document.url, feed.self_url), older_url=older_url)
