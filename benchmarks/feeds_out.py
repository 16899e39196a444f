"""What a feed out costs: an answer of 50 articles in each format, and the one that nothing has changed.

Run it as ``python -m benchmarks.feeds_out``.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, insert

from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.engine import open_store, reading, writing
from worker.database.schema import migrate
from worker.feeds_out.asked_feed import FORMATS, AskedFeed
from worker.manage.feeds import NewFeed, add_feeds
from worker.search.indexing import index_waiting

_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_ARTICLES, _ROUNDS = 5_000, 100
_PARAGRAPH = (
    "<p>The harbour — “closed” for two winters — was opened again on Monday, <b>said</b> the council &amp; its "
    'engineers, who <a href="https://gazette.example/piers" rel="noopener noreferrer nofollow">mended its piers</a>: '
    "these had been eaten away by the tide faster than anyone reckoned; the first cars crossed at dawn. "
)
_HTML = "".join(f"{_PARAGRAPH}{number}</p>" for number in range(15))


def main() -> None:
    """Fill a store and print what answers cost."""
    with TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{Path(folder)}/store.db")
        migrate(engine)
        with writing(engine) as connection:
            add_feeds(connection, _NOW, [NewFeed("https://gazette.example/feed", "The Gazette")])
            for number in range(1, _ARTICLES + 1):
                _add_article(connection, number)
        for _ in index_waiting(engine):
            pass
        print(f"{len(_HTML):,} characters of HTML an article, 50 of {_ARTICLES:,} articles")
        for named in FORMATS:
            _measure(engine, AskedFeed("harbour -nowhere", named))
        engine.dispose()


def _add_article(connection: Connection, number: int) -> None:
    seen_at = _NOW + timedelta(seconds=number)
    moments = {"published_at": seen_at, "first_seen_at": seen_at}
    named = {"guid": f"g{number}", "url": f"https://gazette.example/{number}", "title": f"Harbour & council, {number}"}
    words = {"html": _HTML, "text": _HTML[:4_000], "summary": "The harbour was opened again on Monday. " * 5}
    lists = {"authors": ["Ada Lovelace"], "tags": ["Harbours", "Councils"], "enclosures": []}
    version = {"content_hash": number.to_bytes(16), "policy_version": 1, "feed_id": 1, "language": "en"}
    connection.execute(insert(ArticleRow).values(moments | named | words | lists | version))
    shown = {"article_id": number, "number": 1, "content_hash": number.to_bytes(16), "feed_id": 1}
    connection.execute(insert(RevisionRow).values(shown | {"seen_at": seen_at, "title": "Harbour"}))


def _measure(engine: Engine, asked: AskedFeed) -> None:
    def know() -> int:
        with reading(engine) as connection:
            return len(asked.tag(asked.read(connection)))

    def answer() -> int:
        with reading(engine) as connection:
            outgoing = asked.read(connection)
            asked.tag(outgoing)
            return len(b"".join(asked.write(outgoing)))

    (known, _), (whole, size) = _cost(know), _cost(answer)
    print(f"{asked.format:4}  200: {whole:5.1f} ms, {size:,} bytes   304: {known:4.1f} ms, {known / whole:.0%} of it")


def _cost(work: Callable[[], int]) -> tuple[float, int]:
    """Return the CPU of one round in milliseconds, and what it returns."""
    work()
    began = time.process_time()
    for _ in range(_ROUNDS):
        size = work()
    return (time.process_time() - began) / _ROUNDS * 1e3, size


if __name__ == "__main__":
    main()
