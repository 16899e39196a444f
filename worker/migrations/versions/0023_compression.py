"""Compression: PostgreSQL packs the words of articles by lz4, which is quicker than pglz, where it was built with that.

Revision 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_METHODS = "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'"
_WORDS = [(table, column) for table in ("articles", "revisions") for column in ("html", "text")]


def upgrade() -> None:
    # SQLite packs nothing, and PostgreSQL 13 knows one method only.
    if op.get_bind().dialect.name == "postgresql" and "lz4" in (op.get_bind().scalar(sa.text(_METHODS)) or ()):
        _pack_by("lz4")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql" and op.get_bind().scalar(sa.text(_METHODS)):
        _pack_by("default")


def _pack_by(method: str) -> None:
    for table, column in _WORDS:
        op.execute(f"ALTER TABLE {table} ALTER {column} SET COMPRESSION {method}")
