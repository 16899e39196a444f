"""Tags of feeds: the names by which an operator finds feeds together.

Revision 0017.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId
from worker.migrations.columns import required

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed_tags",
        required("feed_id", BigId, "The feed", autoincrement=False),
        required("tag", sa.Text(), "The tag, as it is written: case counts"),
        sa.PrimaryKeyConstraint("feed_id", "tag", name="pk_feed_tags"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_feed_tags_feed_id", ondelete="CASCADE"),
        comment="One row per tag of a feed: the folders and categories of lists it came in, or an operator's own",
    )
    op.create_index("ix_feed_tags_tag", "feed_tags", ["tag", "feed_id"])


def downgrade() -> None:
    op.drop_table("feed_tags")
