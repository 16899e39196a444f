"""What grouping an article costs, and which stage of it: ``python -m benchmarks.story_costs``.

Feedmill polls a local feed server as in ``python -m benchmarks``, and then groups what came of it. What counts is the
ratio to the CPU that a plain script needs for a fresh poll of one of these feeds: milliseconds differ threefold between
machines that look alike.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.bodies import ENTRIES, made_document
from benchmarks.measuring import cpu_seconds
from benchmarks.running import ROOT, add, ask, database, feed_server, poll, poller, rival, switch
from worker.database.engine import open_store
from worker.database.schema import migrate

_WARM_UP = 20


@dataclass(frozen=True, slots=True)
class GroupingCost:
    """CPU milliseconds an article, of the process tree and the database server."""

    articles: int
    cpu_ms: float
    stages: dict[str, float]
    """Without what the server does aside from its connections, such as writing its log."""


@contextmanager
def grouper(url: str) -> Iterator[subprocess.Popen[str]]:
    """Run the process that groups a store."""
    command = [sys.executable, "-m", "benchmarks.story_grouper", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def group_all(process: subprocess.Popen[str], servers: Sequence[psutil.Process]) -> GroupingCost:
    """Have a grouper group all articles that wait in its store; what that cost."""
    roots = [psutil.Process(process.pid), *servers]
    cpu = cpu_seconds(roots)
    came = ask(process, "")
    cpu, articles = cpu_seconds(roots) - cpu, max(came["grouped"], 1)
    return GroupingCost(came["grouped"], cpu / articles * 1000, {k: v / articles for k, v in came["cpu_ms"].items()})


def measure(kind: str, feeds: int, copies: int, bodies: Path | None = None) -> tuple[GroupingCost, float]:
    """Return what grouping what fresh feeds bring costs, and the plain script's CPU milliseconds for one of the feeds.

    Each text comes in ``copies`` feeds; ``bodies`` is a folder of documents to serve in place of made ones.
    """
    with ExitStack() as stack:
        # Short: the database's socket is in there.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fmg-", dir="/tmp")))
        bodies = bodies or _write_documents(folder, feeds // copies)
        arguments = [f"--bodies={bodies}"]
        port = stack.enter_context(feed_server(arguments))
        # Otherwise each document's first entry is held back for another round.
        switch(port, "one-new")
        given, servers = stack.enter_context(database(kind, folder))
        url = given.replace("postgresql://", "postgresql+psycopg://")
        store = open_store(url)
        stack.callback(store.dispose)
        migrate(store)
        fetching, grouping = stack.enter_context(poller(given)), stack.enter_context(grouper(url))
        # Imports and the first connections are no part of what grouping costs.
        add(store, port, range(feeds, feeds + _WARM_UP))
        poll(fetching)
        group_all(grouping, servers)
        add(store, port, range(feeds))
        poll(fetching)
        script = stack.enter_context(rival("script", folder, port))
        return group_all(grouping, servers), _measure_script(script, feeds)


def _write_documents(folder: Path, count: int) -> Path:
    documents = folder / "documents"
    documents.mkdir()
    for number in range(count):
        (documents / f"{number:05}").write_bytes(made_document(ENTRIES * (number + 1)))
    return documents


def _measure_script(script: subprocess.Popen[str], feeds: int) -> float:
    ask(script, f"{feeds} {_WARM_UP}")
    process = [psutil.Process(script.pid)]
    cpu = cpu_seconds(process)
    ask(script, f"0 {feeds}")
    return (cpu_seconds(process) - cpu) / feeds * 1000


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=200, help=f"with {ENTRIES} articles each")
    parser.add_argument("--copies", type=int, default=1, metavar="FEEDS", help="feeds that carry the same texts")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--bodies", type=Path, help="a folder of documents to serve in place of made ones")
    chosen = parser.parse_args()
    cost, script = measure(chosen.store, chosen.feeds, chosen.copies, chosen.bodies)
    print(f"{cost.articles:,} articles of {chosen.feeds} feeds, {chosen.store}\n")
    print("             CPU ms an article   of the script's fresh poll")
    for stage, cpu_ms in cost.stages.items():
        print(f"{stage:<12} {cpu_ms:>17.3f}   {cpu_ms / script:>10.4f}")
    print(f"{'in all':<12} {cost.cpu_ms:>17.3f}   {cost.cpu_ms / script:>10.4f}")
    print(f"plain script {script:>17.3f}")


if __name__ == "__main__":
    main()
