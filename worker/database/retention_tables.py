"""The tables of retention: how long articles are kept, and the tombstones of those that were pruned."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped

from worker.database.statements import partial_index
from worker.database.types import Base, BigId, column


class RetentionRow(Base):
    """How long an operator wants the articles of a feed, or of feeds with a tag, to be kept."""

    __tablename__ = "retentions"
    __table_args__ = (
        CheckConstraint("(feed_id IS NULL) <> (tag IS NULL)", name="ck_retentions_feed_or_tag"),
        {"comment": "One row per feed, or tag of feeds, whose articles are kept longer or shorter than the others"},
    )

    id: Mapped[int] = column("Identifier", BigId, primary_key=True)
    feed_id: Mapped[int | None] = column(
        "The feed; null for a tag", ForeignKey("feeds.id", ondelete="CASCADE"), unique=True
    )
    tag: Mapped[str | None] = column("The tag; null for a feed", unique=True)
    kept_for: Mapped[timedelta | None] = column(
        "Seconds for which articles are kept after they left the feed; null: for ever"
    )


class TombstoneRow(Base):
    """That a feed carried an article which was pruned: its entry is not new when it returns."""

    __tablename__ = "tombstones"
    __table_args__ = (
        partial_index("ix_tombstones_page_hash_feed_id", "page_hash", "feed_id", where="page_hash IS NOT NULL"),
        {
            "comment": "One row per feed and key of what FEEDMILL_RETAIN_ARTICLES removed: it is not stored again",
            # The row lives in the index of its key.
            "sqlite_with_rowid": False,
        },
    )

    feed_id: Mapped[int] = column("The feed", ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)
    guid_hash: Mapped[bytes] = column(
        "The guid_hash that its sighting had, or a hash of the words of a file", primary_key=True
    )
    page_hash: Mapped[bytes | None] = column(
        "Hash of its match key, else of its link: only the feed's newest tombstone of a page has it"
    )
    content_hash: Mapped[bytes] = column("The sighting's content_hash: which words the feed carried last")
    published_at: Mapped[datetime | None] = column("When the publisher said that the article appeared")
    pruned_at: Mapped[datetime] = column("When the article was removed")
