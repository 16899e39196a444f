"""Tallies: what workers count for whoever watches them.

Revision 0026.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import UtcDateTime
from worker.migrations.columns import required

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tallies",
        required("name", sa.Text(), "What is counted, by the name that `feedmill metrics` gives it"),
        required("labels", sa.Text(), 'Of which kind, such as outcome="new"; empty for all kinds'),
        required(
            "bound",
            sa.Text(),
            "The seconds that what is counted here took at most (and more than the bound before); +Inf beyond all bounds; sum for all seconds together; empty for what is only counted",
        ),
        required("value", sa.Double(), "How often, or how many seconds"),
        required("counted_at", UtcDateTime(), "When something was last added, by the database's clock"),
        sa.PrimaryKeyConstraint("name", "labels", "bound", name="pk_tallies"),
        comment="One row per thing that workers count, its labels and the bound of its duration",
    )


def downgrade() -> None:
    op.drop_table("tallies")
