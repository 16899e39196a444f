"""Rows that are written by one statement for many come out as SQLAlchemy's own statements write them."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.many_rows import ManyKeys, insert_many, replaced, update_many
from worker.values.entries import Enclosure, KnownBy, Notice

NOON = datetime(2026, 11, 23, 12, 0, 0, 5, timezone(timedelta(hours=2)))
FEED: dict[str, Any] = {"url": "https://a.example/", "url_key": "a", "options": {"interval": 90.5}, "added_at": NOON}
ARTICLE: dict[str, Any] = {
    "feed_id": 1, "guid": "g", "title": "T", "authors": ("Ann", 'Bo"b\\'), "first_seen_at": NOON, "summary": "",
    "html": "<p>%s {x} 'q' \N{SNOWMAN}</p>", "text": "", "tags": (), "enclosures": (Enclosure("https://a.example/1.mp3"),),
    "content_hash": b"\x00\xff", "policy_version": 1, "dateline_date": date(2026, 11, 23), "notice": Notice.KILL,
    "published_at": None, "urgency": 4,
}  # fmt: skip


def add_feeds(connection: Connection, count: int = 1) -> None:
    for number in range(1, count + 1):
        connection.execute(insert(FeedRow).values(FEED | {"id": number, "url_key": str(number)}))


def test_values_of_all_types_are_stored_as_by_an_insert_of_one_row(connection: Connection) -> None:
    add_feeds(connection)
    connection.execute(insert(ArticleRow).values(ARTICLE | {"id": 1}))
    # Beside another one in which the values that may be null are, and a notice is a plain string.
    other = ARTICLE | {"id": 3, "notice": "update", "dateline_date": None, "urgency": None, "published_at": NOON}
    insert_many(ArticleRow, ["id", *ARTICLE]).execute(connection, [ARTICLE | {"id": 2}, other])
    one, many, third = connection.execute(select(ArticleRow).order_by(ArticleRow.id)).mappings()
    assert dict(one) | {"id": 2} == dict(many)
    assert many["first_seen_at"] == NOON
    assert (third["notice"], third["published_at"], third["urgency"]) == ("update", NOON, None)


@pytest.mark.parametrize("count", [1, 3, 7])
def test_rows_that_go_several_to_a_statement_come_in_their_order(connection: Connection, count: int) -> None:
    add_feeds(connection)
    names = list("abcdefg")[:count]
    statement = insert_many(ArticleRow, ARTICLE, at_once=3)
    statement.execute(connection, [ARTICLE | {"title": name} for name in names])
    assert connection.execute(select(ArticleRow.title).order_by(ArticleRow.id)).scalars().all() == names


def test_durations_are_stored_as_by_an_insert_of_one_row(connection: Connection) -> None:
    add_feeds(connection, 2)
    connection.execute(insert(ScheduleRow).values(feed_id=1, interval=timedelta(seconds=1.5)))
    insert_many(ScheduleRow, ["feed_id", "interval"]).execute(
        connection, [{"feed_id": 2, "interval": timedelta(seconds=1.5)}]
    )
    assert connection.execute(select(ScheduleRow.interval)).scalars().all() == [timedelta(seconds=1.5)] * 2


def test_a_moment_without_a_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="time zone"):
        insert_many(FeedRow, FEED).execute(connection, [FEED | {"added_at": NOON.replace(tzinfo=None)}])


def test_an_update_changes_the_rows_of_its_keys_and_no_others(connection: Connection) -> None:
    add_feeds(connection, 3)
    connection.execute(insert(ScheduleRow).values([{"feed_id": number, "failures": 1} for number in (1, 2, 3)]))
    changes = replaced("failures") | {"edition": "schedules.edition + {edition}"}
    statement = update_many(ScheduleRow, ["feed_id"], changes, "schedules.failures < 9")
    statement.execute(
        connection,
        [{"feed_id": 1, "failures": 5, "edition": 2}, {"feed_id": 3, "failures": 6, "edition": 0}],
    )
    rows = connection.execute(
        select(ScheduleRow.feed_id, ScheduleRow.failures, ScheduleRow.edition).order_by(ScheduleRow.feed_id)
    )
    assert rows.all() == [(1, 5, 2), (2, 1, 0), (3, 6, 0)]


def test_a_conflict_is_met_as_the_statement_says(connection: Connection) -> None:
    add_feeds(connection, 2)
    statement = insert_many(
        ScheduleRow, ["feed_id", "failures"], "ON CONFLICT (feed_id) DO UPDATE SET failures = excluded.failures"
    )
    statement.execute(connection, [{"feed_id": 1, "failures": 1}])
    statement.execute(connection, [{"feed_id": 1, "failures": 7}, {"feed_id": 2, "failures": 8}])
    assert connection.execute(select(ScheduleRow.failures).order_by(ScheduleRow.feed_id)).scalars().all() == [7, 8]


def test_no_rows_cost_no_statement(connection: Connection) -> None:
    statement = insert_many(FeedRow, ["there_is_no_such_column"])
    statement.execute(connection, [])
    assert list(ManyKeys(FeedRow, ("there_is_no_such_column",), "url").execute(connection, [])) == []


def test_a_query_finds_the_rows_of_pairs_and_no_others(connection: Connection) -> None:
    add_feeds(connection, 2)
    connection.execute(insert(ArticleRow).values(ARTICLE | {"id": 1}))
    sighting = {"article_id": 1, "guid": "g", "known_by": KnownBy.GUID, "fingerprint": b"f", "content_hash": b"c"}
    sighting |= {"said_at": NOON, "read_at": NOON, "length": 1, "first_seen_at": NOON}
    rows = [sighting | {"feed_id": feed, "guid_hash": key} for feed in (1, 2) for key in (b"1", b"2")]
    insert_many(SightingRow, rows[0]).execute(connection, rows)
    lookup = ManyKeys(
        SightingRow, ("feed_id", "guid_hash"), "sightings.feed_id, sightings.guid_hash", "left_at IS NULL"
    )
    found = lookup.execute(connection, [(1, b"2"), (2, b"1"), (2, b"9")])
    assert sorted(map(tuple, found)) == [(1, b"2"), (2, b"1")]
