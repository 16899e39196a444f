"""Identity: by what a feed's entries are known and why, and which poll brought a revision.

Revision 0006.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import UtcDateTime
from worker.migrations.columns import optional, required

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FEEDS = ("guid_policy", "guid_reason", "guid_renamings")
_REVISIONS = ("polled_at", "updated_at")
_OPTIONS = "What an operator chose for this feed: interval (seconds)"


def upgrade() -> None:
    for column in _feed_columns():
        op.add_column("feeds", column)
    op.add_column(
        "revisions",
        optional(
            "polled_at", UtcDateTime(), "When the poll that brought it began: with feed_id it names a row of polls"
        ),
    )
    op.add_column("revisions", optional("updated_at", UtcDateTime(), "When the publisher says this version was made"))
    _comment_options(f"{_OPTIONS}, guid_policy")


def downgrade() -> None:
    _comment_options(_OPTIONS)
    for name in _REVISIONS:
        op.drop_column("revisions", name)
    for name in _FEEDS:
        op.drop_column("feeds", name)


def _feed_columns() -> list[sa.Column[object]]:
    return [
        required(
            "guid_policy",
            sa.Text(),
            "By what its entries are known: guid, guid and link, or link",
            server_default=sa.text("'guid'"),
        ),
        optional("guid_reason", sa.Text(), "Why they are not known by guid alone, in words"),
        required(
            "guid_renamings",
            sa.Integer(),
            "Documents in a row in which most of its entries came back under other guids",
            server_default=sa.text("0"),
        ),
    ]


def _comment_options(comment: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("feeds", "options", comment=comment)
