"""Ingesting what paths name: each document goes through the stages of a polled one.

find files → read a bunch of them (``bunches``) → pass over what is unchanged → parse → find the feed that owns each
document → ``store_documents``; OPML adds feeds instead

Files of wires are stored together, a bunch in a commit; what fails together is stored again one by one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from worker.basics.garbage import rare_collections
from worker.basics.log_lines import get_logger
from worker.database.clock import read_clock
from worker.database.conflicts import must_stop, write
from worker.database.engine import reading, rehearsing
from worker.database.seed_files import find_seed_hashes
from worker.database.tally_table import add_tally
from worker.errors import SeedError
from worker.parse import Kind, sniff
from worker.pipeline import Tools
from worker.pipeline.conclude import FEED_DELETED, store_documents
from worker.pipeline.prepare import hold_back
from worker.pipeline.results import Answered
from worker.seeds.bunches import OpenedFile, SeedRead, explain_faults, in_bunches, open_file
from worker.seeds.files import find_seed_files, wait_until_still
from worker.seeds.importing import add_feeds_of_seed
from worker.seeds.owners import date_content, find_owner, is_wire, own_feeds
from worker.values.due_feeds import DueFeed, Fetched, FetchRequest
from worker.values.entries import ParsedDocument
from worker.values.outcomes import PollRecord
from worker.values.tallies import BY_FILE
from worker.wire.text_documents import read_text

STILL_FOR = timedelta(seconds=1)
"""How long a file has to be left alone before it is read."""
# How far a list may be from the start of its file.
_HEAD = 4_096
_TEXTS = {Kind.TEXT, Kind.MAIL}
_NOT_SEEDS = {
    Kind.HTML: "it is an HTML page, not a feed: save the feed itself",
    Kind.XML: "it is XML, but no feed",
    Kind.BINARY: "it is neither text nor a feed",
    Kind.EMPTY: "it is empty",
}
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A seed file with what is in it."""

    opened: OpenedFile
    parsed: ParsedDocument
    is_known: bool
    """Whether it was read before, with another content."""

    @property
    def is_own_feed(self) -> bool:
        """Whether the file can have no other feed than itself."""
        return is_wire(self.parsed) and not self.parsed.self_url


def ingest(
    tools: Tools,
    paths: Sequence[Path | str],
    max_body: int,
    *,
    still_for: timedelta = STILL_FOR,
    is_rehearsal: bool = False,
) -> Iterator[SeedRead]:
    """Ingest files, folders and globs; a file that fails says why, and the others go on.

    A file that was written to within ``still_for`` comes last, after it was left alone for so long; if it is written to
    again it is left to the next time (UnfinishedSeedError). Of a rehearsal nothing stays in the store; files of
    different bunches do not know of one another then.
    """
    files = wait_until_still(find_seed_files(paths), still_for)
    with rare_collections():
        for bunch in in_bunches(open_file(file, max_body) for file in files):
            if is_rehearsal:
                with rehearsing(tools.engine) as engine:
                    read = list(_ingest_bunch(replace(tools, engine=engine), bunch))
                yield from read
            else:
                for seed in _ingest_bunch(tools, bunch):
                    tools.tally.count_articles(seed.new, seed.updated, BY_FILE)
                    yield seed
    add_tally(tools.engine, tools.tally)


def _ingest_bunch(tools: Tools, bunch: Sequence[OpenedFile | SeedRead]) -> Iterator[SeedRead]:
    """Ingest files that were opened; whatever is wrong with one becomes its error, so that the others are read."""
    opened = [file for file in bunch if isinstance(file, OpenedFile)]
    with reading(tools.engine) as connection:
        known = find_seed_hashes(connection, [file.document.url for file in opened])
    parsed = [_parse_or_explain(tools, file, known) if isinstance(file, OpenedFile) else file for file in bunch]
    stored = _store_together(tools, [file for file in parsed if isinstance(file, _Parsed) and file.is_own_feed])
    for file in parsed:
        yield file if isinstance(file, SeedRead) else stored.get(file.opened.path) or _store_or_explain(tools, file)


def _parse_or_explain(tools: Tools, file: OpenedFile, known: Mapping[str, bytes]) -> _Parsed | SeedRead:
    def parse() -> _Parsed | SeedRead:
        known_hash = known.get(file.document.url)
        return SeedRead(str(file.path)) if known_hash == file.body_hash else _parse(tools, file, known_hash)

    return explain_faults(file.path, parse)


def _store_or_explain(tools: Tools, file: _Parsed) -> SeedRead:
    return explain_faults(file.opened.path, lambda: _store(tools, file))


def _parse(tools: Tools, file: OpenedFile, known_hash: bytes | None) -> _Parsed | SeedRead:
    path, document = file.path, file.document
    kind = sniff(document.body)
    if _is_list(kind, document.body):
        imported = add_feeds_of_seed(tools, path, document)
        return SeedRead(str(path), feeds=imported.added, unread=imported.unread)
    if kind in _NOT_SEEDS:
        raise SeedError(f"{path} was not read: {_NOT_SEEDS[kind]}.")
    parsed = read_text(document, tools.parser.max_entries) if kind in _TEXTS else tools.parser.parse(document)
    _refuse_embargoed(tools, path, parsed)
    return _Parsed(file, parsed, is_known=known_hash is not None)


def _is_list(kind: Kind, body: bytes) -> bool:
    """Say whether a file is a list of feeds, even where a program that made it has written a warning above it."""
    return kind is Kind.OPML or (kind in {Kind.TEXT, Kind.XML} and b"<opml" in body[:_HEAD].lower())


def _refuse_embargoed(tools: Tools, path: Path, parsed: ParsedDocument) -> None:
    """Raise SeedError when every entry of a file is embargoed: the file is read once an embargo has ended."""
    if not any(entry.embargoed_until for entry in parsed.entries):
        return
    with reading(tools.engine) as connection:
        released = hold_back(parsed, read_clock(connection).now())
    if not released.entries:
        raise SeedError(f"{path} was not read: {released.skipped[-1]}.")


def _store_together(tools: Tools, files: Sequence[_Parsed]) -> dict[Path, SeedRead]:
    """Store files that are feeds of their own in one commit; return none where they have to be stored one by one."""
    if len(files) < 2:  # noqa: PLR2004 -- one file is not together with anything
        return {}

    def find(connection: Connection) -> tuple[datetime, list[DueFeed]]:
        now = read_clock(connection).now()
        return now, own_feeds(connection, now, [file.opened.document.url for file in files])

    try:
        now, feeds = write(tools.engine, find)
        read = [(_answer(tools, file, feed, now), file.parsed) for file, feed in zip(files, feeds, strict=True)]
        records = store_documents(tools.engine, read, now, tools.detect)
    except Exception as error:
        if must_stop(error):
            raise
        # Whatever it was is met again by the file that it is about, unless it comes of their being together.
        _LOG.info("seed files stored one by one", files=len(files), error=repr(error))
        return {}
    return {file.opened.path: _describe(file, record) for file, record in zip(files, records, strict=True)}


def _store(tools: Tools, file: _Parsed) -> SeedRead:
    """Store one file; nothing comes of it where another name of the file has been read meanwhile."""
    opened = file.opened

    def find(connection: Connection) -> tuple[datetime, DueFeed, bool]:
        now = read_clock(connection).now()
        return now, *find_owner(connection, now, opened.document, file.parsed, opened.name)

    with reading(tools.engine) as connection:
        known_hash = find_seed_hashes(connection, [opened.document.url]).get(opened.document.url)
    if known_hash == opened.body_hash:
        return SeedRead(str(opened.path))
    file = replace(file, is_known=known_hash is not None)
    now, feed, is_new_feed = write(tools.engine, find)
    (record,) = store_documents(tools.engine, [(_answer(tools, file, feed, now), file.parsed)], now, tools.detect)
    return replace(_describe(file, record), unpolled=int(is_new_feed))


def _answer(tools: Tools, file: _Parsed, feed: DueFeed, now: datetime) -> Answered:
    """Return a file as what its feed answered."""
    opened = file.opened
    request = FetchRequest(feed.feed_id, feed.url)
    return Answered(
        feed,
        token=None,
        started_at=now,
        fetched=Fetched(request, opened.document, timedelta(0), bytes_received=len(opened.document.body)),
        bounds=tools.bounds,
        said_at=date_content(file.parsed, opened.look.modified_at(now), now, is_known=file.is_known),
        # The entries of a feed have guids of their own, wherever its document was saved.
        path=opened.name if is_wire(file.parsed) else None,
        seed_uri=opened.document.url,
    )


def _describe(file: _Parsed, record: PollRecord) -> SeedRead:
    """Say what came of a file that was stored."""
    path = file.opened.path
    if record.note == FEED_DELETED:
        return SeedRead(str(path), error=SeedError(f"{path} was not read: {FEED_DELETED}."))
    error = SeedError(f"{path} was not read whole: {record.note}.") if record.lost else None
    return SeedRead(str(path), new=record.new, updated=record.updated, error=error)
