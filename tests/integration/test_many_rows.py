"""Rows that are written by one statement for many come out as SQLAlchemy's own statements write them."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.conflicts import is_taken, write
from worker.database.engine import reading, rehearsing, writing
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.many_rows import ManyKeys, insert_many, insert_many_or_fail, replaced, update_many
from worker.database.story_tables import BlockRow
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


@pytest.mark.parametrize("count", [1, 49, 50, 51, 103])
def test_rows_of_an_insert_that_is_not_undone_alone_are_all_stored(connection: Connection, count: int) -> None:
    insert_many_or_fail(BlockRow, ("block", "story_id")).execute_tuples(connection, [(n, 1) for n in range(count)])
    assert connection.execute(select(BlockRow.block).order_by(BlockRow.block)).scalars().all() == [*range(count)]


def test_an_insert_that_is_not_undone_alone_meets_conflicts_as_it_says(connection: Connection) -> None:
    statement = insert_many_or_fail(BlockRow, ("block", "story_id"), "ON CONFLICT DO NOTHING")
    statement.execute_tuples(connection, [(n, 1) for n in range(0, 100, 2)])
    statement.execute_tuples(connection, [(n, 1) for n in range(100)])
    assert connection.execute(select(func.count()).select_from(BlockRow)).scalar_one() == 100


@pytest.mark.parametrize("rows", [[(1, 1)] * 2, [(n, None if n == 70 else 1) for n in range(100)]])
def test_the_transaction_of_an_insert_that_failed_half_way_leaves_nothing(
    store: Engine, rows: list[tuple[int, int]]
) -> None:
    statement = insert_many_or_fail(BlockRow, ("block", "story_id"))

    def add(connection: Connection) -> None:
        statement.execute_tuples(connection, [(1_000, 1)])
        statement.execute_tuples(connection, rows)

    with pytest.raises(IntegrityError):
        write(store, add)
    with reading(store) as connection:
        assert connection.execute(select(BlockRow.block)).scalars().all() == []


def test_the_savepoint_of_an_insert_that_failed_half_way_leaves_nothing(store: Engine) -> None:
    statement = insert_many_or_fail(BlockRow, ("block", "story_id"))
    taken = [*range(0, 5_000, 10)]
    rows = [(block, 1) for block in [*range(1, 5_000, 50), taken[-1]]]
    with rehearsing(store) as rehearsal, reading(rehearsal) as connection:
        statement.execute_tuples(connection, [(block, 1) for block in taken])
        with pytest.raises(IntegrityError):
            write(rehearsal, lambda savepoint: statement.execute_tuples(savepoint, rows))
        kept = connection.execute(select(BlockRow.block).order_by(BlockRow.block)).scalars().all()
    assert kept == taken


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


def test_a_row_that_cannot_stand_beside_another_is_refused_as_by_sqlalchemy(connection: Connection) -> None:
    add_feeds(connection)
    taken = [ARTICLE | {"match_key": "k"}, ARTICLE | {"match_key": "k"}]
    with pytest.raises(IntegrityError) as refused:
        insert_many(ArticleRow, [*ARTICLE, "match_key"]).execute(connection, taken)
    assert is_taken(refused.value)


@pytest.mark.parametrize("number", [2**31, 2**40, 2**63])
def test_rows_of_which_one_cannot_be_written_leave_the_connection_usable(store: Engine, number: int) -> None:
    add_some = insert_many(ArticleRow, ARTICLE)
    with writing(store) as connection:
        add_feeds(connection)

    def add_too_large(connection: Connection) -> None:
        add_some.execute(connection, [ARTICLE, ARTICLE | {"urgency": number, "html": None}])

    with pytest.raises((DBAPIError, OverflowError)):
        write(store, add_too_large)
    with writing(store) as connection:
        add_some.execute(connection, [ARTICLE])
        assert connection.execute(select(func.count()).select_from(ArticleRow)).scalar_one() == 1


def test_a_number_that_is_too_large_for_its_column_is_no_other_number(postgres: Engine) -> None:
    # SQLite's columns hold numbers of any length up to eight bytes.
    with writing(postgres) as connection:
        add_feeds(connection)
    with pytest.raises((DBAPIError, OverflowError)), writing(postgres) as connection:
        insert_many(ArticleRow, ARTICLE).execute(connection, [ARTICLE | {"urgency": 2**40}])
