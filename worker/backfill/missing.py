"""Storing what is missing of what a document shows, together with how far its back-fill has come."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from worker.backfill.progress import OlderDocument, after_document, after_sitemap, is_wanted
from worker.backfill.sitemaps import choose_missed, find_beginning, find_stored, lists_same_news, read_carried
from worker.basics.urls import same_site
from worker.database.backfill_rows import DueBackfill, note_progress
from worker.database.clock import read_clock
from worker.database.conflicts import retry_conflicts
from worker.database.engine import reading, writing
from worker.errors import ErrorClass, PermanentError
from worker.pipeline import Tools
from worker.pipeline.conclude import store_prepared
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.prepared_document import PreparedDocument
from worker.pipeline.results import Answered
from worker.seeds.owners import date_content
from worker.store.decided_articles import StaleDecisionError
from worker.store.known import was_any_sighted_before
from worker.values.backfills import Backfill
from worker.values.due_feeds import Document, Fetched, FetchRequest
from worker.values.entries import Entry, ParsedDocument

_Conclude = Callable[[Connection, Sequence[bytes], int, datetime], Backfill]
"""Returns the back-fill after a document, by the keys of its entries that are wanted and how many new articles came."""


def store_older(tools: Tools, due: DueBackfill, document: Document, parsed: ParsedDocument, gap: timedelta) -> Backfill:
    """Store what an archive or a page has that is missing."""
    before, feed_id = due.backfill, due.feed.feed_id
    found = replace(_describe(due, document, parsed), older_url=parsed.older_url)
    # What the feed has now its polls bring.
    wanted = [] if found.is_newest(before) else [entry for entry in parsed.entries if is_wanted(entry, before)]

    def conclude(connection: Connection, keys: Sequence[bytes], new: int, now: datetime) -> Backfill:
        has_known = was_any_sighted_before(connection, feed_id, keys, before.begun_at)
        return after_document(before, replace(found, keys=keys, articles=new, has_known=has_known), now, gap)

    return _store_missing(tools, due, document, _only(parsed, wanted), conclude)


def store_listed(tools: Tools, due: DueBackfill, document: Document, parsed: ParsedDocument) -> Backfill:
    """Store what a news sitemap lists of the time of the gap, if it lists the same news as the feed."""
    if parsed.format != "sitemap":
        raise PermanentError(ErrorClass.NOT_A_FEED, "the host served no sitemap")
    before, found = due.backfill, _describe(due, document, parsed)
    with reading(tools.engine) as connection:
        carried = read_carried(connection, due.feed.feed_id)
        stored = find_stored(connection, parsed.entries)
    beginning = find_beginning(carried)
    is_of_feed = beginning is not None and lists_same_news(parsed.entries, carried, beginning, before.begun_at)
    missed = choose_missed(parsed.entries, stored, before.since, beginning) if beginning and is_of_feed else ()

    def conclude(_: Connection, _keys: Sequence[bytes], new: int, _now: datetime) -> Backfill:
        return after_sitemap(before, replace(found, articles=new), is_of_feed=is_of_feed)

    return _store_missing(tools, due, document, _only(parsed, missed), conclude)


def _describe(due: DueBackfill, document: Document, parsed: ParsedDocument) -> OlderDocument:
    return OlderDocument(due.feed.url, document.url, None, parsed.entries, bytes_received=len(document.body))


def _only(parsed: ParsedDocument, entries: Sequence[Entry]) -> ParsedDocument:
    return replace(parsed, entries=tuple(entries))


def _store_missing(
    tools: Tools, due: DueBackfill, document: Document, parsed: ParsedDocument, conclude: _Conclude
) -> Backfill:
    """Store what is missing of a document's entries, and how far the back-fill has come, in one transaction."""

    def prepare_and_store() -> Backfill:
        with reading(tools.engine) as connection:
            now = read_clock(connection).now()
            prepared = _prepare_missing(connection, tools, _as_answer(tools, due, document, parsed, now), parsed, now)
        with writing(tools.engine) as connection:
            new = store_prepared(connection, [prepared], now)[0].new if prepared.sightings else 0
            after = conclude(connection, [each.guid_hash for each in prepared.keyed], new, now)
            note_progress(connection, due, after)
        return after

    return retry_conflicts(prepare_and_store, also=(StaleDecisionError,))


def _prepare_missing(
    connection: Connection, tools: Tools, answered: Answered, parsed: ParsedDocument, now: datetime
) -> PreparedDocument:
    """Prepare the entries that the feed is not known to have carried; the others are as the feed itself had them."""
    (prepared,) = prepare_documents(connection, [(answered, parsed)], now, tools.detect)
    missing = (each for each in prepared.sightings if each.guid_hash not in prepared.sighted)
    return replace(prepared, sightings=tuple(missing))


def _as_answer(tools: Tools, due: DueBackfill, document: Document, parsed: ParsedDocument, now: datetime) -> Answered:
    """Return a document as what its feed answered once: before its newest document, whatever its dates say."""
    feed = due.feed
    assert feed.last_success_at, "only of feeds that were polled older documents are read"
    if not same_site(document.url, feed.url):
        # It speaks for the feed, which names it, and not for the site that serves it.
        document = replace(document, url=feed.url)
    made_at = date_content(parsed, feed.last_success_at, now, is_known=False)
    return Answered(
        feed,
        token=None,
        started_at=now,
        fetched=Fetched(FetchRequest(feed.feed_id, feed.url), document, timedelta(0)),
        bounds=tools.bounds,
        said_at=min(made_at, feed.last_success_at),
        is_older=True,
    )
