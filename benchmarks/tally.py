"""What many feeds came to: weighted to the population, with how far the luck of the draw may lead astray."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median, stdev

from benchmarks.replay import Replayed

# Waits are counted in quarters of a minute.
_STEPS = 4 * 60
# Of Student's distribution, for about twenty groups.
_95_PERCENT = 2.09


@dataclass(slots=True)
class Tally:
    """One policy on some feeds of one kind; each of them stands for ``weight`` of the population."""

    weight: float
    feeds: int = 0
    days: float = 0.0
    polls: int = 0
    lost: int = 0
    waited: float = 0.0
    waits: Counter[int] = field(default_factory=Counter)
    medians: list[float] = field(default_factory=list)

    def add(self, replayed: Replayed) -> None:
        """Count a feed in."""
        self.feeds += 1
        self.days += replayed.days
        self.polls += replayed.polls
        self.lost += replayed.lost
        self.waited += sum(replayed.waits)
        self.waits.update(int(wait * _STEPS) for wait in replayed.waits)
        if replayed.waits:
            self.medians.append(median(replayed.waits))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is reported of a policy; waits are in hours."""

    polls: float
    """For each feed and day."""
    articles: float
    """Found, for each feed and day."""
    mean: float
    median: float
    p95: float
    median_of_feeds: float
    """Every feed's own median counts once."""
    lost: float
    """Share of the articles that left their document before they were seen."""


def sum_up(tallies: Iterable[Tally]) -> Figures:
    """Return the figures of some tallies taken together."""
    tallies = list(tallies)
    days = sum(tally.weight * tally.days for tally in tallies)
    waits = sorted((step, tally.weight * count) for tally in tallies for step, count in tally.waits.items())
    medians = sorted((middle, tally.weight) for tally in tallies for middle in tally.medians)
    found = sum(weight for _, weight in waits)
    lost = sum(tally.weight * tally.lost for tally in tallies)
    return Figures(
        polls=sum(tally.weight * tally.polls for tally in tallies) / days,
        articles=found / days,
        mean=sum(tally.weight * tally.waited for tally in tallies) / found if found else math.nan,
        median=quantile(waits, 0.5) / _STEPS,
        p95=quantile(waits, 0.95) / _STEPS,
        median_of_feeds=quantile(medians, 0.5),
        lost=lost / (lost + found) if found else 0.0,
    )


def quantile(pairs: Sequence[tuple[float, float]], share: float) -> float:
    """Return the value up to which a share of the weight lies, of sorted pairs of a value and its weight."""
    wanted = share * sum(weight for _, weight in pairs)
    for value, weight in pairs:
        wanted -= weight
        if wanted <= 0:
            return value
    return math.nan


def margin(groups: Sequence[Sequence[Tally]], figure: Callable[[Figures], float]) -> float:
    """Return half the 95 % interval of a figure, from how much independent groups of feeds differ in it."""
    values = [figure(sum_up(group)) for group in groups]
    return _95_PERCENT * stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
