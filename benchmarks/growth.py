"""What claims, polls and looks cost in one store: CPU of the whole process tree and of the database's server."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

import psutil
from sqlalchemy import Connection, text, update

from benchmarks.large_store import LargeStore
from benchmarks.measuring import cpu_seconds
from benchmarks.running import poll, poller, switch
from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.look.article_listing import list_articles
from worker.look.feed_listing import list_feeds
from worker.look.health import read_health
from worker.look.listings import Wanted
from worker.look.poll_listing import list_polls
from worker.manage.feeds import list_feeds_to_export

_CLAIMS, _POLLS = 30, 1_500
_HOSTS = 50
_TERMS = ClaimTerms(timedelta(seconds=90), timedelta(0), 1, hosts=_HOSTS, feeds_per_host=200)
_SOME = 500
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Cost:
    """What one of many costs: CPU of all processes, and how long it takes."""

    cpu_ms: float
    wall_ms: float


def measure_costs(store: LargeStore, feeds: int, looking: timedelta) -> dict[str, Cost]:
    """Measure a store, what changes nothing first; ``looking`` is for how long each look is repeated, at least."""
    some = feeds // 2
    page = Wanted(limit=_PAGE, newest_first=True)
    looks: dict[str, Callable[[Connection, datetime], object]] = {
        "status": read_health,
        "feeds": lambda connection, now: list(list_feeds(connection, now, Wanted(limit=_PAGE))),
        "articles": lambda connection, _: list(list_articles(connection, page)),
        "articles FEED": lambda connection, _: list(list_articles(connection, Wanted(feed_id=some))),
        "polls FEED": lambda connection, _: list(list_polls(connection, Wanted(feed_id=some))),
        "export, of 500": lambda connection, _: list(islice(list_feeds_to_export(connection), _SOME)),
    }
    costs = {name: _measure_look(store, look, looking) for name, look in looks.items()}
    return {"claim": _measure_claims(store, feeds), "poll": _measure_polls(store, feeds)} | costs


def measure_rows(store: LargeStore) -> dict[str, tuple[float, float]]:
    """Return how many bytes a row of each table takes on PostgreSQL, and its entries in all indexes of the table."""
    if store.engine.dialect.name != "postgresql":
        return {}
    with reading(store.engine) as connection:
        # A partition's name ends with its day.
        sizes = connection.execute(
            text(
                "SELECT split_part(relname, '_2', 1) AS name, sum(pg_table_size(relid)) / sum(n_live_tup) AS row,"
                " sum(pg_indexes_size(relid)) / sum(n_live_tup) AS entries FROM pg_stat_user_tables"
                " GROUP BY name HAVING sum(n_live_tup) >= 1000 ORDER BY name"
            )
        )
        return {size.name: (float(size.row), float(size.entries)) for size in sizes}


def _measure_look(store: LargeStore, look: Callable[[Connection, datetime], object], looking: timedelta) -> Cost:
    def look_once() -> None:
        with reading(store.engine) as connection:
            look(connection, read_clock(connection).now())

    look_once()
    began, cpu, looks = time.perf_counter(), _cpu(store), 0
    while not looks or time.perf_counter() - began < looking.total_seconds():
        look_once()
        looks += 1
    return _cost(time.perf_counter() - began, _cpu(store) - cpu, looks)


def _measure_claims(store: LargeStore, feeds: int) -> Cost:
    times = min(_CLAIMS, feeds // _HOSTS)
    _make_some_due(store, feeds, times * _HOSTS)
    began, cpu = time.perf_counter(), _cpu(store)
    for _ in range(times):
        with writing(store.engine) as connection:
            claimed = claim_due_hosts(connection, read_clock(connection).now(), _TERMS)
            assert sum(len(host.feeds) for host in claimed) == _HOSTS, "each host has one feed"
    return _cost(time.perf_counter() - began, _cpu(store) - cpu, times)


def _measure_polls(store: LargeStore, feeds: int) -> Cost:
    switch(store.port, "mixed")
    with poller(store.url) as process:
        roots = [psutil.Process(process.pid), *store.servers]
        for warm_up, count in ((True, 50), (False, min(_POLLS, feeds // 2))):
            _make_some_due(store, feeds, count)
            began, cpu = time.perf_counter(), cpu_seconds(roots)
            came = sum(poll(process)["outcomes"].values())
            cost = _cost(time.perf_counter() - began, cpu_seconds(roots) - cpu, came)
            if not warm_up and came != count:
                raise SystemExit(f"{came:,} polls in place of {count:,}")
    return cost


def _make_some_due(store: LargeStore, feeds: int, count: int) -> None:
    """Make so many feeds due, from all over the store, and nothing else."""
    with writing(store.engine) as connection:
        now = read_clock(connection).now()
        free = {"lease_token": None, "lease_until": None, "expired_token": None, "next_request_at": now}
        far = {"claimable_at": now + timedelta(days=1)}
        connection.execute(update(HostRow).where(HostRow.claimable_at <= now + timedelta(hours=1)).values(free | far))
        ids = random.Random(count).sample(range(1, feeds + 1), count)
        past = now - timedelta(seconds=1)
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id.in_(ids)).values(next_poll_at=past))
        connection.execute(update(HostRow).where(HostRow.id.in_(ids)).values(free | {"claimable_at": past}))
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # As it does by itself in a while.
            connection.execute(text("VACUUM hosts, schedules"))


def _cpu(store: LargeStore) -> float:
    return cpu_seconds([psutil.Process(), *store.servers])


def _cost(took: float, cpu: float, times: int) -> Cost:
    return Cost(cpu / times * 1000, took / times * 1000)
