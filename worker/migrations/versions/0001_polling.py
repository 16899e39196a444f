"""Polling: feeds, hosts, schedules and the ledger.

Revision 0001.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import BigId, Json, Seconds, UtcDateTime
from worker.migrations.columns import create_default_partition, optional, partitioned_key, required

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_feeds()
    _create_hosts()
    _create_schedules()
    _create_polls()


def downgrade() -> None:
    op.drop_table("polls")
    op.drop_table("schedules")
    op.drop_table("hosts")
    op.drop_table("feeds")


def _create_feeds() -> None:
    op.create_table(
        "feeds",
        required("id", BigId, "Identifier"),
        required("url", sa.Text(), "URL exactly as it was given; fetched verbatim"),
        required("url_key", sa.Text(), "Canonical form of the URL: two spellings of one feed are one row"),
        optional("title", sa.Text(), "Title, as the feed's newest document gives it"),
        optional("site_url", sa.Text(), "The site the feed belongs to, as its newest document gives it"),
        required(
            "state", sa.Text(), "active, paused, gone, quarantined or removed", server_default=sa.text("'active'")
        ),
        optional("state_reason", sa.Text(), "Why the feed is not active, in words"),
        optional("options", Json, "What an operator chose for this feed: interval (seconds)"),
        required("added_at", UtcDateTime(), "When the feed was added"),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url_key", name="uq_feeds_url_key"),
        comment="One row per feed: a URL we poll, or a seed file we read",
        sqlite_autoincrement=True,
    )


def _create_hosts() -> None:
    op.create_table(
        "hosts",
        required("id", BigId, "Identifier"),
        required("name", sa.Text(), "hostname:port in ASCII (punycode)"),
        optional(
            "claimable_at",
            UtcDateTime(),
            "When a worker may next claim the host: its feeds' earliest next poll, not before next_request_at or the end of a lease; null when nothing is scheduled",
        ),
        optional("lease_until", UtcDateTime(), "When the present lease expires; null when nobody holds one"),
        optional("lease_token", sa.Text(), "Names the present lease; a result is scheduled only under its own"),
        optional("expired_token", sa.Text(), "The lease that the present one took over after it expired"),
        optional("next_request_at", UtcDateTime(), "Earliest next request: the gap, or what the host asked for"),
        required(
            "failures", sa.Integer(), "Refusals of the whole host in a row (429, 503)", server_default=sa.text("0")
        ),
        optional("gap", Seconds(), "Seconds between two requests; null follows FEEDMILL_HOST_GAP"),
        optional("parallel", sa.Integer(), "Requests in flight at a time; null follows FEEDMILL_HOST_PARALLEL"),
        required(
            "isolated",
            sa.Boolean(),
            "A feed of this host may be killing workers: it is polled with nothing beside it",
            server_default=sa.text("false"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hosts"),
        sa.UniqueConstraint("name", name="uq_hosts_name"),
        comment="One row per hostname:port: the lease, the gap and the back-off",
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_hosts_claimable_at", "hosts", ["claimable_at"])
    op.create_index(
        "ix_hosts_isolated",
        "hosts",
        ["claimable_at"],
        postgresql_where=sa.text("isolated"),
        sqlite_where=sa.text("isolated"),
    )


def _create_schedules() -> None:
    op.create_table(
        "schedules",
        required("feed_id", BigId, "The feed"),
        optional("host_id", BigId, "The host that serves it; null for a seed file"),
        optional("next_poll_at", UtcDateTime(), "When it is due; null when it is not to be polled"),
        optional("next_poll_reason", sa.Text(), "Why then, in words"),
        optional("requested_at", UtcDateTime(), "When somebody asked for a poll that has not been made yet"),
        optional("interval", Seconds(), "Seconds between polls, as last decided"),
        optional("etag", sa.Text(), "ETag of the newest stored document, byte for byte"),
        optional("last_modified", sa.Text(), "Last-Modified of the newest stored document, byte for byte"),
        optional("body_hash", sa.LargeBinary(), "xxh3-128 of the newest stored document"),
        required("failures", sa.Integer(), "Failed polls in a row", server_default=sa.text("0")),
        required(
            "claim_attempts",
            sa.Integer(),
            "Times in a row that a lease expired while it was polled",
            server_default=sa.text("0"),
        ),
        optional("error_class", sa.Text(), "Class of the newest poll's failure; null when it succeeded"),
        optional("error", sa.Text(), "The newest poll's failure in a sentence"),
        optional("last_attempt_at", UtcDateTime(), "When it was last polled"),
        optional("last_success_at", UtcDateTime(), "When a poll last succeeded, changed or not"),
        optional("last_changed_at", UtcDateTime(), "When a poll last brought something new"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_schedules_feed_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name="fk_schedules_host_id"),
        sa.PrimaryKeyConstraint("feed_id", name="pk_schedules"),
        comment="One row per feed: when it is polled next and why",
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("ix_schedules_host_id_next_poll_at", "schedules", ["host_id", "next_poll_at"])


def _create_polls() -> None:
    op.create_table(
        "polls",
        required("id", BigId, "Identifier, in the order of writing", autoincrement=True),
        required("feed_id", BigId, "The feed"),
        required("started_at", UtcDateTime(), "When the request began"),
        required("duration", Seconds(), "Seconds from the request to the end of the answer"),
        required("outcome", sa.Text(), "new, unchanged, transient, permanent or rejected"),
        optional("http_status", sa.Integer(), "HTTP status; null when no answer came"),
        optional("error_class", sa.Text(), "Class of the failure"),
        optional("error", sa.Text(), "The failure in a sentence"),
        required("bytes", BigId, "Bytes received, headers included"),
        optional("entries", sa.Integer(), "Entries in the document; null when it was not parsed"),
        required("new", sa.Integer(), "Articles this poll sighted for the first time"),
        required("updated", sa.Integer(), "Articles whose words had changed"),
        optional("parser", sa.Text(), "Which parser read the document"),
        optional("next_poll_at", UtcDateTime(), "The decision: when to poll next"),
        optional("next_poll_reason", sa.Text(), "The reason of that decision"),
        optional("note", sa.Text(), "Anything else worth knowing, such as entries left out"),
        partitioned_key("started_at"),
        comment="One row per attempt to poll a feed, kept for FEEDMILL_RETAIN_POLLS",
        sqlite_autoincrement=True,
        postgresql_partition_by="RANGE (started_at)",
    )
    op.create_index("ix_polls_feed_id_started_at", "polls", ["feed_id", "started_at"])
    op.create_index("ix_polls_started_at", "polls", ["started_at"])
    create_default_partition("polls")
