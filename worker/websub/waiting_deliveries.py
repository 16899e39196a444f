"""Deliveries of hubs that wait for a worker: claimed one by one, and kept by their hash once they are done with."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from worker.basics.codec import unpack
from worker.claim.due import request_polls
from worker.database.clock import read_clock
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.locks import lock_feeds
from worker.database.websub_tables import DeliveryRow, SubscriptionRow
from worker.values.due_feeds import Document, DueFeed, FeedState
from worker.values.schedules import Rhythm

# A hub that says again and again that there is something new makes a feed be polled no more often.
_POLL_AGAIN = timedelta(minutes=1)
_KEEP = timedelta(days=7)
_SLICE = 200


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
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

    @property
    def document(self) -> Document:
        """What was delivered, as a document at the URL that the feed is subscribed to by."""
        return Document(self.topic, self.body, self.content_type)


def claim_delivery(connection: Connection, lease: timedelta) -> ClaimedDelivery | None:
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
    return _read_claimed(connection, delivery_id)


def _read_claimed(connection: Connection, delivery_id: int) -> ClaimedDelivery:
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
    return ClaimedDelivery(
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


def finish_delivery(connection: Connection, delivery: ClaimedDelivery) -> None:
    """Keep only the hash of a delivery: by that it is known when it comes again."""
    read = {"body": None, "claimable_at": None}
    connection.execute(update(DeliveryRow).where(DeliveryRow.id == delivery.delivery_id).values(read))
    at = {"delivered_at": delivery.received_at}
    connection.execute(update(SubscriptionRow).where(SubscriptionRow.id == delivery.subscription_id).values(at))


def poll_instead(connection: Connection, delivery: ClaimedDelivery) -> None:
    """Have a feed polled whose delivery is no document of it; one that comes within a minute of the last poll waits."""
    mine = DeliveryRow.id == delivery.delivery_id
    if later_at := ask_for_poll(connection, delivery):
        later = {"claimable_at": later_at, "attempts": DeliveryRow.attempts - 1}
        connection.execute(update(DeliveryRow).where(mine).values(later))
        return
    finish_delivery(connection, delivery)
    connection.execute(update(DeliveryRow).where(mine).values(body_hash=None))
    # The others that only say so are answered by the same poll.
    empty = (DeliveryRow.subscription_id == delivery.subscription_id, DeliveryRow.body == b"")
    connection.execute(update(DeliveryRow).where(*empty).values(body=None, claimable_at=None))


def ask_for_poll(connection: Connection, delivery: ClaimedDelivery) -> datetime | None:
    """Ask for a poll of a feed; where the last was less than a minute ago, return when that minute is over instead."""
    feed_id = delivery.feed.feed_id
    lock_feeds(connection, [feed_id])
    now = read_clock(connection).now()
    polled = select(ScheduleRow.last_attempt_at).where(ScheduleRow.feed_id == feed_id)
    polled_at: datetime | None = connection.execute(polled).scalar()
    if polled_at and now - _POLL_AGAIN < polled_at <= now:
        return polled_at + _POLL_AGAIN
    request_polls(connection, now, [feed_id])
    return None


def forget_deliveries(connection: Connection, now: datetime) -> int:
    """Delete what was delivered long ago; return how many."""
    old = select(DeliveryRow.id).where(DeliveryRow.received_at < now - _KEEP)
    some = old.order_by(DeliveryRow.received_at).limit(_SLICE)
    return connection.execute(delete(DeliveryRow).where(DeliveryRow.id.in_(some))).rowcount
