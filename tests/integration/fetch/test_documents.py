"""What a well-behaved publisher's document becomes."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from tests.servers.publisher import Answer, Publisher
from worker.values.due_feeds import Document, Fetched, Validators

Fetch = Callable[..., Fetched]

FEED = b"<rss><channel><title>News</title></channel></rss>" * 100


def bare_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def test_a_document_comes_with_its_url_type_language_and_validators(publisher: Publisher, fetch: Fetch) -> None:
    url = publisher.serve(
        "/feed.xml",
        FEED,
        "application/atom+xml; charset=utf-8",
        ETag='W/"a-1"',
        Last_Modified="Tue, 24 Nov 2026 09:00:00 GMT",
    )

    fetched = fetch(url)

    assert fetched.answer == Document(
        url=url,
        body=FEED,
        content_type="application/atom+xml; charset=utf-8",
        validators=Validators('W/"a-1"', "Tue, 24 Nov 2026 09:00:00 GMT"),
    )
    assert fetched.http_status == 200
    assert fetched.moved_to is None


def test_the_request_is_plain_and_says_who_asks(publisher: Publisher, fetch: Fetch) -> None:
    fetch(publisher.on("/feed.xml", Answer(FEED, headers={"Set-Cookie": "a=b"})) + "?a=1&b=%7E")
    fetch(publisher.url("/feed.xml"))

    first, second = publisher.requests

    assert first.method == "GET"
    assert first.target == "/feed.xml?a=1&b=%7E"
    assert first.headers == second.headers
    assert first.headers == {
        "host": publisher.authority,
        "user-agent": "Feedmill/test (+https://feedmill.example)",
        "accept": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
        "accept-encoding": "gzip, deflate, br",
    }


@pytest.mark.parametrize(
    ("coding", "encoded"),
    [
        ("gzip", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED)),
        ("gzip", gzip.compress(FEED[:99]) + gzip.compress(FEED[99:])),
        ("gzip", gzip.compress(FEED) + b"\0" * 512),
        ("deflate", zlib.compress(FEED)),
        ("deflate", bare_deflate(FEED)),
        ("br", brotli.compress(FEED)),
        ("identity", FEED),
        ("GZIP", gzip.compress(FEED)),
    ],
    ids=["gzip", "x-gzip", "two members", "padded", "deflate", "bare deflate", "br", "identity", "capitals"],
)
@pytest.mark.parametrize("piece", [1, 65536], ids=["byte by byte", "at once"])
def test_a_content_coding_is_undone(
    publisher: Publisher, fetch: Fetch, coding: str, encoded: bytes, piece: int
) -> None:
    answer = Answer(encoded, headers={"Content-Encoding": coding}, piece=piece)

    fetched = fetch(publisher.on("/feed.xml", answer))

    assert isinstance(fetched.answer, Document)
    assert fetched.answer.body == FEED


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_a_document_is_read_in_every_framing(publisher: Publisher, fetch: Fetch, framing: str) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(FEED, framing=framing, piece=500)))

    assert isinstance(fetched.answer, Document)
    assert fetched.answer.body == FEED


def test_bytes_received_are_those_on_the_wire(publisher: Publisher, fetch: Fetch) -> None:
    packed = gzip.compress(FEED)

    fetched = fetch(publisher.on("/feed.xml", Answer(packed, headers={"Content-Encoding": "gzip"})))

    head = b"HTTP/1.1 200 Programmed\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    assert fetched.bytes_received == len(head) + len(packed)


def test_a_second_poll_of_a_host_uses_the_same_connection(publisher: Publisher, fetch: Fetch) -> None:
    fetch(publisher.serve("/one.xml", FEED))
    fetch(publisher.serve("/two.xml", FEED))

    assert publisher.connections == 1


def test_a_host_that_closed_a_kept_connection_is_dialled_again(publisher: Publisher, fetch: Fetch) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
    url = publisher.on("/feed.xml", Answer(raw=head + b"rss"))

    assert [fetch(url).http_status for _ in range(3)] == [200, 200, 200]


def test_interim_answers_are_passed_over(publisher: Publisher, fetch: Fetch) -> None:
    raw = b'HTTP/1.1 103 Early Hints\r\nETag: "early"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nrss'

    fetched = fetch(publisher.on("/feed.xml", Answer(raw=raw)))

    assert isinstance(fetched.answer, Document)
    assert fetched.answer.validators == Validators()


def test_trailers_count_for_nothing(publisher: Publisher, fetch: Fetch) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw = head + b'3\r\nrss\r\n0\r\nETag: "late"\r\nHTTP/1.1 304 Not Modified\r\n\r\n'

    fetched = fetch(publisher.on("/feed.xml", Answer(raw=raw)))

    assert fetched.http_status in {200, None}
    assert not (isinstance(fetched.answer, Document) and fetched.answer.validators.etag)


def test_freshness_is_told_with_a_document(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.serve("/feed.xml", FEED, Cache_Control="public, max-age=1800", Age="600"))

    assert fetched.fresh_for is not None
    assert fetched.fresh_for.total_seconds() == 1200
