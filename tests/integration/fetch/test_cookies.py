"""Cookies live for one chain of redirects, and reach whom they were set for (RFC 6265)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.isolated import needs_own_network, run_isolated
from tests.servers.messages import Request
from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, PermanentError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Document, Fetched

Fetch = Callable[..., Fetched]


@pytest.fixture
def elsewhere() -> Iterator[Publisher]:
    with Publisher("127.0.0.9") as running:
        yield running


@pytest.fixture
def transfers(publisher: Publisher, elsewhere: Publisher, limits: FetchLimits) -> Iterator[Transfers]:
    with Transfers(limits, Guard.allowing([publisher.authority, elsewhere.authority])) as running:
        yield running


def redirect(to: str, *cookies: str) -> Answer:
    return Answer(status=302, headers=(("Location", to), *(("Set-Cookie", cookie) for cookie in cookies)))


def once_it_has_a_cookie(request: Request) -> Answer:
    return Answer(b"rss") if "cookie" in request.headers else redirect(request.target, "seen=yes")


def sent(request: Request) -> str | None:
    return request.headers.get("cookie")


def test_a_page_that_sets_a_cookie_first_is_asked_again_with_it(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.on("/feed.xml", once_it_has_a_cookie))

    assert isinstance(fetched.answer, Document)
    assert [sent(request) for request in publisher.requests] == [None, "seen=yes"]


def test_a_chain_by_way_of_another_host_brings_the_cookie_back(
    publisher: Publisher, elsewhere: Publisher, fetch: Fetch
) -> None:
    feed = publisher.url("/feed.xml")
    publisher.on("/feed.xml", [redirect(elsewhere.url("/consent"), "a=1", "b=2"), Answer(b"rss")])
    elsewhere.on("/consent", redirect(feed, "c=3"))

    assert isinstance(fetch(feed).answer, Document)
    first, second = publisher.requests
    assert sent(first) is None
    assert set((sent(second) or "").split("; ")) == {"a=1", "b=2"}
    assert [sent(request) for request in elsewhere.requests] == [None]


def test_no_cookie_outlives_its_fetch(publisher: Publisher, fetch: Fetch) -> None:
    url = publisher.on("/feed.xml", redirect("/new.xml", "seen=yes; Max-Age=86400"))
    publisher.on("/new.xml", Answer(b"rss", headers={"Set-Cookie": "read=yes"}))

    for _ in range(2):
        fetch(url)

    assert [sent(request) for request in publisher.requests] == [None, "seen=yes"] * 2


@pytest.mark.parametrize(
    "cookie",
    [
        "a=1; Path=/private",
        "a=1; Max-Age=0",
        "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "a=1; Domain=elsewhere.example",
    ],
)
def test_a_cookie_that_is_not_for_the_next_request_is_not_sent(publisher: Publisher, fetch: Fetch, cookie: str) -> None:
    publisher.serve("/new.xml", b"rss")

    fetch(publisher.on("/feed.xml", redirect("/new.xml", cookie)))

    assert sent(publisher.requests_of("/new.xml")[0]) is None


def test_a_circle_that_sets_a_new_cookie_at_each_turn_ends(publisher: Publisher, fetch: Fetch) -> None:
    answer = fetch(publisher.on("/feed.xml", redirect("/feed.xml", "turn=next"))).answer

    assert isinstance(answer, PermanentError)
    assert answer.error_class is ErrorClass.REDIRECT
    assert len(publisher.requests) == 9


def test_a_circle_without_a_new_cookie_is_seen_at_its_first_turn(publisher: Publisher, fetch: Fetch) -> None:
    publisher.on("/feed.xml", redirect("/a", "seen=yes"))
    publisher.redirect("/a", "/b")
    publisher.redirect("/b", "/a")

    answer = fetch(publisher.url("/feed.xml")).answer

    assert isinstance(answer, PermanentError)
    assert len(publisher.requests) == 3


NAMES = """
from datetime import timedelta
from tests.isolated import NAME_SERVER
from tests.servers.name_server import NameServer
from tests.servers.publisher import Answer, Publisher
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import FetchRequest

def redirect(to, cookie):
    return Answer(status=302, headers={"Location": f"http://{to}:8080/", "Set-Cookie": cookie})

with NameServer(NAME_SERVER, lambda name: ["127.0.0.1"]), Publisher(port=8080) as publisher:
    publisher.on("/suffix", redirect("news.co.uk", "suffix=1; Domain=co.uk"))
    publisher.on("/platform", redirect("other.github.io", "platform=1; Domain=github.io"))
    publisher.on("/site", redirect("www.news.co.uk", "site=1; Domain=news.co.uk"))
    publisher.on("/host", redirect("www.news.co.uk", "host=1"))
    publisher.on("/secure", redirect("news.co.uk", "secure=1; Secure"))
    publisher.serve("/", b"rss")
    limits = FetchLimits(timedelta(seconds=60), timedelta(seconds=60), 1000, "test")
    with Transfers(limits, Guard.allowing(["127.0.0.0/8"])) as transfers:
        for path, host in PATHS.items():
            transfers.start(FetchRequest(1, f"http://{host}:8080/{path}"))
            while transfers.in_flight:
                transfers.step(timedelta(seconds=1))
            print(path, publisher.requests[-1].target, publisher.requests[-1].headers.get("cookie"))
"""
ASKED = {
    "suffix": "rival.co.uk",
    "platform": "one.github.io",
    "site": "news.co.uk",
    "host": "news.co.uk",
    "secure": "news.co.uk",
}


@needs_own_network
def test_a_cookie_reaches_the_names_of_its_own_site_and_no_other(tmp_path: Path) -> None:
    assert run_isolated(tmp_path, NAMES.replace("PATHS", repr(ASKED))) == [
        "suffix / None",
        "platform / None",
        "site / site=1",
        "host / None",
        "secure / None",
    ]
