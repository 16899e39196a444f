"""The rolling window itself: many at once, cut short, and put away."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from tests.servers.publisher import Answer, Publisher
from tests.waiting import PATIENCE
from worker.errors import TransientError
from worker.fetch import FetchLimits, Guard, HeldHop, Transfers
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


def _hold(transfers: Transfers, publisher: Publisher, to: str, hold: threading.Event | None = None) -> HeldHop:
    url = publisher.on("/moved", Answer(status=302, headers={"Location": to}, hold=hold))
    transfers.start(FetchRequest(1, url), is_paced=True)
    give_up_at = time.monotonic() + PATIENCE
    while not (held := transfers.take_held()):
        assert time.monotonic() < give_up_at, "nothing was held"
        assert transfers.step(timedelta(seconds=1)) == []
    return held[0]


def test_a_redirect_to_another_host_waits_until_it_may_be_sent(publisher: Publisher, drive: Drive) -> None:
    with Publisher("127.0.0.2") as other, Transfers(_hasty(), Guard.allowing(["127.0.0.0/8"])) as transfers:
        held = _hold(transfers, publisher, other.serve("/feed.xml", b"rss"))
        assert (held.feed_id, held.location.href, held.addresses) == (1, other.url("/feed.xml"), ())
        # Longer than the whole fetch may take: while it waits its time does not run.
        assert transfers.step(timedelta(seconds=1.1)) == []
        assert (other.requests, transfers.in_flight) == ([], 1)
        transfers.send(1)
        (fetched,) = drive(transfers, 1)
    assert isinstance(fetched.answer, Document)
    assert fetched.duration < timedelta(seconds=1)


def test_a_request_that_is_sent_late_has_the_time_that_it_had_left(publisher: Publisher, drive: Drive) -> None:
    may_answer = threading.Event()
    with Publisher("127.0.0.2") as other, Transfers(_hasty(), Guard.allowing(["127.0.0.0/8"])) as transfers:
        # The redirect takes most of its time.
        late_answer = threading.Timer(0.5, may_answer.set)
        late_answer.start()
        _hold(transfers, publisher, other.hang("/feed.xml"), hold=may_answer)
        transfers.start(FetchRequest(2, publisher.hang("/hang")))
        transfers.send(1)
        late, fresh = drive(transfers, 2)
    assert [late.request.feed_id, fresh.request.feed_id] == [1, 2]
    assert isinstance(late.answer, TransientError)


def test_a_redirect_within_a_host_waits_for_nobody(publisher: Publisher, transfers: Transfers, drive: Drive) -> None:
    to = publisher.serve("/feed.xml", b"rss")
    transfers.start(FetchRequest(1, publisher.redirect("/moved", to)), is_paced=True)
    (fetched,) = drive(transfers, 1)
    assert isinstance(fetched.answer, Document)
    assert transfers.take_held() == []


def test_a_request_shows_the_addresses_of_its_host_before_it_is_sent(publisher: Publisher, drive: Drive) -> None:
    with Transfers(_hasty(), Guard.allowing(["127.0.0.0/8"])) as transfers:
        publisher.serve("/feed.xml", b"rss")
        transfers.start(FetchRequest(1, publisher.url("/feed.xml", "user.localhost")), shows_addresses=True)
        transfers.step(timedelta(0))
        (held,) = transfers.take_held()
        assert (held.addresses, publisher.requests) == (("127.0.0.1",), [])
        transfers.send(1)
        (fetched,) = drive(transfers, 1)
    assert isinstance(fetched.answer, Document)


def test_nothing_is_heard_of_a_held_fetch_that_is_abandoned(publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as other, Transfers(_hasty(), Guard.allowing(["127.0.0.0/8"])) as transfers:
        _hold(transfers, publisher, other.serve("/feed.xml", b"rss"))
        transfers.abandon(1)
        assert transfers.in_flight == 0
        assert (transfers.step(timedelta(0)), transfers.take_held()) == ([], [])


def _hasty() -> FetchLimits:
    limit = timedelta(seconds=1)
    return FetchLimits(limit, limit, max_body=1_000_000, user_agent="Feedmill/test (+https://feedmill.example)")


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
