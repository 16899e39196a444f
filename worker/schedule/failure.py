"""When to try a feed again that failed: when its publisher says, else soon and then exponentially later, or never.

``extend_streak`` counts the failure; ``after_failure`` then goes by Retry-After, or by the cure for its class.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from worker.basics.units import show_duration
from worker.errors import CUT_OFF, ErrorClass, PollError
from worker.values.due_feeds import FeedState, Streak
from worker.values.outcomes import NextPoll
from worker.values.schedules import Bounds

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cure:
    """How a class of failure is treated."""

    first_retry: timedelta
    """The wait after the first failure; it doubles with each further one."""
    longest: timedelta
    """The longest wait, jitter included."""
    patience: timedelta | None
    """A feed that fails for so long without a break is quarantined; with None it never is."""


CURES = {
    # The way to the host is broken: mostly this mends itself within minutes.
    ErrorClass.DNS: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.CONNECT: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.TIMEOUT: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.TLS: Cure(15 * _MINUTE, _DAY, 60 * _DAY),
    # A host in trouble: give it room.
    ErrorClass.INCOMPLETE: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.PROTOCOL: Cure(15 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.HTTP_5XX: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    # We ask too often, which is never the feed's fault.
    ErrorClass.HTTP_429: Cure(15 * _MINUTE, _DAY, None),
    ErrorClass.BUSY: Cure(15 * _MINUTE, _DAY, None),
    # Somebody has to change something. A single failure is often a deployment that went wrong, so look again soon.
    ErrorClass.HTTP_4XX: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.REDIRECT: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.NOT_A_FEED: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.PARSE: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    # A wall against robots does not come down for one that keeps knocking.
    ErrorClass.BLOCKED: Cure(2 * _HOUR, 3 * _DAY, 60 * _DAY),
    # The publisher has not released it yet, which is never the feed's fault.
    ErrorClass.WITHHELD: Cure(_HOUR, _DAY, None),
    # We refused it: only a changed name, body or setting helps.
    ErrorClass.GUARD: Cure(_HOUR, _DAY, 30 * _DAY),
    ErrorClass.TOO_BIG: Cure(_HOUR, _DAY, 30 * _DAY),
    # Its operator has something to set, which is never the feed's fault; once that is done it should not wait for long.
    ErrorClass.SETTINGS: Cure(5 * _MINUTE, _HOUR, None),
    # A fault of ours.
    ErrorClass.INTERNAL: Cure(_HOUR, _DAY, None),
    # Stops the feed at once.
    ErrorClass.HTTP_410: Cure(_DAY, _DAY, timedelta(0)),
}
_LONGEST_WISH = timedelta(days=7)
# At most this share of a wait is added to it: feeds that broke at one moment must not all come back at one moment.
_JITTER = 0.5
RETRY_AFTER_JITTER = timedelta(seconds=2)
"""At most this is added to a wait that the publisher named: it knows best when it would have us back."""
# Too many requests, no service now, or not for us: said of the feed, or of all that the host serves.
_REFUSING = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
# However long ago the first failure was, a feed is given up only after so many: we may have been switched off.
_FEWEST_FAILURES = 10


def extend_streak(streak: Streak, failed: ErrorClass, now: datetime, *, was_outage: bool) -> Streak:
    """Return the streak with one more failed poll.

    A failure that may be an outage of our own network counts only once the next poll fails too, and not if
    ``was_outage``: most hosts failed at that time, so we were cut off.
    """
    counts_now = failed not in CUT_OFF
    earlier_one_counts = streak.last_class in CUT_OFF and not was_outage
    return replace(
        streak,
        attempts=streak.attempts + 1,
        failures=streak.failures + counts_now + earlier_one_counts,
        since=streak.since or now,
        last_class=failed,
        last_at=now,
    )


def after_failure(now: datetime, bounds: Bounds, error: PollError, streak: Streak, spread: float) -> NextPoll:
    """Return when to try again: when the publisher's Retry-After says, else by the ladder of the failure's class.

    Or that polling the feed ends, and why. ``streak`` includes this failure; ``spread`` (0 … 1) says where in the
    jitter to fall.
    """
    cure = CURES[error.error_class]
    if ending := _ending(now, error, cure, streak):
        return ending
    if error.retry_after:
        wait, reason = _wait_as_asked(bounds, error.retry_after)
        delay = min(wait + spread * RETRY_AFTER_JITTER, _LONGEST_WISH)
    else:
        wait, reason = _wait_by_cure(bounds, error, cure, streak)
        delay = wait * (1 + _JITTER * spread)
    is_asked_for = bool(error.retry_after) or is_refusal(error)
    return NextPoll(now + delay, reason, streak=streak, interval=wait, is_asked_for=is_asked_for)


def _ending(now: datetime, error: PollError, cure: Cure, streak: Streak) -> NextPoll | None:
    """Return the end of polling, and why; None while it goes on."""
    if error.error_class is ErrorClass.HTTP_410:
        reason = "the publisher says that the feed is gone for good (410)"
        return NextPoll(None, reason, streak=streak, ends_as=FeedState.GONE)
    failing_for = now - (streak.since or now)
    if cure.patience is None or failing_for < cure.patience or streak.failures < _FEWEST_FAILURES:
        return None
    reason = f"given up after {streak.failures} failures in {failing_for.days} days, the last: {error.sentence}"
    reason = f"{reason}; `feedmill resume` tries again"
    return NextPoll(None, reason, streak=streak, ends_as=FeedState.QUARANTINED)


def _wait_as_asked(bounds: Bounds, asked: timedelta) -> tuple[timedelta, str]:
    """Return the wait that the publisher asked for, but at least the operator's shortest, and why."""
    asked, shortest = min(asked, _LONGEST_WISH), min(bounds.shortest, bounds.interval)
    reason = f"the publisher's Retry-After of {show_duration(asked)}"
    if asked >= shortest:
        return asked, reason
    return shortest, f"{reason}, but at least {show_duration(shortest)}"


def is_refusal(error: PollError) -> bool:
    """Say whether an answer may mean that the host wants to be left alone, with whatever it serves."""
    return error.http_status in _REFUSING or error.error_class is ErrorClass.BLOCKED


def _wait_by_cure(bounds: Bounds, error: PollError, cure: Cure, streak: Streak) -> tuple[timedelta, str]:
    """Return the wait after so many failures of this class, and why."""
    doublings = min(streak.attempts - 1, 16)
    # Leave room for the jitter.
    longest = cure.longest / (1 + _JITTER)
    if not streak.failures:
        # So far it may all be an outage of ours, for which no feed waits longer than usual.
        longest = min(longest, bounds.interval)
    uncounted = "" if streak.failures else ", not held against it yet"
    # The reason does not say how long: the jitter is still to come, and listings show the moment beside the reason.
    reason = f"{_ordinal(streak.attempts)} failure in a row ({error.error_class}){uncounted}"
    return min(cure.first_retry * 2.0**doublings, longest), reason


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
