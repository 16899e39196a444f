"""Ingesting what paths name, file by file: each document through the stages of a polled one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.seed_files import find_seed_file
from worker.errors import PollError, SeedError
from worker.parse import Kind, sniff
from worker.pipeline.answered import Answered, hash_body
from worker.pipeline.conclude import store_documents
from worker.pipeline.embargo import hold_back
from worker.pipeline.outcomes import DELETED
from worker.pipeline.tools import Tools
from worker.seeds.finding import Look, SeedFile, find_seed_files
from worker.seeds.outlines import Imported, add_outlines, import_opml
from worker.seeds.ownership import find_owner
from worker.seeds.reading import read_seed_file
from worker.seeds.said_at import is_wire, said_at
from worker.seeds.stillness import settle
from worker.settings import Settings
from worker.values import Document, DueFeed, Fetched, FetchRequest, ParsedDocument, PollRecord
from worker.wire.dispatch import parse_dispatch

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


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of a document besides what it says."""

    name: str
    """Its file's path within the folder that was named."""
    look: Look
    is_known: bool
    """Whether its file has been read before, and held something else then."""


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
    document, look = read_seed_file(path, max_body, file.look)
    kind = sniff(document.body)
    if kind in _NOT_SEEDS:
        raise SeedError(f"{path} was not read: {_NOT_SEEDS[kind]}.")
    if kind is Kind.OPML:
        return SeedRead(str(path), feeds=add_outlines(tools, path, document))
    with reading(tools.engine) as connection:
        known = find_seed_file(connection, document.url)
    if known and known.body_hash == hash_body(document):
        return SeedRead(str(path))
    parsed = parse_dispatch(document) if kind is Kind.TEXT else tools.parser.parse(document)
    _refuse_embargoed(tools, path, parsed)
    record, is_new_feed = _store(tools, document, parsed, _Facts(file.name, look, known is not None))
    if record.note == DELETED:
        raise SeedError(f"{path} was not read: {DELETED}.")
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


def _store(tools: Tools, document: Document, parsed: ParsedDocument, facts: _Facts) -> tuple[PollRecord, bool]:
    """Store a document; return its row in the ledger, and whether its feed was not known before."""

    def find(connection: Connection) -> tuple[datetime, DueFeed, bool]:
        now = read_clock(connection).now()
        return now, *find_owner(connection, now, document, parsed, facts.name)

    now, feed, is_new_feed = write(tools.engine, find)
    answered = Answered(
        feed,
        None,
        now,
        Fetched(FetchRequest(feed.feed_id, feed.url), document, _NO_TIME, bytes_received=len(document.body)),
        tools.bounds,
        said_at=said_at(parsed, facts.look.modified_at(now), now, is_known=facts.is_known),
        # What a feed carries has names of its own, wherever its document was saved.
        path=facts.name if is_wire(parsed) else None,
        seed_uri=document.url,
    )
    (record,) = store_documents(tools.engine, [(answered, parsed)], now, tools.detect)
    return record, is_new_feed
