"""Redirects, followed by hand: every hop is judged like the first."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, PermanentError, RejectedError, TransientError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Credentials, Document, Fetched, FetchRequest

Fetch = Callable[..., Fetched]
Drive = Callable[..., list[Fetched]]

SECRET = Credentials("reader", "pässword")
BASIC = "Basic cmVhZGVyOnDDpHNzd29yZA=="


@pytest.fixture
def elsewhere() -> Iterator[Publisher]:
    with Publisher("127.0.0.9") as running:
        yield running


@pytest.fixture
def transfers(publisher: Publisher, elsewhere: Publisher, limits: FetchLimits) -> Iterator[Transfers]:
    with Transfers(limits, Guard.allowing([publisher.authority, elsewhere.authority])) as running:
        yield running


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_leads_to_the_document_and_its_true_url(publisher: Publisher, fetch: Fetch, status: int) -> None:
    publisher.serve("/new/feed.xml", b"rss")
    publisher.on("/old.xml", Answer(b"moved", status=status, headers={"Location": "new/feed.xml#top"}))

    fetched = fetch(publisher.url("/old.xml"))

    assert isinstance(fetched.answer, Document)
    assert fetched.answer.url == publisher.url("/new/feed.xml")
    assert fetched.http_status == 200


@pytest.mark.parametrize(
    ("statuses", "has_moved"),
    [([301], True), ([308, 301], True), ([302], False), ([301, 302], False), ([307, 308], False), ([303], False)],
)
def test_a_feed_has_moved_when_every_hop_says_so(
    publisher: Publisher, fetch: Fetch, statuses: list[int], *, has_moved: bool
) -> None:
    for number, status in enumerate(statuses):
        publisher.redirect(f"/{number}", f"/{number + 1}", status)
    publisher.serve(f"/{len(statuses)}", b"rss")

    fetched = fetch(publisher.url("/0"))

    assert fetched.moved_to == (publisher.url(f"/{len(statuses)}") if has_moved else None)


def test_a_feed_has_not_moved_to_a_page_that_fails(publisher: Publisher, fetch: Fetch) -> None:
    assert fetch(publisher.redirect("/old.xml", "/missing")).moved_to is None


def test_a_move_is_forgotten_by_the_next_fetch(publisher: Publisher, fetch: Fetch) -> None:
    fetch(publisher.redirect("/old.xml", publisher.serve("/new.xml", b"rss")))

    assert fetch(publisher.url("/new.xml")).moved_to is None


def test_eight_redirects_are_followed(publisher: Publisher, fetch: Fetch) -> None:
    for number in range(8):
        publisher.redirect(f"/{number}", f"/{number + 1}")
    publisher.serve("/8", b"rss")

    assert isinstance(fetch(publisher.url("/0")).answer, Document)


def test_a_ninth_redirect_is_not(publisher: Publisher, fetch: Fetch) -> None:
    for number in range(9):
        publisher.redirect(f"/{number}", f"/{number + 1}")
    publisher.serve("/9", b"rss")

    fetched = fetch(publisher.url("/0"))

    assert isinstance(fetched.answer, PermanentError)
    assert fetched.answer.error_class is ErrorClass.REDIRECT
    assert publisher.requests_of("/9") == []


def test_a_circle_is_seen_at_its_first_turn(publisher: Publisher, fetch: Fetch) -> None:
    publisher.redirect("/a", "/b")

    fetched = fetch(publisher.redirect("/b", "/a"))

    assert isinstance(fetched.answer, PermanentError)
    assert fetched.answer.error_class is ErrorClass.REDIRECT
    assert len(publisher.requests) == 2


@pytest.mark.parametrize("status", [300, 301, 305, 306])
def test_a_redirect_to_nowhere_is_an_error(publisher: Publisher, fetch: Fetch, status: int) -> None:
    fetched = fetch(publisher.on("/old.xml", Answer(status=status)))

    assert isinstance(fetched.answer, PermanentError)
    assert fetched.answer.error_class is ErrorClass.REDIRECT
    assert fetched.http_status == status


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/feed.xml",
        "gopher://127.0.0.1:70/_GET",
        "data:text/xml,<rss/>",
        "javascript:alert(1)",
        "http://reader:secret@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http://[127.0.0.1/",
        "http://127.0.0.1:99999/",
    ],
)
def test_a_redirect_away_from_the_web_is_refused(publisher: Publisher, fetch: Fetch, target: str) -> None:
    fetched = fetch(publisher.redirect("/old.xml", target))

    assert isinstance(fetched.answer, RejectedError)
    assert fetched.answer.error_class is ErrorClass.GUARD


def test_the_target_of_a_redirect_is_judged_when_it_is_dialled(publisher: Publisher, fetch: Fetch) -> None:
    with Publisher("127.0.0.5") as private:
        fetched = fetch(publisher.redirect("/old.xml", private.url("/secret")))

        assert isinstance(fetched.answer, RejectedError)
        assert fetched.answer.error_class is ErrorClass.GUARD
        assert private.connections == 0


def test_a_space_in_a_redirect_is_repaired(publisher: Publisher, fetch: Fetch) -> None:
    publisher.serve("/my%20feed.xml", b"rss")

    assert isinstance(fetch(publisher.redirect("/old.xml", "/my feed.xml")).answer, Document)


def test_a_backslash_in_a_redirect_is_a_slash(publisher: Publisher, fetch: Fetch) -> None:
    publisher.serve("/news/feed.xml", b"rss")

    assert isinstance(fetch(publisher.redirect("/old.xml", "\\news\\feed.xml?a")).answer, Document)


def test_a_raw_utf8_redirect_is_read_as_such(publisher: Publisher, fetch: Fetch) -> None:
    publisher.serve("/%C3%A9.xml", b"rss")
    raw = "HTTP/1.1 302 Found\r\nLocation: /é.xml\r\n\r\n".encode()

    assert isinstance(fetch(publisher.on("/old.xml", Answer(raw=raw))).answer, Document)


def test_credentials_go_with_the_first_request_only_when_given(publisher: Publisher, fetch: Fetch) -> None:
    url = publisher.serve("/feed.xml", b"rss")

    fetch(url, credentials=SECRET)
    fetch(url)

    assert publisher.requests[0].headers["authorization"] == BASIC
    assert "authorization" not in publisher.requests[1].headers


def test_credentials_follow_a_redirect_within_their_origin(publisher: Publisher, fetch: Fetch) -> None:
    publisher.serve("/new.xml", b"rss")

    fetch(publisher.redirect("/old.xml", "/new.xml"), credentials=SECRET)

    assert publisher.requests_of("/new.xml")[0].headers["authorization"] == BASIC


def test_credentials_never_reach_another_origin(publisher: Publisher, elsewhere: Publisher, fetch: Fetch) -> None:
    elsewhere.serve("/feed.xml", b"rss")

    fetch(publisher.redirect("/old.xml", elsewhere.url("/feed.xml")), credentials=SECRET)

    assert "authorization" not in elsewhere.requests[0].headers


def test_all_hops_share_one_deadline(publisher: Publisher, drive: Drive) -> None:
    # Either of the two is in time by itself.
    slow_redirect = b"HTTP/1.1 302 Found\r\nLocation: /end\r\n\r\n"
    publisher.on("/start", Answer(raw=slow_redirect, pace=0.3))
    publisher.on("/end", Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nrss", pace=0.3))
    limits = FetchLimits(timedelta(seconds=0.5), timedelta(seconds=5), 1000, "test")

    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        transfers.start(FetchRequest(1, publisher.url("/start")))
        fetched = drive(transfers)[0]

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is ErrorClass.TIMEOUT
    assert fetched.duration >= timedelta(seconds=0.5)


def test_the_body_of_a_redirect_is_not_read(publisher: Publisher, fetch: Fetch) -> None:
    publisher.serve("/new.xml", b"rss")
    endless = Answer(iter(lambda: b"x" * 65536, b""), status=302, headers={"Location": "/new.xml"}, framing="chunked")

    fetched = fetch(publisher.on("/old.xml", endless))

    assert isinstance(fetched.answer, Document)
    assert fetched.bytes_received < 1000


def test_a_401_behind_a_redirect_says_that_the_password_stayed_with_its_origin(
    publisher: Publisher, elsewhere: Publisher, fetch: Fetch
) -> None:
    elsewhere.on("/new.xml", Answer(status=401))
    publisher.redirect("/old.xml", elsewhere.url("/new.xml"))

    answer = fetch(publisher.url("/old.xml"), credentials=SECRET).answer

    assert isinstance(answer, PermanentError)
    stayed = f"what was given for http://{publisher.authority} is not sent there"
    said = f"127.0.0.9 answered 401 (Unauthorized): {stayed}; `feedmill set --user reader` gives it again"
    assert answer.sentence == said
