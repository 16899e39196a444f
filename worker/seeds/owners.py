"""What a seed file's document is: which feed it belongs to, whether a wire sent it, and when it was made."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import unquote

from sqlalchemy import Connection, select, update

from worker.basics.urls import is_feed_url
from worker.database.feed_tables import FeedRow
from worker.database.seed_files import find_feed_at, find_feed_of_bytes, find_feed_of_path, find_file_feeds
from worker.dates.reading import read_date
from worker.manage.feed_tags import add_tags
from worker.manage.feeds import NewFeed, add_document_feed, add_file_feeds, find_feed
from worker.pipeline.results import hash_body
from worker.recognise.keys import key_entries, key_within
from worker.seeds.folder_settings import FolderSettings
from worker.store.handed_sightings import hand_over_sightings
from worker.values.due_feeds import Document, DueFeed
from worker.values.entries import KeyedEntry, ParsedDocument

_WIRE_PARSERS = {"dispatch", "mail", "newsroom"}


def find_owner(
    connection: Connection, now: datetime, document: Document, parsed: ParsedDocument, name: str
) -> tuple[DueFeed, bool]:
    """Return the feed of a file's document, added if need be, and whether it is new and not polled.

    It is the feed that the document names, else the one that this file, or one like it, belonged to before, else the
    file itself. ``name`` is the file's path within its folder. Each wire's file is a feed of its own: its article is
    found by its words and its path, wherever the file lies.
    """
    if parsed.self_url and is_feed_url(parsed.self_url):
        is_new = add_document_feed(connection, now, NewFeed(parsed.self_url, parsed.title, parsed.site_url))
        if found := find_feed(connection, parsed.self_url, with_removed=True):
            return DueFeed(found.feed_id, found.host_id, found.url), is_new
    known = None if is_wire(parsed) else _find_known(connection, document, parsed, name)
    if found := find_feed(connection, str(known)) if known else None:
        return DueFeed(found.feed_id, found.host_id, found.url), False
    return own_feeds(connection, now, [(document.url, None)])[0], False


def own_feeds(
    connection: Connection, now: datetime, files: Sequence[tuple[str, FolderSettings | None]]
) -> list[DueFeed]:
    """Return the feeds that files, or their folders with settings, are themselves, in the order of the files.

    They are added if need be. ``files`` are the files' URIs and their folders' settings: a folder with settings is one
    feed, which has all that wires sent into it.
    """
    uris = [settings.uri if settings else uri for uri, settings in files]
    feed_ids = add_file_feeds(connection, now, uris)
    folders = {settings.uri: settings.tags for _, settings in files if settings}
    if folders:
        unmarked = FeedRow.url_key.in_(folders), FeedRow.is_folder.is_(False)
        connection.execute(update(FeedRow).where(*unmarked).values(is_folder=True))
        add_tags(connection, folders)
    return [DueFeed(feed_ids[uri], None, uri) for uri in uris]


def keep_articles(connection: Connection, files: Mapping[str, tuple[ParsedDocument, DueFeed]]) -> None:
    """Let wires' files keep their articles where their feed is another one than before, by URI.

    It is where a folder was given settings, or lost them.
    """
    for uri, (former_id, former_url) in find_file_feeds(connection, files).items():
        parsed, feed = files[uri]
        if former_id != feed.feed_id:
            keyed = key_entries(parsed.entries, "")
            keys = [[each.guid_hash for each in _key_in_feed(keyed, uri, url)] for url in (former_url, feed.url)]
            hand_over_sightings(connection, former_id, feed.feed_id, dict(zip(*keys, strict=True)))


def _key_in_feed(keyed: Sequence[KeyedEntry], uri: str, feed_url: str) -> Sequence[KeyedEntry]:
    path = path_within(uri, feed_url)
    return key_within(keyed, path) if path else keyed


def path_within(uri: str, feed_url: str) -> str | None:
    """Return the path of a file within the folder that is its feed; None where the file itself is."""
    return unquote(uri.removeprefix(feed_url)) if feed_url.endswith("/") and uri.startswith(feed_url) else None


def _find_known(connection: Connection, document: Document, parsed: ParsedDocument, name: str) -> int | None:
    """Return the feed that a saved document's file belonged to before, at this place or where it was moved from."""
    title, site_url = parsed.title, parsed.site_url
    if known := find_feed_at(connection, document.url, title, site_url):
        return known
    if connection.execute(select(FeedRow.id).where(FeedRow.url_key == document.url)).first():
        # A file that is a feed stays one, whatever other file it looks like.
        return None
    same = find_feed_of_bytes(connection, hash_body(document))
    return same or find_feed_of_path(connection, document.url, name, title, site_url)


def is_wire(parsed: ParsedDocument) -> bool:
    """Say whether a wire or a newsroom sent the file; else it is a saved document of a feed."""
    return parsed.parser in _WIRE_PARSERS


def date_content(parsed: ParsedDocument, written_at: datetime, now: datetime, *, is_known: bool) -> datetime:
    """Return when a file's content was made, never later than ``now``.

    A new wire's file was made when it was last written (``written_at``); one that was read before (``is_known``) was
    edited since, by any program, and counts as made now. A saved document may be years old although it was downloaded
    yesterday, and its own date may be when its feed began: the latest of its own date and its entries' dates counts.
    """
    if is_wire(parsed):
        return now if is_known else min(written_at, now)
    return min(max(_dates(parsed, now), default=written_at), now)


def _dates(parsed: ParsedDocument, now: datetime) -> Iterator[datetime]:
    dates = (written for entry in parsed.entries for written in (entry.updated, entry.published))
    for written in (parsed.updated, *dates):
        if moment := read_date(written, now, parsed.language):
            yield moment
