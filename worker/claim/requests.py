"""Polls that somebody asks for: a request is a moment in SQL, and whoever claims the host next makes the poll."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from worker.database.among import is_among
from worker.database.feed_locks import lock_feeds
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.host_queue import wake_hosts
from worker.values import FeedState


def find_requested(connection: Connection, feed_ids: Collection[int]) -> list[int]:
    """Return those of these feeds whose request nobody has answered yet."""
    named = is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids)
    waiting = select(ScheduleRow.feed_id).where(named, ScheduleRow.requested_at.is_not(None))
    return list(connection.execute(waiting.order_by(ScheduleRow.feed_id)).scalars())


def request_polls(connection: Connection, now: datetime, feed_ids: Collection[int]) -> None:
    """Ask in SQL for a poll of active feeds; whichever worker claims their host next makes it."""
    lock_feeds(connection, feed_ids)
    named = is_among(connection.dialect.name, FeedRow.id, feed_ids)
    active = select(FeedRow.id).where(named, FeedRow.state == FeedState.ACTIVE)
    connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id.in_(active), ScheduleRow.host_id.is_not(None))
        .values(
            requested_at=now,
            next_poll_at=now,
            next_poll_reason="requested",
            # Polls under way leave the schedule to this one.
            instructions=ScheduleRow.instructions + 1,
        )
    )
    wake_hosts(connection, now, feed_ids)
