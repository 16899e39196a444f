"""Turns: when what is done every so often was last begun, by the database's clock and not by those of messages.

Revision 0011.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import UtcDateTime
from worker.migrations.columns import required

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turns",
        required("name", sa.Text(), "What is done: the name of its task"),
        required("taken_at", UtcDateTime(), "When it was last begun, by the database's clock"),
        sa.PrimaryKeyConstraint("name", name="pk_turns"),
        comment="One row per thing that is done every so often, by whichever worker",
    )


def downgrade() -> None:
    op.drop_table("turns")
