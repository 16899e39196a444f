"""Whether slow hosts hold up fast ones: ``python -m benchmarks.slow_hosts`` polls feeds of which 5 % never answer.

Each pair of rounds polls the same feeds twice: once all of them answer, once some hang until the fetch's deadline. What
counts is how fast the feeds that answer are stored: their number by the time until the last of them is. That the
hanging ones are waited for after that costs the others nothing, and is left out.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, delete, update

from benchmarks.bodies import ENTRIES
from benchmarks.running import add, begin_to_poll, database, feed_server, make_due, poller, switch, what_came
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.engine import open_store, writing
from worker.database.feed_tables import ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.database.schema import migrate


@dataclass(frozen=True, slots=True)
class Pair:
    """Feeds that answer, stored a second: with none that hang, and beside those that do."""

    alone: float
    beside: float

    @property
    def lost(self) -> float:
        """The share of throughput that the others lose."""
        return 1 - self.beside / self.alone


def run(chosen: argparse.Namespace) -> Iterator[Pair]:
    """Measure pair after pair, on one store."""
    with ExitStack() as stack:
        # Short: the database's socket is in there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp")))
        port = stack.enter_context(feed_server())
        url, _ = stack.enter_context(database(chosen.store, folder))
        store = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
        stack.callback(store.dispose)
        migrate(store)
        add(store, port, range(chosen.feeds))
        switch(port, "not-modified" if chosen.round == "304" else "fresh")
        arguments = ["--tasks"] if chosen.processes else []
        pollers = [stack.enter_context(poller(url, *arguments)) for _ in range(chosen.processes or 1)]
        # Imports and first connections are no part of it.
        prepare(store, chosen.round)
        measure(pollers)
        for _ in range(chosen.pairs):
            rates = []
            for percent in (0, chosen.hang):
                switch(port, str(percent))
                prepare(store, chosen.round)
                rates.append(measure(pollers))
            yield Pair(*rates)


def prepare(store: Engine, round_: str) -> None:
    """Make every feed due, as if it had never been polled, or as if its document had been read already."""
    with writing(store) as connection:
        for table in (SightingRow, RevisionRow, EventRow, ArticleRow):
            connection.execute(delete(table))
        etag = f'"{ENTRIES}"' if round_ == "304" else None
        connection.execute(
            update(ScheduleRow).values(etag=etag, body_hash=None, attempts=0, failures=0, error_class=None)
        )
    make_due(store)


def measure(pollers: Sequence[subprocess.Popen[str]]) -> float:
    """Poll all feeds once; return how many of those that answer were stored a second."""
    for process in pollers:
        begin_to_poll(process)
    all_that_came = [what_came(process) for process in pollers]
    answered = sum(came["outcomes"].get(name, 0) for came in all_that_came for name in ("new", "unchanged"))
    rate: float = answered / max(came["answered_after"] for came in all_that_came)
    return rate


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000, help="virtual feeds, one loopback address each")
    parser.add_argument("--round", choices=("304", "fresh"), default="304")
    parser.add_argument("--hang", type=int, default=5, metavar="PERCENT", help="feeds that never answer")
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--processes", type=int, help="so many that poll as Celery tasks do (PostgreSQL)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()
    pairs = []
    for pair in run(chosen):
        pairs.append(pair)
        if chosen.json:
            print(json.dumps(asdict(pair) | {"lost": pair.lost}), flush=True)
        else:
            print(f"{pair.alone:8,.0f} a second alone {pair.beside:8,.0f} beside {pair.lost:7.1%} lost", flush=True)
    if not chosen.json:
        lost = median(pair.lost for pair in pairs)
        print(f"{chosen.feeds:,} feeds, {chosen.hang} % hang: the others lose {lost:.1%} of their throughput (median)")


if __name__ == "__main__":
    main()
