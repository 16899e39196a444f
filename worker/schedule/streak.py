"""Failed polls in a row, and which of them are held against the feed."""

from dataclasses import replace
from datetime import datetime

from worker.errors import ErrorClass
from worker.values import Streak

CONNECT_LEVEL = frozenset({ErrorClass.DNS, ErrorClass.CONNECT, ErrorClass.TLS, ErrorClass.TIMEOUT})
"""What an outage of our own network looks like: such a failure counts only once the next one shows that it was none."""


def extend(streak: Streak, failed: ErrorClass, now: datetime, *, was_outage: bool) -> Streak:
    """Return the streak with one more failed poll.

    ``was_outage`` says whether, when the last one failed, most hosts did: then it was we who were cut off.
    """
    waits_for_judgement = streak.last_class in CONNECT_LEVEL
    counted = (waits_for_judgement and not was_outage) + (failed not in CONNECT_LEVEL)
    return replace(
        streak,
        attempts=streak.attempts + 1,
        failures=streak.failures + counted,
        since=streak.since or now,
        last_class=failed,
        last_at=now,
    )
