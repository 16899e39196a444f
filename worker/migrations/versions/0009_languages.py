"""Languages: who says which one an article is in.

Revision 0009.
"""

import sqlalchemy as sa
from alembic import op

from worker.migrations.columns import optional

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "articles",
        optional(
            "language_source",
            sa.Text(),
            "Who says so: entry, feed, or detected in its text; null without a language and before schema 0009",
        ),
    )
    _comment_language("Language tag (BCP 47), declared or detected")


def downgrade() -> None:
    # What was detected is no declaration.
    op.execute("UPDATE articles SET language = NULL WHERE language_source = 'detected'")
    _comment_language("Language tag (BCP 47), as declared")
    op.drop_column("articles", "language_source")


def _comment_language(comment: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("articles", "language", comment=comment)
