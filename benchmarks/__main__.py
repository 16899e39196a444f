"""What a poll costs: ``python -m benchmarks`` polls a local feed server in four rounds and prints a table.

fresh      every feed for the first time: 20 new entries each
304        nothing changed, and the host says so
same       nothing changed, and the host sends it all the same
one new    one new entry in each feed
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from benchmarks.bodies import ENTRIES
from benchmarks.measuring import cpu_seconds, peak_memory
from benchmarks.running import add, database, feed_server, make_due, poll, poller, switch
from worker.database.engine import open_store
from worker.database.schema import migrate

# Round, mode of the server, new articles a feed, and the budget in CPU milliseconds a feed.
ROUNDS = (
    ("fresh", "fresh", ENTRIES, 10.0),
    ("304", "not-modified", 0, 0.4),
    ("same", "unchanged", 0, 0.8),
    ("one new", "one-new", 1, 2.5),
)
_WARM_UP = 20
_ROW = "{:<9} {:>13.2f} {:>8.1f} {:>9.0f} {:>12.0f} {:>11.0f} {:>11.0f}"


@dataclass(frozen=True, slots=True)
class Measured:
    """One round; CPU is of the whole process tree, the database server's included where there is one."""

    round: str
    cpu_ms_per_feed: float
    budget_ms: float
    feeds_per_second: float
    articles_per_second: float
    worker_mb: float
    parser_mb: float


def run(chosen: argparse.Namespace) -> Iterator[Measured]:
    """Measure the four rounds, one after the other."""
    arguments = [f"--feeds={chosen.feeds + _WARM_UP}", f"--hang={chosen.hang}"]
    arguments += [f"--bodies={chosen.bodies}"] if chosen.bodies else []
    with ExitStack() as stack:
        # Short: the database's socket is in there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp")))
        port = stack.enter_context(feed_server(arguments))
        url, servers = stack.enter_context(database(chosen.store, folder))
        store = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
        stack.callback(store.dispose)
        migrate(store)
        process = stack.enter_context(poller(url))
        # Imports, the parser's start and the first connections are no part of what a poll costs.
        add(store, port, range(chosen.feeds, chosen.feeds + _WARM_UP))
        poll(process)
        for name, mode, new, budget in ROUNDS:
            switch(port, mode)
            if name == "fresh":
                add(store, port, range(chosen.feeds))
            else:
                make_due(store)
            yield measure(process, servers, (name, new, budget), chosen)


def measure(
    process: subprocess.Popen[str],
    servers: list[psutil.Process],
    round_: tuple[str, int, float],
    chosen: argparse.Namespace,
) -> Measured:
    """Poll all feeds once and say what that cost."""
    name, new, budget = round_
    worker = psutil.Process(process.pid)
    cpu, began = cpu_seconds([worker, *servers]), time.monotonic()
    came = poll(process)
    took, cpu = time.monotonic() - began, cpu_seconds([worker, *servers]) - cpu
    polls = sum(came["outcomes"].values())
    if not chosen.bodies and not chosen.hang and came["articles"] != new * polls:
        raise SystemExit(f"round {name}: {came['articles']} new articles of {polls} feeds, {came['outcomes']}")
    return Measured(
        round=name,
        cpu_ms_per_feed=cpu / polls * 1000,
        budget_ms=budget,
        feeds_per_second=polls / took,
        articles_per_second=came["articles"] / took,
        worker_mb=peak_memory(worker) / 1e6,
        parser_mb=max((peak_memory(child) for child in worker.children()), default=0) / 1e6,
    )


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000, help="virtual feeds, one loopback address each")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--bodies", type=Path, help="a folder of documents to serve in place of made ones")
    parser.add_argument("--hang", type=int, default=0, metavar="PERCENT", help="feeds that never answer")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()
    if not chosen.json:
        print(f"{chosen.feeds:,} feeds, {chosen.store}\n")
        print("round     CPU ms a feed   budget   feeds/s   articles/s   worker MB   parser MB")
    for row in run(chosen):
        if chosen.json:
            print(json.dumps(asdict(row)), flush=True)
        else:
            figures = (row.cpu_ms_per_feed, row.budget_ms, row.feeds_per_second, row.articles_per_second)
            print(_ROW.format(row.round, *figures, row.worker_mb, row.parser_mb))


if __name__ == "__main__":
    main()
