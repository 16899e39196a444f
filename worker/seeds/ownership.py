"""Which feed the document in a file belongs to: the one it names, one that such a file belonged to, else the file."""

from datetime import datetime

from sqlalchemy import Connection, select

from worker.basics.urls import is_feed_url
from worker.database.feed_tables import FeedRow
from worker.database.seed_files import find_feed_at, find_feed_of_bytes, find_feed_of_path
from worker.manage.feeds import NewFeed, add_document_feed, add_file_feed, find_feed
from worker.pipeline.answered import hash_body
from worker.seeds.said_at import is_wire
from worker.values import Document, DueFeed, ParsedDocument


def find_owner(
    connection: Connection, now: datetime, document: Document, parsed: ParsedDocument, name: str
) -> tuple[DueFeed, bool]:
    """Return the feed that a file's document belongs to, added where there is none, and whether it is new and unpolled.

    ``name`` is the file's path within its folder. Each file of a wire is a feed of its own: its article is found by its
    words and its path, wherever the file lies.
    """
    if parsed.self_url and is_feed_url(parsed.self_url):
        is_new = add_document_feed(connection, now, NewFeed(parsed.self_url, parsed.title, parsed.site_url))
        if found := find_feed(connection, parsed.self_url, with_removed=True):
            return DueFeed(found.feed_id, found.host_id, found.url), is_new
    known = None if is_wire(parsed) else _find_known(connection, document, parsed, name)
    if found := find_feed(connection, str(known)) if known else None:
        return DueFeed(found.feed_id, found.host_id, found.url), False
    return DueFeed(add_file_feed(connection, now, document.url), None, document.url), False


def _find_known(connection: Connection, document: Document, parsed: ParsedDocument, name: str) -> int | None:
    """Return the id of the feed that a saved document's file belonged to before, here or where it was moved from."""
    title, site_url = parsed.title, parsed.site_url
    if known := find_feed_at(connection, document.url, title, site_url):
        return known
    if _is_feed(connection, document.url):
        # A file that is a feed stays one, whatever else it looks like.
        return None
    same = find_feed_of_bytes(connection, hash_body(document))
    return same or find_feed_of_path(connection, document.url, name, title, site_url)


def _is_feed(connection: Connection, uri: str) -> bool:
    return connection.execute(select(FeedRow.id).where(FeedRow.url_key == uri)).first() is not None
