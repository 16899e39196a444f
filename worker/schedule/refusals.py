"""Whether a host is left alone as a whole, or only the feed that it refused.

One bad route must not stop its neighbours, and a host that has had enough of us must not be asked for all its feeds:
the next feed tells which of the two it is.
"""

from datetime import datetime, timedelta

from worker.errors import PollError
from worker.schedule.failure import CURES, is_refusal
from worker.values.due_feeds import LONGEST_HOLD, NO_REFUSALS, Refusals

HOLDS_FROM = 3
"""So many feeds refused in a row, and nothing good between, hold their host."""


def follow_answer(refusals: Refusals, feed_id: int | None, error: PollError | None, now: datetime) -> Refusals:
    """Return a host's refusals after one more answer: a good one ends them, a failure of another kind changes nothing.

    ``feed_id`` is None where something else than a feed was asked for.
    """
    if error is None:
        return NO_REFUSALS
    return _add_refusal(refusals, feed_id, error, now) if is_refusal(error) else refusals


def _add_refusal(refusals: Refusals, feed_id: int | None, error: PollError, now: datetime) -> Refusals:
    if is_held(refusals, now):
        # It was asked before the others were refused, or because somebody insisted.
        return refusals
    feeds = refusals.feed_ids or ()
    if feed_id in feeds and refusals.count < HOLDS_FROM:
        # A feed that refuses again and again says nothing about the others.
        return refusals
    asked = [wait for wait in (refusals.shortest, error.retry_after) if wait]
    count, shortest = refusals.count + 1, min(asked, default=None)
    if feed_id is not None and count < HOLDS_FROM:
        feeds = (*feeds, feed_id)
    hold = _hold(count, shortest, error)
    return Refusals(count, feeds, shortest, now + hold if hold else None)


def _hold(count: int, shortest: timedelta | None, error: PollError) -> timedelta | None:
    """Return for how long to leave the host alone; None while other feeds of it may still answer well."""
    if count < HOLDS_FROM:
        return None
    ladder = CURES[error.error_class].first_retry * 2.0 ** min(count - 1, 16)
    return min(max(ladder, shortest or ladder), LONGEST_HOLD)


def is_held(refusals: Refusals, now: datetime) -> bool:
    """Say whether the host is left alone at this moment."""
    return refusals.held_until is not None and refusals.held_until > now
