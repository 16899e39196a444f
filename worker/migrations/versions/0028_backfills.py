"""Back-fills: reading a feed's older documents for what its newest ones did not show.

Revision 0028.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backfills",
        required("id", BigId, "Identifier", autoincrement=True),
        required("feed_id", BigId, "The feed"),
        *_what_is_wanted(),
        *_how_far_it_is(),
        sa.PrimaryKeyConstraint("id", name="pk_backfills"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_backfills_feed_id", ondelete="CASCADE"),
        comment="One row per gap that older documents may fill, and per request to read them",
        sqlite_autoincrement=True,
    )
    where = sa.text("next_read_at IS NOT NULL")
    op.create_index(
        "ix_backfills_next_read_at", "backfills", ["next_read_at"], postgresql_where=where, sqlite_where=where
    )
    op.create_index("ix_backfills_feed_id", "backfills", ["feed_id", "begun_at"])
    op.create_index("ix_backfills_begun_at", "backfills", ["begun_at"])


def downgrade() -> None:
    op.drop_table("backfills")


def _what_is_wanted() -> list[sa.Column[object]]:
    return [
        required("begun_at", UtcDateTime(), "When the gap was noted, or somebody asked for it"),
        required(
            "is_asked", sa.Boolean(), "Whether somebody asked for it: else it ends at an entry known before begun_at"
        ),
        optional("since", UtcDateTime(), "Entries from before then are not wanted; null where all are"),
        required("most_documents", sa.Integer(), "How many older documents it may read"),
    ]


def _how_far_it_is() -> list[sa.Column[object]]:
    none = sa.text("0")
    return [
        required("next_url", sa.Text(), "The document to read next; once it has ended, the last one"),
        optional("next_read_at", UtcDateTime(), "When to read it; null once it has ended"),
        required("source", sa.Text(), "What that is: older document, robots.txt or news sitemap"),
        required("documents", sa.Integer(), "How many older ones have been read", server_default=none),
        required("entries", sa.Integer(), "How many entries they had", server_default=none),
        required("articles", sa.Integer(), "How many new articles came of them", server_default=none),
        required("bytes_received", BigId, "How many bytes they had", server_default=none),
        required("attempts", sa.Integer(), "Times in a row that the next one could not be read", server_default=none),
        required("waits", sa.Integer(), "Times in a row that polls of its host came first", server_default=none),
        required("seen", sa.LargeBinary(), "xxh3-64 of each URL that was read, and of the keys of its entries"),
        optional("outcome", sa.Text(), "filled or given up; null while it goes on"),
        optional("reason", sa.Text(), "Why it ended, or why the next document could not be read so far, in words"),
    ]
