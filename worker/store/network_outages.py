"""Telling an outage of our own network from failures of hosts: in an outage most hosts of the ledger fail at once.

The ledger is judged by windows of five minutes, so that one look answers for all failures in a window.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, Row, case, func, or_, select, union_all

from worker.database.engine import reading
from worker.database.feed_tables import PollRow, ScheduleRow
from worker.errors import CUT_OFF
from worker.values.due_feeds import Streak

_WINDOW = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A window in which fewer hosts were polled says nothing.
_FEWEST_HOSTS = 20
# With a million feeds a window has 100,000 polls and more. So many of them are enough to tell a half to a few per cent.
# They are taken from slices all over the window, for an outage may fill any part of it.
_MOST_POLLS, _SLICES = 500, 20
# A week of windows.
_MOST_KNOWN = 2_016


class Outages:
    """What the ledger says of windows; a class because it remembers those that are over, which never change."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[datetime, bool] = {}

    def explains(self, streak: Streak, now: datetime) -> bool:
        """Say whether the last failed poll of a streak failed by an outage of ours, not by the feed's own fault."""
        if streak.last_class not in CUT_OFF or streak.last_at is None:
            return False
        began = _EPOCH + (streak.last_at - _EPOCH) // _WINDOW * _WINDOW
        if began in self._known:
            return self._known[began]
        with reading(self._engine) as connection:
            was_outage = _was_outage(connection, began)
        if began + _WINDOW <= now:
            self._known[began] = was_outage
            # Most feeds were last polled hours or days ago; older windows can be looked up again.
            for oldest in sorted(self._known)[:-_MOST_KNOWN]:
                del self._known[oldest]
        return was_outage


def _was_outage(connection: Connection, began: datetime) -> bool:
    """Say whether most hosts polled in a window could not be reached; a busy window is judged by some of its polls."""
    found = _count_hosts(connection, began, 1)
    if found.polls == _MOST_POLLS:
        found = _count_hosts(connection, began, _SLICES)
    return bool(found.polled >= _FEWEST_HOSTS and 2 * found.answered < found.polled)


def _count_hosts(connection: Connection, began: datetime, slices: int) -> Row[int, int, int]:
    """Count the hosts that were polled, and those that answered, in the first polls of each slice of a window."""
    length = _WINDOW / slices
    first = (
        select(PollRow.feed_id, PollRow.error_class)
        .where(PollRow.started_at >= at, PollRow.started_at < at + length)
        .order_by(PollRow.started_at)
        .limit(_MOST_POLLS // slices)
        .subquery()
        for at in (began + number * length for number in range(slices))
    )
    polls = union_all(*(select(some) for some in first)).subquery()
    answered = or_(polls.c.error_class.is_(None), polls.c.error_class.not_in(CUT_OFF))
    counts = (
        func.count().label("polls"),
        func.count(ScheduleRow.host_id.distinct()).label("polled"),
        func.count(case((answered, ScheduleRow.host_id)).distinct()).label("answered"),
    )
    query = select(*counts).outerjoin_from(polls, ScheduleRow, ScheduleRow.feed_id == polls.c.feed_id)
    return connection.execute(query).one()
