"""What exporting costs: ``python -m benchmarks.exporting`` writes a store's polls or articles in each format.

The rows are copies of those that one poll wrote, spread over two weeks. Each export runs in a process of its own; CPU
is that process's, and the database server's while it ran.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, func, insert, select, text

from benchmarks.measuring import cpu_seconds
from benchmarks.running import ROOT, add, database, feed_server, poll, poller
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import open_store, writing
from worker.database.feed_tables import PollRow
from worker.database.schema import migrate
from worker.database.types import Base, UtcDateTime

_SPREAD = timedelta(days=14)
_MOMENTS = 20_160
_COPIED: dict[str, tuple[type[Base], dict[str, str]]] = {
    "polls": (PollRow, {"started_at": "moment"}),
    "articles": (ArticleRow, {"first_seen_at": "moment", "guid": "guid || n.d", "match_key": "NULL"}),
}
_HEADINGS = "{:<18}{:>12}{:>9}{:>12}{:>9}{:>9}{:>9}{:>9}".format(
    "export", "rows", "CPU s", "rows/CPU s", "seconds", "server s", "peak MB", "MB"
)
_ROW = "{:<18}{:>12,}{:>9.1f}{:>12,.0f}{:>9.1f}{:>9.1f}{:>9.0f}{:>9.0f}"


def fill(store: Engine, url: str, name: str, rows: int) -> None:
    """Poll one feed, and copy what that wrote until there are so many rows, which rise with their moments."""
    with feed_server() as port:
        add(store, port, range(1))
        with poller(url) as process:
            poll(process)
    table, changed = _COPIED[name]
    with writing(store) as connection:
        _add_moments(connection)
        each = connection.execute(select(func.count()).select_from(table)).scalar_one()
        kept = [column.name for column in table.__table__.columns if column.name != "id"]
        made = ", ".join(changed.get(column, f"t.{column}") for column in kept)
        copies = rows // each
        connection.execute(
            text(
                f"WITH RECURSIVE n(d) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT d + 1 FROM n WHERE d < {copies})"
                f" INSERT INTO {name} ({', '.join(kept)}) SELECT {made} FROM n"
                f" JOIN moments ON k = n.d * {_MOMENTS - 1} / {copies}"
                f" CROSS JOIN (SELECT * FROM {name}) AS t ORDER BY n.d"
            )
        )


def _add_moments(connection: Connection) -> None:
    columns: list[Column[Any]] = [Column("k", Integer(), primary_key=True), Column("moment", UtcDateTime())]
    moments = Table("moments", MetaData(), *columns, prefixes=["TEMPORARY"])
    moments.create(connection)
    first = read_clock(connection).now() - _SPREAD
    connection.execute(insert(moments), [{"k": k, "moment": first + _SPREAD * k / _MOMENTS} for k in range(_MOMENTS)])


def export(url: str, name: str, target: Path, arguments: Sequence[str], servers: Sequence[psutil.Process]) -> None:
    """Export, and print what it cost."""
    command = [sys.executable, "-m", "worker", "export", name, "--to", str(target), *arguments]
    before, began = cpu_seconds(servers), time.monotonic()
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"FEEDMILL_DATABASE_URL": url}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout, "it has a pipe"
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the export ended with {process.returncode}")
    took, ours = time.monotonic() - began, used.ru_utime + used.ru_stime
    rows = int(said.partition(": ")[2].split(" ", 1)[0].replace(",", ""))
    files = [target] if target.is_file() else [path for path in target.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    servers_own = cpu_seconds(servers) - before
    form = " ".join(arguments).replace("--format ", "").replace("--partition ", "by ")
    print(
        _ROW.format(form, rows, ours, rows / ours, took, servers_own, used.ru_maxrss / 1024, size / 1e6),
        flush=True,
    )


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--of", choices=tuple(_COPIED), default="polls", help="which data set")
    parser.add_argument("--rows", type=int, default=100_000)
    chosen = parser.parse_args()
    # Short: the database's socket is in there.
    with (
        tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp") as folder,
        database(chosen.store, Path(folder)) as (url, servers),
    ):
        store = open_store(url)
        migrate(store)
        fill(store, url, chosen.of, chosen.rows)
        store.dispose()
        print(_HEADINGS)
        for form in ("parquet", "csv", "jsonl"):
            export(url, chosen.of, Path(folder) / f"whole.{form}", ["--format", form], servers)
        export(url, chosen.of, Path(folder) / "days", ["--format", "parquet", "--partition", "day"], servers)


if __name__ == "__main__":
    main()
