"""The tables of stories: the stories themselves, and what texts are found and compared by."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped

from worker.database.statements import partial_index
from worker.database.types import Base, BigId, column


class StoryRow(Base):
    """Articles that are copies of one another."""

    __tablename__ = "stories"
    __table_args__ = (
        partial_index("ix_stories_parent", "parent", where="parent IS NOT NULL"),
        partial_index("ix_stories_last_seen_at", "last_seen_at", where="size > 1"),
        {"comment": "One row per story; those that another one took in have a parent, and no articles any more"},
    )

    id: Mapped[int] = column(
        "Identifier: that of the article it began with, which may be gone", BigId, primary_key=True, autoincrement=False
    )
    parent: Mapped[int | None] = column("The story that took it in; null for a story of its own", BigId)
    first_article_id: Mapped[int] = column("The first of its articles", BigId)
    size: Mapped[int] = column("How many articles it has; 0 while its one article is to be grouped again")
    first_seen_at: Mapped[datetime] = column("When the first of them was first seen")
    last_seen_at: Mapped[datetime] = column("When the last of them was first seen")


class NearKeyRow(Base):
    """An anchor by which copies of an article are found."""

    __tablename__ = "near_keys"
    __table_args__ = (
        {
            "comment": "One row per anchor of an article: two copies share at least one; kept for 30 days",
            # The row lives in the index of its key: half the bytes, and one search instead of two.
            "sqlite_with_rowid": False,
        },
    )

    key: Mapped[int] = column(
        "Hash of a run of five words, the smallest of those around it", BigInteger, primary_key=True
    )
    article_id: Mapped[int] = column("The article", BigId, primary_key=True, autoincrement=False)


class SketchRow(Base):
    """What an article is compared with others by."""

    __tablename__ = "sketches"
    __table_args__ = ({"comment": "One row per article that may still be compared with others; kept for 30 days"},)

    article_id: Mapped[int] = column("The article", BigId, primary_key=True, autoincrement=False)
    rules_version: Mapped[int] = column("Version of the rules that made it; only those of one version are compared")
    content_hash: Mapped[bytes] = column("Content hash of the words that were compared by it; empty until then")
    outlet: Mapped[str] = column("The site the article stood on; where that is unknown its feed")
    width: Mapped[int] = column("Words in a shingle")
    shingles: Mapped[bytes] = column(
        "The first 600 shingles in order, 24 bits each: the highest bytes, then the others"
    )
    facts: Mapped[bytes] = column("Hashes of up to 64 names and numbers in order, 32 bits each, little-endian")
    places: Mapped[bytes] = column("Where they stand: a bit for each word, little-endian")


class BlockRow(Base):
    """A line of text that a story has; one that many stories have is boilerplate."""

    __tablename__ = "blocks"
    __table_args__ = (
        {
            "comment": "One row per line of text and story that has it, the first few of each; kept for 90 days",
            "sqlite_with_rowid": False,
        },
    )

    block: Mapped[int] = column("Hash of the line's words", BigInteger, primary_key=True)
    story_id: Mapped[int] = column(
        "The story, as it was when the line was seen", BigId, primary_key=True, autoincrement=False
    )
