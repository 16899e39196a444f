"""Random interleavings of pollers, ingesters and an operator, step by step, held against the model.

Two pollers are awake at a time; others are frozen until their leases have been taken over, and are the late workers.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, delete, update

from benchmarks.interleaving_actors import LEASE, Task, Visit, claim, find_file, store_together, tell
from benchmarks.interleaving_folder import File, Folder
from benchmarks.interleaving_model import Feed, Model
from benchmarks.interleaving_operator import ORDERS, add
from benchmarks.interleaving_publisher import BEGAN, open_feeds
from benchmarks.interleaving_store import Held, find_last_event, look
from worker.basics.stopping import BEGIN_WITHIN
from worker.database.conflicts import write
from worker.database.feed_tables import ScheduleRow
from worker.database.types import Base
from worker.store.decided_articles import StaleDecisionError

_MOST_VISITS = 4
_MOST_AWAKE = 2
_MOST_FILES = 2
_MOST_STORED = 6
_MOST_TOLD = 30


class DifferenceError(AssertionError):
    """The store holds something else than the model says."""


class Machine:
    """A world, its store and its model; a class because each step changes all three."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.now = BEGAN
        self.model = Model()
        self.feeds = open_feeds()
        self.folder = Folder()
        self.visits: list[Visit] = []
        self.found: list[Task] = []
        """Files that were read and are still to be stored."""
        self.stored: list[Task] = []
        """Documents that were stored, and may be stored again."""
        self.done: Counter[str] = Counter()
        """What was done how often."""
        self._log: list[str] = []
        self._things: dict[Any, Any] = {}
        _empty(engine)
        self._last_event = find_last_event(engine)
        for feed in self.feeds:
            # Two feeds that said something else of one item at one moment would leave it open which of both is newer.
            self.now += timedelta(seconds=1)
            feed.change(Random(0), self.now)
            add(engine, self.model, feed.url, self.now)

    def step(self, random: Random) -> None:
        """Do one of all that may be done; DifferenceError unless the store then holds what it should."""
        chances = {
            self.poll: 20,
            self.publish: 3,
            self.ingest: 4,
            self.save: 2,
            self.operate: 1,
            self.store_again: 0.5,
            self.store_at_once: 2,
            self.wait: 1,
        }
        (take,) = random.choices([*chances], [*chances.values()])
        self.now += timedelta(microseconds=random.randrange(1, 10**6))
        take(random)

    def check(self, *others: Model) -> None:
        """Raise DifferenceError unless the store holds what the model says, or one of others that may be as true."""
        models, differences = (self.model, *others), []
        for model in models:
            held = look(self.engine, model, self._last_event)
            found = [*self._events_that_differ(model, held), *held.differences(model)]
            model.changes = []
            if not found:
                self.model, self._last_event = model, held.last_event
                self._things.update(held.things)
                return
            differences += [*found, ""]
        raise DifferenceError("\n".join([*self._log[-_MOST_TOLD:], *differences]))

    def _events_that_differ(self, model: Model, held: Held) -> list[str]:
        things = {**self._things, **held.things}
        told = Counter(
            (kind, things.get(about) if kind.startswith("article") else about, fields)
            for kind, about, fields in held.changes
        )
        expected = Counter(model.changes)
        missing = [f"event {change} should be there" for change in (expected - told).elements()]
        return [*missing, *(f"event {change} should not be there" for change in (told - expected).elements())]

    def _note(self, done: str, more: object = "") -> None:
        self.done[done] += 1
        self._log.append(f"{self.now:%H:%M:%S} {done} {more}")

    def publish(self, random: Random) -> None:
        """Change what a feed serves."""
        self._note("published", random.choice(self.feeds).change(random, self.now))

    def save(self, random: Random) -> None:
        """Change a file."""
        self._note("files changed", self.folder.change(random, self.now, self.feeds))

    def wait(self, random: Random) -> None:
        """Let leases end."""
        self.now += random.choice([LEASE, timedelta(hours=1)])
        self._note("leases ended")

    def poll(self, random: Random) -> None:
        """Take one step of a poll, or claim a host."""
        awake = [visit for visit in self.visits if not self._is_asleep(visit, random)]
        may_claim = len(awake) < _MOST_AWAKE and len(self.visits) < _MOST_VISITS
        if awake and not (may_claim and random.random() < 0.3):
            self._go_on(random.choice(awake), random)
        elif not may_claim:
            self.wait(random)
        elif visit := claim(self.engine, self.now):
            self._note("hosts claimed", f"{visit.host.name} by {visit.host.token}")
            if self.model.tokens.get(visit.host.host_id):
                self.done["leases taken over"] += 1
            self.visits.append(visit)
            self.model.tokens[visit.host.host_id] = visit.host.token
            self.check()

    def _is_asleep(self, visit: Visit, random: Random) -> bool:
        """Say whether a worker is frozen: mostly until another has taken its host over."""
        is_ours = self.model.tokens[visit.host.host_id] == visit.host.token
        return visit.is_frozen and is_ours and random.random() < 0.97

    def _go_on(self, visit: Visit, random: Random) -> None:
        unprepared = [task for task in visit.tasks if task.parsed and not task.prepared]
        may_begin = visit.waiting and self.now <= visit.claimed_at + BEGIN_WITHIN
        if may_begin and (not visit.tasks or random.random() < 0.6):
            visit.tasks.append(self.ask(visit, random))
            visit.is_frozen |= random.random() < 0.15
        elif unprepared and random.random() < 0.6:
            unprepared[0].prepare(self.engine, self.now)
            visit.is_frozen |= random.random() < 0.25
            self._note("documents prepared", f"of {unprepared[0].feed_id} by {visit.host.token}")
        elif visit.tasks:
            self._store_some(visit, random)
        else:
            visit.give_back(self.engine, self.now)
            self.visits.remove(visit)
            if self.model.tokens[visit.host.host_id] == visit.host.token:
                self.model.tokens[visit.host.host_id] = None
            self._note("hosts given back", visit.host.token)
            self.check()

    def ask(self, visit: Visit, random: Random) -> Task:
        """Ask a claimed host for its next feed."""
        feed = next(feed for feed in self.feeds if feed.url == visit.waiting[0].url)
        task = visit.begin(feed.serve(random), self.now, random)
        self._note("feeds read", f"{feed.name} by {visit.host.token}: {task}")
        return task

    def _store_some(self, visit: Visit, random: Random) -> None:
        """Store what a poller has prepared, all together, or one of its tasks from the beginning."""
        prepared = [task for task in visit.tasks if task.prepared]
        stored = prepared or [random.choice(visit.tasks)]
        if prepared and not self._store_together(prepared):
            return
        visit.tasks = [task for task in visit.tasks if task not in stored]
        if not prepared:
            self.store(*stored)

    def _store_together(self, tasks: list[Task]) -> bool:
        """Store what was prepared; return whether that still held."""
        is_stale = any(task.is_stale(self.model) for task in tasks)
        self._note("stored together in vain" if is_stale else "stored together", [task.feed_id for task in tasks])
        try:
            store_together(self.engine, tasks, self.now)
        except StaleDecisionError:
            for task in tasks:
                task.prepared = None
            assert is_stale, "what was prepared still holds"
            return False
        assert not is_stale, "what was prepared does not hold any more"
        self._mark_stored(*tasks)
        return True

    def store(self, task: Task) -> None:
        """Store what was read from the beginning."""
        self._note("files stored" if task.file else "stored from the beginning", task)
        task.store(self.engine, self.now)
        self._mark_stored(task)

    def _mark_stored(self, *tasks: Task) -> None:
        """Let the model know that documents were stored together, and hold the store against it."""
        self.done["stored late"] += not self.model.holds_lease(tasks[0].poll)
        tell(self.model, *tasks)
        self._remember(*tasks)
        self.check()

    def _remember(self, *tasks: Task) -> None:
        """Note what was stored: it may be stored again, and copied."""
        self.stored = [*self.stored, *(task for task in tasks if task.parsed)][-_MOST_STORED:]
        for file in filter(None, (task.file for task in tasks)):
            self.folder.remember(file)

    def ingest(self, random: Random) -> None:
        """Read a file, or store one that was read."""
        if self.found and (len(self.found) == _MOST_FILES or random.random() < 0.5):
            task = self.found.pop(random.randrange(len(self.found)))
            self.store(task)
        elif self.folder.files:
            names = [*self.folder.files]
            # The newest as often as any other.
            found = self.find(self.folder.files[names[-1] if random.random() < 0.5 else random.choice(names)])
            self.found += [found] if found else []
            self.check()

    def find(self, file: File) -> Task | None:
        """Read a file, unless it has been read as it is."""
        owner = self.model.find(file.body.self_url or file.uri)
        task = find_file(self.engine, file, self.now)
        if task:
            self._note("files read", task)
            if owner is None:
                self.model.feeds[task.feed_id] = _found_feed(task)
        return task

    def operate(self, random: Random) -> None:
        """Say what becomes of a feed."""
        url = random.choice(self.feeds).url
        feed_id = self.model.find(url)
        order = random.choice([*ORDERS, "resume", "resume", "add", "add"]) if feed_id else "add"
        self._note(f"operator: {order}", url)
        if order == "add" or feed_id is None:
            add(self.engine, self.model, url, self.now)
        else:
            ORDERS[order](self.engine, self.model, feed_id, self.now)
        self.check()

    def store_again(self, random: Random) -> None:
        """Store a document again, as whoever never heard that it was stored."""
        if self.stored:
            task = random.choice(self.stored)
            self._note("stored again", task)
            task.store(self.engine, self.now)
            tell(self.model, task)
            self.check()

    def store_at_once(self, random: Random) -> None:
        """Store two documents in two threads: either may come first."""
        waiting = [*self.found, *(task for visit in self.visits for task in visit.tasks)]
        if len(waiting) < 2:
            return
        both = random.sample(waiting, 2)
        self._note("stored at once", [task.feed_id for task in both])
        with ThreadPoolExecutor(2) as pool:
            for future in [pool.submit(task.store, self.engine, self.now) for task in both]:
                future.result()
        self.found = [task for task in self.found if task not in both]
        for visit in self.visits:
            visit.tasks = [task for task in visit.tasks if task not in both]
        other = deepcopy(self.model)
        for task in reversed(both):
            tell(other, task)
        for task in both:
            tell(self.model, task)
        self._remember(*both)
        self.check(other)


def _found_feed(task: Task) -> Feed:
    """Return the feed that a file is, or that it made known."""
    feed = task.answered.feed
    if feed.host_id is None:
        return Feed(feed.url, None, is_due=False)
    return Feed(feed.url, feed.host_id, "paused", is_due=False, is_from_document=True)


def _empty(engine: Engine) -> None:
    def work(connection: Connection) -> None:
        connection.execute(update(ScheduleRow).values(host_id=None))
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))

    write(engine, work)
