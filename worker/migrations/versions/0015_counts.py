"""Counts: the feeds that are not active, those added lately, and the hosts that refuse us, each by an index of its own.

Revision 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_feeds_added_at", "feeds", ["added_at", "id"])
    _create_partial("ix_feeds_inactive", "feeds", ["state", "id"], "state <> 'active'")
    _create_partial("ix_hosts_refusing", "hosts", ["next_request_at"], "failures > 0")


def downgrade() -> None:
    op.drop_index("ix_hosts_refusing", "hosts")
    op.drop_index("ix_feeds_inactive", "feeds")
    op.drop_index("ix_feeds_added_at", "feeds")


def _create_partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
