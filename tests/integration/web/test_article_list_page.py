"""The page of articles: which are listed, what is searched, and what a wrong form is answered."""

import re

import pytest
import requests
from sqlalchemy import Engine

from tests.page_parts import find_foreign
from tests.servers.web import web_server
from tests.stored_articles import HOUR, THEN, add_article

ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
HOSTILE = '"><script>alert(1)</script>\u202e{{ 7 * 7 }}'


def _get(at: str, **query: str) -> requests.Response:
    return requests.get(f"{at}/articles", query, headers={"Accept": "text/html"}, timeout=30)


def _titles(page: requests.Response) -> list[str]:
    rows = page.text.partition('<ol class="rows articles">')[2]
    links = re.findall(r'<a href="/articles/\d+">(.*?)</a>', rows, re.DOTALL)
    return [re.sub("<[^>]*>", "", link).strip() for link in links]


@pytest.fixture
def filled(store: Engine) -> Engine:
    add_article(store, "Ice on the lake", text="The lake ice sings.", agency="AFP", language="en", tags=["Lakes"])
    add_article(store, "Ferry stays in port", text="It waits for ice.", published_at=THEN - HOUR, language="de")
    add_article(
        store, "Undated", text="Nothing", published_at=None, first_seen_at=THEN - 2 * HOUR, feed="https://b.example/"
    )
    return store


def test_articles_are_listed_the_newest_first_and_as_filters_let_them_pass(filled: Engine) -> None:
    with web_server(filled) as at:
        pages = [
            _get(at, **query)
            for query in (
                {},
                {"feed": "https://b.example/"},
                {"agency": "Agence France-Presse"},
                {"tag": "lakes"},
                {"language": "de"},
                {"until": "2026-11-24T11:30"},
                {"order": "seen"},
            )
        ]
    assert [page.status_code for page in pages] == [200] * 7
    assert [_titles(page) for page in pages] == [
        ["Ice on the lake", "Ferry stays in port", "Undated"],
        ["Undated"],
        ["Ice on the lake"],
        ["Ice on the lake"],
        ["Ferry stays in port"],
        ["Ferry stays in port", "Undated"],
        ["Ferry stays in port", "Ice on the lake", "Undated"],
    ]
    assert "3 articles" in pages[0].text


def test_a_search_marks_what_it_found_in_titles_and_excerpts(filled: Engine) -> None:
    with web_server(filled) as at:
        ranked, newest = _get(at, q="ice"), _get(at, q="ICE", order="newest", language="de")
    assert _titles(ranked) == ["Ice on the lake", "Ferry stays in port"]
    assert "The lake <mark>ice</mark> sings." in ranked.text
    assert "<mark>Ice</mark> on the lake" in ranked.text
    assert _titles(newest) == ["Ferry stays in port"]


@ON_SQLITE
def test_a_page_leads_to_the_next_one_until_all_are_seen(store: Engine) -> None:
    for number in range(45):
        add_article(store, f"Title {number}", text="words", published_at=THEN + number * HOUR)
    with web_server(store) as at:
        for query in ("order=published", "q=words"):
            first = requests.get(f"{at}/articles?{query}", timeout=30)
            (following,) = re.findall(r'rel="next" href="\?([^"]*)"', first.text)
            second = requests.get(f"{at}/articles?{following.replace('&amp;', '&')}", timeout=30)
            assert len(_titles(first)) == 40
            assert sorted(_titles(first) + _titles(second)) == sorted(f"Title {number}" for number in range(45))
            assert 'rel="next"' not in second.text


@ON_SQLITE
def test_what_is_listed_can_be_had_as_a_feed(filled: Engine) -> None:
    with web_server(filled) as at:
        page = _get(at, q="lake ice", agency="AFP").text
    assert 'href="/out/articles.atom?q=lake%20ice%20agency%3A%22AFP%22"' in page
    assert set(re.findall(r"/out/articles\.(\w+)", page)) == {"atom", "rss", "json"}


WRONG = [
    ({"q": '"lake'}, "q", "The query is wrong at character 1, &#34;lake: its quotation mark is not closed."),
    ({"q": "feed:nobody"}, "q", "No feed is called nobody"),
    ({"q": " ".join(["word"] * 400)}, "q", "it is one of more than 100 words and fields"),
    ({"feed": "99"}, "feed", "There is no feed 99"),
    ({"since": "yesterday"}, "since", "neither a duration such as 2d or 1h30m nor a date"),
    ({"since": "2026-11-24", "until": "2026-11-01"}, "until", "That is not after the beginning"),
    ({"since": "99999999w"}, "since", "is neither a duration"),
    ({"q": "ice", "after": "xx"}, "q", "is no place in results"),
]


@ON_SQLITE
def test_what_is_wrong_in_the_form_is_told_beside_it(filled: Engine) -> None:
    with web_server(filled) as at:
        for query, field, sentence in WRONG:
            page = _get(at, **query)
            told = page.text.partition(f'id="wrong-{field}" role="alert">')[2].partition("</p>")[0]
            assert (page.status_code, _titles(page)) == (400, [])
            assert sentence in told


@ON_SQLITE
def test_a_place_that_no_page_led_to_is_told_and_the_first_page_offered(filled: Engine) -> None:
    with web_server(filled) as at:
        page = _get(at, after="xx", tag="lakes")
    assert page.status_code == 400
    assert "Where this page begins cannot be read: no page led there." in page.text
    assert '<a href="?tag=lakes">The first page</a>' in page.text


@ON_SQLITE
def test_whatever_is_asked_for_stays_words(store: Engine) -> None:
    add_article(store, HOSTILE, text=HOSTILE, summary=HOSTILE, authors=[HOSTILE], language=HOSTILE, agency=HOSTILE)
    names = ("q", "feed", "tag", "agency", "language", "since", "until", "order", "after")
    with web_server(store) as at:
        pages = [_get(at), _get(at, q="script"), *(_get(at, **{name: HOSTILE}) for name in names)]
        pages += [_get(at, q="' OR 1=1; DROP TABLE articles;--"), _get(at, tag="\x00'\"\\%_")]
    assert {page.status_code for page in pages} <= {200, 400}
    assert [find_foreign(page.text) for page in pages] == [[]] * len(pages)
    assert all("\u202e" not in page.text for page in pages)


@ON_SQLITE
def test_a_store_without_articles_says_what_to_do(store: Engine) -> None:
    with web_server(store) as at:
        empty, unmatched = _get(at), _get(at, q="ice")
    assert "No articles yet: <code>feedmill run</code> fetches" in empty.text
    assert "No article matches." in unmatched.text
