"""Articles put straight into a store, and the stories that come of them: the verbs of the tests of stories."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import xxhash
from sqlalchemy import Engine, event, func, insert, select, update
from sqlalchemy import text as sql

from tests.waiting import wait_for
from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.outbox_tables import EventRow
from worker.database.story_tables import StoryRow
from worker.stories.grouping import group_waiting

WORDS = (
    "harbour council bridge winter market ferry minister report school budget library inquiry river station price "
    "evening theatre museum engineer village election strike hospital storm committee doctor farmer coast railway court"
).split()


def news(seed: int, words: int = 200) -> str:
    """A text of its own, in paragraphs of forty words."""
    chance = random.Random(seed)
    told = [chance.choice(WORDS) + str(chance.randrange(40)) * (chance.random() < 0.2) for _ in range(words)]
    return "\n\n".join(" ".join(told[start : start + 40]).capitalize() + "." for start in range(0, words, 40))


def add_articles(
    store: Engine, texts: Sequence[str], *, outlets: int = 1000, published_at: datetime | None = None
) -> list[int]:
    """Store articles, each from the next of so many outlets; their ids."""
    with writing(store) as connection:
        now = read_clock(connection).now()
        first = connection.execute(select(ArticleRow.id).order_by(ArticleRow.id.desc()).limit(1)).scalar() or 0
        ids = range(first + 1, first + len(texts) + 1)
        url = "https://feeds.example/"
        feed_id = connection.execute(select(FeedRow.id).where(FeedRow.url_key == url)).scalar()
        if feed_id is None:
            row = insert(FeedRow).values(url=url, url_key=url, added_at=now).returning(FeedRow.id)
            feed_id = connection.execute(row).scalar_one()
        connection.execute(
            insert(ArticleRow),
            [
                _row(article_id, text, outlets)
                | {"feed_id": feed_id, "published_at": published_at, "first_seen_at": now}
                for article_id, text in zip(ids, texts, strict=True)
            ],
        )
        connection.execute(
            insert(RevisionRow),
            [
                {
                    "article_id": i,
                    "number": 1,
                    "content_hash": _hash(text),
                    "feed_id": feed_id,
                    "seen_at": now,
                    "title": "",
                }
                for i, text in zip(ids, texts, strict=True)
            ],
        )
    return list(ids)


def group(store: Engine) -> int:
    """Group all that waits; how many."""
    return sum(group_waiting(store, lambda: False))


def stories(store: Engine) -> dict[int, int | None]:
    """The story of each article."""
    with reading(store) as connection:
        return {row.id: row.story_id for row in connection.execute(select(ArticleRow.id, ArticleRow.story_id))}


def partition(store: Engine) -> list[list[int]]:
    """The articles of each story, in order."""
    together: dict[int | None, list[int]] = {}
    for article_id, story_id in sorted(stories(store).items()):
        together.setdefault(story_id, []).append(article_id)
    return sorted(together.values())


@contextmanager
def before(store: Engine, *words: str, act: Callable[[], object]) -> Iterator[None]:
    """Act once, right before the store runs the first statement that has all these words."""
    acted = False

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal acted
        if not acted and all(word in statement for word in words):
            acted = True
            act()

    event.listen(store, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(store, "before_cursor_execute", listen)
        assert acted, "there was no such statement"


def count(store: Engine, table: type) -> int:
    with reading(store) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def events(store: Engine, kind: str) -> list[dict[str, int]]:
    with reading(store) as connection:
        return list(
            connection.execute(select(EventRow.details).where(EventRow.kind == kind).order_by(EventRow.id)).scalars()
        )


def count_waiting(store: Engine) -> int:
    with reading(store) as connection:
        waiting = select(func.count()).select_from(ArticleRow).where(ArticleRow.grouped_at.is_(None))
        return connection.execute(waiting).scalar_one()


def revise(store: Engine, article_id: int, words: str) -> None:
    values = {"text": words, "content_hash": _hash(words), "grouped_at": None}
    with writing(store) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id == article_id).values(values))


def story_rows(store: Engine) -> list[tuple[int, int | None, int]]:
    with reading(store) as connection:
        rows = connection.execute(select(StoryRow.id, StoryRow.parent, StoryRow.size).order_by(StoryRow.id))
        return [tuple(row) for row in rows]


def wait_until_blocked(store: Engine) -> None:
    query = sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")

    def blocked() -> int:
        with reading(store) as connection:
            return connection.execute(query).scalar_one()

    wait_for(blocked, "a transaction that waits for a lock")


def age_articles(store: Engine, days: int) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        connection.execute(update(ArticleRow).values(first_seen_at=now - timedelta(days=days)))


def days(number: float) -> timedelta:
    return timedelta(days=number)


def _row(article_id: int, text: str, outlets: int) -> dict[str, object]:
    return {
        "id": article_id,
        "guid": f"guid-{article_id}",
        "url": f"https://outlet-{article_id % outlets}.example/{article_id}",
        "title": f"Title {article_id}",
        "authors": [],
        "tags": [],
        "enclosures": [],
        "summary": "",
        "html": "",
        "text": text,
        "content_hash": _hash(text),
        "policy_version": 1,
    }


def _hash(text: str) -> bytes:
    return xxhash.xxh3_128_digest(text.encode())
