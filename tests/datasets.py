"""A store with two days of news, whose words are as hostile as a store can hold."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import writing
from worker.database.feed_tables import FeedTagRow, PollRow
from worker.database.outbox_tables import EventRow
from worker.database.partitions import add_partitions
from worker.database.story_tables import StoryRow
from worker.manage.feeds import NewFeed, add_feeds
from worker.outbox import number_events

HOSTILE = '=1+1, "a"\r\n\tb\u202ec\u2066 ‘’ \U0001f5de\\N \\" \x85\u2028,'
FIRST, LAST = datetime(2026, 11, 28, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC)
_BARE = {"summary": "", "html": "", "text": "", "content_hash": b"", "policy_version": 1, "revision": 1, "story_id": 1}
ARTICLES: list[dict[str, Any]] = [
    {
        "id": 1,
        "feed_id": 1,
        "guid": "g1",
        "title": HOSTILE,
        "authors": [HOSTILE, ""],
        "tags": [],
        "enclosures": [{"url": "https://a.example/1.mp3", "media_type": None, "length": 2**53 - 1}],
        "podcast": {"duration": 1.5, "people": [HOSTILE]},
        "published_at": datetime(1970, 1, 1, tzinfo=UTC),
        "first_seen_at": FIRST,
        "dateline_date": date(2026, 11, 28),
        "urgency": 1,
    },
    {
        "id": 2,
        "feed_id": 2,
        "guid": "g2",
        "title": "",
        "authors": [],
        "tags": ["a", "b"],
        "enclosures": [],
        "podcast": None,
        "published_at": None,
        "first_seen_at": LAST,
        "dateline_date": None,
        "urgency": None,
    },
]


def fill(store: Engine) -> None:
    """Two articles of one story, each seen on a day of its own, and a poll and an event of each day."""
    add_partitions(store, FIRST)
    with writing(store) as connection:
        add_feeds(connection, FIRST, [NewFeed("https://a.example/"), NewFeed("https://b.example/")])
        connection.execute(insert(FeedTagRow), [{"feed_id": 2, "tag": "Europe"}])
        connection.execute(insert(ArticleRow), [_BARE | article for article in ARTICLES])
        connection.execute(insert(SightingRow), [_sighting(article) for article in ARTICLES])
        story = {"first_article_id": 1, "size": 2, "first_seen_at": FIRST, "last_seen_at": LAST}
        connection.execute(insert(StoryRow).values(id=1, **story))
        for number, moment in enumerate((FIRST, LAST), start=1):
            poll = {"duration": timedelta(seconds=0.25), "outcome": "new", "bytes": 2**40, "new": 1, "updated": 0}
            connection.execute(insert(PollRow).values(feed_id=number, started_at=moment, error=HOSTILE, **poll))
            event = {"kind": "article created", "article_id": number, "feed_id": number, "details": {"by": HOSTILE}}
            connection.execute(insert(EventRow).values(created_at=moment, **event))
    number_events(store)


def _sighting(article: dict[str, Any]) -> dict[str, Any]:
    hashes = {"guid_hash": b"%d" % article["id"], "fingerprint": b"", "content_hash": b"", "length": 0}
    moments = dict.fromkeys(("said_at", "read_at", "first_seen_at"), article["first_seen_at"])
    return {"feed_id": article["feed_id"], "article_id": article["id"], "guid": article["guid"]} | moments | hashes
