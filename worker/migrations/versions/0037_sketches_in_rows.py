"""Sketches on PostgreSQL lie in their rows.

That of an article of 450 words or more went to a table beside it, in two pieces, once it had been compressed in vain: to
write it took twice as long, to read it half as long again.

Revision 0037.
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # Bytes; the longest is of 2,900, and of the outlet's name.
        op.execute("ALTER TABLE sketches SET (toast_tuple_target = 4096)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE sketches RESET (toast_tuple_target)")
