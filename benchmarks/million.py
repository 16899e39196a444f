"""What grows with the store: ``python -m benchmarks.million`` measures stores of 1,000 to 1,000,000 feeds.

Each has ten articles a feed, a host for each feed, and an hour of the ledger. Of each the table has milliseconds of
CPU, of all processes and the database's server: of a claim of fifty hosts, of a poll (80 % are answered 304, 15 % bring
what is known, 5 % a new entry; one in a hundred fails), and of looking.

``--sustain 20m`` polls instead, for so long, as a deployment does: Celery, Redis and PostgreSQL (``feedmill run`` on
SQLite). Every feed of a share of the store falls due each quarter of an hour, ``--rate`` of them a second, and 2 %
never answer. It prints how late polls began, and what they cost. Settings in the environment hold, such as
``FEEDMILL_TICK_INTERVAL=5s``.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.growth import Cost, measure_costs, measure_rows
from benchmarks.growth_plot import draw
from benchmarks.large_store import ARTICLES, large_store
from benchmarks.planned_polls import Plan
from benchmarks.sustained import print_sustained, sustain
from worker.basics.units import parse_duration

_SIZES = (1_000, 10_000, 100_000, 1_000_000)
# The kernel counts CPU in hundredths of a second.
_LOOKING = timedelta(seconds=1)
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_HEAD = f"{'feeds':>9} {'articles':>10}"


@dataclass(frozen=True, slots=True)
class Grown:
    """What one size costs."""

    feeds: int
    articles: int
    costs: Mapping[str, Cost]
    row_bytes: Mapping[str, tuple[float, float]]
    """Bytes of a row of each table and of its entries in indexes, on PostgreSQL."""


def grow(kind: str, sizes: list[int], looking: timedelta, kept_in: Path | None) -> Iterator[Grown]:
    """Measure each size in a store of its own."""
    for feeds in sizes:
        with large_store(kind, feeds, kept_in) as store:
            rows = measure_rows(store)
            yield Grown(feeds, feeds * ARTICLES, measure_costs(store, feeds, looking), rows)


def _print_growth(chosen: argparse.Namespace) -> None:
    rows: list[Grown] = []
    for row in grow(chosen.store, chosen.feeds or list(_SIZES), chosen.looking, chosen.keep):
        if not rows and not chosen.json:
            print(
                f"{_NAMES[chosen.store]}, milliseconds of CPU\n\n{_HEAD}" + "".join(f"{name:>15}" for name in row.costs)
            )
        rows.append(row)
        cells = "".join(f"{cost.cpu_ms:>15.2f}" for cost in row.costs.values())
        print(json.dumps(asdict(row)) if chosen.json else f"{row.feeds:>9,} {row.articles:>10,}{cells}", flush=True)
    if rows[-1].row_bytes and not chosen.json:
        print("\nbytes of a row, and of its entries in indexes")
        for name, (row_size, entries) in rows[-1].row_bytes.items():
            print(f"{name:<12}{row_size:>9,.0f}{entries:>9,.0f}")
    if chosen.plot:
        lines = {name: [(row.feeds, row.costs[name].cpu_ms) for row in rows] for name in rows[0].costs}
        chosen.plot.write_text(draw(f"CPU by feeds stored, ten articles each: {_NAMES[chosen.store]}", lines))


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--feeds", type=int, nargs="+", help="sizes to measure; for --sustain the first one counts")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the stores there, and use those that are there"
    )
    parser.add_argument(
        "--looking", type=parse_duration, default=_LOOKING, metavar="DURATION", help="how long to repeat each look"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="an SVG of the growth")
    parser.add_argument("--sustain", type=parse_duration, metavar="DURATION", help="poll for so long: 60s, 20m")
    parser.add_argument("--rate", type=float, default=100.0, help="feeds that fall due a second")
    parser.add_argument("--processes", type=int, default=2, help="that poll (PostgreSQL)")
    chosen = parser.parse_args()
    if not chosen.sustain:
        _print_growth(chosen)
        return
    plan = Plan((chosen.feeds or [_SIZES[-1]])[0], chosen.rate, chosen.sustain, chosen.processes)
    with large_store(chosen.store, plan.feeds, chosen.keep) as store:
        print_sustained(sustain(store, plan), as_json=chosen.json)


if __name__ == "__main__":
    main()
