"""The tables of WebSub: subscriptions with the hubs that feeds name, and what hubs have delivered."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from worker.database.statements import partial_index
from worker.database.types import NEVER_REUSED, Base, BigId, column


class SubscriptionRow(Base):
    """A feed's subscription with a hub that its documents name, or named."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index("ix_subscriptions_feed_id", "feed_id"),
        # For whoever asks hubs, and for `feedmill status`.
        partial_index("ix_subscriptions_due", "next_attempt_at", where="next_attempt_at IS NOT NULL"),
        partial_index("ix_subscriptions_asked_under", "asked_under", where="asked_under IS NOT NULL"),
        partial_index("ix_subscriptions_named", "state", where="is_named"),
        NEVER_REUSED | {"comment": "One row per hub that a feed's documents name (WebSub), and how it stands with it"},
    )

    id: Mapped[int] = column("Identifier: it stands in the URL that the hub calls", BigId, primary_key=True)
    feed_id: Mapped[int] = column("The feed", BigId, ForeignKey("feeds.id", ondelete="CASCADE"))
    hub_url: Mapped[str] = column("The hub")
    topic: Mapped[str] = column("The URL that is subscribed to: what the feed is called at its hub")
    salt: Mapped[str] = column(
        "Makes its secret, and the URL that the hub calls, from FEEDMILL_WEBSUB_SECRET; worthless without that"
    )
    state: Mapped[str] = column("named, asked, active, failing, denied or ended", server_default=text("'named'"))
    reason: Mapped[str | None] = column("Why it stands so, in words")
    is_named: Mapped[bool] = column("Whether the feed's newest document names the hub", server_default=text("true"))
    asking: Mapped[str | None] = column(
        "subscribe or unsubscribe: what the hub was asked for and has not verified; null for nothing"
    )
    asked_at: Mapped[datetime | None] = column("When the hub was last asked")
    asked_under: Mapped[str | None] = column(
        "A hash of the settings under which the hub was asked: with others it is asked anew; null while it is not asked"
    )
    verified_at: Mapped[datetime | None] = column("When the hub last verified the subscription")
    lease_until: Mapped[datetime | None] = column("Until when the hub pushes; null without a lease")
    next_attempt_at: Mapped[datetime | None] = column("When the hub is asked next; null for never")
    failures: Mapped[int] = column("Times in a row that asking it failed", server_default=text("0"))
    delivered_at: Mapped[datetime | None] = column("When the hub last delivered something")
    proofs: Mapped[int] = column(
        "Deliveries with something new since the hub last missed any: with more of them than it has missed it is "
        "trusted",
        server_default=text("0"),
    )
    missed: Mapped[int] = column(
        "Times that a poll found what the hub should have brought before", server_default=text("0")
    )


class DeliveryRow(Base):
    """What a hub has delivered: kept whole until a worker has read it, and then by its hash."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("subscription_id", "body_hash", name="uq_deliveries_subscription_id_body_hash"),
        Index("ix_deliveries_received_at", "received_at"),
        partial_index("ix_deliveries_waiting", "claimable_at", where="claimable_at IS NOT NULL"),
        NEVER_REUSED
        | {"comment": "One row per delivery of a hub (WebSub), kept for a week, its body until it is read"},
    )

    id: Mapped[int] = column("Identifier", BigId, primary_key=True)
    subscription_id: Mapped[int] = column(
        "The subscription under which it came", BigId, ForeignKey("subscriptions.id", ondelete="CASCADE")
    )
    received_at: Mapped[datetime] = column("When it came")
    content_type: Mapped[str | None] = column("Content-Type, as the hub sent it")
    body: Mapped[bytes | None] = column("Its bytes; null once they are read")
    body_hash: Mapped[bytes | None] = column(
        "xxh3-128 of its bytes: what comes again is known; null where any may come"
    )
    attempts: Mapped[int] = column("Times that a worker has taken it", server_default=text("0"))
    claimable_at: Mapped[datetime | None] = column("When a worker may take it; null once it is read")
