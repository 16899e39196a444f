"""Reading what hubs delivered, as documents of the feeds that they were delivered for.

A delivery goes through the stages of a poll, but it may be only a part of the feed: what is not in it has not left. It
says nothing of the feed's schedule, and its host is not asked, so it needs no lease of that: the feed's edition tells
where a poll was quicker. What is no document, or another's, makes the feed be polled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from worker.basics.log_lines import get_logger
from worker.basics.stopping import stops_after
from worker.basics.urls import feed_url_key, is_feed_url
from worker.database.clock import read_clock
from worker.database.conflicts import must_stop, write
from worker.database.engine import reading
from worker.dates.reading import read_date
from worker.errors import PollError
from worker.pipeline import Stop, Tools
from worker.pipeline.conclude import store_documents
from worker.pipeline.prepared_document import PreparedDocument
from worker.pipeline.results import Answered
from worker.values.due_feeds import Fetched, FetchRequest
from worker.values.entries import ParsedDocument
from worker.values.outcomes import Outcome, PollRecord
from worker.websub.hub_news import note_news
from worker.websub.waiting_deliveries import (
    ClaimedDelivery,
    ask_for_poll,
    claim_delivery,
    finish_delivery,
    poll_instead,
)

# One that was taken so often, and never read to its end, may be what ends its workers.
_MOST_ATTEMPTS = 3
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReadDelivery:
    """What came of a delivery: the record of what was stored, or why nothing was."""

    delivery: ClaimedDelivery
    record: PollRecord | None = None
    reason: str | None = None


def take_deliveries(tools: Tools, stop: Stop) -> Iterator[ReadDelivery]:
    """Read the deliveries that wait, the oldest first, as many as one task's time allows."""
    is_over = stops_after(tools.limits.stop_claiming)
    while not (stop() or is_over()):
        delivery = write(tools.engine, lambda connection: claim_delivery(connection, tools.limits.lease))
        if delivery is None:
            return
        yield _read_delivery(tools, delivery)


def _read_delivery(tools: Tools, delivery: ClaimedDelivery) -> ReadDelivery:
    if not delivery.is_polled:
        write(tools.engine, lambda connection: finish_delivery(connection, delivery))
        return ReadDelivery(delivery, reason="its feed is not polled")
    try:
        parsed = _parse_delivery(tools, delivery)
        if isinstance(parsed, ParsedDocument):
            return _store_delivery(tools, delivery, parsed)
        reason = parsed
    except Exception as error:
        if must_stop(error):
            raise
        _LOG.exception("delivery not read", feed_id=delivery.feed.feed_id)
        reason = f"it could not be read: {error!r}"
    write(tools.engine, lambda connection: poll_instead(connection, delivery))
    return ReadDelivery(delivery, reason=reason)


def _parse_delivery(tools: Tools, delivery: ClaimedDelivery) -> ParsedDocument | str:
    """Return what a delivery publishes, or why it is no document of its feed with anything in it."""
    if delivery.attempts > _MOST_ATTEMPTS:
        return "reading it was given up several times"
    if not delivery.body:
        return "it only says that there is something new"
    try:
        parsed = tools.parser.parse(delivery.document)
    except PollError as error:
        return error.sentence
    names = {feed_url_key(url) for url in (delivery.topic, delivery.feed.url)}
    own = parsed.self_url
    if own and is_feed_url(own) and feed_url_key(own) not in names:
        return "it calls itself by the URL of another feed"
    return parsed if parsed.entries else "it holds no entries"


def _store_delivery(tools: Tools, delivery: ClaimedDelivery, parsed: ParsedDocument) -> ReadDelivery:
    request = FetchRequest(delivery.feed.feed_id, delivery.feed.url)
    fetched = Fetched(request, delivery.document, timedelta(0), bytes_received=len(delivery.body))
    # What nobody dates was made when the document was, so that one which comes late overrides no newer words.
    made_at = read_date(parsed.updated, delivery.received_at, parsed.language)
    answered = Answered(
        delivery.feed,
        token=None,
        started_at=delivery.received_at,
        fetched=fetched,
        bounds=tools.bounds,
        said_at=min(made_at, delivery.received_at) if made_at else None,
        is_pushed=True,
    )
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
    stored: list[PreparedDocument] = []

    def note(connection: Connection, prepared: Sequence[PreparedDocument]) -> None:
        stored[:] = prepared
        finish_delivery(connection, delivery)
        note_news(connection, delivery, *prepared)

    (record,) = store_documents(tools.engine, [(answered, parsed)], now, tools.detect, note)
    if stored[0].sightings and record.outcome is Outcome.UNCHANGED:
        # What it says counts for older than what is known: whether it is, only the publisher can tell.
        write(tools.engine, lambda connection: ask_for_poll(connection, delivery))
    return ReadDelivery(delivery, record)
