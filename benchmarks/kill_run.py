"""One run of the kill test: a deployment that works, is broken, is made whole, comes to rest, and is checked."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copyfile
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError

from benchmarks.kill_checker import Promise, Verdict, check
from benchmarks.kill_clock import build_shim
from benchmarks.kill_faults import Breaker, World
from benchmarks.kill_processes import programs
from benchmarks.kill_publisher import Publisher
from benchmarks.kill_servers import Postgres, Redis
from benchmarks.kill_store import count_unfinished, read_store, read_successes
from benchmarks.running import begin_connections_with
from worker.basics.stopping import time_limits
from worker.basics.units import parse_duration
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.schema import migrate
from worker.manage.feeds import NewFeed, add_feeds

_SETTINGS = {
    "FEEDMILL_ALLOW_HOSTS": "127.0.0.0/8",
    "FEEDMILL_POLL_INTERVAL": "2s",
    "FEEDMILL_POLL_INTERVAL_MIN": "1s",
    "FEEDMILL_POLL_INTERVAL_MAX": "3s",
    "FEEDMILL_HOST_GAP": "0.3s",
    "FEEDMILL_TICK_INTERVAL": "1s",
    "FEEDMILL_FETCH_TIMEOUT": "5s",
}
# A publisher hears of requests a little before or after they were made.
_ABOUT = 0.1
# A supervisor's pause, and what starting and catching up take on a busy machine.
_STARTING = 15.0
_LOOK = 0.05
_FIRST_POLLS = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to be."""

    store: str
    seed: int
    faults: int
    kinds: Collection[str]
    feeds: int
    pause: float
    """The longest between two faults, in seconds."""
    logs: Path | None
    """Where what the programs said is left if a promise was broken."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to."""

    verdict: Verdict
    faults: Counter[str]
    published: int
    stored: int
    polls: int
    longest: float
    """Seconds from the last fault till the last feed was polled again."""
    memory: tuple[float, float]
    """Megabytes of the largest process at the beginning and at the end."""
    missing: Mapping[str, str]
    """The faults that could not be had, and why."""
    seconds: float


def promise() -> Promise:
    """Return what the settings of a run promise."""
    lease = time_limits(_span("FETCH_TIMEOUT")).lease.total_seconds()
    intervals = 2 * 1.1 * _span("POLL_INTERVAL_MAX").total_seconds()
    waits = sum(_span(name).total_seconds() for name in ("TICK_INTERVAL", "FETCH_TIMEOUT"))
    return Promise(lease + intervals + waits + _STARTING, _span("HOST_GAP").total_seconds() - _ABOUT, lease)


def _span(name: str) -> Any:
    return parse_duration(_SETTINGS[f"FEEDMILL_{name}"])


def run(plan: Plan, tell: Callable[[str], object]) -> Ran:
    """Run a deployment under faults and hold it against the ledger; ``tell`` hears of each fault."""
    began, random, promised = time.time(), Random(plan.seed), promise()
    # Short: the database's socket is in there.
    with tempfile.TemporaryDirectory(prefix="fmk-", dir="/tmp") as folder, ExitStack() as stack:
        publisher = stack.enter_context(Publisher(plan.feeds, Random(f"{plan.seed} publisher")))
        world = stack.enter_context(_world(plan, Path(folder), publisher))
        missing = {kind: why for kind, why in world.cannot_break().items() if kind in plan.kinds}
        breaker = Breaker(world, plan.seed, [kind for kind in plan.kinds if kind not in missing])
        violations, _ = _wait_for_polls(world, time.time(), _FIRST_POLLS)
        memory = _largest(world)
        faults = _break(breaker, world, random, plan, tell)
        tell("all is whole again")
        late, longest = _wait_for_polls(world, time.time(), promised.recovery)
        violations += late
        publisher.is_open = False
        violations += _settle(world, promised.recovery)
        publisher.ledger.ended_at = time.time()
        memory = (memory[0], _largest(world)[0])
        violations += _stop(world)
        stored = read_store(world.store, world.numbers)
        verdict = check(publisher.ledger, stored, promised)
        verdict.violations[:0] = violations
        if verdict.violations and plan.logs:
            _keep(world, plan.logs)
        published = {(each.feed, entry) for each in publisher.ledger.all_editions() for entry, _ in each.entries}
        return Ran(
            verdict=verdict,
            faults=faults,
            published=len(published),
            stored=len(stored.articles),
            polls=len(stored.polls),
            longest=longest,
            memory=memory,
            missing=missing,
            seconds=time.time() - began,
        )


def _stop(world: World) -> list[str]:
    """Stop the programs; return which of them had ended by themselves, and how."""
    for program in world.programs:
        program.stop()
    return [end for program in world.programs for end in program.own_ends]


@contextmanager
def _world(plan: Plan, folder: Path, publisher: Publisher) -> Iterator[World]:
    """Provide an empty store that knows the publisher's feeds, the servers, and programs still to be started."""
    with ExitStack() as stack:
        settings = _SETTINGS | {"FEEDMILL_DATABASE_URL": f"sqlite:///{folder}/store.db"}
        redis = postgres = None
        if plan.store == "postgresql":
            redis, postgres = Redis(folder / "redis"), Postgres(folder)
            stack.callback(redis.stop)
            stack.callback(postgres.stop)
            settings |= {"FEEDMILL_DATABASE_URL": postgres.url, "FEEDMILL_BROKER_URL": redis.url}
        engine = open_store(settings["FEEDMILL_DATABASE_URL"])
        stack.callback(engine.dispose)
        migrate(engine)
        _wait_for_nobody(engine)
        shim = build_shim(folder) if "clock" in plan.kinds else None
        world = World(
            publisher=publisher,
            programs=programs(plan.store, folder, settings, shim),
            store=engine,
            feed_ids=_add(engine, publisher),
            lease=promise().lease,
            shim=shim,
            redis=redis,
            postgres=postgres,
        )
        try:
            yield world
        finally:
            for program in world.programs:
                program.end()


def _wait_for_nobody(engine: Engine) -> None:
    """Let us, who look on, wait for no lock that a frozen process holds."""
    statement = "PRAGMA busy_timeout = 500" if engine.dialect.name == "sqlite" else "SET lock_timeout = '500ms'"
    begin_connections_with(engine, statement)


def _add(engine: Engine, publisher: Publisher) -> dict[int, int]:
    """Add the publisher's feeds; return their ids by its numbers."""
    urls = {publisher.url(feed): feed for feed in publisher.ledger.editions}
    with writing(engine) as connection:
        add_feeds(connection, read_clock(connection).now(), map(NewFeed, urls))
    with reading(engine) as connection:
        rows = connection.execute(select(FeedRow.url, FeedRow.id)).tuples()
        return {urls[url]: feed_id for url, feed_id in rows}


def _break(breaker: Breaker, world: World, random: Random, plan: Plan, tell: Callable[[str], object]) -> Counter[str]:
    """Break one thing after the other, then make all of them whole."""
    faults: Counter[str] = Counter()
    for number in range(plan.faults):
        _go_on(world, breaker, random.uniform(0.2, plan.pause))
        kind, what = breaker.break_something(number)
        faults[kind] += 1
        tell(f"fault {number + 1}: {kind} {what}")
    # The last ones, too, are to last for a while.
    _go_on(world, breaker, plan.pause)
    while breaker.is_anyone_frozen:
        _go_on(world, breaker, plan.pause)
    breaker.heal()
    return faults


def _go_on(world: World, breaker: Breaker, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        breaker.tend()
        world.tend()
        time.sleep(_LOOK)


def _wait_for_polls(world: World, since: float, limit: float) -> tuple[list[str], float]:
    """Wait till each feed has been polled well since a moment; return those that were not, and how long it took."""
    polled: dict[int, float] = {}
    while len(polled) < len(world.feed_ids) and time.time() < since + limit:
        world.tend()
        time.sleep(10 * _LOOK)
        with suppress(DBAPIError):
            polled = read_successes(world.store, world.numbers, since)
    never = [f"feed {feed} was not polled well within {limit:.0f} s" for feed in world.feed_ids if feed not in polled]
    longest = max(polled.values(), default=since) - since
    return never, limit if never else longest


def _settle(world: World, limit: float) -> list[str]:
    """Wait till all that is published has been read, numbered and grouped."""
    since = time.time()
    never, _ = _wait_for_polls(world, since, limit)
    while time.time() < since + limit:
        world.tend()
        time.sleep(10 * _LOOK)
        with suppress(DBAPIError):
            if not count_unfinished(world.store):
                return never
    return [*never, f"articles or events were not grouped or numbered within {limit:.0f} s"]


def _largest(world: World) -> tuple[float, float]:
    """Return the megabytes of the largest process, twice: at the beginning that is all there is to know."""
    largest = max((size for program in world.programs for size in program.memory()), default=0.0)
    return largest, largest


def _keep(world: World, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for program in world.programs:
        with suppress(FileNotFoundError):
            copyfile(program.folder / "log", folder / f"{program.name}.log")
