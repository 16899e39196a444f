"""Telling an outage of our own network from failures of hosts: by the ledger, where most hosts failed at once."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, case, func, or_, select

from worker.database.engine import reading
from worker.database.feed_tables import PollRow, ScheduleRow
from worker.errors import CUT_OFF
from worker.values import Streak

# Windows begin at full five minutes, so that all the failures of one are judged by one look into the ledger.
_WINDOW = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# So many hosts must have been polled in a window for it to say anything.
_FEWEST_HOSTS = 20
# A week of windows.
_MOST_KNOWN = 2_016


class Outages:
    """What the ledger says of windows that are over; a class because that never changes and is asked often."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[datetime, bool] = {}

    def explain(self, streak: Streak, now: datetime) -> bool:
        """Say whether the last failed poll of a streak was an outage of ours, rather than the feed's own failure."""
        if streak.last_class not in CUT_OFF or streak.last_at is None:
            return False
        began = _EPOCH + (streak.last_at - _EPOCH) // _WINDOW * _WINDOW
        if began in self._known:
            return self._known[began]
        with reading(self._engine) as connection:
            was_outage = _look(connection, began)
        if began + _WINDOW <= now:
            self._known[began] = was_outage
            # Feeds were last polled hours ago, or days: what is older is asked for again.
            for oldest in sorted(self._known)[:-_MOST_KNOWN]:
                del self._known[oldest]
        return was_outage


def _look(connection: Connection, began: datetime) -> bool:
    """Say whether most hosts polled in a window could not be reached."""
    answered = or_(PollRow.error_class.is_(None), PollRow.error_class.not_in(CUT_OFF))
    row = connection.execute(
        select(
            func.count(ScheduleRow.host_id.distinct()).label("polled"),
            func.count(case((answered, ScheduleRow.host_id)).distinct()).label("answered"),
        )
        .join(PollRow, PollRow.feed_id == ScheduleRow.feed_id)
        .where(PollRow.started_at >= began, PollRow.started_at < began + _WINDOW)
    ).one()
    return bool(row.polled >= _FEWEST_HOSTS and 2 * row.answered < row.polled)
