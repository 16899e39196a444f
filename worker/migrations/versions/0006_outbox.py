"""Outbox: positions in the order of commits, and between which of them events are kept.

Revision 0006.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId
from worker.migrations.columns import required

revision = "0006"
down_revision = "0003"
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


def downgrade() -> None:
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
