"""Asking for a feed's older documents: they are read in the background, from its newest document back."""

from datetime import datetime

from sqlalchemy import Connection, select

from worker.database.backfill_rows import begin_backfill, end_asked_backfills
from worker.database.feed_tables import ScheduleRow
from worker.database.locks import lock_feeds
from worker.errors import NamedError
from worker.manage.feeds import NamedFeed
from worker.values.backfills import MOST_DOCUMENTS, read_history
from worker.values.due_feeds import FeedState

MOST_ASKED = 1_000
"""How many documents somebody may ask for at once."""


def ask_for_older(
    connection: Connection,
    now: datetime,
    feed: NamedFeed,
    since: datetime | None = None,
    most_documents: int = MOST_DOCUMENTS,
) -> None:
    """Ask for a feed's older documents, in place of what was asked for before; NamedError where it is not polled."""
    if feed.host_id is None:
        raise NamedError(f"{feed.url} is a seed file: it is read when it is ingested, and has no older documents.")
    if feed.state is not FeedState.ACTIVE:
        raise NamedError(
            f"{feed.url} is {feed.state}: once `feedmill resume` polls it, its older documents can be read."
        )
    lock_feeds(connection, [feed.feed_id])
    end_asked_backfills(connection, feed.feed_id, "it was asked for again")
    begin_backfill(connection, feed.feed_id, read_history(feed.url, since, most_documents, now))


def was_polled(connection: Connection, feed_id: int) -> bool:
    """Say whether a feed has been read by a poll: before that it has no older documents."""
    at = select(ScheduleRow.last_success_at).where(ScheduleRow.feed_id == feed_id)
    return connection.execute(at).scalar() is not None
