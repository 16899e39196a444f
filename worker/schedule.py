"""Stage schedule: when to poll next, and why, in one pure decision."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from worker.errors import ErrorClass, PollError, TransientError
from worker.measures import show_duration
from worker.values import NextPoll

_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_BACK_OFF = timedelta(days=1)
_LONGEST_WISH = timedelta(days=7)
# A host that says it is overloaded means all its feeds.
_OF_THE_HOST = {429, 503}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the operator allows: the feed's usual interval, and the longest that a publisher may ask for."""

    interval: timedelta
    longest: timedelta


def after_success(now: datetime, bounds: Bounds, hints: dict[str, timedelta | None], spread: float) -> NextPoll:
    """Return when to poll a feed that answered well: its interval, or later where a publisher's hint asks for that.

    ``hints`` are waits the publisher named, by the hint's name; ``spread`` (0 … 1) says where in the jitter to fall, so
    that feeds added together do not stay together.
    """
    interval, reason = bounds.interval, f"every {show_duration(bounds.interval)}"
    for name, wish in hints.items():
        wait = min(wish or timedelta(0), bounds.longest)
        if wait > interval:
            interval, reason = wait, f"the publisher's {name} of {show_duration(wait)}"
    # Only ever later: a publisher's wish is a minimum.
    return NextPoll(now + interval * (1 + spread / 10), reason, interval=interval)


def after_failure(now: datetime, bounds: Bounds, error: PollError, failures_before: int, spread: float) -> NextPoll:
    """Return when to try again: soon at first, then exponentially later, never before the publisher's Retry-After."""
    failures = failures_before + 1
    if error.error_class is ErrorClass.HTTP_410:
        return NextPoll(None, "the publisher says that the feed is gone for good (410)", failures)
    step = _FIRST_RETRY if isinstance(error, TransientError) else bounds.interval
    wait = min(step * 2.0 ** min(failures_before, 16), max(_LONGEST_BACK_OFF, bounds.interval))
    reason = f"{_ordinal(failures)} failure in a row ({error.error_class}), wait {show_duration(wait)}"
    wish = min(error.retry_after or timedelta(0), _LONGEST_WISH)
    if wish > wait:
        wait, reason = wish, f"the publisher's Retry-After of {show_duration(wish)}"
    host_wait = wait if error.http_status in _OF_THE_HOST else None
    return NextPoll(now + wait * (1 + spread / 10), reason, failures, wait, host_wait)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
