"""Storing files that were read: together where each has a feed of its own, else one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from worker.basics.faults import name_fault
from worker.basics.log_lines import get_logger
from worker.database.clock import read_clock
from worker.database.conflicts import must_stop, write
from worker.database.engine import reading
from worker.database.seed_files import find_seed_states
from worker.errors import PassingSeedError, SeedError
from worker.pipeline import Tools
from worker.pipeline.conclude import FEED_DELETED, store_documents
from worker.pipeline.prepared_document import PreparedDocument
from worker.pipeline.results import Answered
from worker.seeds.bunches import OpenedFile, SeedRead
from worker.seeds.owners import date_content, find_owner, is_wire, keep_articles, own_feeds, path_within
from worker.values.articles import Article
from worker.values.due_feeds import DueFeed, Fetched, FetchRequest
from worker.values.entries import ParsedDocument
from worker.values.outcomes import PollRecord

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """A seed file with what is in it."""

    opened: OpenedFile
    parsed: ParsedDocument
    is_known: bool
    """Whether it was read before, with another content."""

    @property
    def is_own_feed(self) -> bool:
        """Whether the file can have no other feed than itself."""
        return is_wire(self.parsed) and not self.parsed.self_url


def store_together(tools: Tools, files: Sequence[ParsedFile]) -> dict[Path, SeedRead]:
    """Store files that are feeds of their own in one commit; return none where they have to be stored one by one."""
    if len(files) < 2:  # noqa: PLR2004 -- one file is not together with anything
        return {}

    def find(connection: Connection) -> tuple[datetime, list[DueFeed]]:
        now = read_clock(connection).now()
        feeds = own_feeds(connection, now, [(file.opened.document.url, file.opened.settings) for file in files])
        _keep_articles(connection, files, feeds)
        return now, feeds

    brought: dict[str, tuple[Article, ...]] = {}

    def note(_: Connection, prepared: Sequence[PreparedDocument]) -> None:
        brought.update(_articles_by_file(prepared))

    try:
        now, feeds = write(tools.engine, find)
        read = [(_answer(tools, file, feed, now), file.parsed) for file, feed in zip(files, feeds, strict=True)]
        records = store_documents(tools.engine, read, now, tools.detect, note)
    except BaseException as error:
        if must_stop(error):
            raise
        # Whatever it was is met again by the file that it is about, unless it comes of their being together.
        _LOG.info("seed files stored one by one", files=len(files), error=name_fault(error))
        return {}
    return {file.opened.path: _describe(file, record, brought) for file, record in zip(files, records, strict=True)}


def store_alone(tools: Tools, file: ParsedFile) -> SeedRead:
    """Store one file; nothing comes of it where another name of the file has been read meanwhile."""
    opened = file.opened

    def find(connection: Connection) -> tuple[datetime, DueFeed, bool]:
        now = read_clock(connection).now()
        if file.is_own_feed:
            feeds = own_feeds(connection, now, [(opened.document.url, opened.settings)])
            _keep_articles(connection, [file], feeds)
            return now, feeds[0], False
        return now, *find_owner(connection, now, opened.document, file.parsed, opened.name)

    with reading(tools.engine) as connection:
        before = find_seed_states(connection, [opened.document.url]).get(opened.document.url)
    if opened.state.is_unchanged_from(before):
        return SeedRead(str(opened.path))
    file = replace(file, is_known=before is not None)
    now, feed, is_new_feed = write(tools.engine, find)
    brought: dict[str, tuple[Article, ...]] = {}

    def note(_: Connection, prepared: Sequence[PreparedDocument]) -> None:
        brought.update(_articles_by_file(prepared))

    read = [(_answer(tools, file, feed, now), file.parsed)]
    (record,) = store_documents(tools.engine, read, now, tools.detect, note)
    return replace(_describe(file, record, brought), unpolled=int(is_new_feed))


def _keep_articles(connection: Connection, files: Sequence[ParsedFile], feeds: Sequence[DueFeed]) -> None:
    known = [(file, feed) for file, feed in zip(files, feeds, strict=True) if file.is_known]
    keep_articles(connection, {file.opened.document.url: (file.parsed, feed) for file, feed in known})


def _articles_by_file(prepared: Sequence[PreparedDocument]) -> dict[str, tuple[Article, ...]]:
    """Return by file what its new and edited entries are as articles."""
    return {each.answered.seed_uri or "": tuple(seen.article for seen in each.sightings) for each in prepared}


def _answer(tools: Tools, file: ParsedFile, feed: DueFeed, now: datetime) -> Answered:
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
        seed_state=opened.state,
        file_in_feed=path_within(opened.document.url, feed.url),
        is_edited_file=file.is_known,
    )


def _describe(file: ParsedFile, record: PollRecord, brought: Mapping[str, tuple[Article, ...]]) -> SeedRead:
    """Say what came of a file that was stored."""
    path = file.opened.path
    if record.note == FEED_DELETED:
        return SeedRead(str(path), error=SeedError(f"{path} was not read: {FEED_DELETED}."))
    error = PassingSeedError(f"{path} was not read whole: {record.note}.") if record.lost else None
    return SeedRead(
        str(path),
        new=record.new,
        updated=record.updated,
        error=error,
        format=file.parsed.format,
        articles=brought.get(file.opened.document.url, ()),
        note=record.note,
    )
