"""HTTP/2: offered where a server wants it or the operator says so, and nowhere else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from h2.errors import ErrorCodes

from tests.servers.forward_proxy import ForwardProxy
from tests.servers.http2 import Http2Publisher, Stream
from tests.servers.messages import Answer, Request
from worker.errors import ErrorClass, PollError
from worker.fetch import FetchLimits, Guard, HeldHop, Transfers, locate
from worker.values.due_feeds import Document, Fetched, FetchRequest, Message, NotModified, Taken, Validators
from worker.values.request_settings import RequestSettings

Drive = Callable[..., list[Fetched]]

FEED = b"<rss><channel><title>News</title></channel></rss>"
HTTP2 = RequestSettings(offers_http2=True)


@pytest.fixture
def limits(limits: FetchLimits, certificate: Path) -> FetchLimits:
    return replace(limits, ca_bundle=str(certificate))


def fetcher(limits: FetchLimits) -> Transfers:
    return Transfers(limits, Guard.allowing(["127.0.0.0/8"]))


def fetch_each(limits: FetchLimits, drive: Drive, *asked: tuple[str, RequestSettings | None]) -> list[Fetched]:
    """Fetch one after the other by the same fetcher."""
    with fetcher(limits) as transfers:
        fetched = []
        for url, settings in asked:
            transfers.start(FetchRequest(1, url, settings=settings))
            fetched += drive(transfers)
        return fetched


def versions_of(server: Http2Publisher) -> list[int]:
    return [2 if ":authority" in request.headers else 1 for request in server.requests]


def class_of(fetched: Fetched) -> ErrorClass:
    assert isinstance(fetched.answer, PollError)
    return fetched.answer.error_class


def in_http2_only(refusal: Answer) -> Callable[[Request], Answer]:
    return lambda request: Answer(FEED) if ":authority" in request.headers else refusal


def test_a_server_that_speaks_both_is_asked_over_http_1(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    with Http2Publisher(certificate) as server:
        server.serve("/feed.xml", FEED)
        fetch_each(limits, drive, (server.url("/feed.xml", "localhost"), None))

        assert versions_of(server) == [1]


@pytest.mark.parametrize("to_others", ["alert", "frames"])
def test_a_server_of_http_2_alone_is_asked_again_and_remembered(
    certificate: Path, limits: FetchLimits, drive: Drive, to_others: str
) -> None:
    with Http2Publisher(certificate, to_others) as server:
        server.serve("/feed.xml", FEED)
        url = server.url("/feed.xml", "localhost")
        fetched = fetch_each(limits, drive, (url, None), (url, None))

        assert [type(each.answer) for each in fetched] == [Document, Document]
        assert versions_of(server) == [2, 2]
        assert server.connections == 2


@pytest.mark.parametrize(
    "refusal",
    [Answer(status=426, headers={"Upgrade": "TLS/1.3, h2"}), Answer(status=505)],
    ids=["upgrade required", "version not supported"],
)
def test_an_answer_that_wants_http_2_gets_it(
    certificate: Path, limits: FetchLimits, drive: Drive, refusal: Answer
) -> None:
    with Http2Publisher(certificate) as server:
        server.on("/feed.xml", in_http2_only(refusal))
        url = server.url("/feed.xml", "localhost")
        fetched = fetch_each(limits, drive, (url, None), (url, None))

        assert [type(each.answer) for each in fetched] == [Document, Document]
        assert versions_of(server) == [1, 2, 2]


@pytest.mark.parametrize(
    ("answer", "error_class"),
    [
        (Answer(status=426, headers={"Upgrade": "websocket"}), ErrorClass.HTTP_4XX),
        (Answer(status=403), ErrorClass.HTTP_4XX),
        (Answer(raw=b""), ErrorClass.INCOMPLETE),
    ],
    ids=["another upgrade", "forbidden", "silence"],
)
def test_other_refusals_are_no_wish_for_http_2(
    certificate: Path, limits: FetchLimits, drive: Drive, answer: Answer, error_class: ErrorClass
) -> None:
    with Http2Publisher(certificate) as server:
        server.on("/feed.xml", answer)
        (fetched,) = fetch_each(limits, drive, (server.url("/feed.xml", "localhost"), None))

        assert class_of(fetched) is error_class
        assert len(server.requests) == 1


def test_a_server_that_refuses_both_is_asked_twice_and_not_remembered(
    certificate: Path, limits: FetchLimits, drive: Drive
) -> None:
    with Http2Publisher(certificate) as server:
        server.on("/feed.xml", Answer(status=505))
        url = server.url("/feed.xml", "localhost")
        fetched = fetch_each(limits, drive, (url, None), (url, None))

        assert [class_of(each) for each in fetched] == [ErrorClass.HTTP_5XX] * 2
        assert versions_of(server) == [1, 2, 1, 2]


def test_an_origin_whose_http_2_is_broken_is_forgotten(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    def reset(stream: Stream) -> None:
        stream.state.reset_stream(stream.number, ErrorCodes.INTERNAL_ERROR)
        stream.flush()

    with Http2Publisher(certificate) as server:
        server.on("/feed.xml", in_http2_only(Answer(status=505)))
        server.serve("/other.xml", FEED)
        server.play("/broken.xml", reset)
        asked = [server.url(path, "localhost") for path in ("/feed.xml", "/other.xml", "/broken.xml", "/other.xml")]
        fetch_each(limits, drive, *((url, None) for url in asked))

        assert versions_of(server) == [1, 2, 2, 2, 1]


def test_the_second_request_is_held_as_any_request_to_a_host_is(
    certificate: Path, limits: FetchLimits, drive: Drive
) -> None:
    with Http2Publisher(certificate, "alert") as server, fetcher(limits) as transfers:
        server.serve("/feed.xml", FEED)
        url = server.url("/feed.xml", "localhost")
        transfers.start(FetchRequest(1, url), is_paced=True)
        held: list[HeldHop] = []
        while not held:
            assert transfers.step(timedelta(seconds=1)) == []
            held = transfers.take_held()

        assert held == [HeldHop(1, locate(url), why="which wants HTTP/2")]
        assert server.requests == []
        transfers.send(1)
        assert isinstance(drive(transfers)[0].answer, Document)


def test_an_operators_feed_gets_http_2_at_once_and_no_others_connection(
    certificate: Path, limits: FetchLimits, drive: Drive
) -> None:
    with Http2Publisher(certificate) as server:
        server.serve("/feed.xml", FEED)
        url = server.url("/feed.xml", "localhost")
        fetch_each(limits, drive, (url, None), (url, HTTP2), (url, None), (url, HTTP2))

        assert versions_of(server) == [1, 2, 1, 2]
        assert server.connections == 2


def test_http_2_goes_through_a_tunnel(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    with Http2Publisher(certificate, "alert") as server, ForwardProxy(server.port) as proxy:
        server.serve("/feed.xml", FEED)
        url, through = server.url("/feed.xml", "localhost"), RequestSettings(proxy=f"http://127.0.0.1:{proxy.port}")
        fetched = fetch_each(limits, drive, (url, through), (url, through))

        assert [type(each.answer) for each in fetched] == [Document, Document]
        assert proxy.names == [f"localhost:{server.port}"] * 2


def test_a_kept_connection_carries_one_request_at_a_time(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    with Http2Publisher(certificate) as server, fetcher(limits) as transfers:
        server.serve("/feed.xml", FEED)
        for count in (1, 2):
            for feed_id in range(count):
                transfers.start(FetchRequest(feed_id, server.url("/feed.xml", "localhost"), settings=HTTP2))
            drive(transfers, count)

        assert server.connections == 2


def test_the_guard_judges_what_is_dialled_for_http_2(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    with Http2Publisher(certificate) as server, Transfers(limits, Guard()) as transfers:
        transfers.start(FetchRequest(1, server.url("/feed.xml", "localhost"), settings=HTTP2))

        assert class_of(drive(transfers)[0]) is ErrorClass.GUARD
        assert server.connections == 0


def test_not_modified_is_known_by_its_validators(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    with Http2Publisher(certificate) as server, fetcher(limits) as transfers:
        server.serve_validated("/feed.xml", FEED, etag='"1"')
        url = server.url("/feed.xml", "localhost")
        transfers.start(FetchRequest(1, url, Validators(etag='"1"'), settings=HTTP2))

        assert drive(transfers)[0].answer == NotModified(Validators(etag='"1"'))


def test_a_pause_for_memory_ends_with_the_whole_document(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    body = b"<rss>" + b"x" * 900_000 + b"</rss>"
    with Http2Publisher(certificate) as server, fetcher(replace(limits, in_flight_bytes=100_000)) as transfers:
        server.serve("/feed.xml", body)
        for feed_id in range(6):
            transfers.start(FetchRequest(feed_id, server.url("/feed.xml", "localhost"), settings=HTTP2))
        answers = [fetched.answer for fetched in drive(transfers, 6)]

    assert all(isinstance(answer, Document) and answer.body == body for answer in answers)


def test_a_message_is_taken_over_http_2(certificate: Path, limits: FetchLimits, drive: Drive) -> None:
    with Http2Publisher(certificate, "alert") as server, fetcher(limits) as transfers:
        server.on("/hook", Answer(status=204))
        transfers.start(FetchRequest(1, server.url("/hook", "localhost"), message=Message(b"{}", ())))

        assert isinstance(drive(transfers)[0].answer, Taken)
