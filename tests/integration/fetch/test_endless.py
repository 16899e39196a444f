"""Answers that never end, as fast as the line can carry or as slowly as a host likes: each is cut at its bound."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.servers.hostile import endless
from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, RejectedError, TransientError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Document, Fetched, FetchRequest

Drive = Callable[..., list[Fetched]]

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def fetch_one(limits: FetchLimits, url: str, drive: Drive) -> Fetched:
    with Transfers(limits, Guard.allowing(["127.0.0.0/8"])) as transfers:
        transfers.start(FetchRequest(1, url))
        return drive(transfers)[0]


# fast -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "raw",
    [
        lambda: endless(b"HTTP/1.1 200 "),
        lambda: endless(b"HTTP/1.1 200 OK\r\nX-Filler: "),
        lambda: endless(b"HTTP/1.1 200 OK\r\n", b"X-Filler: x\r\n" * 5_000),
        lambda: endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2_000),
        lambda: endless(CHUNKED + b"3\r\nrss\r\n0\r\n", b"X-Trailer: x\r\n" * 5_000),
        lambda: endless(CHUNKED + b"3;extension="),
        lambda: endless(CHUNKED, b"1;%b\r\nx\r\n" % (b"x" * 1000) * 65),
        lambda: endless(b"HTTP/1.1 200 OK\r\n\r\n", b"\r\n" * 30_000),
    ],
    ids=[
        "status line",
        "header line",
        "header lines",
        "interim answers",
        "trailers",
        "chunk extension",
        "chunk extensions",
        "empty lines",
    ],
)
def test_what_never_ends_is_cut_at_its_size_and_not_at_the_deadline(
    publisher: Publisher, limits: FetchLimits, drive: Drive, raw: Callable[[], Iterator[bytes]]
) -> None:
    fetched = fetch_one(limits, publisher.on("/feed", Answer(raw=raw())), drive)

    assert isinstance(fetched.answer, RejectedError)
    assert fetched.answer.error_class is ErrorClass.TOO_BIG


@pytest.mark.parametrize(
    ("raw", "error_class"),
    [
        (lambda: endless(CHUNKED, b"0" * 65_536), ErrorClass.INCOMPLETE),
        (lambda: endless(b"", b"\r\n" * 30_000), ErrorClass.PROTOCOL),
        (lambda: endless(b"\0"), ErrorClass.PROTOCOL),
    ],
    ids=["chunk size", "no status line", "no HTTP"],
)
def test_what_begins_against_the_rules_is_not_read_on(
    publisher: Publisher,
    limits: FetchLimits,
    drive: Drive,
    capfd: pytest.CaptureFixture[str],
    raw: Callable[[], Iterator[bytes]],
    error_class: ErrorClass,
) -> None:
    fetched = fetch_one(limits, publisher.on("/feed", Answer(raw=raw())), drive)

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is error_class
    # An exception within a callback would be printed, and forgotten.
    assert capfd.readouterr().err == ""


def test_what_never_ends_holds_up_no_other(publisher: Publisher, limits: FetchLimits, drive: Drive) -> None:
    good = publisher.serve("/feed", b"rss")
    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        for number in range(10):
            url = publisher.on(f"/{number}", Answer(raw=endless(CHUNKED + b"3;extension=")))
            transfers.start(FetchRequest(1000 + number, url))
        for number in range(100):
            transfers.start(FetchRequest(number, good))
        ended = drive(transfers, 110)

    assert sum(isinstance(fetched.answer, Document) for fetched in ended) == 100


def test_what_a_kept_connection_brought_before_is_not_held_against_it(
    publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    publisher.serve("/feed", b"x" * 900_000)
    publisher.drip("/slow", b"rss", pace=0.4)
    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        for number, path in enumerate(("/feed", "/feed", "/feed", "/slow")):
            transfers.start(FetchRequest(number, publisher.url(path)))
            assert isinstance(drive(transfers)[0].answer, Document)

    assert publisher.connections == 1


# slow -----------------------------------------------------------------------------------------------------------------
HASTY = FetchLimits(timedelta(seconds=0.5), timedelta(seconds=0.3), 1_000_000, "test")


@pytest.mark.parametrize(
    "raw",
    [
        lambda: b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 3\r\n\r\nrss",
        lambda: itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        lambda: endless(CHUNKED, b"1\r\nx\r\n"),
        lambda: endless(CHUNKED + b"3;extension=", b"x"),
    ],
    ids=["head", "interim answers", "chunks", "chunk extension"],
)
def test_what_drips_is_cut_at_the_deadline(
    publisher: Publisher, drive: Drive, raw: Callable[[], bytes | Iterator[bytes]]
) -> None:
    fetched = fetch_one(HASTY, publisher.on("/feed", Answer(raw=raw(), piece=1, pace=0.02)), drive)

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is ErrorClass.TIMEOUT
    assert fetched.duration >= timedelta(seconds=0.5)


@pytest.fixture
def dripping() -> Iterator[int]:
    """Return the port of a server that answers everybody with one byte of TLS after the other."""
    ending = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        # A handshake of 16 kB, the largest record there is (RFC 8446, section 5.1).
        with suppress(OSError), listener.accept()[0] as connection:
            for byte in itertools.chain(b"\x16\x03\x03\x40\x00", itertools.repeat(0)):
                if ending.wait(0.02):
                    break
                connection.sendall(bytes([byte]))

    thread = threading.Thread(target=drip, name="dripping")
    thread.start()
    yield listener.getsockname()[1]
    ending.set()
    # Wakes it where nobody came.
    with suppress(OSError):
        socket.create_connection(listener.getsockname()).close()
    thread.join()
    listener.close()


def test_a_secure_connection_that_drips_into_being_is_cut(dripping: int, drive: Drive) -> None:
    patient = replace(HASTY, timeout=timedelta(minutes=2))

    fetched = fetch_one(patient, f"https://127.0.0.1:{dripping}/", drive)

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.sentence == "no connection to 127.0.0.1 within 300ms"
