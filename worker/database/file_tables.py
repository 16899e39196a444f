"""The tables of seed files: those that have been read, and those that a scan refuses."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from worker.database.types import Base, column


class SeedFileRow(Base):
    """A seed file that has been read; it is not read again until it changes."""

    __tablename__ = "seed_files"
    __table_args__ = (
        Index("ix_seed_files_body_hash", "body_hash"),
        Index("ix_seed_files_name", "name"),
        # For deleting a feed.
        Index("ix_seed_files_feed_id", "feed_id"),
        {"comment": "One row per seed file that has been read, and what it held then"},
    )

    uri: Mapped[str] = column("The file's URI", primary_key=True)
    name: Mapped[str] = column("Its last part: by that a file is looked for that was moved with its folder, and edited")
    body_hash: Mapped[bytes] = column(
        "xxh3-128 of its bytes, of what in it was refused or held back, and of an archive of how it is read"
    )
    feed_id: Mapped[int | None] = column(
        "The feed whose document it is; null for an archive, whose members are files of their own",
        ForeignKey("feeds.id", ondelete="CASCADE"),
    )
    read_at: Mapped[datetime] = column("When it was read")
    look_hash: Mapped[bytes | None] = column(
        "xxh3-128 of its size, its times and its number on its disk: while these are the same it is not opened; null "
        "while it is so young that it may be written to without a change of them"
    )
    settings_hash: Mapped[bytes | None] = column("xxh3-128 of its folder's feed.toml; null without one")


class RefusedFileRow(Base):
    """A seed file that the newest scan of the seed folder did not read, or not whole."""

    __tablename__ = "refused_files"
    __table_args__ = ({"comment": "One row per seed file that the newest scan did not read, or not whole, and why"},)

    path_hash: Mapped[bytes] = column("xxh3-128 of its path", primary_key=True)
    path: Mapped[str] = column("Its path")
    reason: Mapped[str] = column("Why it was not read, in a sentence")
    refused_at: Mapped[datetime] = column("When a scan first said so")
