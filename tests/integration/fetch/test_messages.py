"""Messages, brought by POST through the same guard and limits as any fetch."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, PollError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Document, Fetched, FetchRequest, Message, Taken

Drive = Callable[..., list[Fetched]]
MESSAGE = Message(b'{"said": "\xc3\xa9"}', ("Content-Type: application/json", "X-Of: the message"))


@pytest.fixture
def bring(transfers: Transfers, drive: Drive) -> Callable[[str], Fetched]:
    def bring(url: str) -> Fetched:
        transfers.start(FetchRequest(7, url, message=MESSAGE))
        return drive(transfers)[0]

    return bring


def _error(fetched: Fetched) -> PollError:
    assert isinstance(fetched.answer, PollError)
    return fetched.answer


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_message_arrives_whole_and_any_2xx_says_that_it_was_taken(
    publisher: Publisher, bring: Callable[[str], Fetched], status: int
) -> None:
    fetched = bring(publisher.on("/hook", Answer(status=status)))
    (request,) = publisher.requests
    assert (request.method, request.body) == ("POST", MESSAGE.body)
    assert {name: request.headers[name] for name in ("content-type", "x-of")} == {
        "content-type": "application/json",
        "x-of": "the message",
    }
    assert "expect" not in request.headers
    assert (fetched.answer, fetched.request.feed_id, fetched.http_status) == (Taken(), 7, status)


def test_what_the_host_says_besides_is_not_read(publisher: Publisher, bring: Callable[[str], Fetched]) -> None:
    assert bring(publisher.bomb("/hook", 50_000_000)).answer == Taken()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_message_follows_no_redirect(publisher: Publisher, bring: Callable[[str], Fetched], status: int) -> None:
    publisher.on("/elsewhere", Answer())
    error = _error(bring(publisher.redirect("/hook", publisher.url("/elsewhere"), status)))
    assert (error.error_class, error.http_status) == (ErrorClass.REDIRECT, status)
    assert publisher.requests_of("/elsewhere") == []


@pytest.mark.parametrize(("status", "follows"), [(302, False), (307, True), (308, True)])
def test_a_message_that_may_be_redirected_is_posted_to_where_the_method_is_kept(
    publisher: Publisher, transfers: Transfers, drive: Drive, status: int, follows: bool
) -> None:
    publisher.on("/elsewhere", Answer())
    message = replace(MESSAGE, may_be_redirected=True)
    url = publisher.redirect("/hook", publisher.url("/elsewhere"), status)
    transfers.start(FetchRequest(7, url, message=message))
    (fetched,) = drive(transfers)
    assert (fetched.answer == Taken()) is follows
    sent = [(each.method, each.body) for each in publisher.requests_of("/elsewhere")]
    assert sent == ([("POST", MESSAGE.body)] if follows else [])


def test_a_host_that_asks_for_time_is_heard(publisher: Publisher, bring: Callable[[str], Fetched]) -> None:
    error = _error(bring(publisher.on("/hook", Answer(status=503, headers={"Retry-After": "60"}))))
    assert (error.http_status, error.retry_after) == (503, timedelta(seconds=60))


def test_a_message_goes_to_no_address_that_is_not_public(publisher: Publisher, limits: FetchLimits) -> None:
    with Transfers(limits, Guard()) as transfers:
        transfers.start(FetchRequest(1, publisher.url("/hook"), message=MESSAGE))
        (fetched,) = transfers.step(timedelta(seconds=5))
    assert _error(fetched).error_class is ErrorClass.GUARD
    assert publisher.connections == 0


def test_a_feed_is_fetched_as_ever_after_a_message(
    publisher: Publisher, transfers: Transfers, bring: Callable[[str], Fetched], drive: Drive
) -> None:
    bring(publisher.on("/hook", Answer()))
    transfers.start(FetchRequest(1, publisher.serve("/feed", b"rss")))
    (fetched,) = drive(transfers)
    assert isinstance(fetched.answer, Document)
    assert [(request.method, request.body) for request in publisher.requests_of("/feed")] == [("GET", b"")]


def test_a_slow_host_holds_up_no_other(publisher: Publisher, transfers: Transfers, drive: Drive) -> None:
    release = threading.Event()
    slow = publisher.on("/slow", Answer(hold=release))
    transfers.start(FetchRequest(1, slow, message=MESSAGE))
    transfers.start(FetchRequest(2, publisher.on("/quick", Answer()), message=MESSAGE))
    (first,) = drive(transfers)
    release.set()
    assert first.request.feed_id == 2
    assert drive(transfers)[0].answer == Taken()
