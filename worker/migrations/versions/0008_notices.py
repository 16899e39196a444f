"""Notices: which article each acts on, and which articles were killed.

Revision 0008.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId
from worker.migrations.columns import optional

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INDEXES = {"wire_key": ("wire_key", "published_at"), "acts_on": ("acts_on",), "killed_by": ("killed_by",)}


def upgrade() -> None:
    for column in _article_columns():
        op.add_column("articles", column)
    for name, columns in _INDEXES.items():
        where = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_articles_{name}", "articles", list(columns), postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    for name in reversed(_INDEXES):
        op.drop_index(f"ix_articles_{name}", "articles")
    for name in reversed(_INDEXES):
        op.drop_column("articles", name)


def _article_columns() -> list[sa.Column[object]]:
    return [
        optional(
            "wire_key",
            sa.Text(),
            "What the versions of one dispatch have in common: slug, else agency and title; null for what no wire sent",
        ),
        optional(
            "acts_on",
            BigId,
            "The article that this notice updates, corrects, repeats, continues or kills: the newest earlier version; its own id where it was killed under its own guid",
        ),
        optional("killed_by", BigId, "The article that kills it, or a later version of it; null while it stands"),
    ]
