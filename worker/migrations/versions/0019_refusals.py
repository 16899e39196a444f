"""Refusals and gaps: which feeds a host refused in a row, until when it or a feed is held, what feeds missed.

Revision 0019.
"""

import sqlalchemy as sa
from alembic import op

from worker.database.types import Json, Seconds, UtcDateTime
from worker.migrations.columns import optional, required

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    held = "Until when the host is left alone with all its feeds, since it refused one after the other; null otherwise"
    asked = (
        "Until when the publisher asked to leave the feed alone: it refused us (403, 429, 503), or sent Retry-After; "
        "null otherwise"
    )
    op.add_column("hosts", optional("refused_feeds", Json, "The first of the feeds that were refused, JSON"))
    op.add_column(
        "hosts", optional("refused_wait", Seconds, "Seconds: the shortest wait that any of the refusals asked for")
    )
    op.add_column("hosts", optional("held_until", UtcDateTime, held))
    op.add_column("schedules", optional("held_until", UtcDateTime, asked))
    op.add_column(
        "feeds",
        required(
            "gaps",
            sa.Integer(),
            "Polls that found none of the former entries, and only new ones: some had come and gone in between",
            server_default=sa.text("0"),
        ),
    )
    _comment(
        "Refusals in a row (403, 429, 503), each of another feed, nothing good between: from three on the host is held",
        "Earliest next request: the gap, or held_until",
    )
    # Until now a host was held from its first refusal on.
    op.execute("UPDATE hosts SET held_until = next_request_at WHERE failures > 0")
    op.drop_index("ix_hosts_refusing", "hosts")
    is_held = sa.text("held_until IS NOT NULL")
    op.create_index("ix_hosts_held_until", "hosts", ["held_until"], postgresql_where=is_held, sqlite_where=is_held)


def downgrade() -> None:
    _comment(
        "Refusals of the whole host in a row (429, 503)", "Earliest next request: the gap, or what the host asked for"
    )
    op.drop_index("ix_hosts_held_until", "hosts")
    is_refusing = sa.text("failures > 0")
    op.create_index(
        "ix_hosts_refusing", "hosts", ["next_request_at"], postgresql_where=is_refusing, sqlite_where=is_refusing
    )
    op.drop_column("schedules", "held_until")
    op.drop_column("feeds", "gaps")
    for name in ("held_until", "refused_wait", "refused_feeds"):
        op.drop_column("hosts", name)


def _comment(failures: str, next_request_at: str) -> None:
    # SQLite keeps no comments.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("hosts", "failures", comment=failures)
        op.alter_column("hosts", "next_request_at", comment=next_request_at)
