"""Outlines: which entries a feed's newest document has, by their bytes, so that they need not be read again.

Revision 0014.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId
from worker.migrations.columns import required

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outlines",
        required("feed_id", BigId, "The feed", autoincrement=False),
        required("edition", BigId, "The feed's edition that it belongs to: it counts for no other"),
        required("reading", sa.Text(), "The versions of Feedmill's rules by which the entries were read"),
        required("frame", sa.LargeBinary(), "xxh3-128 of what the entries take from around them"),
        required(
            "slice_hashes", sa.LargeBinary(), "xxh3-64 of each entry's bytes, in document order, one after the other"
        ),
        required("guid_hashes", sa.LargeBinary(), "The guid_hash of each entry's sighting, 16 bytes each"),
        required(
            "link_hashes", sa.LargeBinary(), "xxh3-64 of the page that each entry's link leads to; zeros for none"
        ),
        sa.PrimaryKeyConstraint("feed_id", name="pk_outlines"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_outlines_feed_id", ondelete="CASCADE"),
        comment="One row per feed whose entries are known again by their bytes; for Feedmill only",
    )


def downgrade() -> None:
    op.drop_table("outlines")
