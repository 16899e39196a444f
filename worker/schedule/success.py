"""When to poll a feed that answered well."""

from datetime import datetime, timedelta

from worker.basics.measures import show_duration
from worker.schedule.forecast import best_wait
from worker.schedule.hints import Wish, allowed_from, strongest_wish
from worker.schedule.rhythm import describe
from worker.values import Hints, NextPoll, Rhythm
from worker.values.bounds import Bounds

# Feeds that were added together do not stay together: so much later, at the most. Where the rhythm decides, what it
# decides from is jittered, lest a known hour be missed, and the wait itself by no more than a share of the interval.
_JITTER = 0.1


def after_success(now: datetime, bounds: Bounds, hints: Hints, rhythm: Rhythm | None, spread: float) -> NextPoll:
    """Return when to poll a feed that answered well: by its rhythm, never earlier than its publisher wishes.

    ``spread`` (0 … 1) says where in the jitter to fall. The reason names what decided.
    """
    later = 1 + _JITTER * spread
    wish = strongest_wish(hints, bounds.longest)
    wait, reason = _own_wait(now, bounds, wish, rhythm, later)
    delay = wait + min(wait, bounds.interval) * (later - 1)
    if wish and wish.wait > wait:
        wait, reason = wish.wait, f"the publisher's {wish.name} of {show_duration(wish.wait)}"
        delay = wait * later
    chosen = now + min(delay, max(bounds.longest, wait))
    at = allowed_from(chosen, hints)
    if at > chosen:
        # Everybody who heeds the hint comes back at the full hour: spread over a few minutes of it.
        at, reason = at + spread * timedelta(minutes=10), f"{reason}, then past the publisher's {_skipped(hints)}"
    return NextPoll(at, reason, interval=wait)


def _own_wait(
    now: datetime, bounds: Bounds, wish: Wish | None, rhythm: Rhythm | None, later: float
) -> tuple[timedelta, str]:
    """Return how long to wait as far as the feed itself and its operator are concerned, and why."""
    if bounds.is_fixed:
        return bounds.interval, f"every {show_duration(bounds.interval)}, as its operator chose"
    if rhythm is None:
        return bounds.interval, f"every {show_duration(bounds.interval)}, until its rhythm is known"
    # Shorter than the usual interval only where the publisher itself names a shorter one.
    invited = max(wish.wait, bounds.shortest) if wish else bounds.interval
    shortest = min(invited, bounds.interval)
    # Leaves room for the jitter.
    longest = max(bounds.longest / (1 + _JITTER) * later, shortest)
    # The wait of an even rhythm follows the root of the interval.
    wait = best_wait(rhythm, now, bounds.interval * (later * later), (shortest, longest))
    # Not how long: the jitter is still to come, and whoever shows the reason shows the moment beside it.
    return wait, describe(rhythm, now)


def _skipped(hints: Hints) -> str:
    named = ((hints.skip_hours, "skipHours"), (hints.skip_days, "skipDays"))
    return " and ".join(name for skipped, name in named if skipped)
