"""The tables of tickets: polls that somebody asked for together, to find out what became of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from worker.database.types import NEVER_REUSED, Base, BigId, column


class TicketRow(Base):
    """A request for polls that somebody may wait for."""

    __tablename__ = "tickets"
    __table_args__ = (
        # For retention.
        Index("ix_tickets_asked_at", "asked_at"),
        NEVER_REUSED
        | {"comment": "One row per request for polls that somebody may wait for, kept for FEEDMILL_RETAIN_POLLS"},
    )

    id: Mapped[int] = column("Identifier", BigId, primary_key=True)
    asked_at: Mapped[datetime] = column("When the polls were asked for: one that began before does not count")


class TicketFeedRow(Base):
    """A feed that a ticket asks for, whether it is one or not."""

    __tablename__ = "ticket_feeds"
    __table_args__ = (
        # For merging feeds.
        Index("ix_ticket_feeds_feed_id", "feed_id"),
        {"comment": "One row per name of a ticket; its poll is the feed's first that began since tickets.asked_at"},
    )

    ticket_id: Mapped[int] = column(
        "The ticket", BigId, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = column("Which of the ticket's names it is, from 0", primary_key=True, autoincrement=False)
    name: Mapped[str] = column("The id or URL by which a feed was asked for")
    # No foreign key: that a feed has been deleted since is an answer too.
    feed_id: Mapped[int | None] = column(
        "The feed that it names, or that this one was merged into; null where none", BigId
    )
    refusal: Mapped[str | None] = column("Why no poll was asked for, in words")
