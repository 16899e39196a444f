"""A month of a thousand feeds in minutes: ``python -m benchmarks.month``; exit code 1 where a promise was broken.

The clock of publisher and worker (and so the store's, which is SQLite's) goes on by two hours at each step, in which
all that is due is done; nothing in the store is touched. What should be in it follows from what the feeds published
(``month_feeds``) and from the ledger of polls (``month_checks``).
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from benchmarks.feed_server import address_of
from benchmarks.kill_clock import build_shim, shift_clock
from benchmarks.month_checks import check_month
from benchmarks.month_feeds import MONTH, Month
from benchmarks.running import ROOT, ask, environment_of
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.schema import migrate
from worker.manage.feeds import NewFeed, add_feeds

_STEP = timedelta(hours=2)
_RETAIN = timedelta(days=7)
_SETTINGS = {
    "FEEDMILL_RETAIN_ARTICLES": "7d",
    # The ledger says what had been there to be found.
    "FEEDMILL_RETAIN_POLLS": "90d",
}


@contextmanager
def _program(module: str, environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def run(feeds: int, folder: Path) -> Iterator[str]:
    """Let the month go by; yield what came of each day, and at last what of it is wrong."""
    clock, shim = folder / "clock", build_shim(folder)
    if shim is None:
        sys.exit("a C compiler is needed, for the clock")
    shift_clock(clock, 0)
    url = f"sqlite:///{folder}/store.db"
    shifted = os.environ | environment_of(url) | _SETTINGS | {"LD_PRELOAD": str(shim), "SHIFTED_CLOCK": str(clock)}
    store = open_store(url)
    migrate(store)
    with reading(store) as connection:
        month = Month(feeds, read_clock(connection).now(), _RETAIN)
    with ExitStack() as stack:
        stack.callback(store.dispose)
        publisher = stack.enter_context(_program("benchmarks.month_publisher", shifted, month.began_at.isoformat()))
        assert publisher.stdout, "it has a pipe"
        port = int(publisher.stdout.readline())
        with writing(store) as connection:
            named = (NewFeed(f"http://{address_of(number)}:{port}/{number}") for number in range(feeds))
            add_feeds(connection, month.began_at, named)
        worker = stack.enter_context(_program("benchmarks.month_worker", shifted))
        yield from _let_it_pass(worker, clock)
        with reading(store) as connection:
            yield from check_month(connection, month)


def _let_it_pass(worker: subprocess.Popen[str], clock: Path) -> Iterator[str]:
    came: Counter[str] = Counter()
    step = int(_STEP.total_seconds())
    for at in range(0, MONTH + 1, step):
        shift_clock(clock, at)
        done = ask(worker, "")
        came.update({"polls": sum(done["polls"].values()), "new": done["new"], "pruned": done["pruned"]})
        if at % 86_400 == 0:
            yield f"day {at // 86_400:2}: {came['polls']:6,} polls, {came['new']:6,} new, {came['pruned']:6,} pruned"
            came.clear()


def main() -> None:
    """Print what came of each day, and what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000, help="virtual feeds, one loopback address each")
    chosen = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory(prefix="fmb-") as folder:
        for line in run(chosen.feeds, Path(folder)):
            faults += line.startswith("WRONG")
            print(line, flush=True)
    sys.exit(faults and 1)


if __name__ == "__main__":
    main()
