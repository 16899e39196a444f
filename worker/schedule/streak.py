"""Failed polls in a row, and which of them are held against the feed."""

from dataclasses import replace
from datetime import datetime

from worker.errors import CUT_OFF, ErrorClass
from worker.values import Streak


def extend(streak: Streak, failed: ErrorClass, now: datetime, *, was_outage: bool) -> Streak:
    """Return the streak with one more failed poll.

    A failure that may be an outage of our own network counts only when the next one shows that it was none.
    ``was_outage`` says whether, when the last one failed, most hosts did: then it was we who were cut off.
    """
    waits_for_judgement = streak.last_class in CUT_OFF
    counted = (waits_for_judgement and not was_outage) + (failed not in CUT_OFF)
    return replace(
        streak,
        attempts=streak.attempts + 1,
        failures=streak.failures + counted,
        since=streak.since or now,
        last_class=failed,
        last_at=now,
    )
