"""What pruning costs, and what it costs those who poll: ``python -m benchmarks.retention`` prunes a store to a month.

The store has a hundred articles a feed that left 40 days ago, beside ten that are there still. Its feeds are polled at
a fixed rate, as a deployment does (``benchmarks.million --sustain``); then they are again, while ``feedmill prune``
removes all that is old. It prints how late polls began, each time; how many articles went a second; and the CPU of one,
of the process and of the database's server, as far as it used more than for the polls alone.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import BigInteger, Connection, bindparam, func, select, text

from benchmarks.large_store import ARTICLES, LargeStore, large_store
from benchmarks.measuring import cpu_seconds
from benchmarks.planned_polls import Plan
from benchmarks.running import ROOT, environment_of
from benchmarks.sustained import Sustained, sustain
from worker.basics.units import parse_duration
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.outbox_tables import EventKind, EventRow
from worker.database.types import Base, UtcDateTime

_OLD = 100
"""Articles of each feed that are to go."""
_LEFT, _KEPT_FOR = timedelta(days=40), "30d"
_GUID_HASH = {"sqlite": "randomblob(16)", "postgresql": "decode(md5(guid || '\\:' || :n || '\\:' || feed_id), 'hex')"}
_SIZES = {
    "sqlite": "SELECT sum(pgsize) FROM dbstat WHERE name IN ('tombstones', 'ix_tombstones_page_hash_feed_id')",
    "postgresql": "SELECT pg_total_relation_size('tombstones')",
}
"""Bytes of all tombstones, with their indexes."""
_COPIED: Mapping[type[Base], Mapping[str, str]] = {
    ArticleRow: {"id": "id + :n * :present", "match_key": "NULL", "first_seen_at": ":left"},
    SightingRow: {"article_id": "article_id + :n * :present", "guid_hash": "{guid_hash}", "left_at": ":left"},
    RevisionRow: {"article_id": "article_id + :n * :present"},
}


@dataclass(frozen=True, slots=True)
class _Pruning:
    """What pruning all that is old came to: seconds, and CPU seconds of the process and of the server meanwhile."""

    took: float
    cpu: float
    server_cpu: float


def _age(store: LargeStore, feeds: int) -> None:
    """Add the old articles; those that are there were seen before them, so that ids rise with first sight."""
    with writing(store.engine) as connection:
        present, left = feeds * ARTICLES, read_clock(connection).now() - _LEFT
        if connection.execute(select(func.count()).select_from(ArticleRow)).scalar_one() > present:
            return
        for number in range(1, _OLD // ARTICLES + 1):
            values = {"n": number, "present": present, "left": left}
            for table, changed in _COPIED.items():
                _copy(connection, table, changed, values)
        _execute(connection, "UPDATE articles SET first_seen_at = :left", {"left": left})
        columns = "id, first_article_id, size, first_seen_at, last_seen_at"
        stories = f"INSERT INTO stories ({columns}) SELECT id, id, 1, first_seen_at, first_seen_at FROM articles"
        connection.execute(text(stories))
        if store.servers:
            newest = "SELECT setval(pg_get_serial_sequence('articles', 'id'), max(id)) FROM articles"
            connection.execute(text(newest))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)" if store.servers else "ANALYZE"))  # codespell:ignore analyze


def _copy(connection: Connection, table: type[Base], changed: Mapping[str, str], values: Mapping[str, object]) -> None:
    kept = [column.name for column in table.__table__.columns if column.name != "id" or "id" in changed]
    guid_hash = _GUID_HASH[connection.dialect.name]
    made = ", ".join(changed.get(name, name).format(guid_hash=guid_hash) for name in kept)
    originals = f"{'id' if 'id' in changed else 'article_id'} <= :present"
    name = table.__tablename__
    _execute(connection, f"INSERT INTO {name} ({', '.join(kept)}) SELECT {made} FROM {name} WHERE {originals}", values)


def _execute(connection: Connection, statement: str, values: Mapping[str, object]) -> None:
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    kinds: dict[str, Any] = {"left": UtcDateTime(), "n": BigInteger(), "present": BigInteger()}
    connection.execute(text(statement).bindparams(*(bindparam(name, type_=kinds[name]) for name in used)), used)


def _prune(store: LargeStore) -> _Pruning:
    began, server_cpu = time.monotonic(), cpu_seconds(store.servers)
    environment = environment_of(store.url) | {"FEEDMILL_RETAIN_ARTICLES": _KEPT_FOR, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-m", "worker", "prune"], cwd=store.folder, env=environment) as process:
        watched, cpu = psutil.Process(process.pid), 0.0
        while process.poll() is None:
            cpu = cpu_seconds([watched])
            time.sleep(0.1)
    if process.returncode:
        raise SystemExit("feedmill prune failed")
    return _Pruning(time.monotonic() - began, cpu, cpu_seconds(store.servers) - server_cpu)


def _print(name: str, polled: Sustained) -> None:
    late = "".join(f"{seconds:>9.2f}" for seconds in polled.lateness.values())
    print(f"{name:<10}{polled.polls_per_second:>9.1f}{late}{polled.cpu_ms_per_poll:>9.2f}", flush=True)


def _measure(store: LargeStore, plan: Plan) -> str:
    """Poll alone, then beside the pruning, and print both; return what the pruning came to, as a sentence."""
    with ThreadPoolExecutor(1) as pool:
        alone = sustain(store, plan)
        _print("alone", alone)
        pruning = pool.submit(_prune, store)
        beside = sustain(store, plan)
        _print("pruning", beside)
        pruned = pruning.result()
    with reading(store.engine) as connection:
        of_removed = select(func.count()).where(EventRow.kind == EventKind.ARTICLE_REMOVED)
        removed = connection.execute(of_removed).scalar_one()
        size = connection.execute(text(_SIZES[connection.dialect.name])).scalar_one()
    more = max(pruned.server_cpu - alone.server_cpu_ms_per_poll / 1000 * beside.polls, 0.0)
    return (
        f"{removed:,} articles pruned in {pruned.took:.0f} s: {removed / pruned.took:,.0f} a second; CPU of one: "
        f"{pruned.cpu / removed * 1000:.2f} ms, and {more / removed * 1000:.2f} ms of the server; "
        f"a tombstone has {size / removed:.0f} bytes"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--articles", type=int, default=100_000, help="that are to go")
    parser.add_argument("--rate", type=float, default=20.0, help="feeds that fall due a second")
    parser.add_argument("--polling", type=parse_duration, default=timedelta(minutes=1), help="how long, each time")
    parser.add_argument("--processes", type=int, default=2, help="that poll (PostgreSQL)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the store there, and use the one there")
    chosen = parser.parse_args()
    plan = Plan(chosen.articles // _OLD, chosen.rate, chosen.polling, chosen.processes)
    with large_store(chosen.store, plan.feeds, chosen.keep) as store:
        _age(store, plan.feeds)
        print(f"{'':<10}{'polls/s':>9}" + "".join(f"{name:>9}" for name in ("p50", "p95", "p99", "max")) + "   CPU ms")
        print(f"\n{_measure(store, plan)}")


if __name__ == "__main__":
    main()
