"""Reading what hubs delivered, as documents of the feeds that they were delivered for.

A delivery goes through the stages of a poll, but it may be only a part of the feed: what is not in it has not left. It
says nothing of the feed's schedule, and its host is not asked, so it needs no lease of that: the feed's edition tells
where a poll was quicker. What is no document, or another's, makes the feed be polled.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import Connection, select, update

from worker.basics.codec import pack, unpack
from worker.basics.log_lines import get_logger
from worker.basics.stopping import STOP_CLAIMING
from worker.basics.urls import feed_url_key, is_feed_url
from worker.claim.due import request_polls
from worker.database.clock import read_clock
from worker.database.conflicts import must_stop, write
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.locks import lock_feeds
from worker.database.websub_tables import DeliveryRow, SubscriptionRow
from worker.dates.reading import read_date
from worker.errors import PollError
from worker.pipeline import Stop, Tools
from worker.pipeline.conclude import store_documents
from worker.pipeline.prepared_document import PreparedDocument
from worker.pipeline.results import Answered
from worker.schedule.pushes import LEFT_TO_HUB, wait_for_hub
from worker.schedule.rhythm import follow_rhythm
from worker.store.feed_hubs import trust_until
from worker.values.due_feeds import Document, DueFeed, FeedState, Fetched, FetchRequest
from worker.values.entries import ParsedDocument
from worker.values.hubs import SubscriptionState
from worker.values.outcomes import Outcome, PollRecord
from worker.values.schedules import Bounds, Rhythm
from worker.websub.leases import is_trusted

# One that was taken so often, and never read to its end, may be what ends its workers.
_MOST_ATTEMPTS = 3
# A hub that says again and again that there is something new makes a feed be polled no more often.
_POLL_AGAIN = timedelta(minutes=1)
# What a hub brings came about that long ago, or less, where nobody says when.
_CAME_WITHIN = timedelta(minutes=5)
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pushed:
    """A delivery that a worker has taken, and the feed that it is for."""

    delivery_id: int
    subscription_id: int
    topic: str
    received_at: datetime
    feed: DueFeed
    is_polled: bool
    """Whether the feed is: nothing of one that is paused or removed is stored."""
    attempts: int
    body: bytes = field(repr=False)
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a delivery: the record of what was stored, or why the feed is polled instead."""

    pushed: Pushed
    record: PollRecord | None = None
    reason: str | None = None


def take_deliveries(tools: Tools, stop: Stop) -> Iterator[Taken]:
    """Read the deliveries that wait, the oldest first, as many as one task's time allows."""
    ends_at = monotonic() + STOP_CLAIMING.total_seconds()
    while not stop() and monotonic() < ends_at:
        pushed = write(tools.engine, lambda connection: _claim(connection, tools.limits.lease))
        if pushed is None:
            return
        yield _take(tools, pushed)


def _claim(connection: Connection, lease: timedelta) -> Pushed | None:
    """Take the delivery that has waited the longest, until a lease ends."""
    now = read_clock(connection).now()
    waiting = (
        select(DeliveryRow.id)
        .where(DeliveryRow.claimable_at <= now)
        .order_by(DeliveryRow.claimable_at, DeliveryRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    delivery_id = connection.execute(waiting).scalar()
    if delivery_id is None:
        return None
    taken = {"claimable_at": now + lease, "attempts": DeliveryRow.attempts + 1}
    connection.execute(update(DeliveryRow).where(DeliveryRow.id == delivery_id).values(taken))
    return _read(connection, delivery_id)


def _read(connection: Connection, delivery_id: int) -> Pushed:
    query = (
        select(DeliveryRow, SubscriptionRow.feed_id, SubscriptionRow.topic, FeedRow.url, FeedRow.site_url)
        .add_columns(FeedRow.state, FeedRow.rhythm, ScheduleRow.host_id, ScheduleRow.last_success_at)
        .join(SubscriptionRow, SubscriptionRow.id == DeliveryRow.subscription_id)
        .join(FeedRow, FeedRow.id == SubscriptionRow.feed_id)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
    )
    row = connection.execute(query.where(DeliveryRow.id == delivery_id)).mappings().one()
    feed = DueFeed(
        row["feed_id"],
        row["host_id"],
        row["url"],
        row["site_url"],
        rhythm=unpack(Rhythm, row["rhythm"]),
        last_success_at=row["last_success_at"],
    )
    return Pushed(
        delivery_id=delivery_id,
        subscription_id=row["subscription_id"],
        topic=row["topic"],
        received_at=row["received_at"],
        feed=feed,
        is_polled=row["state"] == FeedState.ACTIVE,
        attempts=row["attempts"],
        body=row["body"] or b"",
        content_type=row["content_type"],
    )


def _take(tools: Tools, pushed: Pushed) -> Taken:
    if not pushed.is_polled:
        write(tools.engine, lambda connection: _finish(connection, pushed))
        return Taken(pushed, reason="its feed is not polled")
    document = Document(pushed.topic, pushed.body, pushed.content_type)
    try:
        parsed = _parse(tools, pushed, document)
        if isinstance(parsed, ParsedDocument):
            return _store(tools, pushed, document, parsed)
        reason = parsed
    except Exception as error:
        if must_stop(error):
            raise
        _LOG.exception("delivery not read", feed_id=pushed.feed.feed_id)
        reason = f"it could not be read: {error!r}"
    write(tools.engine, lambda connection: _poll_instead(connection, pushed))
    return Taken(pushed, reason=reason)


def _parse(tools: Tools, pushed: Pushed, document: Document) -> ParsedDocument | str:
    """Return what a delivery publishes, or why it is no document of its feed with anything in it."""
    if pushed.attempts > _MOST_ATTEMPTS:
        return "reading it was given up several times"
    if not document.body:
        return "it only says that there is something new"
    try:
        parsed = tools.parser.parse(document)
    except PollError as error:
        return error.sentence
    names = {feed_url_key(url) for url in (pushed.topic, pushed.feed.url)}
    own = parsed.self_url
    if own and is_feed_url(own) and feed_url_key(own) not in names:
        return "it calls itself by the URL of another feed"
    return parsed if parsed.entries else "it holds no entries"


def _store(tools: Tools, pushed: Pushed, document: Document, parsed: ParsedDocument) -> Taken:
    request = FetchRequest(pushed.feed.feed_id, pushed.feed.url)
    fetched = Fetched(request, document, timedelta(0), bytes_received=len(document.body))
    # What nobody dates was made when the document was, so that one which comes late overrides no newer words.
    made_at = read_date(parsed.updated, pushed.received_at, parsed.language)
    answered = Answered(
        pushed.feed,
        token=None,
        started_at=pushed.received_at,
        fetched=fetched,
        bounds=tools.bounds,
        said_at=min(made_at, pushed.received_at) if made_at else None,
        is_pushed=True,
    )
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
    fresh = 0

    def note(connection: Connection, prepared: Sequence[PreparedDocument]) -> None:
        nonlocal fresh
        (only,) = prepared
        fresh = len(only.sightings)
        _note_read(connection, pushed, only)

    (record,) = store_documents(tools.engine, [(answered, parsed)], now, tools.detect, note)
    if fresh and record.outcome is Outcome.UNCHANGED:
        # What it says counts for older than what is known: whether it is, only the publisher can tell.
        write(tools.engine, lambda connection: _ask_for_poll(connection, pushed))
    return Taken(pushed, record)


def _note_read(connection: Connection, pushed: Pushed, prepared: PreparedDocument) -> None:
    """Note what a delivery shows of its hub and of its feed's rhythm, in the transaction that stores it."""
    _finish(connection, pushed)
    arrived = [each for each in prepared.sightings if each.guid_hash not in prepared.sighted]
    if not arrived:
        return
    mine = SubscriptionRow.id == pushed.subscription_id
    counted = update(SubscriptionRow).where(mine).values(proofs=SubscriptionRow.proofs + 1)
    hub = connection.execute(counted.returning(SubscriptionRow)).mappings().first()
    is_pushing = hub and hub["is_named"] and hub["state"] == SubscriptionState.ACTIVE
    rhythm = _learn_rhythm(connection, pushed, [each.article.published_at for each in arrived])
    if hub and is_pushing and is_trusted(hub["proofs"], hub["missed"]):
        trust_until(connection, pushed.feed.feed_id, hub["lease_until"])
        bounds = replace(prepared.answered.bounds, pushed_until=hub["lease_until"])
        _leave_to_hub(connection, pushed, wait_for_hub(pushed.received_at, bounds, rhythm), bounds)


def _learn_rhythm(connection: Connection, pushed: Pushed, dates: Sequence[datetime | None]) -> Rhythm | None:
    """Let a feed's rhythm learn of articles that its hub brought, which arrived just then; return it."""
    feed = pushed.feed
    if feed.last_success_at is None:
        return feed.rhythm
    seen_before = max(feed.last_success_at, pushed.received_at - _CAME_WITHIN)
    rhythm = follow_rhythm(feed.rhythm, dates, seen_before, max(pushed.received_at, seen_before))
    learnt = pack(rhythm.rounded()) if rhythm else None
    connection.execute(update(FeedRow).where(FeedRow.id == feed.feed_id).values(rhythm=learnt))
    return rhythm


def _leave_to_hub(connection: Connection, pushed: Pushed, wait: timedelta, bounds: Bounds) -> None:
    """Put off the poll of a feed that is left to its hub: it has just shown that it pushes; once a day it is made."""
    feed = pushed.feed
    if feed.last_success_at is None:
        return
    at = min(pushed.received_at + wait, feed.last_success_at + bounds.longest)
    planned = (ScheduleRow.feed_id == feed.feed_id, ScheduleRow.next_poll_at < at)
    left = (ScheduleRow.next_poll_reason == LEFT_TO_HUB, ScheduleRow.requested_at.is_(None))
    connection.execute(update(ScheduleRow).where(*planned, *left).values(next_poll_at=at))


def _finish(connection: Connection, pushed: Pushed) -> None:
    """Keep no more of a delivery than its hash, by which it is known when it comes again."""
    read = {"body": None, "claimable_at": None}
    connection.execute(update(DeliveryRow).where(DeliveryRow.id == pushed.delivery_id).values(read))
    at = {"delivered_at": pushed.received_at}
    connection.execute(update(SubscriptionRow).where(SubscriptionRow.id == pushed.subscription_id).values(at))


def _poll_instead(connection: Connection, pushed: Pushed) -> None:
    """Ask for a poll of a feed of which was said what is no document of it; a delivery that comes too soon waits."""
    mine = DeliveryRow.id == pushed.delivery_id
    if later_at := _ask_for_poll(connection, pushed):
        later = {"claimable_at": later_at, "attempts": DeliveryRow.attempts - 1}
        connection.execute(update(DeliveryRow).where(mine).values(later))
        return
    _finish(connection, pushed)
    connection.execute(update(DeliveryRow).where(mine).values(body_hash=None))
    # The others that only say so are answered by the same poll.
    empty = (DeliveryRow.subscription_id == pushed.subscription_id, DeliveryRow.body == b"")
    connection.execute(update(DeliveryRow).where(*empty).values(body=None, claimable_at=None))


def _ask_for_poll(connection: Connection, pushed: Pushed) -> datetime | None:
    """Ask for a poll of a feed, unless the last one was a minute ago or less; return when that will be over."""
    feed_id = pushed.feed.feed_id
    lock_feeds(connection, [feed_id])
    now = read_clock(connection).now()
    polled = select(ScheduleRow.last_attempt_at).where(ScheduleRow.feed_id == feed_id)
    polled_at: datetime | None = connection.execute(polled).scalar()
    if polled_at and now - _POLL_AGAIN < polled_at <= now:
        return polled_at + _POLL_AGAIN
    request_polls(connection, now, [feed_id])
    return None
