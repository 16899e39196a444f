"""The set in a real store: streamed in, grouped, measured, and grouped again."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psutil
import xxhash
from sqlalchemy import Engine, insert, select, text, update

from benchmarks.measuring import cpu_seconds
from benchmarks.story_set import Labelled
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.story_tables import SketchRow
from worker.stories.grouping import group_waiting

ROOT = Path(__file__).parents[1]
# Articles that arrive between two groupings, as of a few polls.
_ARRIVING = 32
_INDEXES = ("near_keys", "sketches", "blocks", "stories")
_WORKERS = 6
_WORKER = """
import sys
from worker.database.engine import open_store
from worker.stories.grouping import group_waiting
engine = open_store(sys.argv[1])
sys.stdin.readline()
print(sum(group_waiting(engine, lambda: False)))
"""


@dataclass(frozen=True, slots=True)
class Streamed:
    """Which story each article is of in the store, and what grouping cost there, the server's part included."""

    stories: list[int]
    cpu_ms: float


def stream(store: Engine, labelled: Sequence[Labelled], servers: Sequence[psutil.Process]) -> Streamed:
    """Store the articles as they arrive, and group them every now and then."""
    feed_id, cpu = _add_feed(store), 0.0
    processes = [psutil.Process(), *servers]
    for start in range(0, len(labelled), _ARRIVING):
        add_articles(store, feed_id, labelled[start : start + _ARRIVING])
        before = cpu_seconds(processes)
        sum(group_waiting(store, lambda: False))
        cpu += cpu_seconds(processes) - before
    return Streamed(read_stories(store), cpu / len(labelled) * 1000)


def read_stories(store: Engine) -> list[int]:
    """Return the story of each article, in the order in which they were stored."""
    with reading(store) as connection:
        stories = connection.execute(select(ArticleRow.story_id).order_by(ArticleRow.id)).scalars()
        return [story for story in stories if story is not None]


def count_changes(store: Engine, *, afresh: bool = False) -> int:
    """Return how many articles are of another story after all were grouped once more.

    ``afresh`` has them compared once more too, with the boilerplate known by now, and with those that came later.
    """
    before = read_stories(store)
    with writing(store) as connection:
        connection.execute(update(ArticleRow).values(grouped_at=None))
        if afresh:
            connection.execute(update(SketchRow).values(content_hash=b""))
    sum(group_waiting(store, lambda: False))
    return sum(one != other for one, other in zip(before, read_stories(store), strict=True))


def index_bytes(store: Engine) -> dict[str, int]:
    """Return what the tables of the method occupy, with their indexes."""
    with reading(store) as connection:
        if store.dialect.name == "postgresql":
            size = text("SELECT pg_total_relation_size(CAST(:name AS regclass))")
            return {name: connection.execute(size, {"name": name}).scalar_one() for name in _INDEXES}
        size = text("SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = :name OR name LIKE :indexes")
        return {
            name: connection.execute(size, {"name": name, "indexes": f"ix_{name}_%"}).scalar_one() for name in _INDEXES
        }


def count_split(store: Engine, url: str, labelled: Sequence[Labelled], copies: int) -> tuple[int, int]:
    """Let six workers group a backlog in which each text is there so many times; how many texts, how many split."""
    texts = [one for one in labelled if one.kind == "original"]
    backlog = [replace(one, outlet=f"paper-{copy}.example") for copy in range(copies) for one in texts]
    add_articles(store, _add_feed(store), backlog)
    command = [sys.executable, "-c", _WORKER, url]
    workers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
        for _ in range(_WORKERS)
    ]
    for worker in workers:
        assert worker.stdin, "it has a pipe"
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
    stories = read_stories(store)[-copies * len(texts) :]
    told = [{*stories[place :: len(texts)]} for place in range(len(texts))]
    return len(texts), sum(len(found) > 1 for found in told)


def add_articles(store: Engine, feed_id: int, labelled: Sequence[Labelled]) -> None:
    """Store articles as they stand, ids in order."""
    with writing(store) as connection:
        now = read_clock(connection).now()
        newest = connection.execute(select(ArticleRow.id).order_by(ArticleRow.id.desc()).limit(1)).scalar() or 0
        connection.execute(insert(ArticleRow), list(_rows(feed_id, labelled, newest + 1, now)))


def _add_feed(store: Engine) -> int:
    with writing(store) as connection:
        found = connection.execute(select(FeedRow.id)).scalar()
        if found is not None:
            return found
        row = {"url": "file:///set", "url_key": "file:///set", "added_at": read_clock(connection).now()}
        return connection.execute(insert(FeedRow).values(row).returning(FeedRow.id)).scalar_one()


def _rows(feed_id: int, labelled: Sequence[Labelled], first_id: int, now: datetime) -> Iterator[dict[str, object]]:
    for article_id, one in enumerate(labelled, first_id):
        yield {
            "id": article_id,
            "feed_id": feed_id,
            "guid": str(article_id),
            "url": f"https://{one.outlet}/{article_id}",
            "title": one.title,
            "text": one.text,
            "html": f"<p>{one.text}</p>",
            "summary": "",
            "authors": [],
            "tags": [],
            "enclosures": [],
            "published_at": one.arrives_at,
            "first_seen_at": now,
            "content_hash": xxhash.xxh3_128_digest(f"{one.title}\0{one.text}".encode()),
            "policy_version": 1,
        }
