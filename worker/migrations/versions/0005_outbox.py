"""Outbox: positions in the order of commits, between which of them events are kept, and webhooks that follow them.

Revision 0005.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KIND = "What changed, such as: article created, article revised, feed gone, feed moved"


def upgrade() -> None:
    bounds = op.create_table(
        "event_bounds",
        required("id", sa.Integer(), "Always 1", autoincrement=False),
        required("numbered_to", BigId, "The newest position that was given to an event"),
        required(
            "dropped_to",
            BigId,
            "The newest position that was dropped by retention: a cursor below it has missed events",
        ),
        sa.CheckConstraint("id = 1", name="ck_event_bounds_one_row"),
        sa.PrimaryKeyConstraint("id", name="pk_event_bounds"),
        comment="One row: between which positions events are kept",
    )
    op.bulk_insert(bounds, [{"id": 1, "numbered_to": 0, "dropped_to": 0}])
    op.drop_index("ix_events_position", "events")
    _create_index("ix_events_position", "position", "position IS NOT NULL")
    _create_index("ix_events_unnumbered", "id", "position IS NULL")
    _comment_kind(_KIND)
    _create_webhooks()


def downgrade() -> None:
    op.drop_table("webhooks")
    _comment_kind("article created, article revised, feed gone, feed quarantined")
    op.drop_index("ix_events_unnumbered", "events")
    op.drop_index("ix_events_position", "events")
    op.create_index("ix_events_position", "events", ["position"])
    op.drop_table("event_bounds")


def _create_index(name: str, column: str, where: str) -> None:
    op.create_index(name, "events", [column], postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def _comment_kind(comment: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("events", "kind", comment=comment)


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        required("id", BigId, "Identifier"),
        required("url", sa.Text(), "Where to deliver: it may hold a secret of the receiver's"),
        required("salt", sa.Text(), "Makes its signing key from FEEDMILL_WEBHOOK_SECRET; worthless without that"),
        required("position", BigId, "The change up to which all have been taken"),
        optional(
            "sending_to",
            BigId,
            "The last change of the batch that has been sent and not been taken yet: it is sent again as it was",
        ),
        required("state", sa.Text(), "active or dead", server_default=sa.text("'active'")),
        optional("state_reason", sa.Text(), "Why nothing is delivered any more, in words"),
        required("next_attempt_at", UtcDateTime(), "When it may be sent to next: not while it is being sent to"),
        required("failures", sa.Integer(), "Failed deliveries in a row", server_default=sa.text("0")),
        optional("failing_since", UtcDateTime(), "When the first of them was; null when the last one was taken"),
        optional("error", sa.Text(), "The newest failure in a sentence; null when the last one was taken"),
        optional("delivered_at", UtcDateTime(), "When a delivery was last taken"),
        required("added_at", UtcDateTime(), "When the webhook was added"),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.UniqueConstraint("url", name="uq_webhooks_url"),
        comment="One row per webhook: a URL that changes are delivered to, signed",
        sqlite_autoincrement=True,
    )
