"""What polls store is found at once, and no longer by words that an edit took out."""

from tests.documents import item, rss
from tests.storing import poll_once
from worker.database.engine import reading
from worker.pipeline.tools import Tools
from worker.search.indexing import count_waiting
from worker.search.query_reading import read_query
from worker.search.searching import search_articles

URL = "http://127.0.0.1/feed"


def _count(tools: Tools, query: str) -> int:
    with reading(tools.engine) as connection:
        assert count_waiting(connection, 9) == 0
        return len(search_articles(connection, read_query(query)).articles)


def test_an_article_is_found_as_soon_as_it_is_stored_and_by_its_newest_words_only(tools: Tools) -> None:
    poll_once(tools, URL, rss([item("one", "Talks about the climate."), item("two", "天気がいい。")]))
    assert [_count(tools, query) for query in ("climate", "天気", "snow")] == [1, 1, 0]
    poll_once(tools, URL, rss([item("one", "Talks about the snow."), item("two", "雪がふる。")]))
    assert [_count(tools, query) for query in ("climate", "天気", "snow", "雪")] == [0, 0, 1, 1]
