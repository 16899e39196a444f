"""Articles put straight into a store, with whatever their columns may hold: what pages show of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, insert, select, update

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import FeedRow
from worker.manage.feeds import NewFeed, add_feeds
from worker.search.indexing import index_waiting

THEN = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
_PLAIN: dict[str, Any] = {
    "authors": [],
    "summary": "",
    "html": "",
    "text": "",
    "tags": [],
    "enclosures": [],
    "content_hash": b"",
    "policy_version": 1,
    "published_at": THEN,
    "first_seen_at": THEN,
}


def add_article(store: Engine, title: str = "A title", *, feed: str = "https://a.example/feed", **fields: Any) -> int:
    """Store an article that a feed carries, found by search at once; return its id."""
    with writing(store) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed(feed)])
        feed_id = connection.execute(select(FeedRow.id).where(FeedRow.url == feed)).scalar_one()
        guid = str(connection.execute(select(func.count()).select_from(ArticleRow)).scalar_one())
        row = _PLAIN | {"feed_id": feed_id, "guid": guid, "title": title} | fields
        article_id: int = connection.execute(insert(ArticleRow).values(row).returning(ArticleRow.id)).scalar_one()
        sighted = {"feed_id": feed_id, "article_id": article_id, "guid": guid, "guid_hash": guid.encode()}
        sighted |= {"fingerprint": b"", "content_hash": b"", "length": 0, "said_at": THEN, "read_at": THEN}
        connection.execute(insert(SightingRow).values(sighted | {"first_seen_at": row["first_seen_at"]}))
    sum(index_waiting(store))
    return article_id


def add_revisions(store: Engine, article_id: int, *texts: str) -> None:
    """Store an article's revisions, of which it shows the last one."""
    with writing(store) as connection:
        shown = connection.execute(select(ArticleRow).where(ArticleRow.id == article_id)).one()
        for number, text in enumerate((*texts, None), start=1):
            values = {"article_id": article_id, "number": number, "feed_id": shown.feed_id, "title": shown.title}
            values |= {"seen_at": THEN + number * HOUR, "text": text, "content_hash": str(number).encode()}
            connection.execute(insert(RevisionRow).values(values))
        shows = update(ArticleRow).where(ArticleRow.id == article_id).values(revision=len(texts) + 1)
        connection.execute(shows)
