"""Reading the older documents of feeds, one after the other, and storing what is missing.

due back-fill → lease of the document's host → fetch → parse → ``prepare`` → store what is new, and how far it has come

Polls come first: a host with feeds that are due is not asked. Each document has a lease of its own.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, select

from worker.backfill.progress import OlderDocument, after_document, after_failure_to_read, is_wanted, put_off
from worker.basics.faults import as_failure
from worker.basics.log_lines import get_logger
from worker.basics.urls import same_site
from worker.database.backfill_rows import (
    DueBackfill,
    find_next_backfill,
    list_due_backfills,
    note_progress,
    take_backfill,
)
from worker.database.clock import read_clock
from worker.database.conflicts import must_stop, retry_conflicts, write
from worker.database.engine import reading, writing
from worker.database.feed_tables import ScheduleRow
from worker.discovery.single_fetch import Lookup
from worker.errors import PollError
from worker.pipeline import Stop, Tools
from worker.pipeline.conclude import store_prepared
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.prepared_document import PreparedDocument
from worker.pipeline.results import Answered
from worker.seeds.owners import date_content
from worker.store.decided_articles import StaleDecisionError
from worker.store.known import was_any_sighted_before
from worker.values.backfills import Backfill
from worker.values.due_feeds import Document, Fetched, FetchRequest
from worker.values.entries import ParsedDocument

_TURN = timedelta(milliseconds=200)
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a back-fill: a document that was read, or could not be."""

    feed_id: int
    feed_url: str
    before: Backfill
    after: Backfill

    @property
    def url(self) -> str:
        """The document."""
        return self.before.next_url

    @property
    def was_read(self) -> bool:
        """Whether it was read; else ``after.reason`` says why not."""
        return len(self.after.seen) > len(self.before.seen)

    @property
    def new(self) -> int:
        """How many new articles came of it."""
        return self.after.articles - self.before.articles


@dataclass(frozen=True, slots=True)
class _Read:
    """A document that was read for a back-fill."""

    document: Document
    parsed: ParsedDocument
    gap: timedelta
    """Of its host."""


def read_older(tools: Tools, stop: Stop, feed_id: int | None = None) -> Iterator[Progress]:
    """Read older documents of back-fills that are due, as long as one task's time lasts; yield each when it is stored.

    With ``feed_id`` only those of one feed.
    """
    ends_at = time.monotonic() + tools.limits.stop_claiming.total_seconds()
    while not stop() and (time_left := timedelta(seconds=ends_at - time.monotonic())) > timedelta(0):
        with reading(tools.engine) as connection:
            now = read_clock(connection).now()
            due = list_due_backfills(connection, now, 1, feed_id)
            next_at = None if due else find_next_backfill(connection, now + time_left, feed_id)
        if due:
            yield from _take(tools, due[0], stop, time_left)
        elif next_at:
            time.sleep(min(max(next_at - now, timedelta(0)), _TURN).total_seconds())
        else:
            return


def _take(tools: Tools, due: DueBackfill, stop: Stop, time_left: timedelta) -> Iterator[Progress]:
    """Read the next document of a back-fill, unless another worker was first."""

    def take(connection: Connection) -> DueBackfill | None:
        # If this worker dies, another one reads the document once that is over.
        until = read_clock(connection).now() + tools.limits.lease
        return take_backfill(connection, due, until)

    if taken := write(tools.engine, take):
        after = _read_next(tools, taken, stop, time_left)
        yield Progress(due.feed.feed_id, due.feed.url, due.backfill, after)


def _read_next(tools: Tools, due: DueBackfill, stop: Stop, time_left: timedelta) -> Backfill:
    try:
        read = _fetch(tools, due, stop, time_left)
        return read if isinstance(read, Backfill) else _store(tools, due, read)
    except Exception as error:
        if must_stop(error):
            raise
        failure = error if isinstance(error, PollError) else as_failure(error)
        if failure.trace:
            _LOG.error("older document not read", url=due.backfill.next_url, exception=failure.trace)
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
    if stop():
        return _note(tools, due, replace(due.backfill, next_read_at=now))
    spread = random.random()  # noqa: S311 -- jitter, not a secret
    return _note(tools, due, after_failure_to_read(due.backfill, failure, now, tools.bounds, spread))


def _note(tools: Tools, due: DueBackfill, after: Backfill) -> Backfill:
    write(tools.engine, lambda connection: note_progress(connection, due, after))
    return after


def _fetch(tools: Tools, due: DueBackfill, stop: Stop, time_left: timedelta) -> _Read | Backfill:
    """Return a back-fill's next document, or the back-fill that is put off since its host has polls to make."""
    url = due.backfill.next_url
    with Lookup(tools, stop, time_left, settings=due.feed.request) as lookup:
        host = lookup.hold(url)
        with reading(tools.engine) as connection:
            now = read_clock(connection).now()
            has_polls = _has_due_feeds(connection, host.host_id, now)
        if has_polls or not lookup.may_ask(host):
            reason = f"{host.name} {'has polls to make' if has_polls else 'is left alone'}"
            return _note(tools, due, put_off(due.backfill, reason, now, None if has_polls else host.next_request_at))
        document = lookup.ask(url)
    return _Read(document, tools.parser.parse(document), host.gap)


def _has_due_feeds(connection: Connection, host_id: int, now: datetime) -> bool:
    due = exists().where(ScheduleRow.host_id == host_id, ScheduleRow.next_poll_at <= now)
    return bool(connection.execute(select(due)).scalar())


def _store(tools: Tools, due: DueBackfill, read: _Read) -> Backfill:
    """Store what a document brought that is missing, and how far the back-fill has come, in one transaction."""
    before, parsed = due.backfill, read.parsed
    found = OlderDocument(due.feed.url, read.document.url, parsed.older_url, parsed.entries)
    found = replace(found, bytes_received=len(read.document.body))
    # What the feed has now its polls bring.
    entries = () if found.is_newest(before) else tuple(entry for entry in parsed.entries if is_wanted(entry, before))
    wanted = replace(read, parsed=replace(parsed, entries=entries))

    def prepare_and_store() -> Backfill:
        with reading(tools.engine) as connection:
            now = read_clock(connection).now()
            prepared = _prepare(connection, tools, due, wanted, now)
        with writing(tools.engine) as connection:
            keys = [each.guid_hash for each in prepared.keyed]
            has_known = was_any_sighted_before(connection, due.feed.feed_id, keys, before.begun_at)
            new = store_prepared(connection, [prepared], now)[0].new if prepared.sightings else 0
            document = replace(found, keys=keys, has_known=has_known, articles=new)
            after = after_document(before, document, now, read.gap)
            note_progress(connection, due, after)
        return after

    return retry_conflicts(prepare_and_store, also=(StaleDecisionError,))


def _prepare(connection: Connection, tools: Tools, due: DueBackfill, read: _Read, now: datetime) -> PreparedDocument:
    """Prepare what a document brings that the feed is not known to have carried: that is as the feed itself had it."""
    answered = _answer(tools, due, read, now)
    (prepared,) = prepare_documents(connection, [(answered, read.parsed)], now, tools.detect)
    missing = (each for each in prepared.sightings if each.guid_hash not in prepared.sighted)
    return replace(prepared, sightings=tuple(missing))


def _answer(tools: Tools, due: DueBackfill, read: _Read, now: datetime) -> Answered:
    """Return an older document as what its feed answered once: before its newest document, whatever its dates say."""
    feed, document = due.feed, read.document
    assert feed.last_success_at, "only of feeds that were polled older documents are read"
    if not same_site(document.url, feed.url):
        # It speaks for the feed, which names it, and not for the site that serves it.
        document = replace(document, url=feed.url)
    made_at = date_content(read.parsed, feed.last_success_at, now, is_known=False)
    return Answered(
        feed,
        token=None,
        started_at=now,
        fetched=Fetched(FetchRequest(feed.feed_id, feed.url), document, timedelta(0)),
        bounds=tools.bounds,
        said_at=min(made_at, feed.last_success_at),
        is_older=True,
    )
