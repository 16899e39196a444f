"""Sketches have 24 bits for each shingle, where they had 32, and hashes of seed files are of more: only comments say so.

What was made by older rules stays as it is, and is compared with nothing any more.

Revision 0038.
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_FIRST = "The first 600 shingles in order"
_BYTES = "xxh3-128 of its bytes"


def upgrade() -> None:
    _comment("sketches", "shingles", f"{_FIRST}, 24 bits each: the highest bytes, then the others")
    more = "of what in it was refused or held back, and of an archive of how it is read"
    _comment("seed_files", "body_hash", f"{_BYTES}, {more}")


def downgrade() -> None:
    _comment("seed_files", "body_hash", _BYTES)
    _comment("sketches", "shingles", f"{_FIRST}, 32 bits each, little-endian")


def _comment(table: str, column: str, comment: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(table, column, comment=comment)
