"""Readers of ``feedmill web``: what they ask for, how long they wait, and what one answer costs."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection

from benchmarks.large_store import ARTICLES

_OK, _NOT_MODIFIED = 200, 304


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of answer: paths, in which {feed} and {article} are ids of the store."""

    kind: str
    paths: Sequence[str]
    is_known: bool = False
    """Whether a reader says what it had, as feed readers do, and is told where that is the same still (304)."""


_OUT = ("/out/all.atom", "/out/council.atom?q=council", "/out/fresh.atom?q=rain+since:7d&limit=20")
TARGETS = (
    Target("page: now", ["/"]),
    Target("page: feeds", ["/feeds", "/feeds?failing=1"]),
    Target("page: a feed", ["/feeds/{feed}"]),
    Target("page: articles", ["/articles"]),
    Target("page: an article", ["/articles/{article}"]),
    Target("page: search", ["/articles?q=council", "/articles?q=rain+OR+storm", "/articles?q=library+-budget"]),
    Target("page: stories", ["/stories"]),
    Target("list: articles", ["/v1/articles?limit=50", "/v1/articles?limit=50&since=1d&sort=seen"]),
    Target("list: of a feed", ["/v1/articles?limit=50&feed={feed}", "/v1/feeds/{feed}/polls?limit=50"]),
    Target("list: feeds", ["/v1/feeds?limit=50", "/v1/feeds?limit=50&failing=true"]),
    Target("list: polls", ["/v1/polls?limit=50"]),
    Target("search: best", ["/v1/search?q=council&limit=20", "/v1/search?q=title:the+harbour&limit=20"]),
    Target("search: newest", ["/v1/search?q=rain&limit=20&sort=newest"]),
    Target("search: of a feed", ["/v1/search?q=the+feed:{feed}&limit=20"]),
    Target("row: an article", ["/v1/articles/{article}"]),
    Target("row: a feed", ["/v1/feeds/{feed}"]),
    Target("changes", ["/v1/changes?since=0"]),
    Target("out: Atom", _OUT),
    Target("out: known Atom", _OUT, is_known=True),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer, or a refusal, and how long it took."""

    kind: str
    status: int
    milliseconds: float

    @property
    def is_refused(self) -> bool:
        """Whether it was no answer: 4xx and 5xx."""
        return self.status not in {_OK, _NOT_MODIFIED}

    @property
    def is_unchanged(self) -> bool:
        """Whether the reader was told that it has the answer already."""
        return self.status == _NOT_MODIFIED


@dataclass(frozen=True, slots=True)
class Site:
    """The web process that is asked."""

    port: int
    feeds: int
    """Of its store."""
    tags: dict[str, str] = field(default_factory=dict)
    """The tag of the last answer from each path, which all readers know."""


class Reader:
    """One who asks, over a connection that is kept open."""

    def __init__(self, site: Site, connection: HTTPConnection, chance: random.Random) -> None:
        self._site = site
        self._connection = connection
        self._chance = chance

    def ask(self, target: Target) -> Asked:
        """Ask for one of a target's paths, and read the answer."""
        feeds, tags = self._site.feeds, self._site.tags
        feed, article = self._chance.randint(1, feeds), self._chance.randint(1, feeds * ARTICLES)
        path = self._chance.choice(target.paths).format(feed=feed, article=article)
        headers = {"Accept-Encoding": "gzip"}
        if target.is_known and path in tags:
            headers["If-None-Match"] = tags[path]
        began = time.monotonic()
        self._connection.request("GET", path, headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        took = time.monotonic() - began
        if tag := answer.headers["ETag"]:
            tags[path] = tag
        return Asked(target.kind, answer.status, took * 1000)


@contextmanager
def reader_of(site: Site, number: int = 0) -> Iterator[Reader]:
    """Provide reader ``number``, who asks for the same each time."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        yield Reader(site, connection, random.Random(number))
    finally:
        connection.close()


def read_until(ends_at: float, site: Site, readers: int, pause: float) -> list[Asked]:
    """Have readers ask until a moment (monotonic), each for one thing after another; between them it thinks."""

    def read_on(number: int) -> list[Asked]:
        # Not all begin at once.
        time.sleep(pause * number / readers)
        asked, chance = [], random.Random(number)
        with reader_of(site, number) as reader:
            while time.monotonic() < ends_at:
                asked.append(reader.ask(chance.choice(TARGETS)))
                time.sleep(pause * chance.uniform(0.5, 1.5))
        return asked

    with ThreadPoolExecutor(readers) as pool:
        return [each for one in pool.map(read_on, range(readers)) for each in one]


def measure_alone(site: Site, times: int, cpu: Callable[[], Sequence[float]]) -> dict[str, list[float]]:
    """Return what an answer of each kind costs while nothing else is asked: milliseconds, of each time of ``cpu``."""
    costs = {}
    with reader_of(site) as reader:
        for target in TARGETS:
            # What is kept from one answer to the next is there by then.
            for _ in range(2 * len(target.paths)):
                reader.ask(target)
            before = cpu()
            for _ in range(times):
                reader.ask(target)
            used = [after - earlier for earlier, after in zip(before, cpu(), strict=True)]
            costs[target.kind] = [seconds / times * 1000 for seconds in used]
    return costs
