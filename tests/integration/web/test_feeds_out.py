from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
import requests
from sqlalchemy import Engine

from tests.feed_rules import ATOM, atom_faults, json_faults, rss_faults
from tests.going_out import NOW, add_article, add_version, change_article, index, join_story
from tests.servers.web import web_server
from worker.database.engine import writing
from worker.manage.feed_tags import tag_feed
from worker.settings import Settings

FORMATS = {
    "atom": ("application/atom+xml", atom_faults),
    "rss": ("application/rss+xml", rss_faults),
    "json": ("application/feed+json", json_faults),
}
# For what is the same whatever the store is.
of_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
HOSTILE = "x\r\nSet-Cookie: a=b"


@pytest.fixture
def filled(store: Engine) -> Engine:
    with writing(store) as connection:
        for number in (1, 2, 3):
            add_article(connection, number)
        add_article(connection, 4, feed_id=2)
        tag_feed(connection, 2, ["World & <b>"])
    index(store)
    return store


@pytest.fixture
def at(filled: Engine) -> Iterator[str]:
    with web_server(filled) as at:
        yield at


def _get(url: str, **asked: Any) -> requests.Response:
    return requests.get(url, timeout=30, **asked)


@of_sqlite
@pytest.mark.parametrize("ending", FORMATS)
def test_each_format_is_served_as_what_it_is(at: str, ending: str):
    media_type, faults = FORMATS[ending]
    answer = _get(f"{at}/out/news.{ending}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, f"{media_type}; charset=utf-8")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["last-modified"] == "Tue, 24 Nov 2026 12:04:00 GMT"
    assert faults(answer.content) == []


@of_sqlite
def test_a_feed_names_its_own_address_and_its_query(at: str):
    feed = fromstring(_get(f"{at}/out/news.atom?q=words&limit=2").content)
    links = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert links == [feed.findtext(f"{ATOM}id")] == [f"{at}/out/news.atom?q=words&limit=2"]
    assert feed.findtext(f"{ATOM}title") == "words"
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == ["Title 4", "Title 3"]


def test_who_names_the_tag_of_an_answer_gets_none_until_something_changes(filled: Engine, at: str):
    first = _get(f"{at}/out/news.rss")
    again = _get(f"{at}/out/news.rss", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert again.headers["cache-control"] == "private, no-cache"
    assert first.headers["etag"].startswith('"')
    with writing(filled) as connection:
        # Nobody's words have changed, and no moment that is stored.
        change_article(connection, 1, tags=["New"])
    changed = _get(f"{at}/out/news.rss", headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, b"New" in changed.content) == (200, True)


def test_who_names_the_moment_of_an_answer_gets_none_until_a_version_or_a_kill_comes(filled: Engine, at: str):
    def ask(since: str) -> tuple[int, str]:
        answer = _get(f"{at}/out/news.json", headers={"If-Modified-Since": since})
        return answer.status_code, answer.headers["last-modified"]

    first = "Tue, 24 Nov 2026 12:04:00 GMT"
    assert ask(first) == (304, first)
    with writing(filled) as connection:
        add_version(connection, 1, NOW + timedelta(hours=1))
    second = "Tue, 24 Nov 2026 13:00:00 GMT"
    assert (ask(first), ask(second)) == ((200, second), (304, second))
    with writing(filled) as connection:
        add_article(connection, 90, notice="kill")
        change_article(connection, 2, killed_by=90)
    assert ask(second) == (200, "Tue, 24 Nov 2026 13:30:00 GMT")


@of_sqlite
def test_each_format_and_each_query_has_a_tag_of_its_own(at: str):
    asked = ["news.atom", "news.rss", "news.atom?q=words", "news.atom?title=x", "news.atom?limit=4", "other.atom"]
    tags = {_get(f"{at}/out/{each}").headers["etag"] for each in asked}
    assert len(tags) == len(asked)


@of_sqlite
def test_a_look_at_the_head_alone_tells_all_of_it(at: str):
    whole = _get(f"{at}/out/news.atom")
    head = requests.head(f"{at}/out/news.atom", timeout=30)
    names = ("etag", "last-modified", "content-type", "content-length", "cache-control")
    assert [head.headers[name] for name in names] == [whole.headers[name] for name in names]
    assert head.content == b""


def test_what_is_killed_is_withdrawn_and_a_kill_is_not_told(filled: Engine, at: str):
    with writing(filled) as connection:
        add_article(connection, 9, notice="kill", title="KILL")
        change_article(connection, 4, killed_by=9)
    answer = _get(f"{at}/out/news.json").json()
    first = answer["items"][0]
    assert [item["title"] for item in answer["items"][1:]] == ["Title 3", "Title 2", "Title 1"]
    assert (first["title"], first["date_modified"]) == ("Withdrawn by its publisher", "2026-11-24T12:09:00Z")
    assert first.keys() == {"id", "url", "title", "content_html", "date_published", "date_modified"}


@of_sqlite
def test_what_cannot_be_asked_for_is_told(at: str):
    named = "A feed out is named with .atom, .rss or .json, as /out/news.atom is."
    refusals = {
        "news.xml": (404, named),
        ".atom": (404, named),
        "..%2f..%2fetc%2fpasswd": (404, "Not Found."),
        "news.atom?limit=0": (400, "Limit is a number from 1 to 1,000; not '0'."),
        "news.atom?limit=1_0": (400, "Limit is a number from 1 to 1,000; not '1_0'."),
        "news.atom?collapse_stories=yes": (400, "Collapse_stories is 1 or 0; not 'yes'."),
        "news.atom?query=x": (400, "'query' is not asked for here: only q, limit, title, collapse_stories, before."),
        "news.atom?q=a&q=b": (400, "Q is asked for twice."),
        "news.atom?before=x": (400, "Before is the id of an article; not 'x'."),
        "news.atom?q=OR": (
            400,
            "The query is wrong at character 1, OR: OR stands between two words or phrases, neither of them with a -.",
        ),
        "feeds.opml?tag=nowhere": (404, "No feed has the tag nowhere: they have World & <b>."),
        f"news.atom?q={'x' * 9_000}": (
            414,
            "What is asked for is longer than 8,000 characters: ask for less at once.",
        ),
    }
    answers = {asked: _get(f"{at}/out/{asked}") for asked in refusals}
    assert {asked: (answer.status_code, answer.text.strip()) for asked, answer in answers.items()} == refusals
    assert {answer.headers["content-type"] for answer in answers.values()} == {"text/plain; charset=utf-8"}


@pytest.mark.parametrize("ending", ["atom", "rss", "json"])
@of_sqlite
def test_what_is_asked_for_breaks_out_of_no_document(at: str, ending: str):
    title = "</title><script>]]>\x00\ufffe\u202e"
    answer = _get(f"{at}/out/a<b>.{ending}", params={"title": title + HOSTILE, "q": '"><x' + HOSTILE})
    assert answer.status_code in {200, 400}
    assert "set-cookie" not in answer.headers
    assert (
        answer.status_code == 400
        or {"atom": atom_faults, "rss": rss_faults, "json": json_faults}[ending](answer.content) == []
    )


@of_sqlite
def test_a_host_that_is_made_up_breaks_out_of_no_document(filled: Engine):
    with web_server(filled, Settings(web_token="s" * 32)) as at:
        answer = _get(f"{at}/out/n.rss", auth=("any", "s" * 32), headers={"Host": 'evil"><script>'})
    assert (answer.status_code, rss_faults(answer.content)) == (200, [])


@of_sqlite
def test_a_reader_that_sends_a_name_and_the_token_is_let_in_and_the_token_is_not_told(filled: Engine):
    token = "t0ken-" * 6
    with web_server(filled, Settings(web_token=token)) as at:
        assert _get(f"{at}/out/news.atom").status_code == 401
        answer = _get(f"{at}/out/news.atom".replace("://", f"://reader:{token}@"))
    assert (answer.status_code, token in answer.text) == (200, False)


@of_sqlite
def test_feeds_are_listed_by_tag(at: str):
    listed, all_listed = _get(f"{at}/out/feeds.opml", params={"tag": "World & <b>"}), _get(f"{at}/out/feeds.opml")
    assert listed.headers["content-type"] == "text/x-opml; charset=utf-8"
    assert [outline.get("xmlUrl") for outline in fromstring(listed.content).iter("outline")] == [
        None,
        "https://gazette.example/2",
    ]
    assert len([*fromstring(all_listed.content).iter("outline")]) == 3


def test_pages_go_on_where_the_one_before_ended(at: str):
    found, following = [], f"{at}/out/news.json?limit=3&title=x"
    while following:
        page = _get(following).json()
        found.append([item["title"] for item in page["items"]])
        following = page.get("next_url")
    assert found == [["Title 4", "Title 3", "Title 2"], ["Title 1"]]


def test_a_story_goes_out_once_and_names_the_others(filled: Engine, at: str):
    with writing(filled) as connection:
        join_story(connection, 1, 3, 4)
    feed = fromstring(_get(f"{at}/out/news.atom?collapse_stories=1").content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Title 1", "Title 2"]
    related = [link.get("href") for link in entries[0].findall(f"{ATOM}link") if link.get("rel") == "related"]
    assert related == ["https://gazette.example/3.html", "https://gazette.example/4.html"]
