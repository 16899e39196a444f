"""What policies came to, in words: a table of all feeds, one of each kind, and what the simulation took."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.kinds import KINDS
from benchmarks.population import Group, polls_of
from benchmarks.tally import Figures, Tally, margin, sum_up

# From so many hours on, minutes do not matter.
_LONG = 2
_TENS = 20
_HEAD = "policy                 polls a day      mean wait         median  95th percentile  median of feeds    lost"
_ROW = "{:<20} {:>13} {:>14} {:>14} {:>16} {:>16} {:>7.2%}"
_KIND_HEAD = (
    "kind        share  articles a day       polls a day        median wait    median of feeds    95th percentile"
)
_KIND_ROW = "{:<11} {:>4.0%} {:>14.3f}   {:>19} {:>18} {:>18} {:>18}"


@dataclass(frozen=True, slots=True)
class Result:
    """One policy on all groups."""

    policy: str
    title: str
    groups: Sequence[Group]

    def tallies(self, kind: str | None = None) -> list[list[Tally]]:
        """Return the tallies of each group, of one kind or of all."""
        return [[tally for name, tally in group.tallies.items() if kind in {None, name}] for group in self.groups]

    def figures(self, kind: str | None = None) -> Figures:
        """Return the figures of one kind or of all."""
        return sum_up(tally for group in self.tallies(kind) for tally in group)


def print_tables(results: Sequence[Result], kinds: Iterable[str]) -> None:
    """Print what all feeds came to, and each kind."""
    print(_HEAD)
    for result in results:
        figures, groups = result.figures(), result.tallies()
        cells = [
            _show(figures.polls, margin(groups, lambda found: found.polls)),
            _wait(figures.mean, margin(groups, lambda found: found.mean)),
            _wait(figures.median, margin(groups, lambda found: found.median)),
            _wait(figures.p95, margin(groups, lambda found: found.p95)),
            _wait(figures.median_of_feeds, margin(groups, lambda found: found.median_of_feeds)),
        ]
        print(_ROW.format(result.title, *cells, figures.lost))
    print(f"\nEach kind: {' | '.join(result.title for result in results[:3])}\n\n{_KIND_HEAD}")
    for kind in kinds:
        each = [result.figures(kind) for result in results[:3]]
        print(
            _KIND_ROW.format(
                kind,
                next((found.share for found in KINDS if found.name == kind), 1.0),
                each[0].articles / (1 - each[0].lost),
                " | ".join(f"{figures.polls:.2f}" for figures in each),
                " | ".join(_short(figures.median) for figures in each),
                " | ".join(_short(figures.median_of_feeds) for figures in each),
                " | ".join(_short(figures.p95) for figures in each),
            )
        )


def _wait(hours: float, within: float) -> str:
    return f"{_show(hours, within)} h" if hours >= _LONG else f"{_show(hours * 60, within * 60)} min"


def _show(figure: float, within: float) -> str:
    digits = 2 if figure < _TENS else 1
    return f"{figure:.{digits}f}" if math.isnan(within) else f"{figure:.{digits}f} ± {within:.{digits}f}"


def _short(hours: float) -> str:
    if math.isnan(hours):
        return "–"
    return f"{hours:.1f}h" if hours >= _LONG else f"{hours * 60:.0f}m"


def print_effort(ours: Sequence[Group], took: float) -> None:
    """Say how many decisions of ours were taken, and how fast."""
    tallies = [tally for group in ours for tally in group.tallies.values()]
    decisions, seconds = sum(tally.polls for tally in tallies), sum(group.cpu_seconds for group in ours)
    feeds = sum(tally.feeds for tally in tallies)
    print(f"\n{feeds:,} feeds drawn; {decisions:,} decisions by rhythm, {decisions / seconds:,.0f} a second of CPU;")
    print(f"{took / 60:.1f} minutes in all. A year of a million such feeds is {polls_of(ours) * 365e6:,.0f} decisions.")
