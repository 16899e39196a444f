"""Search by relevance of what very many articles have: the newest are ranked together, then older ones."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, text

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import reading, writing
from worker.manage.feeds import NewFeed, add_feeds
from worker.search.indexing import index_waiting, wait_again
from worker.search.matching_ids import find_block
from worker.search.query_reading import read_query
from worker.search.searching import MOST_RANKED, Order, walk_found

THEN = datetime(2026, 11, 24, 12, tzinfo=UTC)


def store_articles(connection: Connection, words: dict[int, str]) -> None:
    """Store articles of one feed, each with its id and text."""
    add_feeds(connection, THEN, [NewFeed("https://a.example/")])
    row = {"feed_id": 1, "guid": "g", "authors": [], "tags": [], "summary": "", "html": "", "enclosures": []}
    row |= {"content_hash": b"", "policy_version": 1, "first_seen_at": THEN, "title": "News"}
    connection.execute(insert(ArticleRow), [row | {"id": number, "text": words[number]} for number in words])
    sighting: dict[str, Any] = {"feed_id": 1, "guid": "g", "fingerprint": b"", "content_hash": b"", "length": 0}
    sighting |= {"said_at": THEN, "read_at": THEN, "first_seen_at": THEN}
    rows = [sighting | {"article_id": number, "guid_hash": number.to_bytes(16)} for number in words]
    connection.execute(insert(SightingRow), rows)


def fill(store: Engine, words: dict[int, str]) -> None:
    """Store and index articles, and have the database count what there is."""
    with writing(store) as connection:
        store_articles(connection, words)
    sum(index_waiting(store))
    with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # codespell:ignore analyze


def blocks(store: Engine, query: str) -> list[list[int]]:
    """Return the ids of all that match, block by block, the newest first."""
    found, before = [], None
    with reading(store) as connection:
        while True:
            block = find_block(connection, read_query(query), before, MOST_RANKED)
            found.append(list(block.ids))
            before = block.rest
            if before is None:
                return found


def down(first: int, last: int) -> list[int]:
    return list(range(last, first - 1, -1))


def having(word: str, *numbers: Iterable[int]) -> dict[int, str]:
    return {number: f"A {word}." for some in numbers for number in some}


def test_on_postgresql_the_newest_of_a_common_word_are_ranked_first(postgres: Engine) -> None:
    fill(postgres, having("tram", range(1, 601), range(20_001, 20_301)))
    assert blocks(postgres, "tram") == [down(20_001, 20_300), down(1, 600)]


def test_on_postgresql_no_block_follows_where_none_is_older(postgres: Engine) -> None:
    fill(postgres, having("tram", range(20_001, 20_601)) | {1: "A heron."})
    assert blocks(postgres, "tram") == [down(20_001, 20_600)]


def test_on_postgresql_a_common_word_that_only_old_articles_have_is_found(postgres: Engine) -> None:
    fill(postgres, having("tram", range(1, 901)) | {30_000: "A heron."})
    assert blocks(postgres, "tram") == [down(1, 900)]


def test_on_postgresql_very_many_old_articles_are_ranked_some_at_a_time(postgres: Engine) -> None:
    fill(postgres, {30_000: "A heron."})
    with writing(postgres) as connection:
        # The index alone, for there are too many to store.
        made = "SELECT n, to_tsvector('simple', 'a tram') FROM generate_series(1, 20100) AS n"
        connection.execute(text(f"INSERT INTO search_words {made}"))
    first, second, *_ = blocks(postgres, "tram")
    assert [first, second] == [down(20_001, 20_100), down(19_001, 20_000)]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_on_sqlite_the_newest_of_a_feed_with_a_common_word_are_ranked_first(store: Engine) -> None:
    fill(store, having("tram", range(1, 301), range(300_001, 300_201)))
    assert blocks(store, "tram feed:1") == [down(300_001, 300_200), down(1, 300)]
    assert blocks(store, "tram") == [[*down(300_001, 300_200), *down(1, 300)]]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_on_sqlite_a_feed_whose_articles_are_old_is_searched_whole(store: Engine) -> None:
    fill(store, having("tram", range(1, 401), range(300_001, 300_011)))
    assert blocks(store, "tram feed:1") == [[*down(300_001, 300_010), *down(1, 400)]]


def test_a_feed_with_few_articles_is_searched_whole(store: Engine) -> None:
    fill(store, having("tram", range(1, 51), range(300_001, 300_050)))
    assert blocks(store, "tram feed:1") == [[*down(300_001, 300_049), *down(1, 50)]]
    assert blocks(store, "tram -feed:1") == [[]]


@pytest.mark.parametrize("order", Order)
def test_the_pages_of_several_blocks_have_each_article_once(store: Engine, order: Order) -> None:
    words = having("tram", range(1, 601), range(300_001, 300_301)) | {300_250: "Tram, tram and tram: a tram."}
    fill(store, words)
    with reading(store) as connection:
        found = [row["id"] for row in walk_found(connection, read_query("tram feed:1"), order)]
    assert sorted(found) == sorted(words)
    assert found[0] == (300_250 if order is Order.RELEVANCE else 300_300)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_sqlite_merges_many_parts_of_its_index_at_once_even_after_it_was_emptied(store: Engine) -> None:
    wait_again(store)
    with reading(store) as connection:
        rows = connection.execute(text("SELECT k, v FROM search_index_config")).all()
    assert {("automerge", 32), ("crisismerge", 64)} <= {tuple(row) for row in rows}
