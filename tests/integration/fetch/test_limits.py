"""Size, time and memory: no publisher takes more of them than it may."""

import gzip
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import brotli
import pytest

from tests.servers.publisher import Answer, Publisher
from tests.waiting import PATIENCE
from worker.errors import ErrorClass, RejectedError, TransientError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Document, Fetched, FetchRequest

Fetch = Callable[..., Fetched]
Drive = Callable[..., list[Fetched]]

AT_ONCE = timedelta(0)
MOMENT = timedelta(milliseconds=20)


def endless(piece: bytes = b"x" * 65536) -> Iterator[bytes]:
    return iter(lambda: piece, b"")


def is_too_big(fetched: Fetched) -> bool:
    return isinstance(fetched.answer, RejectedError) and fetched.answer.error_class is ErrorClass.TOO_BIG


def is_timeout(fetched: Fetched) -> bool:
    return isinstance(fetched.answer, TransientError) and fetched.answer.error_class is ErrorClass.TIMEOUT


# size -----------------------------------------------------------------------------------------------------------------
def test_a_document_of_the_limits_size_is_read(publisher: Publisher, fetch: Fetch) -> None:
    assert isinstance(fetch(publisher.serve("/feed.xml", b"x" * 1_000_000)).answer, Document)


def test_a_document_announced_as_larger_is_cut_before_its_body(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.serve("/feed.xml", b"x" * 1_000_001))

    assert is_too_big(fetched)
    assert fetched.bytes_received < 1000


@pytest.mark.parametrize("framing", ["chunked", "close"])
def test_an_endless_document_is_cut_at_the_limit(publisher: Publisher, fetch: Fetch, framing: str) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(endless(), framing=framing)))

    assert is_too_big(fetched)
    assert fetched.bytes_received < 1_100_000


def test_a_refusal_names_the_limit(publisher: Publisher, fetch: Fetch) -> None:
    answer = fetch(publisher.serve("/feed.xml", b"x" * 1_000_001)).answer

    assert isinstance(answer, RejectedError)
    assert answer.sentence == "the document is larger than 1.0 MB"


def test_a_compression_bomb_is_cut_while_it_unfolds(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.bomb("/feed.xml", 300_000_000))

    assert is_too_big(fetched)
    assert fetched.bytes_received < 30_000


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress)])
def test_a_bomb_in_one_piece_is_cut_too(
    publisher: Publisher, fetch: Fetch, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(pack(bytes(30_000_000)), headers={"Content-Encoding": coding})))

    assert is_too_big(fetched)


def test_a_compressed_body_that_never_becomes_anything_is_cut(publisher: Publisher, fetch: Fetch) -> None:
    start = gzip.compress(b"")[:10]
    nothing = Answer(endless_after(start, b"\x00\x00\x00\xff\xff" * 1000), headers={"Content-Encoding": "gzip"})

    fetched = fetch(publisher.on("/feed.xml", replace(nothing, framing="chunked")))

    assert is_too_big(fetched)


def endless_after(start: bytes, piece: bytes) -> Iterator[bytes]:
    yield start
    yield from endless(piece)


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"x" * 63_000 + b"\r\n" + b"X-More: " + b"x" * 1000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"x" * 500_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" * 5_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrss\r\n0\r\n"
        + b"X-Trailer: y\r\n" * 10_000
        + b"\r\n",
    ],
    ids=["two lines", "one line", "many lines", "many interim answers", "trailers"],
)
def test_too_much_header_is_cut(publisher: Publisher, fetch: Fetch, raw: bytes) -> None:
    assert is_too_big(fetch(publisher.on("/feed.xml", Answer(raw=raw))))


def test_headers_of_all_hops_count_together(publisher: Publisher, fetch: Fetch) -> None:
    filler = {"X-Filler": "x" * 20_000}
    for number in range(4):
        answer = Answer(status=302, headers={"Location": f"/{number + 1}", **filler})
        publisher.on(f"/{number}", answer)

    assert is_too_big(fetch(publisher.url("/0")))


# time -----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def hasty(publisher: Publisher) -> Iterator[Transfers]:
    limits = FetchLimits(timedelta(seconds=0.4), timedelta(seconds=0.2), 1_000_000, "test")
    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        yield transfers


def test_a_host_that_never_answers_times_out(publisher: Publisher, hasty: Transfers, drive: Drive) -> None:
    hasty.start(FetchRequest(1, publisher.hang("/feed.xml")))

    fetched = drive(hasty)[0]

    assert is_timeout(fetched)
    assert str(fetched.answer) == "timeout: 127.0.0.1 did not answer in full within 400ms"
    assert fetched.duration >= timedelta(seconds=0.4)


def test_a_body_that_drips_for_ever_times_out(publisher: Publisher, limits: FetchLimits, drive: Drive) -> None:
    url = publisher.drip("/feed.xml", b"x" * 1000, pace=0.05)
    # Long enough for the head to arrive on a busy machine.
    with Transfers(replace(limits, timeout=timedelta(seconds=2)), Guard.allowing([publisher.authority])) as transfers:
        transfers.start(FetchRequest(1, url))
        fetched = drive(transfers)[0]

    assert is_timeout(fetched)
    assert fetched.http_status == 200


def test_a_connection_that_is_never_made_times_out_earlier(
    publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    brief = replace(limits, connect_timeout=timedelta(seconds=0.2))
    with Transfers(brief, Guard.allowing([publisher.authority])) as transfers:
        # A server that speaks no TLS waits for the rest of what it takes for a request.
        transfers.start(FetchRequest(1, f"https://{publisher.authority}/"))
        fetched = drive(transfers)[0]

    assert is_timeout(fetched)
    assert str(fetched.answer) == "timeout: no connection to 127.0.0.1 within 200ms"


def test_a_hanging_host_does_not_hold_up_others(publisher: Publisher, transfers: Transfers, drive: Drive) -> None:
    for number in range(20):
        transfers.start(FetchRequest(number, publisher.hang("/hang")))
    for number in range(20, 30):
        transfers.start(FetchRequest(number, publisher.serve("/feed.xml", b"rss")))

    ended = drive(transfers, 10)

    assert {fetched.request.feed_id for fetched in ended} == set(range(20, 30))
    assert transfers.in_flight == 20


def test_step_waits_no_longer_than_it_was_told(publisher: Publisher, transfers: Transfers) -> None:
    transfers.start(FetchRequest(1, publisher.hang("/feed.xml")))
    begun = time.monotonic()

    # Before the fetch ends at its deadline.
    assert transfers.step(timedelta(seconds=0.1)) == []
    assert time.monotonic() - begun >= 0.1


# memory ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def cramped(publisher: Publisher, limits: FetchLimits) -> Iterator[Transfers]:
    """Return transfers that keep 300 kB of bodies in memory."""
    with Transfers(replace(limits, in_flight_bytes=300_000), Guard.allowing([publisher.authority])) as transfers:
        yield transfers


def test_more_than_fits_in_memory_is_read_all_the_same(publisher: Publisher, cramped: Transfers, drive: Drive) -> None:
    body = os.urandom(200_000)
    url = publisher.serve("/feed.xml", body)
    for number in range(20):
        cramped.start(FetchRequest(number, url))

    ended = drive(cramped, 20)

    assert {fetched.answer.body == body for fetched in ended if isinstance(fetched.answer, Document)} == {True}
    assert len(ended) == 20


def test_reading_goes_on_though_the_caller_holds_more_than_fits(
    publisher: Publisher, cramped: Transfers, drive: Drive
) -> None:
    url = publisher.serve("/feed.xml", os.urandom(500_000))
    for number in range(10):
        cramped.start(FetchRequest(number, url))

    ended = drive(cramped, 10, held_bytes=10_000_000)

    assert all(isinstance(fetched.answer, Document) for fetched in ended)


def test_past_the_limit_reading_pauses_until_there_is_room(publisher: Publisher, cramped: Transfers) -> None:
    rest = threading.Event()
    stalled = publisher.on("/stalled", Answer(b"x" * 20_000, piece=10_000, hold_after=(1, rest)))
    big = publisher.serve("/big", b"x" * 900_000)
    # Four bodies read on past the limit; while these stall, the fifth has to wait.
    for number in range(4):
        cramped.start(FetchRequest(number, stalled))
    while len(publisher.requests) < 4:
        cramped.step(MOMENT, held_bytes=1_000_000)
    cramped.step(MOMENT, held_bytes=1_000_000)
    cramped.start(FetchRequest(5, big))
    while len(publisher.requests) < 5:
        cramped.step(MOMENT, held_bytes=1_000_000)

    waited = [fetched for _ in range(10) for fetched in cramped.step(MOMENT, held_bytes=1_000_000)]
    ended = list(_ended(cramped, 1))

    assert waited == []
    assert [fetched.request.feed_id for fetched in ended] == [5]
    rest.set()
    assert len(list(_ended(cramped, 4))) == 4


def test_a_paused_body_still_times_out(publisher: Publisher) -> None:
    limits = FetchLimits(timedelta(seconds=0.5), timedelta(seconds=5), 1_000_000, "test", in_flight_bytes=1000)
    rest = threading.Event()
    url = publisher.on("/stalled", Answer(b"x" * 20_000, piece=10_000, hold_after=(1, rest)))
    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        for number in range(12):
            transfers.start(FetchRequest(number, url))

        ended = list(_ended(transfers, 12))

    assert all(is_timeout(fetched) for fetched in ended)


def test_a_bomb_that_waited_is_cut_as_it_comes_in(publisher: Publisher, cramped: Transfers, drive: Drive) -> None:
    url = publisher.bomb("/feed.xml", 30_000_000)
    for number in range(10):
        cramped.start(FetchRequest(number, url))

    assert all(is_too_big(fetched) for fetched in drive(cramped, 10, held_bytes=1_000_000))


def _ended(transfers: Transfers, count: int) -> Iterator[Fetched]:
    give_up_at = time.monotonic() + PATIENCE
    while count > 0:
        assert time.monotonic() < give_up_at
        for fetched in transfers.step(MOMENT):
            count -= 1
            yield fetched
