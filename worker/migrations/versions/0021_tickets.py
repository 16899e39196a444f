"""Tickets: polls that somebody asked for together, to find out what became of them.

Revision 0021.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tickets",
        required("id", BigId, "Identifier", autoincrement=True),
        required("asked_at", UtcDateTime(), "When the polls were asked for: one that began before does not count"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        comment="One row per request for polls that somebody may wait for, kept for FEEDMILL_RETAIN_POLLS",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tickets_asked_at", "tickets", ["asked_at"])
    op.create_table(
        "ticket_feeds",
        required("ticket_id", BigId, "The ticket", autoincrement=False),
        required("place", sa.Integer(), "Which of the ticket's names it is, from 0", autoincrement=False),
        required("name", sa.Text(), "The id or URL by which a feed was asked for"),
        optional("feed_id", BigId, "The feed that it names, or that this one was merged into; null where none"),
        optional("refusal", sa.Text(), "Why no poll was asked for, in words"),
        sa.PrimaryKeyConstraint("ticket_id", "place", name="pk_ticket_feeds"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_feeds_ticket_id", ondelete="CASCADE"),
        comment="One row per name of a ticket; its poll is the feed's first that began since tickets.asked_at",
    )
    op.create_index("ix_ticket_feeds_feed_id", "ticket_feeds", ["feed_id"])


def downgrade() -> None:
    op.drop_table("ticket_feeds")
    op.drop_table("tickets")
