"""Stories: articles that are copies of one another, and what texts are found and compared by.

Revision 0007.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WAITING, _HAS_STORY = sa.text("grouped_at IS NULL"), sa.text("story_id IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_articles_waiting", "articles", ["id"], postgresql_where=_WAITING, sqlite_where=_WAITING)
    op.create_index(
        "ix_articles_story_id", "articles", ["story_id"], postgresql_where=_HAS_STORY, sqlite_where=_HAS_STORY
    )
    _create_stories()
    _create_near_keys()
    _create_sketches()
    _create_blocks()


def downgrade() -> None:
    for table in ("blocks", "sketches", "near_keys", "stories"):
        op.drop_table(table)
    op.drop_index("ix_articles_story_id", "articles")
    op.drop_index("ix_articles_waiting", "articles")
    # Without their stories they wait again.
    op.execute("UPDATE articles SET story_id = NULL, grouped_at = NULL WHERE grouped_at IS NOT NULL")


def _create_stories() -> None:
    op.create_table(
        "stories",
        required("id", BigId, "Identifier: that of the article it began with, which may be gone", autoincrement=False),
        optional("parent", BigId, "The story that took it in; null for a story of its own"),
        required("first_article_id", BigId, "The first of its articles"),
        required("size", sa.Integer(), "How many articles it has; 0 while its one article is to be grouped again"),
        required("first_seen_at", UtcDateTime(), "When the first of them was first seen"),
        required("last_seen_at", UtcDateTime(), "When the last of them was first seen"),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        comment="One row per story; those that another one took in have a parent, and no articles any more",
    )
    taken_in, several = sa.text("parent IS NOT NULL"), sa.text("size > 1")
    op.create_index("ix_stories_parent", "stories", ["parent"], postgresql_where=taken_in, sqlite_where=taken_in)
    op.create_index(
        "ix_stories_last_seen_at", "stories", ["last_seen_at"], postgresql_where=several, sqlite_where=several
    )


def _create_near_keys() -> None:
    op.create_table(
        "near_keys",
        required("key", sa.BigInteger(), "Hash of a run of five words, the smallest of those around it"),
        required("article_id", BigId, "The article", autoincrement=False),
        sa.PrimaryKeyConstraint("key", "article_id", name="pk_near_keys"),
        comment="One row per anchor of an article: two copies share at least one; kept for 30 days",
        sqlite_with_rowid=False,
    )


def _create_sketches() -> None:
    op.create_table(
        "sketches",
        required("article_id", BigId, "The article", autoincrement=False),
        required(
            "rules_version", sa.Integer(), "Version of the rules that made it; only those of one version are compared"
        ),
        required(
            "content_hash", sa.LargeBinary(), "Content hash of the words that were compared by it; empty until then"
        ),
        required("outlet", sa.Text(), "The site the article stood on; where that is unknown its feed"),
        required("width", sa.Integer(), "Words in a shingle"),
        required("shingles", sa.LargeBinary(), "The first 600 shingles in order, 32 bits each, little-endian"),
        required(
            "facts", sa.LargeBinary(), "Hashes of up to 64 names and numbers in order, 32 bits each, little-endian"
        ),
        required("places", sa.LargeBinary(), "Where they stand: a bit for each word, little-endian"),
        sa.PrimaryKeyConstraint("article_id", name="pk_sketches"),
        comment="One row per article that may still be compared with others; kept for 30 days",
    )


def _create_blocks() -> None:
    op.create_table(
        "blocks",
        required("block", sa.BigInteger(), "Hash of the line's words"),
        required("story_id", BigId, "The story, as it was when the line was seen", autoincrement=False),
        sa.PrimaryKeyConstraint("block", "story_id", name="pk_blocks"),
        comment="One row per line of text and story that has it, the first few of each; kept for 90 days",
        sqlite_with_rowid=False,
    )
