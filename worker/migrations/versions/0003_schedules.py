"""Schedules: what decides when a feed is polled next, moves, and failures told from outages of ours.

Revision 0003.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, Json, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FEEDS = ("hints", "rhythm", "moved_to", "moved_polls", "moved_since", "sought_at")
_SCHEDULES = ("attempts", "failing_since")


def upgrade() -> None:
    for column in _feed_columns():
        op.add_column("feeds", column)
    op.add_column(
        "schedules",
        required("attempts", sa.Integer(), "Failed polls in a row, all of them", server_default=sa.text("0")),
    )
    op.add_column(
        "schedules",
        optional("failing_since", UtcDateTime(), "When the first of them was; null when the last poll succeeded"),
    )
    _index_failing_feeds()
    _comment_failures("Failed polls in a row, without those that may have been an outage of our own network")
    failing = sa.text("error_class IS NOT NULL AND next_poll_at IS NOT NULL")
    op.create_index(
        "ix_schedules_failing",
        "schedules",
        ["error_class", "failures", "last_success_at"],
        postgresql_where=failing,
        sqlite_where=failing,
    )
    _create_aliases()


def downgrade() -> None:
    op.drop_table("feed_aliases")
    op.drop_index("ix_schedules_failing_since", "schedules")
    op.drop_index("ix_schedules_failing", "schedules")
    _comment_failures("Failed polls in a row")
    for name in _SCHEDULES:
        op.drop_column("schedules", name)
    for name in _FEEDS:
        op.drop_column("feeds", name)


def _feed_columns() -> list[sa.Column[object]]:
    return [
        optional(
            "hints",
            Json,
            "What its newest document asks of those who poll it: ttl and update_period (seconds), skip_hours (0 to 23, UTC), skip_days (Monday is 0)",
        ),
        optional(
            "rhythm",
            Json,
            "When it publishes, as learnt from its articles: since, latest, articles, and shares of them by hours (24, UTC), weekdays (7, Monday first) and minutes (a direction on a dial, and how many): all fade",
        ),
        optional("moved_to", sa.Text(), "Where a permanent redirect (301, 308) leads that is not believed yet"),
        required("moved_polls", sa.Integer(), "Polls in a row that were redirected there", server_default=sa.text("0")),
        optional("moved_since", UtcDateTime(), "When the first of them was"),
        optional("sought_at", UtcDateTime(), "When its site was last searched for the feed, which had been failing"),
    ]


def _index_failing_feeds() -> None:
    # Of most feeds it holds nothing.
    failing = sa.text("failing_since IS NOT NULL")
    op.create_index(
        "ix_schedules_failing_since",
        "schedules",
        ["failing_since"],
        postgresql_where=failing,
        sqlite_where=failing,
    )


def _comment_failures(comment: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("schedules", "failures", comment=comment)


def _create_aliases() -> None:
    op.create_table(
        "feed_aliases",
        required("url_key", sa.Text(), "Canonical form of the former URL"),
        required("url", sa.Text(), "The former URL as it was given"),
        required("feed_id", BigId, "The feed it names now"),
        required("since", UtcDateTime(), "When the feed moved"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_feed_aliases_feed_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("url_key", name="pk_feed_aliases"),
        comment="One row per former URL of a feed: adding or naming it means the feed",
    )
    op.create_index("ix_feed_aliases_feed_id", "feed_aliases", ["feed_id"])
