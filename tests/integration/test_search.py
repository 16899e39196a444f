"""What search finds, on both databases, and that its index says what the articles say, whoever writes them."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, text

from worker.copying.store_copy import copying
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import keep_index, open_store, reading, writing
from worker.database.story_tables import StoryRow
from worker.errors import NamedError, UsageError
from worker.look.article_listing import list_articles, select_articles
from worker.look.listings import Wanted
from worker.manage.feeds import NewFeed, add_feeds
from worker.search import fts5
from worker.search.indexing import SearchedArticle, count_waiting, index_articles, index_waiting, wait_again
from worker.search.matching_ids import find_newest
from worker.search.query_reading import read_query
from worker.search.searching import Order, SearchPage, search_articles

DAY = timedelta(days=1)
# Title, text, and what else matters; each first seen a day after the one before, the last an hour ago.
ARTICLES: list[tuple[str, str, dict[str, Any]]] = [
    ("Climate talks", "Leaders of New York met in São Paulo.", {"language": "en-GB", "tags": ["Climate change", "EU"]}),
    ("東京の天気", "今日は東京で良い天気ですね。", {"language": "ja", "tags": ["天気"]}),
    ("Élections", "Les électeurs français votent.", {"language": "fr", "agency": "AFP"}),
    ("ทดสอบ", "ภาษาไทยเป็นภาษาที่สวย", {"language": "th", "tags": ["change"]}),
    ("The Who", "To be or not to be: York is new, covid-19 is not.", {"tags": ["EU"]}),
    ("Weather", "The climate of Paris, and of New Paris.", {"language": "en", "agency": "Reuters"}),
]

# Which articles a query finds, by their numbers.
FOUND = {
    "climate": [1, 6],
    "CLIMATE paris": [6],
    '"new york"': [1],
    "new york": [1, 5],
    "sao paulo": [1],
    "electeurs": [3],
    "ÉLECTEURS": [3],
    "天気": [2],
    "気天": [],
    "良い天": [2],
    "ไทย": [4],
    "clim*": [1, 6],
    "lim*": [],
    "covid-19": [5],
    '"to be or not"': [5],
    "the who": [5],
    "climate OR who": [1, 5, 6],
    "climate -paris": [1],
    "climate -title:weather": [1],
    "-climate -天気": [3, 4, 5],
    "title:climate": [1],
    "title:climate OR paris": [1, 6],
    'tag:"climate change"': [1],
    "tag:climate": [],
    "tag:CHANGE": [4],
    "tag:天気": [2],
    "tag:eu -climate": [5],
    "-tag:eu climate": [6],
    "lang:en": [1, 6],
    "lang:en-gb": [1],
    "lang:e": [],
    "-lang:en new": [5],
    "agency:Reuters": [6],
    "-agency:afp lang:fr": [],
    "feed:1 climate": [1],
    "feed:https://b.example": [5, 6],
    "feed:bugle new": [1],
    "-feed:1 climate": [6],
    "story:1": [1, 6],
    "-story:1 new": [5],
    "since:36h": [5, 6],
    "until:4d climate": [1],
    "since:3d until:36h": [4],
    "since:2999-01-01": [],
    "until:1999-01-01": [],
    "": [1, 2, 3, 4, 5, 6],
    # What would be operators of a database.
    'NEAR(new york) "; DROP TABLE articles --"': [],
    "new & york | ! <-> :* ' \\ %": [1, 5],
}


@pytest.fixture
def filled(store: Engine) -> Engine:
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed("https://a.example/"), NewFeed("https://b.example/")])
        connection.execute(text("UPDATE feeds SET title = 'Daily Bugle' WHERE id = 1"))
        for number, (title, body, more) in enumerate(ARTICLES, start=1):
            seen = now - (len(ARTICLES) - number) * DAY - timedelta(hours=1)
            add_article(connection, number, title=title, text=body, first_seen_at=seen, **more)
        connection.execute(
            insert(StoryRow).values(id=1, first_article_id=1, size=2, first_seen_at=now, last_seen_at=now)
        )
        connection.execute(text("UPDATE articles SET story_id = 1 WHERE id IN (1, 6)"))
    assert sum(index_waiting(store)) == len(ARTICLES)
    return store


def add_article(connection: Connection, number: int, **values: Any) -> None:
    row = {"id": number, "feed_id": 1, "guid": f"g{number}", "authors": [], "tags": [], "summary": "", "html": ""}
    row |= {"enclosures": [], "content_hash": b"", "policy_version": 1, "first_seen_at": read_clock(connection).now()}
    connection.execute(insert(ArticleRow).values(row | values))
    seen = dict.fromkeys(("said_at", "read_at", "first_seen_at"), (row | values)["first_seen_at"])
    sighting = {"feed_id": 1 + number // 5, "article_id": number, "guid": "g", "guid_hash": b"%d" % number, "length": 0}
    connection.execute(insert(SightingRow).values(sighting | seen | {"fingerprint": b"", "content_hash": b""}))


def search(store: Engine, query: str, **options: Any) -> SearchPage:
    with reading(store) as connection:
        return search_articles(connection, read_query(query), **options)


def found(store: Engine, query: str) -> list[int]:
    return sorted(row["id"] for row in search(store, query))


def test_a_query_finds_the_same_articles_in_both_databases(filled: Engine) -> None:
    assert {query: found(filled, query) for query in FOUND} == FOUND


def test_postgresql_finds_words_of_the_same_stem_in_the_articles_language(postgres: Engine) -> None:
    with writing(postgres) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed("https://a.example/")])
        for number, (body, language) in enumerate([("It runs", "en"), ("It runs", None), ("Les élections", "fr")], 1):
            add_article(connection, number, title="", text=body, language=language)
    assert sum(index_waiting(postgres)) == 3
    assert [found(postgres, query) for query in ("running", "runs", "election")] == [[1], [1, 2], [3]]


def test_a_feed_that_is_none_is_named(filled: Engine) -> None:
    for query in ("feed:nothing", "feed:99", "feed:https://c.example/", "feed:http://["):
        with pytest.raises(NamedError, match=r"No feed is called|names no feed"):
            search(filled, query)


def test_a_row_has_the_fields_of_listed_articles_with_excerpt_and_score(filled: Engine) -> None:
    (row,) = search(filled, '"new york"')
    assert row.keys() - {"excerpt", "score"} == set(select_articles().selected_columns.keys())
    assert row["excerpt"] == (("Leaders of ", False), ("New York", True), (" met in São Paulo.", False))
    assert row["score"] > 0
    assert [row["score"] for row in search(filled, "lang:fr")] == [None]


def test_a_word_in_the_title_counts_more_and_otherwise_the_newest_comes_first(filled: Engine) -> None:
    assert [row["id"] for row in search(filled, "climate")] == [1, 6]
    assert [row["id"] for row in search(filled, "climate", order=Order.NEWEST)] == [6, 1]
    assert [row["id"] for row in search(filled, "")] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("phrase", ["tram", '"green tram"'])
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_sqlite_weighs_what_very_many_articles_have_by_their_titles(store: Engine, phrase: str) -> None:
    with writing(store) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed(f"https://a{n}.example/") for n in range(102)])
        for number in range(1, 502):
            title = "A green tram" if number == 7 else "Rails" if number == 9 else "News"
            add_article(connection, number, title=title, text="The green tram came.")
    assert sum(index_waiting(store)) == 501

    with reading(store) as connection:
        ranked = partial(fts5.rank, connection, ids=range(1, 502), most_counted=100)
        by_title = ranked(read_query(phrase))
        with_rare = ranked(read_query(f"{phrase} OR rails"))

    assert [article_id for article_id, score in by_title.items() if score] == [7]
    assert len(by_title) == 501
    assert max(with_rare, key=lambda each: with_rare[each]) == 9


def test_postgresql_finds_all_that_match_whether_many_of_the_newest_do_or_an_old_one_alone(postgres: Engine) -> None:
    with writing(postgres) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed("https://a.example/")])
        row = {"feed_id": 1, "guid": "g", "authors": [], "tags": [], "summary": "", "html": "", "enclosures": []}
        row |= {"content_hash": b"", "policy_version": 1, "first_seen_at": now, "title": "News"}
        words = {1: "A heron.", 2: "A tram."} | dict.fromkeys(range(20_001, 20_301), "A tram.")
        connection.execute(insert(ArticleRow), [row | {"id": number, "text": text} for number, text in words.items()])
    assert sum(index_waiting(postgres)) == 302

    with reading(postgres) as connection:
        newest = partial(find_newest, connection, before=None, most=1_001)
        assert list(newest(read_query("heron"))) == [1]
        assert list(newest(read_query("tram"))) == [*range(20_300, 20_000, -1), 2]


def test_pages_go_on_where_the_last_one_ended(filled: Engine) -> None:
    for query, order in product(("new OR 天 OR electeurs OR ภ", "", "-climate"), Order):
        whole = [row["id"] for row in search(filled, query, order=order)]
        assert [row["id"] for row in _walk(filled, query, order)] == whole


def _walk(store: Engine, query: str, order: Order) -> Iterator[Any]:
    after = None
    while True:
        page = search(store, query, order=order, limit=2, after=after)
        yield from page
        if (after := page.after) is None:
            return


def test_an_article_that_comes_between_two_pages_moves_none(filled: Engine) -> None:
    first = search(filled, "new", limit=2)
    with writing(filled) as connection:
        add_article(connection, 7, title="New new new", text="new")
    assert sum(index_waiting(filled)) == 1
    rest = search(filled, "new", limit=9, after=first.after)
    assert sorted(row["id"] for row in [*first, *rest]) == [1, 5, 6]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_place_that_is_none_is_refused(store: Engine) -> None:
    for after in ("", "x", "n", "r_1_2", "n__x_", "r_1_2_x", "r_1_2_3_4", "n_" + "9" * 99):
        with pytest.raises(UsageError, match="is no place in results|in another order"):
            search(store, "", after=after)


def test_an_article_whose_words_change_is_found_by_the_new_ones_only_once_it_is_indexed(filled: Engine) -> None:
    with writing(filled) as connection:
        connection.execute(text("UPDATE articles SET title = 'Snow', text = '雪' WHERE id IN (2, 6)"))
        connection.execute(text("UPDATE articles SET story_id = 9 WHERE id = 1"))
        assert count_waiting(connection, 9) == 2
    assert [found(filled, query) for query in ("天気", "climate", "snow")] == [[], [1], []]
    assert sum(index_waiting(filled)) == 2
    assert [found(filled, query) for query in ("天気", "climate", "snow", "雪")] == [[], [1], [2, 6], [2, 6]]
    check_index(filled)


def test_an_article_that_is_deleted_by_hand_is_found_no_more(filled: Engine) -> None:
    with writing(filled) as connection:
        add_article(connection, 7, title="Waiting", text="")
        connection.execute(text("DELETE FROM articles WHERE id IN (2, 5, 7)"))
        assert count_waiting(connection, 9) == 0
    assert [found(filled, query) for query in ("天気", "york", "-xyz")] == [[], [1], [1, 3, 4, 6]]
    check_index(filled)


def test_what_is_stored_without_an_index_waits_and_is_listed_by_its_text_meanwhile(filled: Engine) -> None:
    keep_index(filled, is_on=False)
    with writing(filled) as connection:
        add_article(connection, 7, title="Unindexed climate", text="")
        index_articles(connection, [SearchedArticle(7, "Unindexed climate", "", (), None, None)])
        assert count_waiting(connection, 9) == 1
    assert found(filled, "climate") == [1, 6]
    keep_index(filled, is_on=True)
    with reading(filled) as connection:
        assert [row["id"] for row in list_articles(connection, Wanted(text="climate"))] == [1, 6, 7]
        assert [row["id"] for row in list_articles(connection, Wanted(text="york new"))] == [1, 5]
    assert sum(index_waiting(filled)) == 1
    assert found(filled, "climate") == [1, 6, 7]
    check_index(filled)


def test_an_indexed_article_is_not_indexed_twice(filled: Engine) -> None:
    with writing(filled) as connection:
        index_articles(connection, [SearchedArticle(2, *ARTICLES[1][:2], ("天気",), "ja", None)])
    check_index(filled)


def test_an_index_that_is_emptied_is_made_anew(filled: Engine) -> None:
    wait_again(filled)
    assert (found(filled, "climate"), found(filled, "天気")) == ([], [])
    assert sum(index_waiting(filled)) == len(ARTICLES)
    assert (found(filled, "climate"), found(filled, "天気")) == ([1, 6], [2])
    check_index(filled)


def test_a_copy_of_a_store_waits_to_be_indexed(filled: Engine, tmp_path: Path) -> None:
    target = open_store(f"sqlite:///{tmp_path}/copy.db")
    with copying(filled, target) as copy:
        for _ in copy.tables():
            pass
        copy.finish()
    with reading(target) as connection:
        assert count_waiting(connection, 9) == len(ARTICLES)
    assert sum(index_waiting(target)) == len(ARTICLES)
    assert (found(target, "climate"), found(target, "天気")) == ([1, 6], [2])
    check_index(target)
    target.dispose()


def check_index(store: Engine) -> None:
    """Hold the index against the articles."""
    with writing(store) as connection:
        assert count_waiting(connection, 9) == 0
        if store.dialect.name == "sqlite":
            connection.execute(text("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"))
            return
        indexed = connection.execute(text("SELECT article_id FROM search_words ORDER BY article_id")).scalars().all()
        assert indexed == connection.execute(select(ArticleRow.id).order_by(ArticleRow.id)).scalars().all()
