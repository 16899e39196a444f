"""Which articles are listed, in which order, and how many there are said to be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, text, update

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import reading, writing
from worker.look.article_listing import count_listed_articles, list_articles, moment_of_articles
from worker.look.counts import Counted
from worker.look.listings import Sort, Wanted, kinds_of_place, place_of
from worker.manage.feeds import NewFeed, add_feeds
from worker.web.cursors import cut_page, read_cursor

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
# Published and first seen so many hours ago, and what else matters.
ARTICLES: list[tuple[int | None, int, dict[str, Any]]] = [
    (9, 4, {"agency": "ANI", "language": "en-GB", "tags": ["Politics", "EU"]}),
    (None, 3, {"agency": "ANI", "language": "en"}),
    (1, 2, {"language": "eng", "tags": ["Geopolitics"]}),
    (2, 1, {"agency": "TASS", "language": "de", "tags": ["politics"]}),
]


@pytest.fixture
def filled(store: Engine) -> Engine:
    """Four articles of two feeds, the first one carried by both."""
    with writing(store) as connection:
        add_feeds(connection, NOW, [NewFeed("https://a.example/"), NewFeed("https://b.example/")])
        for number, (published, seen, more) in enumerate(ARTICLES, start=1):
            row = {"feed_id": 1 + number % 2, "guid": f"g{number}", "title": f"T{number}", "authors": [], "tags": []}
            row |= {"summary": "", "html": "", "text": "", "enclosures": [], "content_hash": b"", "policy_version": 1}
            moments = {
                "published_at": None if published is None else NOW - published * HOUR,
                "first_seen_at": NOW - seen * HOUR,
            }
            connection.execute(insert(ArticleRow).values(row | moments | more))
            for feed_id in {1 + number % 2, 2}:
                connection.execute(insert(SightingRow).values(_sighting(feed_id, number)))
    return store


def _sighting(feed_id: int, number: int) -> dict[str, Any]:
    hashes = {"guid_hash": b"%d" % number, "fingerprint": b"", "content_hash": b"", "guid": f"g{number}", "length": 0}
    moments = dict.fromkeys(("said_at", "read_at", "first_seen_at"), NOW)
    return {"feed_id": feed_id, "article_id": number} | moments | hashes


def _ids(store: Engine, **wanted: Any) -> list[int]:
    with reading(store) as connection:
        found = [row["id"] for row in list_articles(connection, Wanted(**wanted))]
        assert count_listed_articles(connection, Wanted(**wanted)) == Counted(len(found))
    return found


@pytest.mark.parametrize(
    ("sort", "newest_first"),
    [
        # What has no date comes where it was first seen.
        (Sort.PUBLISHED, [3, 4, 2, 1]),
        (Sort.SEEN, [4, 3, 2, 1]),
        (Sort.ID, [4, 3, 2, 1]),
        (None, [4, 3, 2, 1]),
    ],
)
def test_each_order_goes_both_ways(filled: Engine, sort: Sort | None, newest_first: list[int]) -> None:
    assert _ids(filled, sort=sort, newest_first=True) == newest_first
    assert _ids(filled, sort=sort) == newest_first[::-1]


@pytest.mark.parametrize(
    ("sort", "since", "until", "found"),
    [
        (Sort.PUBLISHED, 3, None, [2, 4, 3]),
        (Sort.SEEN, 3, 1, [2, 3]),
        (Sort.ID, 3, 1, [2, 3]),
        (None, 3, 1, [2, 3]),
    ],
)
def test_a_time_is_that_of_first_sight_in_whichever_order(
    filled: Engine, sort: Sort | None, since: int, until: int | None, found: list[int]
) -> None:
    bounds = {"since": NOW - since * HOUR, "until": None if until is None else NOW - until * HOUR}
    assert _ids(filled, sort=sort, **bounds) == found


@pytest.mark.parametrize(("since", "until", "found"), [(9, 2, [1, 2]), (2, 0, [4, 3]), (4, 3, [])])
def test_a_time_may_be_that_of_publication(filled: Engine, since: int, until: int, found: list[int]) -> None:
    bounds = {"since": NOW - since * HOUR, "until": NOW - until * HOUR}
    assert _ids(filled, sort=Sort.PUBLISHED, is_published_then=True, **bounds) == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"agency": "ANI"}, [2, 1]),
        ({"language": "en"}, [2, 1]),
        ({"language": "EN-gb"}, [1]),
        ({"tag": "POLITICS"}, [4, 1]),
        ({"tag": "polit"}, []),
        ({"feed_id": 1}, [4, 2]),
        ({"feed_id": 1, "agency": "TASS", "tag": "politics"}, [4]),
    ],
)
def test_filters_let_only_their_own_pass(filled: Engine, wanted: dict[str, Any], found: list[int]) -> None:
    assert _ids(filled, sort=Sort.PUBLISHED, newest_first=True, **wanted) == found


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize(
    "wanted",
    [
        *({"sort": sort} for sort in (*Sort, None)),
        *({"sort": sort, "since": NOW - 9 * HOUR} for sort in (*Sort, None)),
        {"sort": Sort.PUBLISHED, "since": NOW - 9 * HOUR, "is_published_then": True},
        {"feed_id": 2, "since": NOW - 9 * HOUR},
    ],
)
def test_pages_that_follow_one_another_have_each_article_once(
    filled: Engine, wanted: dict[str, Any], newest_first: bool
) -> None:
    whole = Wanted(**wanted, newest_first=newest_first)
    with reading(filled) as connection:
        assert list(_walk(connection, whole)) == [row["id"] for row in list_articles(connection, whole)]


def _walk(connection: Connection, whole: Wanted) -> Iterator[int]:
    moment_of, cursor = moment_of_articles(whole), None
    while True:
        after = read_cursor(cursor, kinds_of_place(moment_of)) if cursor else None
        page, cursor = cut_page(list_articles(connection, replace(whole, after=after, limit=2)), 1, moment_of)
        yield from (row["id"] for row in page)
        if cursor is None:
            break


def test_what_is_added_meanwhile_moves_no_page(filled: Engine) -> None:
    wanted = Wanted(sort=Sort.PUBLISHED, newest_first=True, limit=2)
    with reading(filled) as connection:
        _, second = list_articles(connection, wanted)
    with writing(filled) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id == 1).values(published_at=NOW))
    with reading(filled) as connection:
        rest = list_articles(connection, replace(wanted, after=place_of(second, moment_of_articles(wanted))))
        assert [row["id"] for row in rest] == [2]


def test_a_limit_holds_for_dated_and_undated_ones_together(filled: Engine) -> None:
    with reading(filled) as connection:
        wanted = Wanted(sort=Sort.PUBLISHED, newest_first=True, limit=3)
        assert [row["id"] for row in list_articles(connection, wanted)] == [3, 4, 2]


def test_many_are_counted_up_to_a_bound_and_a_search_of_many_is_not_made_twice(filled: Engine) -> None:
    more = text(
        "INSERT INTO articles (feed_id, guid, title, authors, first_seen_at, summary, html, text, tags, enclosures,"
        " content_hash, policy_version, revision) SELECT 1, 'm', 'M', authors, first_seen_at, '', '', '', tags,"
        " enclosures, content_hash, 1, 1 FROM articles"
    )
    with writing(filled) as connection:
        for _ in range(12):
            connection.execute(more)
    with reading(filled) as connection:
        assert count_listed_articles(connection, Wanted()) == Counted(10_000, "more than")
        assert count_listed_articles(connection, Wanted(agency="TASS")) == Counted(1)
        assert count_listed_articles(connection, Wanted(text="M")) is None
