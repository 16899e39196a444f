"""What a poll costs: ``python -m benchmarks`` polls a local feed server in four rounds and prints a table.

fresh      every feed for the first time: 20 new entries each
304        nothing changed, and the host says so
same       nothing changed, and the host sends it all the same
one new    one new entry in each feed

Milliseconds differ threefold between machines that look alike, so a plain script and the library ``reader`` poll the
same feeds in turn with Feedmill, and what counts is the ratio to the plain script.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import psutil

from benchmarks.bodies import ENTRIES
from benchmarks.measuring import cpu_seconds, peak_memory
from benchmarks.running import add, ask, database, feed_server, make_due, poll, poller, rival, switch
from worker.database.engine import open_store
from worker.database.schema import migrate

# Round, mode of the server, and new articles a feed.
ROUNDS = (("fresh", "fresh", ENTRIES), ("304", "not-modified", 0), ("same", "unchanged", 0), ("one new", "one-new", 1))
BUDGETS = {
    "sqlite": {"fresh": 0.28, "304": 0.50, "same": 0.017, "one new": 0.065},
    "postgresql": {"fresh": 0.48, "304": 0.80, "same": 0.022, "one new": 0.11},
}
"""What Feedmill may use of the CPU that the plain script uses, by store."""
# Rivals, by the modules that they need.
RIVALS = {"script": ("requests",), "reader": ("reader", "sgmllib")}
_WARM_UP = 20
_ROW = "{:<9} {:<10} {:>13.2f} {:>8} {:>8} {:>9.0f} {:>12.0f} {:>11.0f}"


@dataclass(frozen=True, slots=True)
class Measured:
    """One round; CPU is of the whole process tree, the database server's included where there is one."""

    round: str
    program: str
    cpu_ms_per_feed: float
    feeds_per_second: float
    articles_per_second: float
    worker_mb: float
    parser_mb: float = 0.0
    ratio: float | None = None
    """To the plain script's CPU in the same round."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program that polls all feeds when it is asked to, with the servers that work for it."""

    name: str
    process: psutil.Process
    servers: list[psutil.Process]
    poll: Callable[[], tuple[int, int]]
    """Polls, and new articles of them."""


def run(chosen: argparse.Namespace) -> Iterator[Measured]:
    """Measure the four rounds, one after the other, in each of them one program after the other."""
    arguments = [f"--hang={chosen.hang}"]
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
        programs = [Program("feedmill", psutil.Process(process.pid), servers, lambda: _poll_with_feedmill(process))]
        programs += [stack.enter_context(_rival(name, folder, port, chosen.feeds)) for name in chosen.rivals]
        for name, mode, new in ROUNDS:
            switch(port, mode)
            if name == "fresh":
                add(store, port, range(chosen.feeds))
            else:
                make_due(store)
            expected = None if chosen.bodies or chosen.hang else new
            measured = [_measure(program, name, expected) for program in programs]
            script = next((each.cpu_ms_per_feed for each in measured if each.program == "script"), None)
            yield from (replace(each, ratio=script and each.cpu_ms_per_feed / script) for each in measured)


@contextmanager
def _rival(name: str, folder: Path, port: int, feeds: int) -> Iterator[Program]:
    """Run a rival, warmed up by feeds that are polled no more."""
    with rival(name, folder, port) as process:
        ask(process, f"{feeds} {_WARM_UP}")
        yield Program(name, psutil.Process(process.pid), [], lambda: (feeds, ask(process, f"0 {feeds}")["articles"]))


def _poll_with_feedmill(process: subprocess.Popen[str]) -> tuple[int, int]:
    came = poll(process)
    return sum(came["outcomes"].values()), came["articles"]


def _measure(program: Program, name: str, new: int | None) -> Measured:
    """Have a program poll all feeds once and say what that cost; ``new`` are the articles that each must bring."""
    roots = [program.process, *program.servers]
    cpu, began = cpu_seconds(roots), time.monotonic()
    polls, articles = program.poll()
    took, cpu = time.monotonic() - began, cpu_seconds(roots) - cpu
    if new is not None and articles != new * polls:
        raise SystemExit(f"round {name}, {program.name}: {articles} new articles of {polls} feeds")
    return Measured(
        round=name,
        program=program.name,
        cpu_ms_per_feed=cpu / polls * 1000,
        feeds_per_second=polls / took,
        articles_per_second=articles / took,
        worker_mb=peak_memory(program.process) / 1e6,
        parser_mb=max((peak_memory(child) for child in program.process.children()), default=0) / 1e6,
    )


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000, help="virtual feeds, one loopback address each")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--bodies", type=Path, help="a folder of documents to serve in place of made ones")
    parser.add_argument("--hang", type=int, default=0, metavar="PERCENT", help="feeds that never answer")
    there = [name for name, modules in RIVALS.items() if all(map(find_spec, modules))]
    parser.add_argument("--rivals", nargs="*", choices=RIVALS, default=there, help="by default all that are installed")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()
    if not chosen.json:
        print(f"{chosen.feeds:,} feeds, {chosen.store}\n")
        print("round     program    CPU ms a feed    ratio   budget   feeds/s   articles/s   worker MB")
    for row in run(chosen):
        print(json.dumps(asdict(row)) if chosen.json else _line(row, BUDGETS[chosen.store]), flush=True)


def _line(row: Measured, budgets: Mapping[str, float]) -> str:
    budget = f"{budgets[row.round]:g}" if row.program == "feedmill" else ""
    ratio = "" if row.ratio is None else f"{row.ratio:.3f}"
    figures = (row.feeds_per_second, row.articles_per_second, row.worker_mb)
    return _ROW.format(row.round, row.program, row.cpu_ms_per_feed, ratio, budget, *figures)


if __name__ == "__main__":
    main()
