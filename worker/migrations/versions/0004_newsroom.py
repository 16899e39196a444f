"""Newsroom: what wires say of a dispatch besides its news.

Revision 0004.
"""

import sqlalchemy as sa
from alembic import op

from worker.migrations.columns import optional

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ARTICLES = ("slug", "notice", "notice_number", "note", "urgency")


def upgrade() -> None:
    for column in _article_columns():
        op.add_column("articles", column)
    _comment(
        agency="The agency that filed it: of a dispatch's dateline, or as a newsroom document says",
        content_hash="xxh3-128 of the folded title and text that are shown, and of being killed",
    )


def downgrade() -> None:
    _comment(
        agency="The agency in a dispatch's dateline",
        content_hash="xxh3-128 of the folded title and text that are shown",
    )
    for name in _ARTICLES:
        op.drop_column("articles", name)


def _article_columns() -> list[sa.Column[object]]:
    return [
        optional("slug", sa.Text(), "The short name under which a newsroom sends all versions and takes of a dispatch"),
        optional(
            "notice",
            sa.Text(),
            "What it is to what was sent before: update, correction, repeat, take, advisory, kill; null for a first version",
        ),
        optional("notice_number", sa.Integer(), "Which update or take it is, as the wire counts them"),
        optional("note", sa.Text(), "What the wire tells editors of this version: what it corrects, what it adds"),
        optional("urgency", sa.Integer(), "From 1, the most urgent, to 9 (IPTC 7901)"),
    ]


def _comment(**comments: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        for column, comment in comments.items():
            op.alter_column("articles", column, comment=comment)
