"""A feed's publishing rhythm: learnt from the arrivals of its articles, used to guess when the next ones come."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from worker.values import Rhythm


def arrivals(published: Iterable[datetime | None], seen_before: datetime | None, now: datetime) -> list[datetime]:
    """Return when articles that were found now arrived in the feed, as far as that can be told, in order.

    At the first poll (``seen_before`` is null) their dates are all there is. Later, what was not there at the last
    successful poll arrived since: a date from before is of another day than the arrival, and says nothing of it.
    """
    if seen_before is None:
        return sorted(moment for moment in published if moment and moment <= now)
    unknown = seen_before + (now - seen_before) / 2
    return sorted(moment if moment and seen_before < moment <= now else unknown for moment in published)


def observe(rhythm: Rhythm | None, arrived: Sequence[datetime], now: datetime) -> Rhythm:
    """Return the rhythm with what arrived up to now."""
    return Rhythm(now, now, len(arrived), (1.0,) * 24, (1.0,) * 7)


def best_wait(rhythm: Rhythm, now: datetime, interval: timedelta, limits: tuple[timedelta, timedelta]) -> timedelta:
    """Return how long to wait for the next poll to be worth it, between ``limits``."""
    return min(max(interval, limits[0]), limits[1])


def describe(rhythm: Rhythm, now: datetime) -> str:
    """Say how often the feed publishes, for people."""
    return "rhythm"
