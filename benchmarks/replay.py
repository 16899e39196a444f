"""Poll one feed by a policy, and say how many polls that took and how long its articles waited."""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.rhythms import SimulatedFeed
from worker.schedule.rhythm import follow_rhythm
from worker.schedule.success import after_success
from worker.values.schedules import Bounds, Hints, Rhythm

ZERO = datetime(2026, 1, 5, tzinfo=UTC)
"""Hour zero, a Monday."""
BOUNDS = Bounds(interval=timedelta(hours=1), shortest=timedelta(minutes=15), longest=timedelta(hours=24))
_HOUR, _NO_HINTS = timedelta(hours=1), Hints()
_FLOOR, _CAP, _JITTER = 1.0, 24.0, 0.1
_REMEMBERED = 20

Policy = Callable[[float, Sequence[float | None]], float]
"""Given the hour and the dates of what a poll found, return the hour of the next poll; made anew for each feed."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one feed."""

    days: float
    polls: int
    waits: list[float]
    """Hours that each article had been there when it was found."""
    lost: int
    """Articles that had left the document before."""


def replay(feed: SimulatedFeed, policy: Policy) -> Replayed:
    """Poll a feed from its beginning to its end."""
    appeared, dated = feed.appeared, feed.dated
    seen = bisect_right(appeared, feed.begins)
    polls, lost, waits = 1, 0, list[float]()
    now = policy(feed.begins, dated[max(seen - feed.entries, 0) : seen])
    while now < feed.ends:
        polls += 1
        there = bisect_right(appeared, now, seen)
        found = max(seen, there - feed.entries)
        lost += found - seen
        waits += [now - moment for moment in appeared[found:there]]
        seen = there
        now = policy(now, dated[found:there])
    return Replayed((feed.ends - feed.begins) / 24, polls, waits, lost)


def by_rhythm(chance: Random) -> Policy:
    """Decide as Feedmill does."""
    rhythm: Rhythm | None = None
    before: datetime | None = None

    def policy(hour: float, found: Sequence[float | None]) -> float:
        nonlocal rhythm, before
        now = ZERO + timedelta(hours=hour)
        dates = [None if date is None else ZERO + timedelta(hours=date) for date in found]
        rhythm = follow_rhythm(rhythm, dates, before, now)
        before = now
        at = after_success(now, BOUNDS, _NO_HINTS, rhythm, chance.random()).at
        assert at, "a feed that answered is polled again"
        return (at - ZERO) / _HOUR

    return policy


def at_intervals(interval: float, chance: Random) -> Policy:
    """Poll every so many hours."""
    return lambda hour, _: hour + _bounded(interval, chance)


def by_mean_gap(factor: float, chance: Random) -> Policy:
    """Wait a share of the mean gap between the newest articles, the time since the newest included."""
    moments: deque[float] = deque(maxlen=_REMEMBERED)

    def policy(hour: float, found: Sequence[float | None]) -> float:
        moments.extend(hour if date is None else date for date in found)
        gap = (hour - moments[0]) / len(moments) if moments else _CAP
        return hour + _bounded(factor * gap, chance)

    return policy


def _bounded(wait: float, chance: Random) -> float:
    return min(max(wait, _FLOOR) * (1 + _JITTER * chance.random()), _CAP)


POLICIES: dict[str, Callable[[float, Random], Policy]] = {
    "rhythm": lambda _, chance: by_rhythm(chance),
    "gap": by_mean_gap,
    "interval": at_intervals,
}
"""Made from a parameter and chance."""
