"""Articles put into a store by hand, for tests of what goes out of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, insert, update

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.story_tables import StoryRow
from worker.manage.feeds import NewFeed, add_feeds
from worker.search.indexing import index_waiting

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def add_article(connection: Connection, number: int, feed_id: int = 1, **more: Any) -> None:
    """Add an article, first seen and published so many minutes after noon, with its feed where that is not there."""
    add_feeds(connection, NOW, [NewFeed(f"https://gazette.example/{feed_id}", f"Gazette {feed_id}")])
    seen_at = NOW + timedelta(minutes=number)
    row: dict[str, Any] = {
        "id": number,
        "feed_id": feed_id,
        "guid": f"g{number}",
        "url": f"https://gazette.example/{number}.html",
        "title": f"Title {number}",
        "authors": ["Ada Lovelace"],
        "published_at": seen_at,
        "first_seen_at": seen_at,
        "summary": f"Summary {number}.",
        "html": f"<p>Words {number} of it.</p>",
        "text": f"Words {number} of it.",
        "tags": [],
        "enclosures": [],
        "content_hash": b"%d" % number,
        "policy_version": 1,
    }
    connection.execute(insert(ArticleRow).values(row | more))
    version = {"article_id": number, "number": 1, "feed_id": feed_id, "seen_at": seen_at, "title": f"Title {number}"}
    connection.execute(insert(RevisionRow).values(version | {"content_hash": b"%d" % number}))
    moments = dict.fromkeys(("said_at", "read_at", "first_seen_at"), seen_at)
    hashes = {"guid_hash": b"%d" % number, "fingerprint": b"", "content_hash": b"", "guid": f"g{number}", "length": 0}
    connection.execute(insert(SightingRow).values({"feed_id": feed_id, "article_id": number} | moments | hashes))


def index(store: Engine) -> None:
    """Index what was added for search."""
    for _ in index_waiting(store):
        pass


def join_story(connection: Connection, *numbers: int) -> None:
    """Make articles one story, which has the first one's number."""
    for number in numbers:
        change_article(connection, number, story_id=numbers[0])
    seen = {"first_seen_at": NOW, "last_seen_at": NOW}
    story = {"id": numbers[0], "first_article_id": numbers[0], "size": len(numbers)}
    connection.execute(insert(StoryRow).values(story | seen))


def change_article(connection: Connection, number: int, **changes: Any) -> None:
    """Change fields of an article, as what refreshes, revises or kills it does."""
    connection.execute(update(ArticleRow).where(ArticleRow.id == number).values(changes))


def add_version(connection: Connection, number: int, seen_at: datetime) -> None:
    """Add a second version of an article, which it shows from now on."""
    version = {"article_id": number, "number": 2, "feed_id": 1, "seen_at": seen_at, "title": "Changed"}
    connection.execute(insert(RevisionRow).values(version | {"content_hash": b"2nd"}))
    change_article(connection, number, revision=2, title="Changed", content_hash=b"2nd")
