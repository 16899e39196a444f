"""When to poll a feed that answered well, and whether a permanent redirect that it answered with is to be believed."""

from dataclasses import replace
from datetime import datetime, timedelta

from worker.basics.units import show_duration
from worker.schedule.failure import RETRY_AFTER_JITTER
from worker.schedule.forecast import best_wait
from worker.schedule.pushes import LEFT_TO_HUB, is_left_to_hub, wait_for_hub
from worker.schedule.rhythm import describe_rhythm, expected_rate
from worker.values.outcomes import NextPoll
from worker.values.schedules import Bounds, Hints, Move, Rhythm

# Feeds that were added together must not stay together: at most this share of a wait is added to it. Where the rhythm
# decides, mainly its input is jittered, so that a poll does not miss an hour in which articles usually come.
_JITTER = 0.1
_POLLS_TO_MOVE, _TIME_TO_MOVE = 3, timedelta(days=7)
_HOURS_OF_A_WEEK = 24 * 7
_RETRY_AFTER = "Retry-After"
UNFINISHED = "at once: more messages wait in it"
"""Why a mailbox is polled again, of which one visit did not read all."""


def after_success(now: datetime, bounds: Bounds, hints: Hints, rhythm: Rhythm | None, spread: float) -> NextPoll:
    """Return when to poll a feed that answered well: by its rhythm, never earlier than its publisher wishes.

    ``spread`` (0 … 1) says where in the jitter to fall. The reason names what decided.
    """
    if bounds.is_unfinished:
        return NextPoll(now, UNFINISHED, interval=bounds.interval)
    later = 1 + _JITTER * spread
    wish, name = strongest_wish(hints, bounds.longest)
    wait, reason = _wait_by_rhythm(now, bounds, wish, rhythm, later)
    if is_left_to_hub(now, bounds):
        wait, reason = max(wait, wait_for_hub(now, bounds, rhythm) / (1 + _JITTER) * later), LEFT_TO_HUB
    delay = wait + min(wait, bounds.interval) * (later - 1)
    if wish > wait:
        wait, reason = wish, f"the publisher's {name} of {show_duration(wish)}"
        delay = wait + spread * RETRY_AFTER_JITTER if name == _RETRY_AFTER else wait * later
    chosen = now + min(delay, max(bounds.longest, wait))
    at = allowed_from(chosen, hints)
    if at > chosen:
        named = ((hints.skip_hours, "skipHours"), (hints.skip_days, "skipDays"))
        reason = f"{reason}, then past the publisher's {' and '.join(name for skipped, name in named if skipped)}"
        # All who follow the hint come back at the full hour: spread ours over ten minutes of it.
        at += spread * timedelta(minutes=10)
    return NextPoll(at, reason, interval=wait)


def strongest_wish(hints: Hints, longest: timedelta) -> tuple[timedelta, str]:
    """Return the longest wait that the publisher names, and its name; zero and "" where it names none.

    Only Retry-After may pass ``longest``. A wait of zero does not count: ``max-age=0`` and ``no-cache`` say how a copy
    may be used, not how often to ask.
    """
    wishes = [(min(wait, longest), name) for name, wait in hints.waits().items()]
    if hints.retry_after:
        wishes.append((hints.retry_after, _RETRY_AFTER))
    return max(wishes, key=lambda wish: wish[0], default=(timedelta(0), ""))


def _wait_by_rhythm(
    now: datetime, bounds: Bounds, wish: timedelta, rhythm: Rhythm | None, later: float
) -> tuple[timedelta, str]:
    """Return how long to wait by the operator's interval, or by the feed's rhythm, and why."""
    if bounds.is_fixed:
        return bounds.interval, f"every {show_duration(bounds.interval)}, as its operator chose"
    if rhythm is None:
        return bounds.interval, f"every {show_duration(bounds.interval)}, until its rhythm is known"
    # Shorter than the usual interval only where the publisher itself names a shorter one.
    shortest = min(max(wish, bounds.shortest), bounds.interval) if wish else bounds.interval
    # Leave room for the jitter.
    longest = bounds.longest / (1 + _JITTER) * later
    if bounds.missed_within:
        # The document held less than came in that time.
        longest = min(longest, bounds.missed_within / 2)
    longest = max(longest, shortest)
    # The wait of an even rhythm grows with the root of the interval.
    rate = expected_rate(rhythm, now)
    wait = best_wait(rhythm, now, bounds.interval * (later * later), (shortest, longest), rate)
    # The reason does not say how long: the jitter is still to come, and listings show the moment beside the reason.
    missed = "; entries were missed, so no later" if bounds.missed_within else ""
    return wait, f"{describe_rhythm(rhythm, now, rate)}{missed}"


def allowed_from(at: datetime, hints: Hints) -> datetime:
    """Return the first moment from ``at`` on that the publisher does not ask us to skip: ``at``, or a full hour.

    A publisher that skips the whole week is not believed.
    """
    if not _is_skipped(at, hints):
        return at
    hour = at.replace(minute=0, second=0, microsecond=0)
    moments = (hour + timedelta(hours=number) for number in range(1, _HOURS_OF_A_WEEK + 1))
    return next((each for each in moments if not _is_skipped(each, hints)), at)


def _is_skipped(moment: datetime, hints: Hints) -> bool:
    return moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days


def follow_move(move: Move | None, target: str | None, now: datetime) -> Move | None:
    """Return the move as known after a poll that read a feed at ``target``; None when it was not redirected."""
    if target is None:
        return None
    if move is None or move.url != target:
        return Move(target, 1, now)
    return replace(move, polls=move.polls + 1)


def is_believed(move: Move | None, now: datetime) -> bool:
    """Say whether the feed lives at the new address from now on: three polls, over seven days, led nowhere else.

    A redirect by mistake, or by a captive portal, must not take a feed away. RFC 9110, section 15.4.2, lets us keep the
    old address for as long as we like.
    """
    return move is not None and move.polls >= _POLLS_TO_MOVE and now - move.since >= _TIME_TO_MOVE
