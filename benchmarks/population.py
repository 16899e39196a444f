"""A population of feeds under one policy, in groups that are drawn independently."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.pool import Pool
from random import Random

from benchmarks.kinds import KINDS
from benchmarks.replay import POLICIES, replay
from benchmarks.rhythms import SimulatedFeed, draw_feed
from benchmarks.tally import Tally, sum_up

# Feeds to draw of each kind: more where they differ more, fewer where each takes many polls.
DRAWN = {
    "dormant": 240,
    "rare blog": 720,
    "blog": 800,
    "podcast": 520,
    "clockwork": 400,
    "bursty": 600,
    "newsroom": 600,
    "wire": 200,
}
# The first groups are enough to fit a rival's parameter; all of them then show how well.
_FITTED_ON, _FITS, _CLOSE = 5, 8, 0.005


@dataclass(frozen=True, slots=True)
class Population:
    """Which feeds to simulate."""

    seed: int
    scale: float
    """Feeds in a group, in relation to ``DRAWN``."""
    days: int
    feeds: tuple[SimulatedFeed, ...] = ()
    """Given ones, that take the place of drawn ones."""


@dataclass(frozen=True, slots=True)
class Job:
    """One group of a population under one policy."""

    population: Population
    group: int
    policy: str
    parameter: float


@dataclass(frozen=True, slots=True)
class Group:
    """What became of a group, by kind of feed."""

    tallies: Mapping[str, Tally]
    cpu_seconds: float
    """Of the replay, without drawing the feeds."""


def run_groups(pool: Pool, population: Population, groups: int, policy: str, parameter: float = 0.0) -> list[Group]:
    """Simulate a policy on the same feeds as any other."""
    return pool.map(_run_group, [Job(population, group, policy, parameter) for group in range(groups)], chunksize=1)


def fit_gap(pool: Pool, population: Population, ours: Sequence[Group]) -> float:
    """Return the share of the mean gap that takes as many polls as ours, on the same feeds."""
    fitted = ours[:_FITTED_ON]
    wanted = polls_of(fitted)
    low, high = 0.05, 1.5
    for _ in range(_FITS):
        factor = math.sqrt(low * high)
        polls = polls_of(run_groups(pool, population, len(fitted), "gap", factor))
        if abs(polls / wanted - 1) < _CLOSE:
            break
        low, high = (factor, high) if polls > wanted else (low, factor)
    return factor


def polls_of(groups: Iterable[Group]) -> float:
    """Return the polls of a feed and day."""
    return sum_up(tally for group in groups for tally in group.tallies.values()).polls


def _run_group(job: Job) -> Group:
    tallies: dict[str, Tally] = {}
    cpu_seconds = 0.0
    for number, (feed, weight) in enumerate(_feeds(job)):
        began = time.process_time()
        policy = POLICIES[job.policy](job.parameter, Random(f"{job.population.seed} {job.group} {number} jitter"))
        replayed = replay(feed, policy)
        cpu_seconds += time.process_time() - began
        tallies.setdefault(feed.kind, Tally(weight)).add(replayed)
    return Group(tallies, cpu_seconds)


def _feeds(job: Job) -> Iterable[tuple[SimulatedFeed, float]]:
    """Yield the feeds of a group, each with the share of the population that it stands for."""
    population = job.population
    yield from ((feed, 1 / len(population.feeds)) for feed in population.feeds)
    for kind in () if population.feeds else KINDS:
        count = max(1, round(DRAWN[kind.name] * population.scale))
        for number in range(count):
            chance = Random(f"{population.seed} {job.group} {kind.name} {number}")
            yield draw_feed(kind, chance, population.days * 24.0), kind.share / count
