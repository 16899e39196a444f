"""Podcasts: what they say of their episodes.

Revision 0016.
"""

from alembic import op

from worker.database.types import Json
from worker.migrations.columns import optional

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "articles",
        optional(
            "podcast",
            Json,
            "What a podcast says of an episode: duration in seconds, season, transcripts and more, JSON; "
            "null for all else",
        ),
    )


def downgrade() -> None:
    op.drop_column("articles", "podcast")
