"""Tombstones: what retention removed stays known; and how long the articles of feeds and tags are kept.

Revision 0024.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, Seconds, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retentions",
        required("id", BigId, "Identifier", autoincrement=True),
        optional("feed_id", BigId, "The feed; null for a tag"),
        optional("tag", sa.Text(), "The tag; null for a feed"),
        optional("kept_for", Seconds(), "Seconds for which articles are kept after they left the feed; null: for ever"),
        sa.PrimaryKeyConstraint("id", name="pk_retentions"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_retentions_feed_id", ondelete="CASCADE"),
        sa.UniqueConstraint("feed_id", name="uq_retentions_feed_id"),
        sa.UniqueConstraint("tag", name="uq_retentions_tag"),
        sa.CheckConstraint("(feed_id IS NULL) <> (tag IS NULL)", name="ck_retentions_feed_or_tag"),
        comment="One row per feed, or tag of feeds, whose articles are kept longer or shorter than the others",
    )
    op.create_table(
        "tombstones",
        required("feed_id", BigId, "The feed"),
        required(
            "guid_hash", sa.LargeBinary(), "The guid_hash that its sighting had, or a hash of the words of a file"
        ),
        optional(
            "page_hash",
            sa.LargeBinary(),
            "Hash of its match key, else of its link: only the feed's newest tombstone of a page has it",
        ),
        required("content_hash", sa.LargeBinary(), "The sighting's content_hash: which words the feed carried last"),
        optional("published_at", UtcDateTime(), "When the publisher said that the article appeared"),
        required("pruned_at", UtcDateTime(), "When the article was removed"),
        sa.PrimaryKeyConstraint("feed_id", "guid_hash", name="pk_tombstones"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_tombstones_feed_id", ondelete="CASCADE"),
        comment="One row per feed and key of what FEEDMILL_RETAIN_ARTICLES removed: it is not stored again",
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_tombstones_page_hash",
        "tombstones",
        ["page_hash"],
        postgresql_where=sa.text("page_hash IS NOT NULL"),
        sqlite_where=sa.text("page_hash IS NOT NULL"),
    )
    place = optional("place", BigId, "Up to which row it has come, where one run does not do all of them")
    op.add_column("turns", place)


def downgrade() -> None:
    op.drop_column("turns", "place")
    op.drop_table("tombstones")
    op.drop_table("retentions")
