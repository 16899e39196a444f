"""Whether a worker's memory stays flat: ``python -m benchmarks.memory`` has one process poll 100,000 times.

Of ten polls of a feed six are answered 304, three bring what is known, and one a new entry. The first tenth fills
caches and is no part of the verdict: memory may grow by 3 % from there to the end, else the exit code is 1.
"""

import argparse
import itertools
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil

from benchmarks.running import add, database, feed_server, make_due, poll, poller, switch
from worker.database.engine import open_store
from worker.database.schema import migrate

_MODES = ("not-modified",) * 6 + ("same",) * 3 + ("one-new",)
_GROWTH = 1.03
_TENTHS = 10


def run(feeds: int, polls: int, store_kind: str) -> Iterator[tuple[int, float]]:
    """Yield how many polls have been made and the megabytes the process holds then, ten times."""
    with ExitStack() as stack:
        # Short: the database's socket is in there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp")))
        port = stack.enter_context(feed_server())
        url, _ = stack.enter_context(database(store_kind, folder))
        store = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
        stack.callback(store.dispose)
        migrate(store)
        process = stack.enter_context(poller(url, "--tasks"))
        add(store, port, range(feeds))
        made, told = sum(poll(process)["outcomes"].values()), 0
        modes = itertools.cycle(_MODES)
        while told < _TENTHS:
            switch(port, next(modes))
            make_due(store)
            made += sum(poll(process)["outcomes"].values())
            if made * _TENTHS >= polls * (told + 1):
                told += 1
                yield made, psutil.Process(process.pid).memory_info().rss / 1e6


def main() -> None:
    """Print the table; exit code 1 where memory grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000, help="virtual feeds, one loopback address each")
    parser.add_argument("--polls", type=int, default=100_000, help="polls to make")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = parser.parse_args()
    print("  polls   worker MB")
    held = []
    for made, megabytes in run(chosen.feeds, chosen.polls, chosen.store):
        print(f"{made:7,} {megabytes:11.1f}", flush=True)
        held.append(megabytes)
    if held[-1] > held[0] * _GROWTH:
        sys.exit(f"it grew by {held[-1] / held[0] - 1:.1%}")


if __name__ == "__main__":
    main()
