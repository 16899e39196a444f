"""Quality: how good each feed is and why, and what its newest entries were like.

Revision 0027.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import Json, UtcDateTime
from worker.migrations.columns import optional

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "feeds",
        optional(
            "marks",
            Json,
            "What its newest entries were like, for judging its quality: shares undated, ahead (dated in the future), cut, unfit and renamed; means of letters (logarithms) and of a burst; volume and gaps, which fade from at on; seen says how many entries there were",
        ),
    )
    op.add_column(
        "feeds",
        sa.Column(
            "quality",
            sa.Text(),
            nullable=True,
            server_default=sa.text("'new'"),
            comment="dead, silent, spammy, gapped, degraded, moved, new or healthy, as last judged; null for a file",
        ),
    )
    op.add_column(
        "feeds", optional("quality_reason", sa.Text(), "Why it is of this quality, in words; null for a healthy feed")
    )
    op.add_column(
        "feeds",
        optional("quality_since", UtcDateTime(), "When it was found to be; null until it is first judged otherwise"),
    )
    op.execute("UPDATE feeds SET quality = NULL WHERE url_key LIKE 'file:%'")
    has_quality = sa.text("quality IS NOT NULL")
    op.create_index(
        "ix_feeds_quality", "feeds", ["quality", "id"], postgresql_where=has_quality, sqlite_where=has_quality
    )


def downgrade() -> None:
    op.drop_index("ix_feeds_quality", "feeds")
    for name in ("quality_since", "quality_reason", "quality", "marks"):
        op.drop_column("feeds", name)
