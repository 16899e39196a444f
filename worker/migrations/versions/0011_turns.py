"""Turns: when what is done every so often was last begun, and when a host's lease last ran out with its worker.

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


_ISOLATED = "A feed of this host may be killing workers: it is polled with {}"


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
    op.add_column("hosts", optional("lost_at", UtcDateTime(), "When a lease last ran out with its worker"))
    lost = sa.text("lost_at IS NOT NULL")
    op.create_index("ix_hosts_lost_at", "hosts", ["lost_at"], postgresql_where=lost, sqlite_where=lost)
    _comment_isolated("few others beside it, or with nothing")


def downgrade() -> None:
    _comment_isolated("nothing beside it")
    op.drop_index("ix_hosts_lost_at", "hosts")
    op.drop_column("hosts", "lost_at")
    op.drop_table("turns")


def _comment_isolated(company: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("hosts", "isolated", comment=_ISOLATED.format(company))
