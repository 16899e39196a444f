"""Seed files: folders that are feeds, archives, and how files looked, so that a scan opens none that is unchanged.

Revision 0034.
"""

import sqlalchemy as sa
from alembic import op

from worker.migrations.columns import optional

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_LOOK = (
    "xxh3-128 of its size, its times and its number on its disk: while these are the same it is not opened; null "
    "while it is so young that it may be written to without a change of them"
)
_NEW = (("look_hash", _LOOK), ("settings_hash", "xxh3-128 of its folder's feed.toml; null without one"))


def upgrade() -> None:
    op.add_column(
        "feeds",
        sa.Column(
            "is_folder",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="Whether it is a folder of seed files with a feed.toml: the feed of all that wires sent into it",
        ),
    )
    is_folder = sa.text("is_folder")
    op.create_index("ix_feeds_folder", "feeds", ["id"], postgresql_where=is_folder, sqlite_where=is_folder)
    for name, comment in _NEW:
        op.add_column("seed_files", optional(name, sa.LargeBinary(), comment))
    _let_feed_be_null(is_null=True)
    _comment(
        "One row per feed: a URL we poll, a seed file we read, or a folder of these",
        "The feed whose document it is; null for an archive, whose members are files of their own",
    )


def downgrade() -> None:
    op.execute("DELETE FROM seed_files WHERE feed_id IS NULL")
    _let_feed_be_null(is_null=False)
    for name, _ in _NEW:
        op.drop_column("seed_files", name)
    op.drop_index("ix_feeds_folder", "feeds")
    op.drop_column("feeds", "is_folder")
    _comment("One row per feed: a URL we poll, or a seed file we read", "The feed whose document it is")


def _let_feed_be_null(*, is_null: bool) -> None:
    with op.batch_alter_table("seed_files") as seed_files:
        seed_files.alter_column("feed_id", existing_type=sa.BigInteger(), nullable=is_null)


def _comment(feeds: str, feed_id: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.create_table_comment("feeds", feeds)
        op.alter_column("seed_files", "feed_id", comment=feed_id)
