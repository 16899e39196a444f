"""Looks: the due feeds of a host in the order of the claim, and what merging and deleting feeds look for.

Pages of hot rows are filled again: what a poll changes is indexed, so that room on the page saves no index a write.

Revision 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_REQUESTED = sa.text("requested_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_schedules_due", "schedules", ["host_id", "next_poll_at", "feed_id"])
    op.create_index(
        "ix_schedules_requested",
        "schedules",
        ["host_id", "requested_at", "feed_id"],
        postgresql_where=_REQUESTED,
        sqlite_where=_REQUESTED,
    )
    op.drop_index("ix_schedules_host_id_next_poll_at", "schedules")
    op.create_index("ix_revisions_feed_id", "revisions", ["feed_id"])
    op.create_index("ix_seed_files_feed_id", "seed_files", ["feed_id"])
    _set_fill("RESET (fillfactor)")


def downgrade() -> None:
    _set_fill("SET (fillfactor = 70)")
    op.drop_index("ix_seed_files_feed_id", "seed_files")
    op.drop_index("ix_revisions_feed_id", "revisions")
    op.create_index("ix_schedules_host_id_next_poll_at", "schedules", ["host_id", "next_poll_at"])
    op.drop_index("ix_schedules_requested", "schedules")
    op.drop_index("ix_schedules_due", "schedules")


def _set_fill(change: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in ("schedules", "hosts"):
            op.execute(f"ALTER TABLE {table} {change}")
