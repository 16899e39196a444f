"""Feeds drawn by chance, each with all its articles from long before its first poll to the end."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

from benchmarks.kinds import DORMANT, EVEN, Kind

DAY = 24.0
_YEAR = 365 * DAY
# Hours after its newest article's date that a document is written, on average; one of these.
_LATENESS = (0.005, 0.02, 0.05, 0.1, 0.4)
# Of the issues that the calendar has: some are left out, some are hours late.
_ISSUED, _ON_TIME = 0.95, 0.9
# Who brings less at weekends keeps office days.
_OFFICE = 0.5
_MANY = 50


@dataclass(frozen=True, slots=True)
class SimulatedFeed:
    """A feed and its articles, in order; times are hours from a Monday at 00:00 UTC."""

    kind: str
    appeared: tuple[float, ...]
    """When each article was there to be found."""
    dated: tuple[float | None, ...]
    """What the document says of when it was published."""
    entries: int
    """How many articles a document keeps."""
    begins: float
    """When the feed is polled first."""
    ends: float


@dataclass(frozen=True, slots=True)
class _Habit:
    """How a feed publishes until something about it changes; hours are UTC."""

    rate: float
    peak: float
    width: float
    days: tuple[float, ...]
    """What each day of the week brings, compared to the others."""
    batch: float
    by_calendar: bool


@dataclass(frozen=True, slots=True)
class _Life:
    """What happens to a feed, and when."""

    begins: float
    silent: tuple[float, float]
    moves: float
    moved_peak: float
    shifts: float
    factor: float


def draw_feed(kind: Kind, chance: Random, ends: float) -> SimulatedFeed:
    """Draw a feed of a kind, first polled at hour zero."""
    entries = chance.choice(kind.entries)
    habit = _draw_habit(kind, chance)
    published = _publish_for_life(kind, habit, _draw_life(kind, chance, ends, 1.5 * entries / habit.rate), ends, chance)
    lateness = chance.choice(_LATENESS)
    both = sorted((moment + lateness * chance.expovariate(1), moment) for moment in published)
    precision = chance.random()
    dated: Iterable[float | None] = (moment for _, moment in both)
    if precision < kind.undated:
        dated = (None for _ in both)
    elif precision < kind.undated + kind.hourless:
        dated = (moment // DAY * DAY for _, moment in both)
    return SimulatedFeed(kind.name, tuple(moment for moment, _ in both), tuple(dated), entries, 0.0, ends)


def _draw_habit(kind: Kind, chance: Random) -> _Habit:
    middle, spread = kind.rates
    rate = middle * spread ** chance.gauss(0, 1)
    weekend = chance.uniform(*kind.weekend)
    if chance.random() >= kind.by_calendar:
        days = (1.0,) * 5 + (weekend,) * 2
        return _Habit(rate, chance.uniform(0, 24), chance.uniform(*kind.widths), days, kind.batch, by_calendar=False)
    # Most clocks are set to the full or the half hour.
    peak = chance.randrange(24) + chance.choice((0.0, 0.0, 0.5, chance.random()))
    open_days = range(7 if weekend > _OFFICE else 5)
    chosen = chance.sample(open_days, min(len(open_days), max(1, round(rate * 7))))
    return _Habit(rate, peak, 0.0, tuple(float(day in chosen) for day in range(7)), 0.0, by_calendar=True)


def _draw_life(kind: Kind, chance: Random, ends: float, filling: float) -> _Life:
    """Draw what happens to a feed; ``filling`` is the days that it takes to fill its document."""
    begins = -min(1500.0, max(60.0, filling)) * DAY
    stops = chance.uniform(0, ends) if chance.random() < kind.silences * ends / _YEAR else ends
    silent = (stops, ends)
    if kind.name == DORMANT:
        silent = (-chance.uniform(180, 1400) * DAY, stops)
        begins = min(begins, silent[0] - 300 * DAY)
    return _Life(
        begins=begins,
        silent=silent,
        moves=chance.uniform(0, ends) if chance.random() < kind.moves * ends / _YEAR else ends,
        moved_peak=chance.uniform(0, 24),
        shifts=chance.uniform(0, ends) if chance.random() < kind.shifts * ends / _YEAR else ends,
        factor=chance.choice((1 / 3, 3.0)),
    )


def _publish_for_life(kind: Kind, habit: _Habit, life: _Life, ends: float, chance: Random) -> Iterator[float]:
    """Yield when articles are published, in no order."""
    moved, swing = replace(habit, peak=life.moved_peak), 1.0
    for day in range(int(life.begins // DAY), int(ends // DAY)):
        at = day * DAY
        if day % 28 == 0:
            swing = math.exp(chance.gauss(-(kind.unrest**2) / 2, kind.unrest))
        if life.silent[0] <= at < life.silent[1]:
            continue
        now = moved if at >= life.moves else habit
        weight = now.days[day % 7]
        if now.by_calendar:
            yield from (at + hour for hour in _by_calendar(now, weight, chance))
        else:
            mean = now.rate * swing * (life.factor if at >= life.shifts else 1.0) * weight * 7 / sum(now.days)
            yield from (at + hour for hour in _by_chance(now, mean, chance))


def _by_calendar(habit: _Habit, weight: float, chance: Random) -> Iterator[float]:
    if weight and chance.random() < _ISSUED:
        yield habit.peak + (chance.expovariate(1 / 0.03) if chance.random() < _ON_TIME else chance.uniform(0, 6))


def _by_chance(habit: _Habit, mean: float, chance: Random) -> Iterator[float]:
    for _ in range(draw_poisson(mean, chance)):
        hour = chance.gauss(habit.peak, habit.width) % 24 if habit.width < EVEN else chance.uniform(0, 24)
        yield hour
        while habit.batch and chance.random() < habit.batch / (1 + habit.batch):
            hour += chance.expovariate(20)
            yield hour


def draw_poisson(mean: float, chance: Random) -> int:
    """Draw a number from the Poisson distribution."""
    if mean > _MANY:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, number, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        number, product = number + 1, product * chance.random()
    return number
