"""The interface answers with what the commands list, page after page, and refuses what cannot be, whatever it is."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from tests.asking import Answered, ask
from tests.filled import ROWS, fill_as_polls_do
from worker.basics.json_lines import write_json_line
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.look.article_listing import as_shown, list_articles
from worker.look.article_page import find_whole_article
from worker.look.feed_listing import list_feeds
from worker.look.host_listing import list_hosts
from worker.look.listings import Sort, Wanted
from worker.look.poll_listing import list_polls
from worker.settings import Settings
from worker.web.application import make_application

# What has nothing to do with the database.
_ON_ONE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def interface(store: Engine) -> Starlette:
    fill_as_polls_do(store)
    return make_application(store, Settings(web_rate=100_000))


def _as_json(rows: Any) -> list[Any]:
    return [orjson.loads(write_json_line(row)) for row in rows]


def test_rows_are_those_of_the_commands(interface: Starlette, store: Engine) -> None:
    published = Wanted(sort=Sort.PUBLISHED, newest_first=True)
    with reading(store) as connection:
        now = read_clock(connection).now()
        told = {
            "articles": _as_json(map(as_shown, list_articles(connection, published))),
            "feeds": _as_json(list_feeds(connection, now, Wanted(is_polled=True))),
            "polls": _as_json(list_polls(connection, Wanted(newest_first=True))),
            "hosts": _as_json(list_hosts(connection, now)),
        }
        article = find_whole_article(connection, 1)
    for key, rows in told.items():
        assert ask(interface, f"/v1/{key}").json == {key: rows, "next": None}
    assert ask(interface, "/v1/articles/1").json == orjson.loads(write_json_line(article or {}))
    assert len(told["articles"]) == ROWS


def _walk(interface: Starlette, target: str, key: str) -> Iterator[Any]:
    while target:
        answer = ask(interface, target)
        assert answer.status == 200, answer.text
        yield from answer.json[key]
        target = answer.json["next"]
        assert answer.headers.get("link") == (f'<{target}>; rel="next"' if target else None)


LISTS = [
    "/v1/articles?sort=published",
    "/v1/articles?sort=seen&order=oldest",
    "/v1/articles?sort=id&since=1980-01-01",
    "/v1/articles?since=1980-01-01&until=2027-01-01",
    "/v1/polls?since=1980-01-01",
    "/v1/polls?order=oldest",
    "/v1/feeds?since=36000d",
    "/v1/feeds/1/polls?since=1980-01-01",
    "/v1/hosts?text=a",
]


def test_pages_and_lines_have_the_same_rows(interface: Starlette) -> None:
    for target in LISTS:
        key = target.partition("?")[0].rpartition("/")[2]
        whole = ask(interface, target).json[key]
        assert list(_walk(interface, f"{target}&limit=1", key)) == whole
        lines = ask(interface, f"{target}&format=jsonl")
        assert (lines.status, lines.headers["content-type"]) == (200, "application/jsonl")
        assert [orjson.loads(line) for line in lines.body.splitlines()] == whole


@_ON_ONE
def test_a_reader_may_ask_for_lines_by_what_it_accepts_and_for_some_of_them(interface: Starlette) -> None:
    lines = ask(interface, "/v1/articles?limit=2&fields=id&sort=id&order=oldest", {"Accept": "application/jsonl"})
    assert lines.body == b'{"id":1}\n{"id":2}\n'


@_ON_ONE
def test_the_next_page_is_of_the_same_time(interface: Starlette) -> None:
    following = ask(interface, "/v1/polls?since=36000d&limit=1").json["next"]
    assert "36000d" not in following
    assert ask(interface, following).status == 200


@_ON_ONE
def test_what_has_not_changed_is_not_sent_again(interface: Starlette) -> None:
    first = ask(interface, "/v1/articles/1", {"Accept-Encoding": "gzip"})
    again = ask(interface, "/v1/articles/1", {"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert ask(interface, "/v1/articles/2", {"If-None-Match": first.headers["etag"]}).status == 200


PROBLEMS = [
    ("/v1/articles/4", 404, "There is no article 4."),
    ("/v1/feeds/0", 404, "Not Found."),
    ("/v1/stories/9223372036854775808", 404, "Not Found."),
    ("/v1/stories/2", 404, "There is no story 2."),
    ("/v1/tickets/99", 404, "There is no ticket 99: it is of another store, or was asked for longer ago than"),
    ("/v1/feeds/99/polls", 404, "There is no feed 99: `feedmill feeds` lists them, `feedmill add URL` adds one."),
    ("/v1/articles?feed=99", 404, "There is no feed 99: `feedmill feeds` lists them, `feedmill add URL` adds one."),
    ("/v1/articles?feed_tag=none", 404, "No feed has the tag none: they have "),
    ("/v1/articles?since=soon", 400, "since: 'soon' is neither a duration such as 2d or 1h30m nor a date such as"),
    ("/v1/articles?since=2d&until=3d", 400, "until is not after since: nothing lies between them."),
    ("/v1/articles?limit=1001", 400, "limit is at most 1,000 on a page; format=jsonl has no such bound."),
    ("/v1/articles?after=x", 400, "after: it is no cursor that an answer to these questions named: begin again"),
    ("/v1/feeds/1?limit=1", 400, "There is no parameter 'limit': there are no parameters here."),
    ("/v1/nothing", 404, "Not Found."),
]


@_ON_ONE
def test_what_cannot_be_answered_is_a_problem(interface: Starlette) -> None:
    for target, status, sentence in PROBLEMS:
        answer = ask(interface, target)
        assert (target, answer.status, answer.json["detail"][: len(sentence)]) == (target, status, sentence)
        assert (answer.headers["content-type"], answer.json["type"]) == ("application/problem+json", "about:blank")


@_ON_ONE
def test_a_cursor_of_another_order_is_refused(interface: Starlette) -> None:
    following = ask(interface, "/v1/articles?sort=id&limit=1").json["next"]
    assert ask(interface, following.replace("sort=id", "sort=seen")).json["parameter"] == "after"


HOSTILE = [
    "' OR 1=1 --",
    '"; DROP TABLE articles; --',
    "%",
    "_%",
    "\\_",
    "\u202egpj.exe",
    "<b>",
    "{{7*7}}",
    "x" * 2_000,
]


def test_nothing_that_is_asked_for_is_anything_but_a_text(interface: Starlette) -> None:
    names = ("text", "tag", "agency", "language", "feed_tag", "feed", "since", "after")
    answers = [ask(interface, f"/v1/articles?{name}={quote(text)}") for name in names for text in HOSTILE]
    assert {answer.status for answer in answers} <= {200, 400, 404}
    assert all(answer.json.get("articles", []) == [] for answer in answers)
    assert len(ask(interface, "/v1/articles").json["articles"]) == ROWS


@_ON_ONE
def test_a_method_that_is_not_there_is_a_problem(interface: Starlette) -> None:
    for method in ("DELETE", "PUT", "PATCH", "OPTIONS", "TRACE"):
        answer = ask(interface, "/v1/articles", {"Origin": "http://localhost:8000"}, method=method)
        assert (answer.status, answer.json["title"]) == (405, "Method Not Allowed")
        assert "access-control-allow-origin" not in answer.headers


@_ON_ONE
def test_a_head_has_what_the_answer_would(interface: Starlette) -> None:
    answer, head = (ask(interface, "/v1/articles", method=method) for method in ("GET", "HEAD"))
    assert (head.status, head.headers["etag"]) == (200, answer.headers["etag"])


@_ON_ONE
def test_nobody_else_may_keep_or_frame_an_answer(interface: Starlette) -> None:
    headers = ask(interface, "/v1/articles").headers
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["x-content-type-options"] == "nosniff"


TOKEN = "a-token-of-thirty-two-characters-"
SHOWN = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


def _ask_for_polls(store: Engine, body: bytes, headers: dict[str, str] = SHOWN, **chosen: Any) -> Answered:
    application = make_application(store, Settings(**{"web_token": TOKEN} | chosen))
    return ask(application, "/v1/polls", headers, method="POST", body=body)


def test_polls_that_are_asked_for_get_a_ticket(store: Engine) -> None:
    asked = _ask_for_polls(store, b'{"feeds": [99, "https://none.example/"]}')
    assert asked.status == 202
    ticket = asked.json
    assert asked.headers["location"] == f"/v1/tickets/{ticket['id']}"
    told = ask(make_application(store, Settings()), asked.headers["location"]).json
    assert (told["id"], told["asked_at"], told["is_waiting"]) == (ticket["id"], ticket["asked_at"], False)
    assert [answer["name"] for answer in told["answers"]] == ["99", "https://none.example/"]
    assert told["answers"][0]["reason"].startswith("There is no feed 99")


@_ON_ONE
def test_whoever_waits_for_polls_takes_a_place(store: Engine) -> None:
    path = _ask_for_polls(store, b'{"feeds": [99]}').headers["location"]
    application = make_application(store, Settings())
    with ExitStack() as taken:
        for _ in range(20):
            taken.enter_context(application.state.live_changes.places.taken("127.0.0.1"))
        assert ask(application, f"{path}?wait=5").status == 429
        assert ask(application, path).status == 200
    assert ask(application, f"{path}?wait=5").status == 200


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"", 400, 'The body is no JSON: it is an object such as {"feeds": [12, "'),
        (b"{", 400, "The body is no JSON"),
        (b"\xff", 400, "The body is no JSON"),
        (b"[" * 5_000, 400, "The body is no JSON"),
        (b"[]", 400, 'The body is an object with "feeds", and nothing else'),
        (b'{"feeds": [1], "force": true}', 400, 'The body is an object with "feeds", and nothing else'),
        (b'{"feeds": []}', 400, "Feeds names no feed"),
        (b'{"feeds": "1"}', 400, "Feeds are named by a list of ids and URLs"),
        (b'{"feeds": [true]}', 400, "A feed is named by its id, from 1, or its URL: True is neither."),
        (b'{"feeds": ["a\\u0000"]}', 400, "A feed is named by its id"),
        (b'{"feeds": [1e400]}', 400, "The body is no JSON"),
        (b'{"feeds": [' + b"1," * 1_000 + b"2]}", 400, "At most 1,000 feeds can be named at once, not 1,001."),
        (b" " * 1_000_001, 413, "The body has over 1,000,000 bytes."),
    ],
)
@_ON_ONE
def test_what_is_no_list_of_feeds_is_refused(store: Engine, body: bytes, status: int, sentence: str) -> None:
    answer = _ask_for_polls(store, body)
    assert (answer.status, answer.json["detail"][: len(sentence)]) == (status, sentence)


@_ON_ONE
def test_only_whoever_shows_the_token_asks_for_polls(store: Engine) -> None:
    body = b'{"feeds": [1]}'
    here = {"Content-Type": "application/json"}
    assert _ask_for_polls(store, body, here, web_token=None).status == 403
    assert _ask_for_polls(store, body, here).status == 401
    named = here | {"Remote-User": "maria"}
    assert _ask_for_polls(store, body, named, web_user_header="Remote-User").status == 403
    assert _ask_for_polls(store, body, SHOWN | {"Content-Type": "text/plain"}).status == 415
