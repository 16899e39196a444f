"""When to poll a feed that answered well."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from worker.basics.measures import show_duration
from worker.schedule.forecast import best_wait
from worker.schedule.rhythm import describe
from worker.values.outcomes import NextPoll
from worker.values.schedules import Bounds, Hints, Move, Rhythm

# --- What the publisher asks for: the strongest of the waits it names, and the hours it wants to be left alone in.

_HOUR = timedelta(hours=1)
_HOURS_OF_A_WEEK = 24 * 7


@dataclass(frozen=True, slots=True)
class Wish:
    """A wait that the publisher named, and under which name."""

    wait: timedelta
    name: str


def strongest_wish(hints: Hints, longest: timedelta) -> Wish | None:
    """Return the longest wait that the publisher names, at most ``longest`` but for Retry-After; null for none.

    Zero is none: ``max-age=0`` and ``no-cache`` speak of how a copy may be used, not of how often to ask.
    """
    named = {"max-age": hints.fresh_for, "ttl": hints.ttl, "sy:updatePeriod": hints.update_period}
    wishes = [Wish(min(wait, longest), name) for name, wait in named.items() if wait]
    if hints.retry_after:
        wishes.append(Wish(hints.retry_after, "Retry-After"))
    return max(wishes, key=lambda wish: wish.wait, default=None)


def allowed_from(at: datetime, hints: Hints) -> datetime:
    """Return the first moment from ``at`` on that the publisher does not want skipped.

    A publisher that skips the whole week is not believed.
    """
    if not (hints.skip_hours or hints.skip_days):
        return at
    return next((moment for moment in _moments(at) if not _is_skipped(moment, hints)), at)


def _moments(at: datetime) -> Iterator[datetime]:
    """Yield ``at``, and every full hour in the week after it."""
    yield at
    hour = at.replace(minute=0, second=0, microsecond=0)
    for number in range(1, _HOURS_OF_A_WEEK + 1):
        yield hour + number * _HOUR


def _is_skipped(moment: datetime, hints: Hints) -> bool:
    return moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days


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


# --- Permanent redirects: a new address is believed when it has been named long enough, and not before.
#
# A redirect that was a mistake, or a captive portal's, must not take a feed away (RFC 9110, section 15.4.2 lets us
# keep the old address for as long as we like).

_POLLS = 3
_TIME = timedelta(days=7)


def follow_move(move: Move | None, target: str | None, now: datetime) -> Move | None:
    """Return what is known of a move after a poll that read a feed at ``target``; null when it was not redirected."""
    if target is None:
        return None
    if move is None or move.url != target:
        return Move(target, 1, now)
    return replace(move, polls=move.polls + 1)


def is_believed(move: Move | None, now: datetime) -> bool:
    """Say whether the feed lives at the new address from now on: three polls, over seven days, led nowhere else."""
    return move is not None and move.polls >= _POLLS and now - move.since >= _TIME
