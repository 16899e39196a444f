"""Listings: articles without a date, those of an agency, feeds without the files beside them, and files refused.

Revision 0022.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import UtcDateTime
from worker.migrations.columns import required

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_partial("ix_articles_undated", "articles", ["first_seen_at"], "published_at IS NULL")
    _create_partial("ix_articles_agency", "articles", ["agency", "published_at"], "agency IS NOT NULL")
    _create_partial("ix_schedules_polled", "schedules", ["feed_id"], "host_id IS NOT NULL")
    op.create_table(
        "refused_files",
        required("path_hash", sa.LargeBinary(), "xxh3-128 of its path"),
        required("path", sa.Text(), "Its path"),
        required("reason", sa.Text(), "Why it was not read, in a sentence"),
        required("refused_at", UtcDateTime(), "When a scan first said so"),
        sa.PrimaryKeyConstraint("path_hash", name="pk_refused_files"),
        comment="One row per seed file that the newest scan did not read, or not whole, and why",
    )


def downgrade() -> None:
    op.drop_table("refused_files")
    op.drop_index("ix_schedules_polled", "schedules")
    op.drop_index("ix_articles_agency", "articles")
    op.drop_index("ix_articles_undated", "articles")


def _create_partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where))
