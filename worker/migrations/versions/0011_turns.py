"""Turns: when what is done every so often was last begun, by the database's clock and not by those of messages.

Revision 0011.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import UtcDateTime
from worker.migrations.columns import optional, required

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turns",
        required("name", sa.Text(), "What is done: a task by its name, or what had to be mended"),
        required("taken_at", UtcDateTime(), "When it was last begun, by the database's clock"),
        optional("note", sa.Text(), "Why it had to be done, in words; null for what is done every so often"),
        optional("noted_at", UtcDateTime(), "When that was last so"),
        sa.PrimaryKeyConstraint("name", name="pk_turns"),
        comment="One row per thing that is done every so often, by whichever worker",
    )


def downgrade() -> None:
    op.drop_table("turns")
