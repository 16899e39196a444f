"""Articles are found over HTTP as by the command, page after page; a query that is none is refused by name."""

from urllib.parse import quote

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from tests.asking import ask
from tests.grouping import add_articles
from worker.search.indexing import index_waiting
from worker.settings import Settings
from worker.web.application import make_application


@pytest.fixture
def interface(store: Engine) -> Starlette:
    add_articles(store, ["The harbour bridge is closed.", "A bridge, and a bridge again.", "The council met."])
    for _ in index_waiting(store):
        pass
    return make_application(store, Settings(web_rate=100_000))


def test_what_matches_is_found_with_an_excerpt(interface: Starlette) -> None:
    found = ask(interface, "/v1/search?q=harbour").json
    (article,) = found["articles"]
    assert (article["id"], found["next"]) == (1, None)
    assert {"text": "harbour", "is_match": True} in article["excerpt"]
    assert "match_key" not in article


@pytest.mark.parametrize("sort", ["relevance", "newest"])
def test_pages_that_follow_one_another_have_each_article_once(interface: Starlette, sort: str) -> None:
    first = ask(interface, f"/v1/search?q=bridge&limit=1&sort={sort}").json
    second = ask(interface, first["next"]).json
    assert {first["articles"][0]["id"], second["articles"][0]["id"]} == {1, 2}
    assert second["next"] is None


@pytest.mark.parametrize(
    "query", ['"', "title:", "OR", "a" * 2_000, "since:never", "(", "' OR 1=1 --", "NEAR(a b)", "*"]
)
def test_an_odd_query_finds_nothing_odd(interface: Starlette, query: str) -> None:
    answer = ask(interface, f"/v1/search?q={quote(query)}")
    assert answer.status in {200, 400, 404}
    assert answer.status == 200 or answer.json["detail"]


def test_a_search_for_nothing_is_refused_by_name(interface: Starlette) -> None:
    assert ask(interface, "/v1/search").json["parameter"] == "q"
    assert ask(interface, "/v1/search?q=a&after=x").status == 400
