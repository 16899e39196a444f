"""Over HTTP/2 a publisher is held to every limit, and what has no end is no document."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from h2.errors import ErrorCodes
from hyperframe.frame import ContinuationFrame, DataFrame, HeadersFrame, PingFrame

from tests.servers.http2 import Http2Publisher, Play, Stream
from worker.errors import ErrorClass, PollError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Document, Fetched, FetchRequest
from worker.values.request_settings import RequestSettings

Drive = Callable[..., list[Fetched]]

FEED = b"<rss><channel><title>News</title></channel></rss>"


def class_of(fetched: Fetched) -> ErrorClass:
    assert isinstance(fetched.answer, PollError)
    return fetched.answer.error_class


def over_http2(certificate: Path, limits: FetchLimits, drive: Drive, play: Play) -> Fetched:
    """Fetch what a server answers frame by frame; it is asked once."""
    limits = replace(limits, ca_bundle=str(certificate))
    with Http2Publisher(certificate) as server, Transfers(limits, Guard.allowing(["127.0.0.0/8"])) as transfers:
        settings = RequestSettings(offers_http2=True)
        transfers.start(FetchRequest(1, server.play("/feed.xml", play), settings=settings))
        (fetched,) = drive(transfers)
        assert len(server.requests) == 1
        return fetched


def test_a_document_without_a_length_is_read_to_the_end_of_its_stream(
    certificate: Path, limits: FetchLimits, drive: Drive
) -> None:
    def play(stream: Stream) -> None:
        stream.send_head(200, ("etag", '"1"'))
        stream.send_part(FEED[:10])
        stream.send_part(FEED[10:], is_last=True)

    answer = over_http2(certificate, limits, drive, play).answer

    assert isinstance(answer, Document)
    assert (answer.body, answer.validators.etag) == (FEED, '"1"')


def reset_with(code: ErrorCodes) -> Play:
    def play(stream: Stream) -> None:
        stream.state.reset_stream(stream.number, code)
        stream.flush()

    return play


def reset_half_way(code: ErrorCodes, *fields: tuple[str, str]) -> Play:
    def play(stream: Stream) -> None:
        stream.send_head(200, *fields)
        stream.send_part(FEED[:20])
        stream.state.reset_stream(stream.number, code)
        stream.flush()

    return play


def go_away_half_way(stream: Stream) -> None:
    stream.send_head()
    stream.send_part(FEED)
    stream.state.close_connection(ErrorCodes.INTERNAL_ERROR, last_stream_id=stream.number)
    stream.flush()


def cut(stream: Stream) -> None:
    stream.send_head()
    stream.send_part(FEED)


def end_before_the_length(stream: Stream) -> None:
    stream.send_head(200, ("content-length", str(len(FEED))))
    stream.connection.sendall(DataFrame(stream.number, FEED[:20], flags=["END_STREAM"]).serialize())


@pytest.mark.parametrize(
    "play",
    [
        reset_half_way(ErrorCodes.CANCEL),
        reset_half_way(ErrorCodes.NO_ERROR),
        reset_half_way(ErrorCodes.NO_ERROR, ("content-length", str(len(FEED)))),
        reset_with(ErrorCodes.CANCEL),
        go_away_half_way,
        cut,
        end_before_the_length,
    ],
    ids=["reset", "reset without error", "reset in length", "at once", "go away", "cut", "short"],
)
def test_what_has_no_end_is_incomplete(certificate: Path, limits: FetchLimits, drive: Drive, play: Play) -> None:
    assert class_of(over_http2(certificate, limits, drive, play)) is ErrorClass.INCOMPLETE


def go_away_unasked(stream: Stream) -> None:
    stream.state.close_connection(last_stream_id=0)
    stream.flush()


@pytest.mark.parametrize(
    "play",
    [reset_with(ErrorCodes.REFUSED_STREAM), reset_with(ErrorCodes.HTTP_1_1_REQUIRED), go_away_unasked],
    ids=["refused", "wants HTTP/1.1", "go away"],
)
def test_what_a_server_refuses_is_not_sent_again_at_once(
    certificate: Path, limits: FetchLimits, drive: Drive, play: Play
) -> None:
    fetched = over_http2(certificate, limits, drive, play)

    assert class_of(fetched) is ErrorClass.PROTOCOL
    assert isinstance(fetched.answer, PollError)
    assert fetched.answer.sentence == "localhost refused the request over HTTP/2"


def test_bytes_that_are_no_frames_are_a_failure(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    def play(stream: Stream) -> None:
        stream.connection.sendall(b"\xff" * 1000)

    assert class_of(over_http2(certificate, limits, drive, play)) in {ErrorClass.PROTOCOL, ErrorClass.INCOMPLETE}


# Limits ---------------------------------------------------------------------------------------------------------------
def flood_of_fields(stream: Stream) -> None:
    stream.send_head(200, *((f"x-{number}", "y" * 1000) for number in range(64)))


def flood_of_repeated_fields(stream: Stream) -> None:
    # A few bytes each on the wire.
    stream.send_head(200, *[("x-filler", "y" * 1000)] * 70)


def flood_of_continuations(stream: Stream) -> None:
    encode = stream.state.encoder.encode
    stream.connection.sendall(HeadersFrame(stream.number, encode([(":status", "200")])).serialize())
    for number in range(1000):
        stream.connection.sendall(ContinuationFrame(stream.number, encode([(f"x-{number}", "y" * 100)])).serialize())


def flood_of_interim_answers(stream: Stream) -> None:
    for _ in range(2000):
        stream.state.send_headers(stream.number, [(":status", "103"), ("link", "x" * 50)])
    stream.flush()


def endless_document(stream: Stream) -> None:
    stream.send_head()
    for _ in range(1000):
        stream.send_part(b"x" * 10_000)


def document_announced_as_huge(stream: Stream) -> None:
    stream.send_head(200, ("content-length", str(10**12)))
    stream.wait_until_gone()


def flood_of_padding(stream: Stream) -> None:
    stream.send_head()
    for _ in range(40_000):
        stream.send_part(b"", pad=255)


def flood_of_pings(stream: Stream) -> None:
    stream.send_head()
    while True:
        stream.connection.sendall(PingFrame(0, b"12345678", flags=["ACK"]).serialize() * 1000)


@pytest.mark.parametrize(
    "play",
    [
        flood_of_fields,
        flood_of_repeated_fields,
        flood_of_continuations,
        flood_of_interim_answers,
        endless_document,
        document_announced_as_huge,
        flood_of_padding,
        flood_of_pings,
    ],
)
def test_no_server_sends_more_than_it_may(certificate: Path, limits: FetchLimits, drive: Drive, play: Play) -> None:
    fetched = over_http2(certificate, limits, drive, play)

    assert class_of(fetched) is ErrorClass.TOO_BIG
    assert fetched.bytes_received < 1_100_000


def test_a_stall_ends_at_the_deadline(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    limits = replace(limits, timeout=timedelta(milliseconds=300))

    def play(stream: Stream) -> None:
        stream.send_head()
        stream.wait_until_gone()

    assert class_of(over_http2(certificate, limits, drive, play)) is ErrorClass.TIMEOUT


def test_a_drip_ends_at_the_deadline(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    limits, pause = replace(limits, timeout=timedelta(milliseconds=500)), threading.Event()

    def play(stream: Stream) -> None:
        stream.send_head()
        while not pause.wait(0.05):
            stream.send_part(b"x")

    assert class_of(over_http2(certificate, limits, drive, play)) is ErrorClass.TIMEOUT
