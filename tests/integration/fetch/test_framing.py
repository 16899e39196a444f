"""Answers that break off or break the rules: errors, and never a document (RFC 9112, section 8)."""

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.values.due_feeds import Fetched

Fetch = Callable[..., Fetched]

FEED = b"<rss><channel><title>News of the day</title></channel></rss>" * 50
VALIDATED = {"ETag": '"a"'}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(FEED, length=len(FEED) + 1, is_cut=True, headers=VALIDATED),
        Answer(FEED, framing="chunked", is_cut=True, headers=VALIDATED),
        Answer(gzip.compress(FEED)[:-1], headers=VALIDATED | {"Content-Encoding": "gzip"}),
        Answer(gzip.compress(FEED)[:-30], headers=VALIDATED | {"Content-Encoding": "gzip"}, framing="close"),
        Answer(gzip.compress(FEED)[:5], headers=VALIDATED | {"Content-Encoding": "gzip"}),
        Answer(zlib.compress(FEED)[:-1], headers=VALIDATED | {"Content-Encoding": "deflate"}),
        Answer(zlib.compress(FEED)[:1], headers=VALIDATED | {"Content-Encoding": "deflate"}),
        Answer(brotli.compress(FEED)[:-1], headers=VALIDATED | {"Content-Encoding": "br"}),
        Answer(raw=b'HTTP/1.1 200 OK\r\nETag: "a"\r\nContent-Le'),
        Answer(raw=b'HTTP/1.1 200 OK\r\nETag: "a"\r\n'),
        Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"),
        Answer(raw=b""),
    ],
    ids=[
        "length",
        "chunks",
        "gzip trailer",
        "gzip",
        "gzip header",
        "deflate",
        "deflate header",
        "br",
        "header",
        "headers",
        "broken chunk",
        "nothing",
    ],
)
def test_an_answer_that_breaks_off_is_incomplete(publisher: Publisher, fetch: Fetch, answer: Answer) -> None:
    fetched = fetch(publisher.on("/feed.xml", answer))

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is ErrorClass.INCOMPLETE


@pytest.mark.parametrize(
    "raw",
    [
        FEED,
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nContent-Length: -3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_an_answer_that_is_not_http_is_a_protocol_error(publisher: Publisher, fetch: Fetch, raw: bytes) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(raw=raw)))

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is ErrorClass.PROTOCOL


def test_a_wrong_checksum_is_a_protocol_error(publisher: Publisher, fetch: Fetch) -> None:
    packed = gzip.compress(FEED)[:-8] + bytes(8)

    fetched = fetch(publisher.on("/feed.xml", Answer(packed, headers={"Content-Encoding": "gzip"})))

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is ErrorClass.PROTOCOL


def test_a_coding_that_was_not_offered_is_a_protocol_error(publisher: Publisher, fetch: Fetch) -> None:
    # The magic of zstd (RFC 8878, section 3.1.1).
    packed = b"\x28\xb5\x2f\xfd" + bytes(50)

    fetched = fetch(publisher.on("/feed.xml", Answer(packed, headers={"Content-Encoding": "zstd"})))

    assert isinstance(fetched.answer, PermanentError)
    assert fetched.answer.error_class is ErrorClass.PROTOCOL


def test_a_port_where_nobody_listens_is_a_connect_error(publisher: Publisher, fetch: Fetch) -> None:
    url = publisher.serve("/feed.xml", FEED)
    publisher.close()

    fetched = fetch(url)

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is ErrorClass.CONNECT
    assert fetched.http_status is None


def test_a_failure_names_the_host(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(raw=b"")))

    assert isinstance(fetched.answer, PollError)
    assert fetched.answer.sentence == "127.0.0.1 closed the connection without an answer"
