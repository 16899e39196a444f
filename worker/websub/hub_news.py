"""What a delivery with news shows: that its hub can be trusted, when its feed publishes, and when to poll that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from worker.basics.codec import pack
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.websub_tables import SubscriptionRow
from worker.pipeline.prepared_document import PreparedDocument
from worker.schedule.pushes import LEFT_TO_HUB, wait_for_hub
from worker.schedule.rhythm import follow_rhythm
from worker.store.feed_hubs import trust_until
from worker.values.hubs import SubscriptionState
from worker.values.schedules import Bounds, Rhythm
from worker.websub.leases import is_trusted
from worker.websub.waiting_deliveries import ClaimedDelivery

# What a hub brings came about that long ago, or less, where nobody says when.
_CAME_WITHIN = timedelta(minutes=5)


def note_news(connection: Connection, delivery: ClaimedDelivery, prepared: PreparedDocument) -> None:
    """Note that a hub has brought something new, if it has, in the transaction that stores it."""
    arrived = [each for each in prepared.sightings if each.guid_hash not in prepared.sighted]
    if not arrived:
        return
    mine = SubscriptionRow.id == delivery.subscription_id
    counted = update(SubscriptionRow).where(mine).values(proofs=SubscriptionRow.proofs + 1)
    hub = connection.execute(counted.returning(SubscriptionRow)).mappings().first()
    is_pushing = hub and hub["is_named"] and hub["state"] == SubscriptionState.ACTIVE
    rhythm = _learn_rhythm(connection, delivery, [each.article.published_at for each in arrived])
    if hub and is_pushing and is_trusted(hub["proofs"], hub["missed"]):
        trust_until(connection, delivery.feed.feed_id, hub["lease_until"])
        bounds = replace(prepared.answered.bounds, pushed_until=hub["lease_until"])
        _leave_to_hub(connection, delivery, wait_for_hub(delivery.received_at, bounds, rhythm), bounds)


def _learn_rhythm(connection: Connection, delivery: ClaimedDelivery, dates: Sequence[datetime | None]) -> Rhythm | None:
    """Let a feed's rhythm learn of articles that its hub brought, which arrived just then; return it."""
    feed = delivery.feed
    if feed.last_success_at is None:
        return feed.rhythm
    seen_before = max(feed.last_success_at, delivery.received_at - _CAME_WITHIN)
    rhythm = follow_rhythm(feed.rhythm, dates, seen_before, max(delivery.received_at, seen_before))
    learnt = pack(rhythm.rounded()) if rhythm else None
    connection.execute(update(FeedRow).where(FeedRow.id == feed.feed_id).values(rhythm=learnt))
    return rhythm


def _leave_to_hub(connection: Connection, delivery: ClaimedDelivery, wait: timedelta, bounds: Bounds) -> None:
    """Put off the poll of a feed that is left to its hub: it has just shown that it pushes; once a day it is made."""
    feed = delivery.feed
    if feed.last_success_at is None:
        return
    at = min(delivery.received_at + wait, feed.last_success_at + bounds.longest)
    planned = (ScheduleRow.feed_id == feed.feed_id, ScheduleRow.next_poll_at < at)
    left = (ScheduleRow.next_poll_reason == LEFT_TO_HUB, ScheduleRow.requested_at.is_(None))
    connection.execute(update(ScheduleRow).where(*planned, *left).values(next_poll_at=at))
