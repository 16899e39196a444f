"""What moving a store costs: ``python -m benchmarks.copying`` copies one from SQLite to PostgreSQL and back.

The store has as many feeds as asked for, with ten articles of each. Each copy runs in a process of its own; CPU is that
process's, and the database server's while it ran. In the end both SQLite stores have the same hash of each table.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from benchmarks.large_store import large_store
from benchmarks.measuring import cpu_seconds
from benchmarks.running import ROOT, database

_ROW = "{:<24}{:>12,}{:>9.1f}{:>11,.0f}{:>9.1f}{:>9.1f}{:>8.0f}"
_HEADINGS = "{:<24}{:>12}{:>9}{:>11}{:>9}{:>9}{:>8}".format("copy", "rows", "seconds", "rows/s", "CPU", "server", "MB")


def copy(name: str, source: str, target: str, servers: Sequence[psutil.Process]) -> list[dict[str, Any]]:
    """Copy a store, print what it cost, and return what is said of each table."""
    command = [sys.executable, "-m", "worker", "copy", "--to", target, "--json"]
    before = cpu_seconds(servers)
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"FEEDMILL_DATABASE_URL": source}, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout, "it has a pipe"
        tables = [json.loads(line) for line in process.stdout]
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the copy ended with {process.returncode}")
    took = time.monotonic() - began
    rows = sum(table["rows"] for table in tables)
    ours, servers_own = used.ru_utime + used.ru_stime, cpu_seconds(servers) - before
    print(_ROW.format(name, rows, took, rows / took, ours, servers_own, used.ru_maxrss / 1024), flush=True)
    return tables


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000, help="feeds of the store, with ten articles each")
    chosen = parser.parse_args()
    # Short: the database's socket is in there.
    with (
        tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp") as folder,
        large_store("sqlite", chosen.feeds, None) as store,
        database("postgresql", Path(folder)) as (url, servers),
    ):
        back = f"sqlite:///{folder}/back.db"
        print(_HEADINGS)
        there = copy("SQLite to PostgreSQL", store.url, url, servers)
        again = copy("PostgreSQL to SQLite", url, back, servers)
        hashes = [[(table["table"], table["rows"], table["hash"]) for table in tables] for tables in (there, again)]
        print("equal" if hashes[0] == hashes[1] else "NOT EQUAL")


if __name__ == "__main__":
    main()
