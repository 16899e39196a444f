"""A feed's own interval, as its operator chooses it, and what that means for its next poll."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.basics.codec import pack, unpack
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.locks import count_instruction, wake_hosts
from worker.schedule.success import after_success
from worker.values.due_feeds import FeedOptions
from worker.values.schedules import Bounds, Hints, Rhythm

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """When a feed is polled next, and why then; ``at`` is null when never."""

    at: datetime | None
    reason: str | None


def bounds_within(interval: timedelta | None, bounds: Bounds) -> Bounds:
    """Return the bounds of one feed's schedule: its operator's interval goes before the deployment's."""
    return replace(bounds, interval=interval, is_fixed=True) if interval else bounds


def choose_interval(
    connection: Connection, now: datetime, feed_id: int, interval: timedelta | None, bounds: Bounds
) -> Rescheduled:
    """Set a feed's interval, null for what the settings say, and decide anew when it is polled next.

    A feed that fails, that somebody asked for or that has not been polled yet is polled when it would have been.
    """
    count_instruction(connection, [feed_id])
    feed = connection.execute(
        select(ScheduleRow, FeedRow.options, FeedRow.hints, FeedRow.rhythm)
        .join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
        .where(ScheduleRow.feed_id == feed_id)
    ).one()
    options = replace(unpack(FeedOptions, feed.options) or FeedOptions(), interval=interval)
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(options=pack(options)))
    if feed.next_poll_at is None or feed.last_attempt_at is None or feed.requested_at or feed.error_class:
        return Rescheduled(feed.next_poll_at, feed.next_poll_reason)
    return _reschedule(connection, now, feed, bounds_within(interval, bounds))


def _reschedule(connection: Connection, now: datetime, feed: Row[Any], bounds: Bounds) -> Rescheduled:
    # The decision of the last poll, as it would have been: it never lies further ahead than the interval allows.
    hints, rhythm = unpack(Hints, feed.hints) or Hints(), unpack(Rhythm, feed.rhythm)
    decided = after_success(feed.last_attempt_at, bounds, hints, rhythm, spread=0.0)
    at = max(decided.at or now, now)
    connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id == feed.feed_id)
        .values(next_poll_at=at, next_poll_reason=decided.reason, interval=decided.interval)
    )
    wake_hosts(connection, at, [feed.feed_id])
    return Rescheduled(at, decided.reason)
