"""Documents: what hosts served for feeds is kept for a while, so that a better parser can read it again.

Revision 0025.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "documents",
        required("feed_id", BigId, "The feed", autoincrement=False),
        required("content_hash", sa.LargeBinary(), "xxh3-128 of its bytes"),
        required("url", sa.Text(), "Where the bytes came from, after redirects"),
        optional("content_type", sa.Text(), "Content-Type as the host sent it, with the charset"),
        required("guid_policy", sa.Text(), "By what the feed's entries were known then, as in feeds"),
        required("first_polled_at", UtcDateTime(), "When the poll began that brought it first"),
        required(
            "polled_at",
            UtcDateTime(),
            "When the newest poll began that brought it: with feed_id it names a row of polls",
        ),
        required(
            "read_at",
            UtcDateTime(),
            "When that was, as in sightings: later than all polls before, by any clock",
        ),
        required(
            "served_at",
            UtcDateTime(),
            "When it was served last; while it is the feed's newest, schedules.last_success_at may be later",
        ),
        required("length", BigId, "Its bytes before compression"),
        optional("error_class", sa.Text(), "Why the newest poll could not read it, as in polls; null: it could"),
        required("body", sa.LargeBinary(), "Its bytes, decoded of any content coding, compressed by zstd"),
        sa.PrimaryKeyConstraint("feed_id", "content_hash", name="pk_documents"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_documents_feed_id", ondelete="CASCADE"),
        comment="One row per distinct document of a feed, kept for FEEDMILL_RETAIN_DOCUMENTS since it was served",
    )
    op.create_index("ix_documents_feed_id_read_at", "documents", ["feed_id", "read_at"])
    op.create_index("ix_documents_served_at", "documents", ["served_at"])
    if op.get_bind().dialect.name == "postgresql":
        # What zstd has packed nothing packs further.
        op.execute("ALTER TABLE documents ALTER body SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.drop_table("documents")
