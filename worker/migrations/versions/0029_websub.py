"""WebSub: the hubs that feeds name, subscriptions with them, and what they deliver.

Revision 0029.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, Json, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "feeds",
        optional(
            "push",
            Json(),
            "The hub that its newest document names (WebSub): hub_url, topic, and until when it is trusted to bring "
            "what is new (until), so that the feed is polled once a day; null without a hub",
        ),
    )
    _create_subscriptions()
    _create_deliveries()


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        required("id", BigId, "Identifier: it stands in the URL that the hub calls", autoincrement=True),
        required("feed_id", BigId, "The feed"),
        required("hub_url", sa.Text(), "The hub"),
        required("topic", sa.Text(), "The URL that is subscribed to: what the feed is called at its hub"),
        required(
            "salt",
            sa.Text(),
            "Makes its secret, and the URL that the hub calls, from FEEDMILL_WEBSUB_SECRET; worthless without that",
        ),
        required(
            "state", sa.Text(), "named, asked, active, failing, denied or ended", server_default=sa.text("'named'")
        ),
        optional("reason", sa.Text(), "Why it stands so, in words"),
        required(
            "is_named",
            sa.Boolean(),
            "Whether the feed's newest document names the hub",
            server_default=sa.text("true"),
        ),
        optional(
            "asking",
            sa.Text(),
            "subscribe or unsubscribe: what the hub was asked for and has not verified; null for nothing",
        ),
        optional("asked_at", UtcDateTime(), "When the hub was last asked"),
        optional(
            "asked_under",
            sa.Text(),
            "A hash of the settings under which the hub was asked: with others it is asked anew; null while it is not "
            "asked",
        ),
        optional("verified_at", UtcDateTime(), "When the hub last verified the subscription"),
        optional("lease_until", UtcDateTime(), "Until when the hub pushes; null without a lease"),
        optional("next_attempt_at", UtcDateTime(), "When the hub is asked next; null for never"),
        required("failures", sa.Integer(), "Times in a row that asking it failed", server_default=sa.text("0")),
        optional("delivered_at", UtcDateTime(), "When the hub last delivered something"),
        required(
            "proofs",
            sa.Integer(),
            "Deliveries with something new since the hub last missed any: with more of them than it has missed it is "
            "trusted",
            server_default=sa.text("0"),
        ),
        required(
            "missed",
            sa.Integer(),
            "Times that a poll found what the hub should have brought before",
            server_default=sa.text("0"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_subscriptions_feed_id", ondelete="CASCADE"),
        comment="One row per hub that a feed's documents name (WebSub), and how it stands with it",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscriptions_feed_id", "subscriptions", ["feed_id"])
    is_named = sa.text("is_named")
    op.create_index(
        "ix_subscriptions_named", "subscriptions", ["state"], postgresql_where=is_named, sqlite_where=is_named
    )
    _create_partial_index("subscriptions", "due", "next_attempt_at")
    _create_partial_index("subscriptions", "asked_under", "asked_under")


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        required("id", BigId, "Identifier", autoincrement=True),
        required("subscription_id", BigId, "The subscription under which it came"),
        required("received_at", UtcDateTime(), "When it came"),
        optional("content_type", sa.Text(), "Content-Type, as the hub sent it"),
        optional("body", sa.LargeBinary(), "Its bytes; null once they are read"),
        optional(
            "body_hash",
            sa.LargeBinary(),
            "xxh3-128 of its bytes: what comes again is known; null where any may come",
        ),
        required("attempts", sa.Integer(), "Times that a worker has taken it", server_default=sa.text("0")),
        optional("claimable_at", UtcDateTime(), "When a worker may take it; null once it is read"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("subscription_id", "body_hash", name="uq_deliveries_subscription_id_body_hash"),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscriptions.id"], name="fk_deliveries_subscription_id", ondelete="CASCADE"
        ),
        comment="One row per delivery of a hub (WebSub), kept for a week, its body until it is read",
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_received_at", "deliveries", ["received_at"])
    _create_partial_index("deliveries", "waiting", "claimable_at")


def _create_partial_index(table: str, name: str, column: str) -> None:
    is_there = sa.text(f"{column} IS NOT NULL")
    op.create_index(f"ix_{table}_{name}", table, [column], postgresql_where=is_there, sqlite_where=is_there)


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("subscriptions")
    op.drop_column("feeds", "push")
