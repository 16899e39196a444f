"""Coverage: indexes by which the view v1_coverage counts a feed's articles of a day.

The first of them finds all articles of a feed too, in place of the one that did. The view itself stands in
``worker/database/coverage_view.py``.

Revision 0032.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for moment in ("first_seen_at", "published_at"):
        op.create_index(f"ix_articles_feed_id_{moment}", "articles", ["feed_id", moment])
    op.drop_index("ix_articles_feed_id_id", "articles")


def downgrade() -> None:
    op.create_index("ix_articles_feed_id_id", "articles", ["feed_id", "id"])
    for moment in ("published_at", "first_seen_at"):
        op.drop_index(f"ix_articles_feed_id_{moment}", "articles")
