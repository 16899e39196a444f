"""Tombstones: those of one page of one feed are found at once.

Pruning takes the page from a feed's older tombstones; where ten thousand feeds link one page, it read those of all.

Revision 0033.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_HAS_PAGE = sa.text("page_hash IS NOT NULL")


def upgrade() -> None:
    _replace_index("ix_tombstones_page_hash", "ix_tombstones_page_hash_feed_id", ["page_hash", "feed_id"])


def downgrade() -> None:
    _replace_index("ix_tombstones_page_hash_feed_id", "ix_tombstones_page_hash", ["page_hash"])


def _replace_index(old: str, new: str, columns: list[str]) -> None:
    op.create_index(new, "tombstones", columns, postgresql_where=_HAS_PAGE, sqlite_where=_HAS_PAGE)
    op.drop_index(old, "tombstones")
