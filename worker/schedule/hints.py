"""What the publisher asks for: the strongest of the waits it names, and the hours it wants to be left alone in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from worker.values import Hints

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
