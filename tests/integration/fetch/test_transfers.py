"""The rolling window itself: many at once, cut short, and put away."""

import threading
from collections.abc import Callable
from datetime import timedelta

from tests.servers.publisher import Answer, Publisher
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Document, Fetched, FetchRequest, NotModified, Validators

Fetch = Callable[..., Fetched]
Drive = Callable[..., list[Fetched]]


def test_each_answer_comes_back_with_its_own_request(publisher: Publisher, transfers: Transfers, drive: Drive) -> None:
    urls = [publisher.serve(f"/{number}.xml", b"feed %d" % number) for number in range(200)]
    requests = [FetchRequest(number, url) for number, url in enumerate(urls)]
    for request in requests:
        transfers.start(request)

    ended = drive(transfers, 200)

    assert sorted(fetched.request.feed_id for fetched in ended) == list(range(200))
    for fetched in ended:
        assert isinstance(fetched.answer, Document)
        assert fetched.answer.body == b"feed %d" % fetched.request.feed_id


def test_a_handle_carries_nothing_from_one_fetch_to_the_next(publisher: Publisher, fetch: Fetch) -> None:
    publisher.on("/error", Answer(status=500, headers={"Retry-After": "60"}))
    publisher.on("/same", Answer(status=304))
    publisher.serve("/feed.xml", b"rss")

    fetch(publisher.url("/feed.xml"))
    fetch(publisher.url("/error"))
    not_modified = fetch(publisher.url("/same"), validators=Validators('"a"'))
    plain = fetch(publisher.url("/feed.xml"))

    assert not_modified.answer == NotModified(Validators('"a"'))
    assert plain.answer == Document(publisher.url("/feed.xml"), b"rss", "application/rss+xml")


def test_in_flight_counts_what_was_not_returned_yet(publisher: Publisher, transfers: Transfers, drive: Drive) -> None:
    transfers.start(FetchRequest(1, publisher.serve("/feed.xml", b"rss")))
    transfers.start(FetchRequest(2, "not a URL"))

    assert transfers.in_flight == 2
    drive(transfers, 2)
    assert transfers.in_flight == 0


def test_nothing_is_heard_of_an_abandoned_fetch(publisher: Publisher, transfers: Transfers, drive: Drive) -> None:
    transfers.start(FetchRequest(1, publisher.hang("/hang")))
    transfers.start(FetchRequest(2, "not a URL"))
    transfers.start(FetchRequest(3, publisher.serve("/feed.xml", b"rss")))

    transfers.abandon(1)
    transfers.abandon(2)

    assert [fetched.request.feed_id for fetched in drive(transfers, 1)] == [3]
    assert transfers.in_flight == 0


def test_an_abandoned_body_gives_its_memory_back(publisher: Publisher, limits: FetchLimits, drive: Drive) -> None:
    rest = threading.Event()
    stalled = publisher.on("/stalled", Answer(b"x" * 200_000, piece=100_000, hold_after=(1, rest)))
    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        for number in range(8):
            transfers.start(FetchRequest(number, stalled))
        while len(publisher.requests) < 8:
            transfers.step(timedelta(milliseconds=10))
        for number in range(8):
            transfers.abandon(number)
        transfers.start(FetchRequest(9, publisher.serve("/feed.xml", b"rss")))

        assert isinstance(drive(transfers)[0].answer, Document)
        assert transfers._budget.taken == 0


def test_closing_cuts_what_is_in_flight(publisher: Publisher, limits: FetchLimits) -> None:
    transfers = Transfers(limits, Guard.allowing([publisher.authority]))
    for number in range(5):
        transfers.start(FetchRequest(number, publisher.hang("/hang")))
    while len(publisher.requests) < 5:
        transfers.step(timedelta(milliseconds=10))

    transfers.close()

    assert transfers.in_flight == 0


def test_step_without_anything_in_flight_waits(transfers: Transfers) -> None:
    assert transfers.step(timedelta(milliseconds=10)) == []
