"""What a poll costs: ``python -m benchmarks`` polls a local feed server in four rounds and prints a table.

fresh      every feed for the first time: 20 new entries each
304        nothing changed, and the host says so
same       nothing changed, and the host sends it all the same
one new    one new entry in each feed
grouping   what feeds brought is told apart into stories: CPU an article, beside the plain script's for a fresh feed

Milliseconds differ threefold between machines that look alike, so a plain script and the library ``reader`` poll the
same feeds in turn with Feedmill, and what counts is the ratio to the plain script.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import psutil
from sqlalchemy import Engine

from benchmarks.bodies import ENTRIES
from benchmarks.measuring import cpu_seconds, peak_memory
from benchmarks.prefork import deployment
from benchmarks.running import add, ask, database, feed_server, make_due, poll, poller, rival, switch
from benchmarks.story_costs import measure as measure_grouping
from worker.database.engine import open_store
from worker.database.schema import migrate

# Round, mode of the server, new articles a feed, and how often it is made: what is quick, several times.
ROUNDS = (
    ("fresh", "fresh", ENTRIES, 1),
    ("304", "not-modified", 0, 5),
    ("same", "unchanged", 0, 5),
    ("one new", "one-new", 1, 1),
)
BUDGETS = {
    "sqlite": {"fresh": 0.28, "304": 0.50, "same": 0.017, "one new": 0.065, "grouping": 0.0119},
    "postgresql": {"fresh": 0.48, "304": 0.80, "same": 0.022, "one new": 0.11, "grouping": 0.0214},
}
"""What Feedmill may use of the CPU that the plain script uses, by store; for grouping an article: uses for a feed."""
# Rivals, by the modules that they need.
RIVALS = {"script": ("requests",), "reader": ("reader", "sgmllib")}
_WARM_UP = 20
_FEEDS_TO_GROUP = 200
_ROW = "{:<9} {:<10} {:>13.3f} {:>8} {:>14} {:>9.0f} {:>12.0f} {:>11.0f}"
# Grouping has costs only.
_ROW_OF_COSTS = 59


@dataclass(frozen=True, slots=True)
class Measured:
    """One round; CPU is of the whole process tree, the database server's included where there is one."""

    round: str
    program: str
    cpu_ms: float
    """A feed, or an article that is grouped."""
    feeds_per_second: float
    articles_per_second: float
    worker_mb: float
    parser_mb: float = 0.0
    ratio: float | None = None
    """To the plain script's CPU in the same round."""
    shares: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """By stage, the share of the CPU that it took, and that of it which SQLAlchemy and the driver took."""


class _Cost(NamedTuple):
    """What polling all feeds once took: CPU and time in seconds, and what came of it."""

    cpu: float
    took: float
    polls: int
    articles: int


@dataclass(frozen=True, slots=True)
class Program:
    """A program that polls all feeds when it is asked to, with the servers that work for it."""

    name: str
    processes: list[psutil.Process]
    servers: list[psutil.Process]
    poll: Callable[[], tuple[int, int]]
    """Polls, and new articles of them."""
    store: Engine | None = None
    """Feedmill's own."""
    shares: dict[str, tuple[float, float]] = field(default_factory=dict)
    """Of its last poll, where it is profiled."""


def run(chosen: argparse.Namespace) -> Iterator[Measured]:
    """Measure the four rounds, one after the other, in each of them the programs in turn; then grouping."""
    arguments = [f"--hang={chosen.hang}"]
    arguments += [f"--bodies={chosen.bodies}"] if chosen.bodies else []
    with ExitStack() as stack:
        # Short: the database's socket is in there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp")))
        port = stack.enter_context(feed_server(arguments))
        own = [stack.enter_context(_feedmill(name, folder, port, chosen)) for name in ("feedmill", *chosen.workers)]
        programs = [*own, *(stack.enter_context(_rival(name, folder, port, chosen.feeds)) for name in chosen.rivals)]
        for program in own:
            assert program.store, "Feedmill has one"
            add(program.store, port, range(chosen.feeds))
        for name, mode, new, times in ROUNDS:
            switch(port, mode)
            expected = None if chosen.bodies or chosen.hang else new
            measured = _measure(programs, name, expected, times)
            script = next((each.cpu_ms for each in measured if each.program == "script"), None)
            yield from (replace(each, ratio=script and each.cpu_ms / script) for each in measured)
    yield _measure_grouping(chosen.store, min(chosen.feeds, _FEEDS_TO_GROUP), chosen.bodies)


@contextmanager
def _feedmill(name: str, folder: Path, port: int, chosen: argparse.Namespace) -> Iterator[Program]:
    """Run Feedmill on a store of its own, in one process or as a Celery worker, warmed up by feeds that are no more."""
    folder = folder / name
    folder.mkdir(mode=0o700)
    with ExitStack() as stack:
        url, servers = stack.enter_context(database(chosen.store, folder))
        store = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
        stack.callback(store.dispose)
        migrate(store)
        if name == "celery":
            worker = stack.enter_context(deployment(url, store, folder))
            program = Program(name, worker.processes, servers, worker.poll, store)
        else:
            process = stack.enter_context(poller(url, *(["--profile"] if chosen.profile else [])))
            shares: dict[str, tuple[float, float]] = {}
            roots = [psutil.Process(process.pid)]
            program = Program(name, roots, servers, lambda: _poll_in_process(process, shares), store, shares)
        # Imports, the parser's start and the first connections are no part of what a poll costs.
        add(store, port, range(chosen.feeds, chosen.feeds + _WARM_UP))
        program.poll()
        yield program


@contextmanager
def _rival(name: str, folder: Path, port: int, feeds: int) -> Iterator[Program]:
    """Run a rival, warmed up by feeds that are polled no more."""
    with rival(name, folder, port) as process:
        ask(process, f"{feeds} {_WARM_UP}")
        roots = [psutil.Process(process.pid)]
        yield Program(name, roots, [], lambda: (feeds, ask(process, f"0 {feeds}")["articles"]))


def _poll_in_process(process: subprocess.Popen[str], shares: dict[str, tuple[float, float]]) -> tuple[int, int]:
    came = poll(process)
    shares.clear()
    shares.update(came["shares"])
    return sum(came["outcomes"].values()), came["articles"]


def _measure(programs: Sequence[Program], name: str, new: int | None, times: int) -> list[Measured]:
    """Have programs poll all feeds, in turn, so often, and say what that cost; ``new`` are the articles of a feed."""
    # In turn: what others do on the machine meanwhile then costs all of them alike.
    costs = [_poll_once(program, name) for _ in range(times) for program in programs]
    return [_sum_up(program, name, new, costs[number :: len(programs)]) for number, program in enumerate(programs)]


def _poll_once(program: Program, name: str) -> _Cost:
    if program.store and name != "fresh":
        make_due(program.store)
    roots = [*program.processes, *program.servers]
    used, began = cpu_seconds(roots), time.monotonic()
    polls, articles = program.poll()
    return _Cost(cpu_seconds(roots) - used, time.monotonic() - began, polls, articles)


def _sum_up(program: Program, name: str, new: int | None, costs: Sequence[_Cost]) -> Measured:
    cpu, took, polls, articles = (sum(each) for each in zip(*costs, strict=True))
    if new is not None and articles != new * polls:
        raise SystemExit(f"round {name}, {program.name}: {articles} new articles of {polls} feeds")
    (process, *_) = program.processes
    return Measured(
        round=name,
        program=program.name,
        cpu_ms=cpu / polls * 1000,
        feeds_per_second=polls / took,
        articles_per_second=articles / took,
        worker_mb=peak_memory(process) / 1e6,
        parser_mb=max((peak_memory(child) for child in process.children()), default=0) / 1e6,
        shares=dict(program.shares),
    )


def _measure_grouping(kind: str, feeds: int, bodies: Path | None) -> Measured:
    """Group what other feeds brought, made ones each with texts of its own; the ratio is to the script's fresh poll."""
    cost, script = measure_grouping(kind, feeds, copies=1, bodies=bodies)
    return Measured("grouping", "feedmill", cost.cpu_ms, 0.0, 0.0, 0.0, ratio=cost.cpu_ms / script)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000, help="virtual feeds, one loopback address each")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--bodies", type=Path, help="a folder of documents to serve in place of made ones")
    parser.add_argument("--hang", type=int, default=0, metavar="PERCENT", help="feeds that never answer")
    there = [name for name, modules in RIVALS.items() if all(map(find_spec, modules))]
    parser.add_argument("--rivals", nargs="*", choices=RIVALS, default=there, help="by default all that are installed")
    parser.add_argument("--workers", nargs="*", choices=["celery"], default=[], help="a real Celery worker besides")
    parser.add_argument("--profile", action="store_true", help="say which stages each round's CPU went into")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()
    if not chosen.json:
        print(f"{chosen.feeds:,} feeds, {chosen.store}\n")
        print("round     program           CPU ms    ratio         budget   feeds/s   articles/s   worker MB")
    for row in run(chosen):
        print(json.dumps(asdict(row)) if chosen.json else _line(row, BUDGETS[chosen.store]), flush=True)


def _line(row: Measured, budgets: Mapping[str, float]) -> str:
    most = budgets[row.round]
    budget = ratio = ""
    if row.ratio is not None:
        ratio = f"{row.ratio:.4f}"
        budget = f"{most:g} {'held' if row.ratio <= most else 'missed'}" if row.program == "feedmill" else ""
    figures = (row.feeds_per_second, row.articles_per_second, row.worker_mb)
    line = _ROW.format(row.round, row.program, row.cpu_ms, ratio, budget, *figures)
    told = (f"{stage} {share:.0%} (SQL {in_sql:.0%})" for stage, (share, in_sql) in row.shares.items())
    profile = f"\n          {', '.join(told)}".replace(" (SQL 0%)", "") if row.shares else ""
    return (line if row.worker_mb else line[:_ROW_OF_COSTS]) + profile


if __name__ == "__main__":
    main()
