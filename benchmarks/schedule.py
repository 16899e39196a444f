"""How soon polls find articles: ``python -m benchmarks.schedule`` simulates a year of a million feeds.

Every decision is the one that Feedmill takes (``worker.schedule``). For a million feeds those would be a billion, so
feeds of every kind are drawn and weighted to the population; ± is the 95 % interval, from groups drawn independently.
Rivals have the same bounds and jitter, and as many polls: their one parameter is fitted to that.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from multiprocessing import Pool
from pathlib import Path

from benchmarks.documents import read_feeds
from benchmarks.kinds import KINDS
from benchmarks.plot import draw
from benchmarks.population import Population, fit_gap, polls_of, run_groups
from benchmarks.tables import Result, print_effort, print_tables

_MEAN_OF_JITTER = 1.05


def compare(population: Population, groups: int, processes: int) -> list[Result]:
    """Simulate ours, two rivals with as many polls, and the hour that most readers use."""
    with Pool(processes) as pool:
        ours = run_groups(pool, population, groups, "rhythm")
        gap = fit_gap(pool, population, ours)
        interval = 24 / polls_of(ours) / _MEAN_OF_JITTER
        return [
            Result("rhythm", "by rhythm", ours),
            Result("gap", f"{gap:.2f} × mean gap", run_groups(pool, population, groups, "gap", gap)),
            Result("interval", f"every {interval:.1f} h", run_groups(pool, population, groups, "interval", interval)),
            Result("hour", "every hour", run_groups(pool, population, groups, "interval", 1.0)),
        ]


def picture(results: Sequence[Result]) -> str:
    """Return the figures as an SVG."""
    shown = results[:3]
    kinds = [None, *(kind.name for kind in KINDS if any(result.figures(kind.name).articles for result in shown))]
    title = f"The same {shown[0].figures().polls:.1f} polls a feed and day, spent three ways"
    lines = [(kind or "all articles", [result.figures(kind) for result in shown]) for kind in kinds]
    return draw(title, [result.title for result in shown], lines)


def main() -> None:
    """Simulate, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="how many feeds to draw, in relation to 4,080")
    parser.add_argument("--groups", type=int, default=20, help="independent groups to draw them in")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--feeds", type=Path, help="a folder of feed documents, whose real dates are replayed instead")
    parser.add_argument("--json", action="store_true", help="one JSON object a policy")
    parser.add_argument("--plot", type=Path, metavar="SVG", help="draw the figures")
    chosen = parser.parse_args()
    feeds = tuple(read_feeds(chosen.feeds)) if chosen.feeds else ()
    population = Population(chosen.seed, chosen.scale / chosen.groups, chosen.days, feeds)
    began = time.monotonic()
    results = compare(population, 1 if feeds else chosen.groups, chosen.processes)
    if chosen.json:
        for result in results:
            print(json.dumps({"policy": result.policy, "title": result.title, **asdict(result.figures())}))
    else:
        print_tables(results, ["real"] if feeds else [kind.name for kind in KINDS])
        print_effort(results[0].groups, time.monotonic() - began)
    if chosen.plot:
        chosen.plot.write_text(picture(results))


if __name__ == "__main__":
    main()
