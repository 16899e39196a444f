"""The outbox: its events and writing them, between which positions it keeps them, and whom it delivers them to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Connection, Index, Integer, text
from sqlalchemy.orm import Mapped

from worker.database.many_rows import insert_many
from worker.database.statements import partial_index
from worker.database.types import NEVER_REUSED, Base, BigId, Json, column


class EventKind(StrEnum):
    """What changed in the store."""

    ARTICLE_CREATED = "article created"
    ARTICLE_REVISED = "article revised"
    ARTICLE_REFRESHED = "article refreshed"
    ARTICLE_CORRECTED = "article corrected"
    ARTICLE_KILLED = "article killed"
    ARTICLE_REINSTATED = "article reinstated"
    ARTICLE_REMOVED = "article removed"
    ARTICLE_GROUPED = "article grouped"
    STORIES_MERGED = "stories merged"
    FEED_MOVED = "feed moved"
    FEED_GONE = "feed gone"
    FEED_QUARANTINED = "feed quarantined"
    FEED_QUALITY_CHANGED = "feed quality changed"


class EventRow(Base):
    """A change that others may follow: the transactional outbox."""

    __tablename__ = "events"
    __table_args__ = (
        # Each event is in one of these two: following reads the first, the sequencer the second.
        partial_index("ix_events_position", "position", where="position IS NOT NULL"),
        partial_index("ix_events_unnumbered", "id", where="position IS NULL"),
        Index("ix_events_created_at", "created_at"),
        {
            "comment": "Changes in the order they may be followed: where position > cursor order by position",
            "postgresql_partition_by": "RANGE (created_at)",
        },
    )

    id: Mapped[int] = column("Identifier; rows may commit out of its order", BigId, primary_key=True)
    position: Mapped[int | None] = column("Place in the order of the feed of changes; null until numbered", BigId)
    created_at: Mapped[datetime] = column("When the change was written")
    kind: Mapped[str] = column("What changed, such as: article created, article revised, feed gone, feed moved")
    article_id: Mapped[int | None] = column("The article that changed", BigId)
    feed_id: Mapped[int | None] = column("The feed that brought the change, or that changed", BigId)
    details: Mapped[dict[str, Any] | None] = column("Facts of this kind of change, JSON", Json)


_NOTHING_SAID: dict[str, Any] = {"article_id": None, "feed_id": None, "details": None}
_INSERT_EVENTS = insert_many(EventRow, ["created_at", "kind", *_NOTHING_SAID])


def write_events(connection: Connection, now: datetime, kind: EventKind, changes: Sequence[Mapping[str, Any]]) -> None:
    """Write events of one kind, in the transaction that makes the changes.

    A change has an ``article_id``, a ``feed_id``, ``details``, or several of these.
    """
    _INSERT_EVENTS.execute(connection, [_NOTHING_SAID | {"created_at": now, "kind": kind, **each} for each in changes])


class EventBoundsRow(Base):
    """Between which positions events are kept; the sequencer locks this one row while it numbers events."""

    __tablename__ = "event_bounds"
    __table_args__ = (
        CheckConstraint("id = 1", name="ck_event_bounds_one_row"),
        {"comment": "One row: between which positions events are kept"},
    )

    id: Mapped[int] = column("Always 1", Integer, primary_key=True, autoincrement=False)
    numbered_to: Mapped[int] = column("The newest position that was given to an event", BigId)
    dropped_to: Mapped[int] = column(
        "The newest position that was dropped by retention: a cursor below it has missed events", BigId
    )


class WebhookRow(Base):
    """A URL that changes are delivered to, in order and in batches."""

    __tablename__ = "webhooks"
    __table_args__ = (NEVER_REUSED | {"comment": "One row per webhook: a URL that changes are delivered to, signed"},)

    id: Mapped[int] = column("Identifier", BigId, primary_key=True)
    url: Mapped[str] = column("Where to deliver: it may hold a secret of the receiver's", unique=True)
    salt: Mapped[str] = column("Makes its signing key from FEEDMILL_WEBHOOK_SECRET; worthless without that")
    position: Mapped[int] = column("The change up to which all have been taken", BigId)
    sending_to: Mapped[int | None] = column(
        "The last change of the batch that has been sent and not been taken yet: it is sent again as it was", BigId
    )
    state: Mapped[str] = column("active or dead", server_default=text("'active'"))
    state_reason: Mapped[str | None] = column("Why nothing is delivered any more, in words")
    next_attempt_at: Mapped[datetime] = column("When it may be sent to next: not while it is being sent to")
    failures: Mapped[int] = column("Failed deliveries in a row", server_default=text("0"))
    failing_since: Mapped[datetime | None] = column("When the first of them was; null when the last one was taken")
    error: Mapped[str | None] = column("The newest failure in a sentence; null when the last one was taken")
    delivered_at: Mapped[datetime | None] = column("When a delivery was last taken")
    added_at: Mapped[datetime] = column("When the webhook was added")
