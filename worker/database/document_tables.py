"""The tables of documents: those that are kept, and which entries the newest of each feed has."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from worker.database.types import Base, BigId, column


class DocumentRow(Base):
    """The bytes that a host served for a feed, kept for FEEDMILL_RETAIN_DOCUMENTS."""

    __tablename__ = "documents"
    __table_args__ = (
        # For reading a feed's documents again in their order.
        Index("ix_documents_feed_id_read_at", "feed_id", "read_at"),
        # For removing what has not been served for long.
        Index("ix_documents_served_at", "served_at"),
        {"comment": "One row per distinct document of a feed, kept for FEEDMILL_RETAIN_DOCUMENTS since it was served"},
    )

    feed_id: Mapped[int] = column(
        "The feed", BigId, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    content_hash: Mapped[bytes] = column("xxh3-128 of its bytes", primary_key=True)
    url: Mapped[str] = column("Where the bytes came from, after redirects")
    content_type: Mapped[str | None] = column("Content-Type as the host sent it, with the charset")
    guid_policy: Mapped[str] = column("By what the feed's entries were known then, as in feeds")
    first_polled_at: Mapped[datetime] = column("When the poll began that brought it first")
    polled_at: Mapped[datetime] = column(
        "When the newest poll began that brought it: with feed_id it names a row of polls"
    )
    read_at: Mapped[datetime] = column("When that was, as in sightings: later than all polls before, by any clock")
    served_at: Mapped[datetime] = column(
        "When it was served last; while it is the feed's newest, schedules.last_success_at may be later"
    )
    length: Mapped[int] = column("Its bytes before compression", BigId)
    error_class: Mapped[str | None] = column("Why the newest poll could not read it, as in polls; null: it could")
    body: Mapped[bytes] = column("Its bytes, decoded of any content coding, compressed by zstd")


class OutlineRow(Base):
    """Which entries a feed's newest document has, by their bytes: those that come again need not be read."""

    __tablename__ = "outlines"
    __table_args__ = ({"comment": "One row per feed whose entries are known again by their bytes; for Feedmill only"},)

    feed_id: Mapped[int] = column("The feed", ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)
    edition: Mapped[int] = column("The feed's edition that it belongs to: it counts for no other", BigId)
    reading: Mapped[str] = column("The versions of Feedmill's rules by which the entries were read")
    frame: Mapped[bytes] = column("xxh3-128 of what the entries take from around them")
    slice_hashes: Mapped[bytes] = column("xxh3-64 of each entry's bytes, in document order, one after the other")
    guid_hashes: Mapped[bytes] = column("The guid_hash of each entry's sighting, 16 bytes each")
    link_hashes: Mapped[bytes] = column("xxh3-64 of the page that each entry's link leads to; zeros for none")
