"""Ingesting what paths name, file by file: each document goes through the stages of a polled one.

find files → read → parse → find the feed that owns the document → ``store_documents``; OPML adds feeds instead
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Connection, select

from worker.basics.urls import is_feed_url
from worker.database.clock import read_clock
from worker.database.conflicts import must_stop, write
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow
from worker.database.seed_files import find_feed_at, find_feed_of_bytes, find_feed_of_path, find_seed_hash
from worker.errors import OUR_FAULT, PollError, SeedError
from worker.manage.feeds import NewFeed, add_document_feed, add_file_feed, find_feed
from worker.normalise.dates import read_date
from worker.parse import Kind, sniff
from worker.pipeline import Tools
from worker.pipeline.conclude import FEED_DELETED, store_documents
from worker.pipeline.prepare import hold_back
from worker.pipeline.results import Answered, hash_body
from worker.seeds.files import SeedFile, find_seed_files, read_seed_file, wait_until_still
from worker.seeds.opml import add_feeds_of_seed
from worker.settings import Settings
from worker.values.due_feeds import Document, DueFeed, Fetched, FetchRequest
from worker.values.entries import ParsedDocument
from worker.values.outcomes import PollRecord
from worker.wire.dispatch import parse_dispatch

STILL_FOR = timedelta(seconds=1)
"""How long a file has to be left alone before it is read."""
_WIRE_PARSERS = {"dispatch", "newsroom"}
_NOT_SEEDS = {
    Kind.HTML: "it is an HTML page, not a feed: save the feed itself",
    Kind.XML: "it is XML, but no feed",
    Kind.BINARY: "it is neither text nor a feed",
    Kind.EMPTY: "it is empty",
}
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SeedRead:
    """One seed file, and what came of it."""

    path: str
    new: int = 0
    updated: int = 0
    feeds: int = 0
    """Feeds that an OPML file added."""
    unpolled: int = 0
    """Feeds that a saved document made known; they are not polled until somebody asks for it."""
    error: SeedError | None = None


def ingest_seed_folder(tools: Tools, chosen: Settings) -> Iterator[SeedRead]:
    """Ingest the folder of seeds, if there is one."""
    if chosen.seeds_dir.is_dir():
        yield from ingest(tools, [chosen.seeds_dir], chosen.max_body)


def ingest(
    tools: Tools, paths: Sequence[Path | str], max_body: int, *, still_for: timedelta = STILL_FOR
) -> Iterator[SeedRead]:
    """Ingest files, folders and globs; a file that fails says why, and the others go on.

    A file that was written to within ``still_for`` comes last, after it was left alone for so long; if it is written to
    again it is left to the next time (UnfinishedSeedError).
    """
    for file in wait_until_still(find_seed_files(paths), still_for):
        if isinstance(file, SeedError):
            yield SeedRead("", error=file)
            continue
        yield _ingest_or_explain(tools, file, max_body)


def _ingest_or_explain(tools: Tools, file: SeedFile, max_body: int) -> SeedRead:
    """Ingest one file; whatever is wrong with it becomes its error, so that the files after it are read."""
    path = str(file.path)
    try:
        return _ingest_file(tools, file, max_body)
    except SeedError as error:
        return SeedRead(path, error=error)
    except PollError as error:
        return SeedRead(path, error=SeedError(f"{path} was not read: {error.sentence}."))
    except Exception as error:
        if must_stop(error):
            raise
        _LOG.exception("seed failed inside feedmill", path=path)
        return SeedRead(path, error=SeedError(f"{path} was not read: {OUR_FAULT}."))


def _ingest_file(tools: Tools, file: SeedFile, max_body: int) -> SeedRead:
    path = file.path
    document, look = read_seed_file(path, max_body, file.look)
    kind = sniff(document.body)
    if kind in _NOT_SEEDS:
        raise SeedError(f"{path} was not read: {_NOT_SEEDS[kind]}.")
    if kind is Kind.OPML:
        return SeedRead(str(path), feeds=add_feeds_of_seed(tools, path, document))
    with reading(tools.engine) as connection:
        known_hash = find_seed_hash(connection, document.url)
    if known_hash == hash_body(document):
        return SeedRead(str(path))
    parsed = parse_dispatch(document) if kind is Kind.TEXT else tools.parser.parse(document)
    _refuse_embargoed(tools, path, parsed)
    record, is_new_feed = _store(tools, replace(file, look=look), document, parsed, is_known=known_hash is not None)
    if record.note == FEED_DELETED:
        raise SeedError(f"{path} was not read: {FEED_DELETED}.")
    return SeedRead(str(path), new=record.new, updated=record.updated, unpolled=int(is_new_feed))


def _refuse_embargoed(tools: Tools, path: Path, parsed: ParsedDocument) -> None:
    """Raise SeedError when every entry of a file is embargoed: the file is read once an embargo has ended."""
    if not any(entry.embargoed_until for entry in parsed.entries):
        return
    with reading(tools.engine) as connection:
        released = hold_back(parsed, read_clock(connection).now())
    if not released.entries:
        raise SeedError(f"{path} was not read: {released.skipped[-1]}.")


def _store(
    tools: Tools, file: SeedFile, document: Document, parsed: ParsedDocument, *, is_known: bool
) -> tuple[PollRecord, bool]:
    """Store a document; return its row in the ledger, and whether its feed is new and not polled.

    ``is_known`` says that its file was read before, with another content.
    """
    assert file.look, "a file that was read was looked at"

    def find(connection: Connection) -> tuple[datetime, DueFeed, bool]:
        now = read_clock(connection).now()
        return now, *find_owner(connection, now, document, parsed, file.name)

    now, feed, is_new_feed = write(tools.engine, find)
    request = FetchRequest(feed.feed_id, feed.url)
    answered = Answered(
        feed,
        token=None,
        started_at=now,
        fetched=Fetched(request, document, timedelta(0), bytes_received=len(document.body)),
        bounds=tools.bounds,
        said_at=date_content(parsed, file.look.modified_at(now), now, is_known=is_known),
        # The entries of a feed have guids of their own, wherever its document was saved.
        path=file.name if is_wire(parsed) else None,
        seed_uri=document.url,
    )
    (record,) = store_documents(tools.engine, [(answered, parsed)], now, tools.detect)
    return record, is_new_feed


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
    return DueFeed(add_file_feed(connection, now, document.url), None, document.url), False


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
    """Say whether a file is copy of a wire or a newsroom, not a saved document of a feed."""
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
        if moment := read_date(written, now):
            yield moment
