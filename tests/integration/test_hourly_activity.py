from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from worker.database.article_tables import ArticleRow
from worker.database.feed_tables import PollRow
from worker.look.hourly_activity import HOUR, read_activity
from worker.manage.feeds import NewFeed, add_feeds
from worker.values.outcomes import Outcome


def _poll(
    connection: Connection, at: datetime, outcome: Outcome, count: int = 1, http_status: int | None = 200
) -> None:
    poll = {"feed_id": 1, "started_at": at, "duration": timedelta(0), "outcome": outcome, "http_status": http_status}
    connection.execute(insert(PollRow), [poll | {"bytes": 0, "new": 0, "updated": 0}] * count)


def _see(connection: Connection, at: datetime) -> None:
    words = dict.fromkeys(("title", "summary", "html", "text", "guid"), "")
    lists: dict[str, list[str]] = {"authors": [], "tags": [], "enclosures": []}
    article = words | lists | {"feed_id": 1, "first_seen_at": at, "content_hash": b"", "policy_version": 1}
    connection.execute(insert(ArticleRow).values(article))


def test_polls_and_articles_are_counted_in_the_hours_in_which_they_were(connection: Connection, now: datetime):
    add_feeds(connection, now, [NewFeed("https://a.example/feed")])
    hour = now.replace(minute=0, second=0, microsecond=0)
    _poll(connection, hour, Outcome.NEW)
    _poll(connection, hour - timedelta(seconds=1), Outcome.UNCHANGED, 2)
    _poll(connection, hour - HOUR, Outcome.TRANSIENT)
    # Too long ago; and a file that was read, which is no poll.
    _poll(connection, hour - 2 * HOUR - timedelta(seconds=1), Outcome.NEW)
    _poll(connection, hour, Outcome.NEW, http_status=None)
    _see(connection, hour)
    _see(connection, hour - 2 * HOUR)
    found = read_activity(connection, now, 3)
    assert (found.begins, found.hours, found.is_exact) == (hour - 2 * HOUR, 3, True)
    assert {name: counts for name, counts in found.polls.items() if any(counts)} == {
        "new": [0, 0, 1],
        "unchanged": [0, 2, 0],
        "transient": [0, 1, 0],
    }
    assert found.articles == [1, 0, 1]


def test_of_an_hour_with_very_many_polls_it_says_about_how_many(connection: Connection, now: datetime):
    hour = now.replace(minute=0, second=0, microsecond=0)
    for _ in range(10):
        _poll(connection, hour, Outcome.NEW, 300)
        _poll(connection, hour, Outcome.UNCHANGED, 300)
    found = read_activity(connection, now, 2)
    assert not found.is_exact
    assert sum(counts[1] for counts in found.polls.values()) == 6_000
    assert [counts[0] for counts in found.polls.values()] == [0] * 5
