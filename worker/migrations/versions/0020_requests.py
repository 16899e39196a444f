"""Requests: how an operator wants one feed to be asked for.

Revision 0020.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import Json
from worker.migrations.columns import optional

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "feeds",
        optional(
            "request",
            Json,
            "How an operator wants it asked for: user, headers (their names), user_agent, proxy, is_insecure, "
            "offers_http2; given_for is the URL whose origin alone gets user and headers. Secrets are kept "
            "elsewhere; null for the usual",
        ),
    )
    has_settings = sa.text("request IS NOT NULL")
    op.create_index("ix_feeds_request", "feeds", ["id"], postgresql_where=has_settings, sqlite_where=has_settings)


def downgrade() -> None:
    op.drop_index("ix_feeds_request", "feeds")
    op.drop_column("feeds", "request")
