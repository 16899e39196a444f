"""Polling at a fixed rate for a while, as a deployment does: how late polls begin, and what they cost."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, text

from benchmarks.kill_processes import Program
from benchmarks.kill_servers import Redis
from benchmarks.large_store import LargeStore
from benchmarks.measuring import cpu_seconds
from benchmarks.planned_polls import Plan, count_waiting, plan_polls, put_off, read_polls
from benchmarks.running import ROOT, switch
from benchmarks.updates import wal_position
from worker.claim.due import find_requested, request_polls
from worker.database.clock import read_clock
from worker.database.engine import reading, writing

_HANGING = 2
_LOOK_EVERY = 2.0
# Of so many feeds some answer at once; starting a worker takes seconds, and on a busy machine a minute.
_FIRST_POLLS, _MOST_STARTING = 5, 120.0
_WATCHED = ("schedules", "hosts", "feeds", "articles", "sightings")
_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}


@dataclass(frozen=True, slots=True)
class Sustained:
    """What polling at a rate came to."""

    plan: Plan
    polls: int
    polls_per_second: float
    outcomes: Mapping[str, int]
    lateness: Mapping[str, float]
    """Seconds from when a feed was due to the beginning of its poll, by percentile."""
    waiting: int
    """Feeds that were due at the end, and not polled."""
    cpu_ms_per_poll: float
    server_cpu_ms_per_poll: float
    """The database server's part of it."""
    worker_mb: float
    """The most that one process held."""
    wal_bytes_per_poll: float | None
    tables: Mapping[str, Mapping[str, float]]
    """Of PostgreSQL's tables: megabytes before and after, those of indexes apart, and dead rows at the end."""


def sustain(store: LargeStore, plan: Plan) -> Sustained:
    """Poll for the plan's time and say what it came to."""
    switch(store.port, "mixed")
    switch(store.port, str(_HANGING))
    put_off(store.engine)
    with ExitStack() as stack:
        programs = list(start_programs(stack, store, plan.processes))
        wait_for_polls(store)
        begins_at = plan_polls(store.engine, plan)
        _sleep_until(store, begins_at)
        before = _Watched.of(store, programs)
        most = 0.0
        ends_at = time.monotonic() + plan.time.total_seconds()
        while time.monotonic() < ends_at:
            most = max([most, *(size for program in programs for size in program.memory())])
            time.sleep(_LOOK_EVERY)
        with reading(store.engine) as connection:
            now = read_clock(connection).now()
        after = _Watched.of(store, programs)
        if ended := [words for program in programs for words in program.own_ends]:
            raise SystemExit("; ".join(ended))
    polls = read_polls(store.engine, begins_at, now)
    late = sorted(each.late for each in polls)
    count = max(len(polls), 1)
    return Sustained(
        plan=plan,
        polls=len(polls),
        polls_per_second=len(polls) / (now - begins_at).total_seconds(),
        outcomes=dict(Counter(each.outcome for each in polls).most_common()),
        lateness={name: late[min(int(share * count), count - 1)] for name, share in _SHARES.items()} if late else {},
        waiting=count_waiting(store.engine, now),
        cpu_ms_per_poll=(after.cpu - before.cpu) / count * 1000,
        server_cpu_ms_per_poll=(after.server_cpu - before.server_cpu) / count * 1000,
        worker_mb=most,
        wal_bytes_per_poll=(after.log - before.log) / count if after.tables else None,
        tables={name: _compare(before.tables[name], after.tables[name]) for name in after.tables},
    )


@dataclass(frozen=True, slots=True)
class _Watched:
    """CPU seconds, bytes of write-ahead log and sizes of tables at one moment."""

    cpu: float
    server_cpu: float
    log: int
    tables: Mapping[str, Mapping[str, float]]

    @classmethod
    def of(cls, store: LargeStore, programs: list[Program]) -> "_Watched":
        first = [program.tree()[0] for program in programs]
        server_cpu = cpu_seconds(store.servers)
        with reading(store.engine) as connection:
            is_postgresql = connection.dialect.name == "postgresql"
            log = wal_position(connection) if is_postgresql else 0
            tables = dict(_read_tables(connection)) if is_postgresql else {}
        return cls(cpu_seconds(first) + server_cpu, server_cpu, log, tables)


def _read_tables(connection: Connection) -> Iterator[tuple[str, Mapping[str, float]]]:
    for table in _WATCHED:
        row = connection.execute(
            text(
                "SELECT pg_table_size(relid) / 1e6 AS table_mb, pg_indexes_size(relid) / 1e6 AS index_mb,"
                " n_dead_tup AS dead FROM pg_stat_user_tables WHERE relname = :table"
            ),
            {"table": table},
        )
        yield table, {name: float(value) for name, value in row.mappings().one().items()}


def _compare(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    return {f"{name} before": value for name, value in before.items()} | {
        f"{name} after": value for name, value in after.items()
    }


def start_programs(
    stack: ExitStack, store: LargeStore, processes: int, beside: Mapping[str, tuple[str, ...]] | None = None
) -> Iterator[Program]:
    """Start the programs that poll, on PostgreSQL with so many processes, and then those ``beside`` them."""
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="fmb-", dir="/tmp")))
    commands: dict[str, tuple[str, ...]] = {"run": ("worker", "run")}
    told = {
        "FEEDMILL_DATABASE_URL": store.url,
        "FEEDMILL_ALLOW_HOSTS": "127.0.0.0/8",
        "FEEDMILL_HOST_GAP": "0s",
        "FEEDMILL_WEB_RATE": "100000",
        **dict.fromkeys((f"FEEDMILL_POLL_INTERVAL{end}" for end in ("", "_MIN", "_MAX")), "15m"),
        "PYTHONPATH": str(ROOT),
    }
    if store.servers:
        broker = Redis(folder)
        stack.callback(broker.stop)
        told["FEEDMILL_BROKER_URL"] = broker.url
        celery = ("celery", "-A", "worker")
        commands = {"worker": (*celery, "worker", "--concurrency", str(processes)), "beat": (*celery, "beat")}
    for name, command in {**commands, **(beside or {})}.items():
        own = folder / name
        own.mkdir()
        program = Program(name, command, own, os.environ | told)
        program.start()
        stack.callback(program.end)
        stack.callback(program.stop)
        yield program


def wait_for_polls(store: LargeStore) -> None:
    """Request a few polls and wait until one is made: from then on every program is up."""
    some = range(1, _FIRST_POLLS + 1)
    with writing(store.engine) as connection:
        request_polls(connection, read_clock(connection).now(), some)
    for _ in range(round(_MOST_STARTING / _LOOK_EVERY)):
        with reading(store.engine) as connection:
            if len(find_requested(connection, some)) < len(some):
                return
        time.sleep(_LOOK_EVERY)
    raise SystemExit(f"none of the programs polled anything within {_MOST_STARTING:g} s")


def _sleep_until(store: LargeStore, moment: datetime) -> None:
    with reading(store.engine) as connection:
        left = moment - read_clock(connection).now()
    time.sleep(max(left.total_seconds(), 0.0))


def print_sustained(found: Sustained, *, as_json: bool) -> None:
    """Print what came of it."""
    if as_json:
        print(json.dumps(asdict(found), default=str))
        return
    plan = found.plan
    print(
        f"{plan.feeds:,} feeds, {plan.polled:,} of them due every quarter of an hour, {plan.rate:g} a second,"
        f" for {plan.time}; {plan.processes} processes\n"
    )
    outcomes = ", ".join(f"{count:,} {name}" for name, count in found.outcomes.items())
    lateness = ", ".join(f"{name} {seconds:.1f}" for name, seconds in found.lateness.items())
    print(f"polls        {found.polls:,} ({found.polls_per_second:.1f} a second): {outcomes}")
    print(f"late by      {lateness} seconds; {found.waiting:,} due at the end")
    print(f"CPU          {found.cpu_ms_per_poll:.2f} ms a poll, {found.server_cpu_ms_per_poll:.2f} of it the server's")
    print(f"memory       {found.worker_mb:.0f} MB in the largest process")
    if found.wal_bytes_per_poll is None:
        return
    print(f"log          {found.wal_bytes_per_poll:,.0f} bytes a poll\n")
    print("             table MB: before    after    indexes: before    after    dead rows")
    for name, sizes in found.tables.items():
        figures = (sizes[f"{size} {when}"] for size in ("table_mb", "index_mb") for when in ("before", "after"))
        before, after, index_before, index_after = figures
        print(
            f"{name:<20}{before:>11,.1f}{after:>9,.1f}{index_before:>19,.1f}{index_after:>9,.1f}"
            f"{sizes['dead after']:>13,.0f}"
        )
