"""The faults of the kill test: what each breaks, for how long, and how it is made whole again."""

import signal
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from benchmarks.kill_clock import shift_clock
from benchmarks.kill_ledger import Fault
from benchmarks.kill_processes import Program, limit_files
from benchmarks.kill_publisher import MODES, Publisher
from benchmarks.kill_servers import Postgres, Redis
from worker.pipeline import request_named

WEIGHTS = {
    "child": 7,
    "parent": 4,
    "beat": 2,
    "freeze": 1,
    "redis": 2,
    "flush": 1,
    "postgres": 2,
    "backend": 1,
    "clock": 2,
    "disk": 1,
    "publisher": 4,
}
KILLS = ("child", "parent", "beat")
OF_SQLITE = ("parent", "freeze", "clock", "disk", "publisher")
_SHIFTS = (60, -60, 86_400, -86_400)
_FULL_SECONDS = 3.0
_STARTING = 10.0


@dataclass
class World:
    """All that can be broken."""

    publisher: Publisher
    programs: list[Program]
    store: Engine
    feed_ids: dict[int, int]
    """The ids of the publisher's feeds in the store."""
    lease: float
    redis: Redis | None = None
    postgres: Postgres | None = None
    shim: Path | None = None
    asked_for: set[int] = field(default_factory=set)
    """Feeds whose publishers are well again: an operator asks for polls of them."""

    @property
    def numbers(self) -> dict[int, int]:
        """The publisher's numbers of the feeds by their ids."""
        return {feed_id: feed for feed, feed_id in self.feed_ids.items()}

    def cannot_break(self) -> dict[str, str]:
        """Return the faults that cannot be had on this machine, and why."""
        missing = {} if self.shim else {"clock": "there is no C compiler to build the shim with"}
        if self.postgres and not limit_files(self.postgres.processes(), -1):
            missing["disk"] = "the limits of PostgreSQL's processes cannot be set"
        return missing

    def tend(self) -> None:
        """Do what publisher, supervisor and operator do all the time."""
        self.publisher.publish()
        for program in self.programs:
            program.tend(time.time())
        if self.asked_for:
            try:
                request_named(self.store, [self.feed_ids[feed] for feed in self.asked_for])
                self.asked_for.clear()
            except DBAPIError:
                # The store is down or busy: the operator tries again.
                pass


@dataclass(frozen=True, slots=True)
class Broken:
    """What was broken, and how it is made whole again."""

    what: str
    seconds: float
    """So long it stays broken, or takes to come back by itself."""
    make_whole: Callable[[], object] = lambda: None
    feed: int | None = None


@dataclass
class _Undoing:
    at: float
    fault: Fault
    make_whole: Callable[[], object]


class Breaker:
    """Draws faults and makes them whole again."""

    def __init__(self, world: World, seed: int, kinds: Collection[str]) -> None:
        self.kinds = [kind for kind in WEIGHTS if kind in kinds]
        self._world = world
        self._seed = seed
        self._random = Random(seed)
        self._undoings: list[_Undoing] = []

    def break_something(self, number: int) -> tuple[str, str]:
        """Break something that is whole; return the kind of fault, and what broke."""
        # Each fault has draws of its own: what it cannot break now, and draws anew for, is a matter of time.
        self._random = Random(f"{self._seed} {number}")
        while True:
            kind = self._random.choices(self.kinds, [WEIGHTS[kind] for kind in self.kinds])[0]
            began_at = time.time()
            broken: Broken | None = getattr(self, f"_break_{kind}")()
            if broken:
                fault = Fault(kind, began_at, feed=broken.feed)
                self._world.publisher.ledger.faults.append(fault)
                self._undoings.append(_Undoing(began_at + broken.seconds, fault, broken.make_whole))
                return kind, broken.what
            # What it would break is broken already.
            self.tend()
            self._world.tend()
            time.sleep(0.05)

    def tend(self) -> None:
        """Make whole what has been broken for long enough."""
        now = time.time()
        for each in [each for each in self._undoings if each.at <= now]:
            self._undo(each)

    def heal(self) -> None:
        """Make everything whole."""
        for each in list(self._undoings):
            self._undo(each)

    def _undo(self, undoing: _Undoing) -> None:
        self._undoings.remove(undoing)
        undoing.make_whole()
        undoing.fault.ended_at = time.time()

    @property
    def is_anyone_frozen(self) -> bool:
        """Whether a process still sleeps past its lease."""
        return self._is_broken("freeze")

    def _some(self, *, beat: bool | None = None) -> Program | None:
        """Return a program that runs: beat, none but it, or any."""
        running = [
            each
            for each in self._world.programs
            if each.is_running and not each.is_frozen and (beat is None or (each.name == "beat") == beat)
        ]
        return self._random.choice(running) if running else None

    def _break_child(self) -> Broken | None:
        program = self._some(beat=False)
        children = program.tree()[1:] if program else []
        if not program or not children:
            return None
        try:
            self._random.choice(children).kill()
        except psutil.NoSuchProcess:
            return None
        # One that loses a child before all of them are there ends itself: Celery leaves that to the supervisor.
        program.was_killed |= time.time() < program.started_at + _STARTING
        return Broken(program.name, 0)

    def _break_parent(self) -> Broken | None:
        program = self._some(beat=False)
        if not program:
            return None
        program.kill()
        return Broken(program.name, 2)

    def _break_beat(self) -> Broken | None:
        program = self._some(beat=True)
        if not program:
            return None
        program.kill()
        return Broken("beat", 2)

    def _break_freeze(self) -> Broken | None:
        program = self._some(beat=False)
        if not program or any(each.is_frozen for each in self._world.programs):
            return None
        process = program.process
        program.signal_all(signal.SIGSTOP)

        def go_on() -> None:
            if program.process is process:
                program.signal_all(signal.SIGCONT)

        return Broken(program.name, self._world.lease + 5, go_on)

    def _break_redis(self) -> Broken | None:
        redis = self._world.redis
        if not redis or self._is_broken("redis"):
            return None
        redis.kill()
        seconds = self._random.choice((1.0, 1.0, 6.0))
        return Broken(f"for {seconds:.0f} s", seconds, redis.start)

    def _break_flush(self) -> Broken | None:
        redis = self._world.redis
        if not redis or self._is_broken("redis"):
            return None
        redis.flush()
        return Broken("redis", 0)

    def _break_postgres(self) -> Broken | None:
        postgres = self._world.postgres
        if not postgres or self._is_broken("postgres", "backend", "disk"):
            return None
        postgres.kill()
        return Broken("at once", 1, postgres.start)

    def _break_backend(self) -> Broken | None:
        postgres = self._world.postgres
        if not postgres or self._is_broken("postgres", "backend", "disk"):
            return None
        postgres.kill_backend()
        return Broken("of a client", 2)

    def _break_clock(self) -> Broken | None:
        program = self._some()
        if not program or not self._world.shim or self._is_broken("clock"):
            return None
        shift = self._random.choice(_SHIFTS)
        shift_clock(program.clock, shift)
        return Broken(f"{program.name} {shift:+} s", 15, lambda: shift_clock(program.clock, 0))

    def _break_disk(self) -> Broken | None:
        if self._is_broken("postgres", "backend", "disk"):
            return None
        postgres = self._world.postgres
        if postgres:
            limit_files(postgres.processes(), 1)
            return Broken("full", _FULL_SECONDS, lambda: _free(postgres))
        program = self._some()
        if not program:
            return None
        limit_files(program.tree(), 1)
        return Broken("full", _FULL_SECONDS, lambda: limit_files(program.tree(), -1))

    def _break_publisher(self) -> Broken | None:
        modes, asked_for = self._world.publisher.modes, self._world.asked_for
        well = [feed for feed in self._world.feed_ids if feed not in modes]
        if not well:
            return None
        feed = self._random.choice(well)
        modes[feed] = self._random.choice(MODES)

        def mend() -> None:
            del modes[feed]
            asked_for.add(feed)

        return Broken(f"feed {feed}: {modes[feed]}", self._random.uniform(3, 9), mend, feed)

    def _is_broken(self, *kinds: str) -> bool:
        return any(each.fault.kind in kinds for each in self._undoings)


def _free(postgres: Postgres) -> None:
    limit_files(postgres.processes(), -1)
    # What could not write its log of changes has stopped.
    time.sleep(0.2)
    if not postgres.is_running:
        postgres.start()
