"""Ingesting what paths name, file by file: each document through the stages of a polled one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from worker.database.clock import Clock, read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.errors import PollError, SeedError
from worker.feeds import NewFeed, add_document_feed, add_file_feed, find_feed
from worker.parse import Kind, parse_dispatch, sniff
from worker.pipeline.conclude import Answered, hash_body, store_documents
from worker.pipeline.embargo import hold_back
from worker.seeds.finding import SeedFile, find_seed_files
from worker.seeds.outlines import Imported, add_outlines, import_opml
from worker.seeds.reading import read_seed_file
from worker.seeds.stillness import settle
from worker.settings import Settings
from worker.tools import Tools
from worker.urls import is_feed_url
from worker.values import Document, DueFeed, Fetched, FetchRequest, ParsedDocument, PollRecord

__all__ = ["Imported", "SeedRead", "import_opml", "ingest", "ingest_seed_folder"]

STILL_FOR = timedelta(seconds=1)
"""How long a file has to be left alone before it is read."""

_NO_TIME = timedelta(0)
# What a file can be and still not be a seed.
_NOT_SEEDS = {
    Kind.HTML: "it is an HTML page, not a feed: save the feed itself",
    Kind.XML: "it is XML, but no feed",
    Kind.BINARY: "it is neither text nor a feed",
    Kind.EMPTY: "it is empty",
}


@dataclass(frozen=True, slots=True)
class SeedRead:
    """One seed file, and what came of it."""

    path: str
    new: int = 0
    updated: int = 0
    feeds: int = 0
    """Feeds that an OPML file added."""
    unpolled: int = 0
    """Feeds that are known from this file now, and are not polled before somebody asks for that."""
    error: SeedError | None = None


def ingest_seed_folder(tools: Tools, chosen: Settings) -> Iterator[SeedRead]:
    """Ingest the folder of seeds, if there is one."""
    if chosen.seeds_dir.is_dir():
        yield from ingest(tools, [chosen.seeds_dir], chosen.max_body)


def ingest(
    tools: Tools, paths: Sequence[Path | str], max_body: int, *, still_for: timedelta = STILL_FOR
) -> Iterator[SeedRead]:
    """Ingest files, folders and globs; a file that fails says why and the others go on.

    One that was written to within ``still_for`` comes last, once it has stood still for so long; one that does not is
    left to the next time (UnfinishedSeedError).
    """
    for file in settle(find_seed_files(paths), still_for):
        if isinstance(file, SeedError):
            yield SeedRead("", error=file)
            continue
        try:
            yield _ingest_file(tools, file, max_body)
        except SeedError as error:
            yield SeedRead(str(file.path), error=error)
        except PollError as error:
            yield SeedRead(str(file.path), error=SeedError(f"{file.path} was not read: {error.sentence}."))


def _ingest_file(tools: Tools, file: SeedFile, max_body: int) -> SeedRead:
    path = file.path
    document, _ = read_seed_file(path, max_body, file.look)
    kind = sniff(document.body)
    if kind in _NOT_SEEDS:
        raise SeedError(f"{path} was not read: {_NOT_SEEDS[kind]}.")
    if kind is Kind.OPML:
        return SeedRead(str(path), feeds=add_outlines(tools, path, document))
    if _is_known(tools, document):
        return SeedRead(str(path))
    parsed = parse_dispatch(document) if kind is Kind.TEXT else tools.parser.parse(document)
    _refuse_embargoed(tools, path, parsed)
    record, is_new_feed = _store(tools, document, parsed)
    return SeedRead(str(path), new=record.new, updated=record.updated, unpolled=int(is_new_feed))


def _refuse_embargoed(tools: Tools, path: Path, parsed: ParsedDocument) -> None:
    """Raise SeedError when all that a file holds is embargoed: it is read once that has ended."""
    if not any(entry.embargoed_until for entry in parsed.entries):
        return
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
    released = hold_back(parsed, now)
    if not released.entries:
        raise SeedError(f"{path} was not read: {released.skipped[-1]}.")


def _is_known(tools: Tools, document: Document) -> bool:
    """Say whether the file was ingested before as it stands."""
    with reading(tools.engine) as connection:
        stored = connection.execute(
            select(ScheduleRow.body_hash)
            .join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
            .where(FeedRow.url_key == document.url)
        ).scalar_one_or_none()
    return stored == hash_body(document)


def _store(tools: Tools, document: Document, parsed: ParsedDocument) -> tuple[PollRecord, bool]:
    """Store a document; return its row in the ledger, and whether its feed was not known before."""

    def find_feed_of(connection: Connection) -> tuple[Clock, DueFeed, bool]:
        clock = read_clock(connection)
        return clock, *_feed_of(connection, clock.now(), document, parsed)

    clock, feed, is_new_feed = write(tools.engine, find_feed_of)
    fetched = Fetched(FetchRequest(feed.feed_id, feed.url), document, _NO_TIME, bytes_received=len(document.body))
    answered = Answered(feed, None, clock.now(), fetched, tools.bounds)
    (record,) = store_documents(tools.engine, [(answered, parsed)], clock.now(), tools.detect)
    return record, is_new_feed


def _feed_of(connection: Connection, now: datetime, document: Document, parsed: ParsedDocument) -> tuple[DueFeed, bool]:
    """Return the feed a saved document belongs to, its self link, else the file itself; and whether that one is new."""
    if parsed.self_url and is_feed_url(parsed.self_url):
        is_new = add_document_feed(connection, now, NewFeed(parsed.self_url, parsed.title, parsed.site_url))
        if found := find_feed(connection, parsed.self_url):
            return DueFeed(found.feed_id, found.host_id, found.url), is_new
    return DueFeed(add_file_feed(connection, now, document.url), None, document.url), False
