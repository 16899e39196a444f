"""Random interleavings of two pollers and a late worker, two ingesters and an operator, held against the model."""

from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlalchemy import Connection, Engine, delete, update

from benchmarks.interleaving_actors import BOUNDS, LEASE, Task, Visit, claim, find_file, store_together
from benchmarks.interleaving_folder import Folder
from benchmarks.interleaving_model import Change, Feed, Model
from benchmarks.interleaving_publisher import BEGAN, open_feeds
from benchmarks.interleaving_store import find_differences, last_event, name_articles, read_changes
from worker.claim import request_polls
from worker.database.base import Base
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import ScheduleRow
from worker.feeds import NewFeed, add_feeds, find_feed, pause_feed, remove_feed, resume_feed
from worker.intervals import choose_interval
from worker.store import StaleDecisionError
from worker.time_limits import BEGIN_WITHIN

_MOST_VISITS = 3
_MOST_FILES = 2
_MOST_STORED = 6


class Difference(AssertionError):  # noqa: N818 -- it is what is looked for
    """The store holds something else than the model."""


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
        self.log: list[str] = []
        self._names: dict[int, Hashable] = {}
        _empty(engine)
        self._since = last_event(engine)
        for feed in self.feeds:
            feed.change(Random(0), self.now)
            self._add(feed.url)
        self.check()

    def step(self, random: Random) -> None:
        """Do one of all that may be done, and hold the store against the model."""
        chances = {
            self.poll: 20,
            self.publish: 5,
            self.ingest: 4,
            self.save: 3,
            self.operate: 1,
            self.store_again: 1,
            self.store_at_once: 2,
            self.wait: 1,
        }
        (take,) = random.choices([*chances], [*chances.values()])
        take(random)
        self.check()

    def check(self, *others: Model) -> None:
        """Raise Difference unless the store holds what the model says, or one of others that may be as true."""
        names = self._names | name_articles(self.engine, self.model)
        self._since, changes = read_changes(self.engine, self._since)
        self._names = names
        told = [
            (kind, names.get(about, about) if kind.startswith("article") else about, fields)
            for kind, about, fields in changes
        ]
        differences = []
        for model in (self.model, *others):
            expected, model.changes = model.changes, []
            found = [f"event {each}: should be there" for each in _without(expected, told)]
            found += [f"event {each}: should not be there" for each in _without(told, expected)]
            found += find_differences(self.engine, model)
            if not found:
                self.model = model
                return
            differences += [*found, ""]
        raise Difference("\n".join([*self.log[-25:], *differences]))

    # The world.

    def publish(self, random: Random) -> None:
        """Change what a feed serves."""
        self._tick(random)
        self.log.append(f"publish {random.choice(self.feeds).change(random, self.now)}")

    def save(self, random: Random) -> None:
        """Change a file."""
        self._tick(random)
        self.log.append(f"save {self.folder.change(random, self.now, self.feeds)}")

    def wait(self, random: Random) -> None:
        """Let leases end."""
        self.now += random.choice([LEASE, timedelta(hours=1)])
        self.log.append("wait")

    def _tick(self, random: Random) -> None:
        self.now += timedelta(seconds=random.randrange(1, 8), microseconds=random.randrange(10**6))

    # Pollers, of whom one is late when another has taken its host over.

    def poll(self, random: Random) -> None:
        """Take one step of a poll."""
        self._tick(random)
        may_claim = len(self.visits) < _MOST_VISITS
        choices: list[Callable[[Random], None]] = [self._claim] * may_claim
        for visit in self.visits:
            choices += [lambda random, visit=visit: self._go_on(visit, random)] * 2
        random.choice(choices)(random)

    def _claim(self, _: Random) -> None:
        if visit := claim(self.engine, self.now):
            self.visits.append(visit)
            self.model.tokens[visit.host.host_id] = visit.host.token
            self.log.append(f"claim {visit.host.name} as {visit.host.token}")

    def _go_on(self, visit: Visit, random: Random) -> None:
        if visit.waiting and self.now <= visit.claimed_at + BEGIN_WITHIN and random.random() < 0.7:  # noqa: PLR2004
            feed = next(feed for feed in self.feeds if feed.url == visit.waiting[0].url)
            body = feed.serve(random)
            task = visit.begin(body, self.now, random)
            self.log.append(f"{visit.host.token} reads {feed.name}: {_show(task)}")
            return
        unprepared = [task for task in visit.tasks if task.parsed and not task.prepared]
        if unprepared and random.random() < 0.6:  # noqa: PLR2004
            unprepared[0].prepare(self.engine, self.now)
            self.log.append(f"{visit.host.token} prepares {unprepared[0].feed_id}")
        elif visit.tasks:
            self._store_some(visit, random)
        else:
            visit.give_back(self.engine, self.now)
            if self.model.tokens[visit.host.host_id] == visit.host.token:
                self.model.tokens[visit.host.host_id] = None
            self.visits.remove(visit)
            self.log.append(f"{visit.host.token} is given back")

    def _store_some(self, visit: Visit, random: Random) -> None:
        """Store what a poller has prepared, together, or one of its tasks from the beginning."""
        prepared = [task for task in visit.tasks if task.prepared]
        if prepared:
            self._store_prepared(visit, prepared)
        else:
            task = random.choice(visit.tasks)
            self.log.append(f"{visit.host.token} stores {task.feed_id}")
            task.store(self.engine, self.now)
            self._done(task)
            visit.tasks.remove(task)

    def _store_prepared(self, visit: Visit, tasks: list[Task]) -> None:
        is_stale = any(
            task.feed_id in self.model.feeds
            and task.prepared.identified.edition != self.model.feeds[task.feed_id].edition  # type: ignore[union-attr]
            for task in tasks
        )
        self.log.append(f"{visit.host.token} stores {[task.feed_id for task in tasks]} {'in vain' if is_stale else ''}")
        try:
            store_together(self.engine, tasks, self.now)
        except StaleDecisionError:
            for task in tasks:
                task.prepared = None
            if not is_stale:
                raise
            return
        assert not is_stale, "what was prepared does not hold any more"
        self._done(*tasks)
        for task in tasks:
            visit.tasks.remove(task)

    def _done(self, *tasks: Task) -> None:
        """Note that documents were stored together."""
        self._apply(self.model, *tasks)
        self.stored = [*self.stored, *(task for task in tasks if task.parsed)][-_MOST_STORED:]
        for file in filter(None, (task.file for task in tasks)):
            self.folder.remember(file)

    @staticmethod
    def _apply(model: Model, *tasks: Task) -> None:
        model.read(
            *(
                replace(task.reading, is_newest=model.holds_lease(task.poll.host_id, task.poll.token))
                for task in tasks
                if task.reading and model.is_telling(task.poll)
            )
        )
        for task in tasks:
            model.conclude(task.poll)

    # Ingesters.

    def ingest(self, random: Random) -> None:
        """Read a file, or store one that was read."""
        self._tick(random)
        if self.found and (len(self.found) == _MOST_FILES or random.random() < 0.5):  # noqa: PLR2004
            task = self.found.pop(random.randrange(len(self.found)))
            self.log.append(f"store file {task.answered.seed_uri}")
            task.store(self.engine, self.now)
            self._done(task)
        elif self.folder.files:
            file = random.choice(sorted(self.folder.files.values(), key=lambda file: file.uri))
            owner = self.model.find(file.body.self_url or file.uri)
            if owner and self.model.feeds[owner].state == "removed":
                return
            if found := find_file(self.engine, file, self.now):
                task, is_new = found
                self.log.append(f"read file {file.uri} of {task.feed_id}: {_show(task)}")
                self.found.append(task)
                if owner is None:
                    self.model.feeds[task.feed_id] = _file_feed(task, is_from_document=is_new)

    # An operator.

    def operate(self, random: Random) -> None:
        """Say what becomes of a feed."""
        self._tick(random)
        url = random.choice(self.feeds).url
        if (feed_id := self.model.find(url)) is None:
            self._add(url)
            return
        name = random.choice(["pause", "resume", "resume", "request", "interval", "remove", "add", "add", "delete"])
        self.log.append(f"{name} {url}")
        if name == "add":
            self._add(url)
        else:
            self._say(name, feed_id, random)

    def _say(self, name: str, feed_id: int, random: Random) -> None:
        model, now = self.model, self.now
        interval = timedelta(minutes=random.randrange(30, 300))
        words: dict[str, Callable] = {
            "pause": lambda connection: pause_feed(connection, feed_id),
            "resume": lambda connection: resume_feed(connection, now, feed_id),
            "request": lambda connection: request_polls(connection, now, [feed_id]),
            "interval": lambda connection: choose_interval(connection, now, feed_id, interval, BOUNDS),
            "remove": lambda connection: remove_feed(connection, feed_id, articles=False),
            "delete": lambda connection: remove_feed(connection, feed_id, articles=True),
        }
        write(self.engine, words[name])
        if name == "delete":
            model.delete(feed_id)
        elif name == "request":
            model.request(feed_id)
        elif name == "interval":
            model.feeds[feed_id].instructions += 1
        else:
            model.set_state(feed_id, {"pause": "paused", "resume": "active", "remove": "removed"}[name])

    def _add(self, url: str) -> None:
        write(self.engine, lambda connection: add_feeds(connection, self.now, [NewFeed(url)]))
        with reading(self.engine) as connection:
            feed = find_feed(connection, url)
        assert feed, "it was added"
        self.model.add(feed.feed_id, url, feed.host_id)
        self.log.append(f"add {url}: {feed.feed_id}")

    # What happens twice, or at once.

    def store_again(self, random: Random) -> None:
        """Store a document again, as whoever never heard that it was stored."""
        self._tick(random)
        if self.stored:
            task = random.choice(self.stored)
            self.log.append(f"store {task.feed_id} again, read at {task.answered.started_at:%H:%M:%S}")
            task.store(self.engine, self.now)
            self._apply(self.model, task)

    def store_at_once(self, random: Random) -> None:
        """Store two documents in two threads: either may come first."""
        self._tick(random)
        waiting = [(task, visit.tasks) for visit in self.visits for task in visit.tasks]
        waiting += [(task, self.found) for task in self.found]
        if len(waiting) < 2:  # noqa: PLR2004
            return
        both = random.sample(waiting, 2)
        self.log.append(f"store at once {[task.feed_id for task, _ in both]}")
        with ThreadPoolExecutor(2) as pool:
            for future in [pool.submit(task.store, self.engine, self.now) for task, _ in both]:
                future.result()
        for task, place in both:
            place.remove(task)
        other = deepcopy(self.model)
        for task, _ in both:
            self._done(task)
        for task, _ in reversed(both):
            self._apply(other, task)
        self.check(other)


def _empty(engine: Engine) -> None:
    def work(connection: Connection) -> None:
        connection.execute(update(ScheduleRow).values(host_id=None))
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(delete(table))

    write(engine, work)


def _without(some: list[Change], others: list[Change]) -> list[Change]:
    return list((Counter(some) - Counter(others)).elements())


def _show(task: Task) -> str:
    if task.reading is None:
        return f"{task.error}"
    said = [f"{entry.guid} {entry.words.text[:13]} {entry.version}" for entry in task.reading.entries]
    return f"{task.reading.read_at:%H:%M:%S.%f} {said} {'' if task.parsed else '(as before)'}"


def _file_feed(task: Task, *, is_from_document: bool) -> Feed:
    feed = task.answered.feed
    state = "paused" if is_from_document else "active"
    return Feed(feed.url, feed.host_id, state, is_due=False, is_from_document=is_from_document)
