from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.look.feed_paging import ROWS, FeedFilter, first_tags, page_of_feeds
from worker.manage.feeds import NewFeed, add_feeds


@pytest.fixture
def feeds(connection: Connection, now: datetime) -> None:
    """Six feeds of every kind, and a seed file."""
    added = [
        NewFeed("https://a.example/1", "Plain"),
        NewFeed("https://a.example/2", "Paused", tags=("wires", "old")),
        NewFeed("https://b.example/3", "Failing", tags=("wires",)),
        NewFeed("https://b.example/4", "Silent", tags=("Zeitung",)),
        NewFeed("https://c.example/5", "Removed"),
        NewFeed("https://c.example/6", "100% Ärger"),
    ]
    add_feeds(connection, now, added)
    of = {title: feed_id for feed_id, title in connection.execute(select(FeedRow.id, FeedRow.title))}
    for title, facts in {
        "Paused": {"state": "paused"},
        "Removed": {"state": "removed"},
        "Silent": {"quality": "silent"},
    }.items():
        connection.execute(update(FeedRow).where(FeedRow.title == title).values(**facts))
    stopped = update(ScheduleRow).where(ScheduleRow.feed_id.in_([of["Paused"], of["Removed"]]))
    connection.execute(stopped.values(next_poll_at=None))
    failing = {"error_class": "dns", "failing_since": now, "next_poll_at": now + timedelta(hours=1)}
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == of["Failing"]).values(**failing))
    file = {"url": "file:///seeds/a.txt", "url_key": "file:///seeds/a.txt", "title": "File", "added_at": now}
    (file_id,) = connection.execute(insert(FeedRow).values(**file, quality=None).returning(FeedRow.id)).one()
    connection.execute(insert(ScheduleRow).values(feed_id=file_id, failures=0, attempts=0))


FOUND = [
    (FeedFilter(), ["Plain", "Paused", "Failing", "Silent", "100% Ärger"]),
    (FeedFilter(text="B.EXAMPLE"), ["Failing", "Silent"]),
    (FeedFilter(text="100%"), ["100% Ärger"]),
    (FeedFilter(tag="wires"), ["Paused", "Failing"]),
    (FeedFilter(tag="Wires"), []),
    (FeedFilter(state="active"), ["Plain", "Failing", "Silent", "100% Ärger"]),
    (FeedFilter(state="removed"), ["Removed"]),
    (FeedFilter(quality="silent"), ["Silent"]),
    (FeedFilter(is_failing=True), ["Failing"]),
    (FeedFilter(are_files=True), ["File"]),
    (FeedFilter(is_failing=True, tag="wires", text="fail"), ["Failing"]),
    (FeedFilter(is_failing=True, state="paused"), []),
    (FeedFilter(tag="wires", state="paused", quality="new"), ["Paused"]),
    (FeedFilter(are_files=True, text="a.txt"), ["File"]),
]


def test_filters_find_the_feeds_that_are_all_that_is_wanted(connection: Connection, now: datetime, feeds: None) -> None:
    found = [[feed["title"] for feed in page_of_feeds(connection, now, wanted).feeds] for wanted, _ in FOUND]
    assert found == [titles for _, titles in FOUND]


def test_pages_have_every_feed_once(connection: Connection, now: datetime) -> None:
    add_feeds(connection, now, [NewFeed(f"https://a.example/{number}") for number in range(2 * ROWS)])
    first = page_of_feeds(connection, now, FeedFilter())
    assert first.after
    second = page_of_feeds(connection, now, FeedFilter(), first.after)
    assert (len(first.feeds), len(second.feeds), second.after) == (ROWS, ROWS, None)
    assert first.feeds[-1]["id"] < second.feeds[0]["id"]


def test_a_search_says_where_it_stopped_reading(connection: Connection, now: datetime, feeds: None) -> None:
    page = page_of_feeds(connection, now, FeedFilter(text="Ärger"), most_read=2)
    assert (page.feeds, page.is_unfinished) == ([], True)
    assert page.after
    rest = page_of_feeds(connection, now, FeedFilter(text="Ärger"), page.after)
    assert ([feed["title"] for feed in rest.feeds], rest.is_unfinished) == (["100% Ärger"], False)


def test_tags_come_once_each_however_many_feeds_have_them(connection: Connection, feeds: None) -> None:
    assert sorted(first_tags(connection, 9)) == ["Zeitung", "old", "wires"]
    assert len(first_tags(connection, 2)) == 2


def test_a_store_without_tags_has_none(connection: Connection) -> None:
    assert first_tags(connection, 9) == []
