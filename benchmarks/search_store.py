"""A store with very many articles of made words, each used as often as those of a language are."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from sqlalchemy import Connection, Engine, func, insert, select, text

from benchmarks.running import database
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.many_rows import insert_many
from worker.database.schema import migrate

WORDS = 300_000
"""Different words, of which the nth is used 1/n as often as the first."""
_FEEDS = 1_000
_POOL = 2_000_000
_AT_ONCE = 2_000
_DAYS = timedelta(days=365)
_SYLLABLES = "ba ke lo mi nu ra se ti vo za chi den for gal hin jor kal lum mur nes".split()
_LANGUAGES = ("en", "en", "en-GB", "de", "fr", "es", "is", None)
_AGENCIES = (*(None,) * 9, "Reuters")
_NAMES = (
    "id feed_id guid title authors published_at first_seen_at summary html text language tags enclosures agency"
    " content_hash policy_version revision"
).split()
_INSERT = insert_many(ArticleRow, _NAMES)
_SEEN = insert_many(
    SightingRow,
    "feed_id article_id guid guid_hash known_by fingerprint content_hash said_at read_at length first_seen_at".split(),
)
# What a server of its own gets of a machine with a few gigabytes; the defaults are for one that shares it.
_SETTINGS = """
shared_buffers = '1GB'
max_wal_size = '8GB'
checkpoint_timeout = '15min'
maintenance_work_mem = '256MB'
"""


@dataclass(frozen=True, slots=True)
class SearchStore:
    """A store, and the processes that serve it."""

    engine: Engine
    servers: list[psutil.Process]


def word(number: int) -> str:
    """Return the word that is the ``number``th most used, from 0."""
    spelt, rest = "", number + 1
    while rest:
        rest, syllable = divmod(rest, len(_SYLLABLES))
        spelt += _SYLLABLES[syllable]
    return spelt


@contextmanager
def search_store(kind: str, articles: int, kept_in: Path | None) -> Iterator[SearchStore]:
    """Provide a store with so many articles, none of them indexed yet; in ``kept_in`` it is found again."""
    # Short: the database's socket is in there.
    with TemporaryDirectory(prefix="fmb-", dir="/tmp") as temporary:
        folder = kept_in / f"search-{kind}-{articles}" if kept_in else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        with database(kind, folder, settings=_SETTINGS, keep=bool(kept_in)) as (url, servers):
            engine = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
            migrate(engine)
            with reading(engine) as connection:
                stored: int = connection.execute(select(func.coalesce(func.max(ArticleRow.id), 0))).scalar_one()
            if stored < articles:
                _fill(engine, stored, articles)
            yield SearchStore(engine, servers)
            engine.dispose()


def make_rows(first: int, count: int, now: datetime, share_of_year: float = 1.0) -> list[dict[str, Any]]:
    """Return rows of new articles, numbered from ``first``, seen evenly over the share of a year that is over."""
    chance = random.Random(first)
    pool = _pool()
    rows = []
    for number in range(first, first + count):
        length = int(min(2_000, max(15, chance.lognormvariate(5.0, 0.8))))
        begin = chance.randrange(len(pool) - length - 12)
        words = pool[begin : begin + length + 10]
        body = re.sub(r"(\w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+ \w+) ", r"\1. ", " ".join(words[10:]))
        seen = now - _DAYS * (1 - share_of_year)
        rows.append(
            {
                "id": number,
                "feed_id": number % _FEEDS + 1,
                "guid": str(number),
                "title": " ".join(words[:10]),
                "authors": [],
                "published_at": seen,
                "first_seen_at": seen,
                "summary": "",
                "html": "",
                "text": body,
                "language": _LANGUAGES[number % len(_LANGUAGES)],
                "tags": [f"topic {words[0]}", words[1]],
                "enclosures": [],
                "agency": _AGENCIES[number % len(_AGENCIES)],
                "content_hash": number.to_bytes(16),
                "policy_version": 1,
                "revision": 1,
            }
        )
    return rows


_POOLED: list[str] = []


def _pool() -> list[str]:
    """Return words in a row, each as often as it is used; made once, for it takes seconds."""
    if not _POOLED:
        weights = list(accumulate(1 / (number + 1) for number in range(WORDS)))
        numbers = random.Random(1).choices(range(WORDS), cum_weights=weights, k=_POOL)
        spelt = [word(number) for number in range(WORDS)]
        _POOLED.extend(spelt[number] for number in numbers)
    return _POOLED


def _fill(engine: Engine, stored: int, articles: int) -> None:
    with reading(engine) as connection:
        now = read_clock(connection).now()
    if not stored:
        with writing(engine) as connection:
            connection.execute(insert(FeedRow), [_make_feed(number, now) for number in range(1, _FEEDS + 1)])
    for first in range(stored + 1, articles + 1, _AT_ONCE):
        with writing(engine) as connection:
            store_rows(connection, make_rows(first, min(_AT_ONCE, articles + 1 - first), now, first / articles))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('articles', 'id'), max(id)) FROM articles"))
            connection.execute(text("VACUUM (ANALYZE)"))  # codespell:ignore analyze
        else:
            connection.execute(text("ANALYZE"))  # codespell:ignore analyze


def _make_feed(number: int, now: datetime) -> dict[str, Any]:
    title = f"{word(number)} Gazette {number}"
    url = f"http://feed{number}.example/"
    return {"id": number, "url": url, "url_key": url, "title": title, "state": "active", "added_at": now}


def store_rows(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Store articles, each with the sighting of its feed."""
    _INSERT.execute(connection, rows)
    _SEEN.execute(
        connection,
        [
            {
                "feed_id": row["feed_id"],
                "article_id": row["id"],
                "guid": row["guid"],
                "guid_hash": row["content_hash"],
                "known_by": "guid",
                "fingerprint": b"",
                "content_hash": row["content_hash"],
                "said_at": row["first_seen_at"],
                "read_at": row["first_seen_at"],
                "length": len(row["text"]),
                "first_seen_at": row["first_seen_at"],
            }
            for row in rows
        ],
    )
