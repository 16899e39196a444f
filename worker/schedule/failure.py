"""When to try a feed again that failed: soon at first, then exponentially later, or never."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from worker.basics.measures import show_duration
from worker.errors import CUT_OFF, ErrorClass, PollError
from worker.values.due_feeds import FeedState, Streak
from worker.values.outcomes import NextPoll
from worker.values.schedules import Bounds

# --- What cures each class of failure: how soon it is tried again, how rarely at the most, and when it is given up.
#
# A stage that is new to a class gets here by way of ``ErrorClass``; a test holds that no class is without a cure.

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cure:
    """How a class of failure is treated."""

    first_retry: timedelta
    """Wait after the first failure; it doubles with each further one."""
    longest: timedelta
    """It doubles no further than this."""
    patience: timedelta | None
    """Failing for so long without a break quarantines the feed; null never does."""


CURES = {
    # On the way to the host: passes by itself most of the time, and is over in minutes.
    ErrorClass.DNS: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.CONNECT: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.TIMEOUT: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.TLS: Cure(15 * _MINUTE, _DAY, 60 * _DAY),
    # A host in trouble: give it room.
    ErrorClass.INCOMPLETE: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.PROTOCOL: Cure(15 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.HTTP_5XX: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    # It is we who ask too often: never the feed's fault.
    ErrorClass.HTTP_429: Cure(15 * _MINUTE, _DAY, None),
    ErrorClass.BUSY: Cure(15 * _MINUTE, _DAY, None),
    # Somebody has to change something; once is often a deployment that goes wrong, so look again soon.
    ErrorClass.HTTP_4XX: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.REDIRECT: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.NOT_A_FEED: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.PARSE: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    # A wall against robots does not come down for one that keeps knocking.
    ErrorClass.BLOCKED: Cure(2 * _HOUR, 3 * _DAY, 60 * _DAY),
    # Its publisher has not released it yet: never the feed's fault.
    ErrorClass.WITHHELD: Cure(_HOUR, _DAY, None),
    # Refused by us: only a changed name, body or setting helps.
    ErrorClass.GUARD: Cure(_HOUR, _DAY, 30 * _DAY),
    ErrorClass.TOO_BIG: Cure(_HOUR, _DAY, 30 * _DAY),
    # Ours to mend.
    ErrorClass.INTERNAL: Cure(_HOUR, _DAY, None),
    # Has no cure: the feed is stopped at once.
    ErrorClass.HTTP_410: Cure(_DAY, _DAY, timedelta(0)),
}


_LONGEST_WISH = timedelta(days=7)
# A host that says it is overloaded means all its feeds.
_OF_THE_HOST = {429, 503}
# So much later, at the most: what broke at once for all must not come back at once from all.
_JITTER = 0.5
_WISH_JITTER = 0.1
# Given up only after so many failures, however long the first one is ago: it may be we who did not run.
_FEWEST = 10


def after_failure(now: datetime, bounds: Bounds, error: PollError, streak: Streak, spread: float) -> NextPoll:
    """Return when to try again, never before the publisher's Retry-After; null moments stop the feed, and say why.

    ``streak`` holds this failure already; ``spread`` (0 … 1) says where in the jitter to fall.
    """
    cure = CURES[error.error_class]
    if ending := _ending(now, error, cure, streak):
        state, reason = ending
        return NextPoll(None, reason, streak=streak, ends_as=state)
    wait, reason = _own_wait(bounds, error, cure, streak)
    wish = min(error.retry_after or timedelta(0), _LONGEST_WISH)
    if wish > wait:
        wait, reason = wish, f"the publisher's Retry-After of {show_duration(wish)}"
        delay = min(wait * (1 + _WISH_JITTER * spread), _LONGEST_WISH)
    else:
        delay = wait * (1 + _JITTER * spread)
    host_wait = delay if error.http_status in _OF_THE_HOST else None
    return NextPoll(now + delay, reason, streak=streak, interval=wait, host_wait=host_wait)


def _ending(now: datetime, error: PollError, cure: Cure, streak: Streak) -> tuple[FeedState, str] | None:
    """Return how polling ends for good, and why; null when it goes on."""
    if error.error_class is ErrorClass.HTTP_410:
        return FeedState.GONE, "the publisher says that the feed is gone for good (410)"
    failing_for = now - (streak.since or now)
    if cure.patience is None or failing_for < cure.patience or streak.failures < _FEWEST:
        return None
    told = f"given up after {streak.failures} failures in {failing_for.days} days, the last: {error.sentence}"
    return FeedState.QUARANTINED, f"{told}; `feedmill resume` tries again"


def _own_wait(bounds: Bounds, error: PollError, cure: Cure, streak: Streak) -> tuple[timedelta, str]:
    """Return the wait that the ladder of this class has come to, and why."""
    of_host = streak.host_refusals if error.http_status in _OF_THE_HOST else 0
    step = max(streak.attempts - 1, of_host)
    # Leaves room for the jitter.
    longest = cure.longest / (1 + _JITTER)
    if not streak.failures:
        # So far it may all be an outage of ours: nobody has to wait longer than usual for that.
        longest = min(longest, bounds.interval)
    wait = min(cure.first_retry * 2.0 ** min(step, 16), longest)
    count = f"{_ordinal(streak.attempts)} failure in a row"
    uncounted = "" if streak.failures else ", not held against it yet"
    # Not how long: the jitter is still to come, and whoever shows the reason shows the moment beside it.
    return wait, f"{count} ({error.error_class}){uncounted}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


# --- Failed polls in a row, and which of them are held against the feed.


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
