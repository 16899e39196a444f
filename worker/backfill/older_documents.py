"""Reading older documents of feeds, one after the other: archives and pages, or the news sitemap of a feed's site.

due back-fill → lease of the document's host → fetch → parse → ``missing``: store what is, and how far it has come

Polls come first: a host with feeds that are due is left to them for a while. Each document has a lease of its own.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, select

from worker.backfill.missing import store_listed, store_older
from worker.backfill.progress import after_failure_to_read, after_robots, let_polls_go_first, put_off
from worker.backfill.sitemaps import find_news_sitemap
from worker.basics.faults import as_failure
from worker.basics.log_lines import get_logger
from worker.basics.stopping import counts_down
from worker.database.backfill_rows import (
    DueBackfill,
    find_next_backfill,
    list_due_backfills,
    note_progress,
    take_backfill,
)
from worker.database.clock import read_clock
from worker.database.conflicts import must_stop, write
from worker.database.engine import reading
from worker.database.feed_tables import ScheduleRow
from worker.discovery.single_fetch import Lookup
from worker.errors import PollError
from worker.pipeline import Stop, Tools
from worker.values.backfills import Backfill, Source
from worker.values.due_feeds import Document

_TURN = timedelta(milliseconds=200)
# How long to wait for a host that another worker holds, who is done with it in a moment most of the time.
_PATIENCE = timedelta(seconds=2)
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BackfillStep:
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


def read_older(tools: Tools, stop: Stop, feed_id: int | None = None) -> Iterator[BackfillStep]:
    """Read older documents of back-fills that are due, as long as one task's time lasts; yield each when it is stored.

    With ``feed_id`` only those of one feed.
    """
    left = counts_down(tools.limits.stop_claiming)
    while not stop() and (time_left := left()):
        with reading(tools.engine) as connection:
            now = read_clock(connection).now()
            due = list_due_backfills(connection, now, 1, feed_id)
            next_at = None if due else find_next_backfill(connection, now + time_left, feed_id)
        if due:
            if step := _read_step(tools, due[0], stop, time_left):
                yield step
        elif next_at:
            time.sleep(min(max(next_at - now, timedelta(0)), _TURN).total_seconds())
        else:
            return


def _read_step(tools: Tools, due: DueBackfill, stop: Stop, time_left: timedelta) -> BackfillStep | None:
    """Read the next document of a back-fill; None where another worker was first."""

    def take(connection: Connection) -> DueBackfill | None:
        # If this worker dies, another one reads the document once that is over.
        until = read_clock(connection).now() + tools.limits.lease
        return take_backfill(connection, due, until)

    if (taken := write(tools.engine, take)) is None:
        return None
    after = _read_next(tools, taken, stop, time_left)
    return BackfillStep(due.feed.feed_id, due.feed.url, due.backfill, after)


def _read_next(tools: Tools, due: DueBackfill, stop: Stop, time_left: timedelta) -> Backfill:
    try:
        fetched = _fetch_next(tools, due, stop, time_left)
        return (
            _note_progress(tools, due, fetched)
            if isinstance(fetched, Backfill)
            else _read_document(tools, due, *fetched)
        )
    except Exception as error:
        if must_stop(error):
            raise
        failure = error if isinstance(error, PollError) else as_failure(error)
        if failure.trace:
            _LOG.error("older document not read", url=due.backfill.next_url, exception=failure.trace)
    now = _read_now(tools)
    if stop():
        return _note_progress(tools, due, replace(due.backfill, next_read_at=now))
    spread = random.random()  # noqa: S311 -- jitter, not a secret
    return _note_progress(tools, due, after_failure_to_read(due.backfill, failure, now, tools.bounds, spread))


def _read_document(tools: Tools, due: DueBackfill, document: Document, gap: timedelta) -> Backfill:
    """Read what was fetched, which depends on what it is, and return how far the back-fill has come."""
    match due.backfill.source:
        case Source.ROBOTS:
            sitemap_url = find_news_sitemap(document, due.feed.url)
            return _note_progress(tools, due, after_robots(due.backfill, sitemap_url, _read_now(tools), gap))
        case Source.SITEMAP:
            return store_listed(tools, due, document, tools.parser.parse(document))
        case Source.OLDER_DOCUMENT:
            return store_older(tools, due, document, tools.parser.parse(document), gap)


def _note_progress(tools: Tools, due: DueBackfill, after: Backfill) -> Backfill:
    write(tools.engine, lambda connection: note_progress(connection, due, after))
    return after


def _read_now(tools: Tools) -> datetime:
    with reading(tools.engine) as connection:
        return read_clock(connection).now()


def _fetch_next(
    tools: Tools, due: DueBackfill, stop: Stop, time_left: timedelta
) -> tuple[Document, timedelta] | Backfill:
    """Return a back-fill's next document and the gap of its host, or the back-fill put off where that has polls."""
    url = due.backfill.next_url
    with Lookup(tools, stop, time_left, _PATIENCE, due.feed.request) as lookup:
        host = lookup.hold(url)
        with reading(tools.engine) as connection:
            now = read_clock(connection).now()
            has_polls = _has_due_feeds(connection, host.host_id, now)
        if has_polls and (waiting := let_polls_go_first(due.backfill, host.name, now)):
            return waiting
        if not lookup.may_ask(host):
            return put_off(due.backfill, f"{host.name} is left alone", now, host.next_request_at)
        return lookup.ask(url), host.gap


def _has_due_feeds(connection: Connection, host_id: int, now: datetime) -> bool:
    due = exists().where(ScheduleRow.host_id == host_id, ScheduleRow.next_poll_at <= now)
    return bool(connection.execute(select(due)).scalar())
