"""A feed's own interval, which its operator chooses, and what it means for the feed's next poll."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.basics.codec import pack, unpack
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.locks import count_instruction, wake_hosts
from worker.schedule.success import after_success
from worker.values.due_feeds import NO_OPTIONS, FeedOptions
from worker.values.outcomes import NextPoll
from worker.values.schedules import NO_HINTS, Bounds, Hints, Rhythm

SHORTEST_INTERVAL, LONGEST_INTERVAL = timedelta(minutes=1), timedelta(days=30)


def bounds_within(interval: timedelta | None, bounds: Bounds) -> Bounds:
    """Return the bounds of one feed's schedule: its own interval, if it has one, replaces the deployment's."""
    return replace(bounds, interval=interval, is_fixed=True) if interval else bounds


def choose_interval(
    connection: Connection, now: datetime, feed_id: int, interval: timedelta | None, bounds: Bounds
) -> NextPoll:
    """Set a feed's interval, None for what the settings say; return when and why the feed is polled next.

    The next poll stays as it is for a feed that fails, that is requested, or that was never polled.
    """
    count_instruction(connection, [feed_id])
    feed = connection.execute(
        select(ScheduleRow, FeedRow.options, FeedRow.hints, FeedRow.rhythm)
        .join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
        .where(ScheduleRow.feed_id == feed_id)
    ).one()
    options = replace(unpack(FeedOptions, feed.options) or NO_OPTIONS, interval=interval)
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(options=pack(options)))
    if feed.next_poll_at is None or feed.last_attempt_at is None or feed.requested_at or feed.error_class:
        return NextPoll(feed.next_poll_at, feed.next_poll_reason)
    return _reschedule(connection, now, feed, bounds_within(interval, bounds))


def _reschedule(connection: Connection, now: datetime, feed: Row[Any], bounds: Bounds) -> NextPoll:
    # Decided as of the last poll, so that the next one is never further away than the interval allows.
    hints, rhythm = unpack(Hints, feed.hints) or NO_HINTS, unpack(Rhythm, feed.rhythm)
    decided = after_success(feed.last_attempt_at, bounds, hints, rhythm, spread=0.0)
    at = max(decided.at or now, now)
    following = {"next_poll_at": at, "next_poll_reason": decided.reason, "interval": decided.interval}
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed.feed_id).values(following))
    wake_hosts(connection, at, [feed.feed_id])
    return NextPoll(at, decided.reason)
