"""Sketches have 24 bits for each shingle, where they had 32: only the comment says so.

What was made by older rules stays as it is, and is compared with nothing any more.

Revision 0038.
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_FIRST = "The first 600 shingles in order"


def upgrade() -> None:
    _comment(f"{_FIRST}, 24 bits each: the highest bytes, then the others")


def downgrade() -> None:
    _comment(f"{_FIRST}, 32 bits each, little-endian")


def _comment(shingles: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("sketches", "shingles", comment=shingles)
