import gzip

import pytest
import xxhash

from worker.errors import ErrorClass, RejectedError, TransientError
from worker.fetch.body import Body


def test_a_body_is_its_chunks_in_order() -> None:
    body = Body([], limit=10)

    body.add(b"one ")
    body.add(b"two")

    assert body.read() == b"one two"
    assert (body.received, body.size) == (7, 7)


def test_a_compressed_body_counts_both_sizes() -> None:
    packed = gzip.compress(b"x" * 1000)
    body = Body(["gzip"], limit=1000)

    body.add(packed)

    assert body.read() == b"x" * 1000
    assert (body.received, body.size) == (len(packed), 1000)


@pytest.mark.parametrize("codings", [[], ["gzip"]])
def test_a_body_is_known_by_its_hash_whatever_its_chunks(codings: list[str]) -> None:
    sent, body = gzip.compress(b"one two") if codings else b"one two", Body(codings, limit=10)

    for at in range(len(sent)):
        body.add(sent[at : at + 1])

    assert body.is_known(xxhash.xxh3_128_digest(b"one two"))
    assert not body.is_known(xxhash.xxh3_128_digest(b"one too"))
    assert body.read() == b"one two"


def test_no_body_that_breaks_off_is_known() -> None:
    body = Body(["gzip"], limit=1000)
    body.add(gzip.compress(b"one two")[:-1])

    with pytest.raises(TransientError, match="breaks off before its end"):
        body.is_known(xxhash.xxh3_128_digest(b"one two"))


def test_a_body_beyond_the_limit_is_refused() -> None:
    body = Body([], limit=10)
    body.add(b"x" * 10)

    with pytest.raises(RejectedError, match="the document is larger than 10 B"):
        body.add(b"x")


def test_a_body_that_unfolds_beyond_the_limit_is_refused() -> None:
    with pytest.raises(RejectedError) as refusal:
        Body(["gzip"], limit=1000).add(gzip.compress(bytes(1001)))

    assert refusal.value.error_class is ErrorClass.TOO_BIG


def test_a_body_that_breaks_off_is_incomplete() -> None:
    body = Body(["gzip"], limit=1000)
    body.add(gzip.compress(b"text")[:-1])

    with pytest.raises(TransientError) as failure:
        body.read()

    assert failure.value.error_class is ErrorClass.INCOMPLETE


def test_a_body_of_no_bytes_is_empty_whatever_its_coding() -> None:
    assert Body(["gzip"], limit=1000).read() == b""


@pytest.mark.parametrize(
    ("content", "is_whole"),
    [
        (b"<rss><channel/></rss>\n", True),
        (b'<?xml version="1.0"?><!-- <a> --><!DOCTYPE rss><rss>&nbsp;</rss>', True),
        (b"<rdf:RDF>\xe9</rdf:RDF >", True),
        (b"<rss></rss>\n<!-- cached </b> --> <!-- twice -->\n", True),
        (b"<rss><channel></channel>", False),
        (b"<rss><channel/></rs", False),
        (b"<rss><channel/></rss", False),
        (b"<rss><item></item><!-- </rss>", False),
        (b"<rss><item></item><!-- x -->", False),
        (b"<rss><item><![CDATA[ </rss>", False),
        (b"<!-- <rss></rss>", False),
        (b"<", False),
        (b'{"items": []}', True),
        (b'{"items": [', False),
        (b'{"a":' * 200, False),
        (b"plain words", False),
        (b"", False),
    ],
)
def test_a_body_is_whole_at_the_end_of_its_root_or_its_object(content: bytes, *, is_whole: bool) -> None:
    body = Body([], limit=1000)
    body.add(content)

    assert body.is_whole() is is_whole


def test_a_packed_body_is_whole_at_the_end_of_its_coding() -> None:
    body = Body(["gzip"], limit=1000)
    body.add(gzip.compress(b"words of any kind"))

    assert body.is_whole()
