"""Views: v1_articles, v1_feeds and v1_stories, promised to whoever reads the store by SQL.

They stand in ``worker/database/views.py`` alone, and are made at the end of whatever migrates a store to the newest
schema: here it only gets a number.

Revision 0031.
"""

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
