import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.fetch.codings import DECODERS, Brotli, CodingError, Decoder, Deflate, Gzip, Layer

TEXT = b"the same words again and again " * 1000
MOST = 1_000_000


def bare(text: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(text) + packer.flush()


PACKED = pytest.mark.parametrize(
    ("decoder", "packed"),
    [
        (Gzip, gzip.compress(TEXT)),
        (Gzip, gzip.compress(TEXT[:9]) + gzip.compress(b"") + gzip.compress(TEXT[9:])),
        (Deflate, zlib.compress(TEXT)),
        (Deflate, zlib.compress(TEXT, 0)),
        (Deflate, bare(TEXT)),
        (Brotli, brotli.compress(TEXT)),
    ],
    ids=["gzip", "members", "deflate", "stored", "bare", "br"],
)


@PACKED
@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
def test_the_parts_of_a_stream_become_the_text(decoder: Callable[[], Decoder], packed: bytes, size: int) -> None:
    stream = decoder()

    text = b"".join(stream.decode(packed[start : start + size], MOST) for start in range(0, len(packed), size))

    assert text == TEXT
    assert stream.is_complete


@PACKED
def test_a_stream_without_its_last_byte_is_not_complete(decoder: Callable[[], Decoder], packed: bytes) -> None:
    stream = decoder()

    stream.decode(packed[:-1], MOST)

    assert not stream.is_complete


@pytest.mark.parametrize(("decoder", "packed"), [(Gzip, gzip.compress(TEXT)), (Deflate, zlib.compress(TEXT))])
def test_padding_after_the_end_becomes_nothing(decoder: Callable[[], Decoder], packed: bytes) -> None:
    stream = decoder()

    assert stream.decode(packed + b"\0padding", MOST) == TEXT
    assert stream.decode(b"padding", MOST) == b""
    assert stream.is_complete


@pytest.mark.parametrize(
    ("decoder", "bomb"),
    [
        (Gzip, gzip.compress(bytes(10_000_000))),
        (Gzip, gzip.compress(bytes(10_000)) * 1000),
        (Deflate, zlib.compress(bytes(10_000_000))),
        (Brotli, brotli.compress(bytes(10_000_000), quality=5)),
    ],
    ids=["gzip", "members", "deflate", "br"],
)
def test_a_bomb_becomes_little_more_than_was_asked_for(decoder: Callable[[], Decoder], bomb: bytes) -> None:
    assert 1000 <= len(decoder().decode(bomb, 1000)) < 100_000


@pytest.mark.parametrize(
    ("decoder", "broken"),
    [
        (Gzip, TEXT),
        (Gzip, gzip.compress(TEXT)[:-8] + bytes(8)),
        (Gzip, gzip.compress(TEXT) + b"\x1f is not a member"),
        (Deflate, b"\x78\x9c" + TEXT),
        (Deflate, TEXT),
        (Brotli, TEXT),
    ],
    ids=["gzip", "checksum", "member", "deflate", "bare", "br"],
)
def test_a_broken_stream_is_an_error(decoder: Callable[[], Decoder], broken: bytes) -> None:
    with pytest.raises(CodingError):
        decoder().decode(broken, MOST)


def test_what_is_offered_is_what_can_be_undone() -> None:
    assert list(DECODERS) == ["gzip", "deflate", "br"]


# layers --------------------------------------------------------------------------------------------------------------
FEED = b'<?xml version="1.0"?><rss><channel><title>News</title></channel></rss>'
TWICE = gzip.compress(gzip.compress(FEED))


def unpack(packed: bytes, *claimed: str, size: int = 1_000_000, limit: int = 1_000_000) -> bytes:
    layer = Layer(claimed, limit)
    pieces = [layer.unpack(packed[start : start + size]) for start in range(0, len(packed), size)]
    return b"".join(pieces) + layer.end()


@pytest.mark.parametrize(
    "claim", ["none", "utf-8", "binary", "text/xml", "bogus", "gzip", "deflate", "br", "zstd", "compress"]
)
@pytest.mark.parametrize(
    "feed",
    [FEED, b"<rss/>", b"\xef\xbb\xbf" + FEED, b"\r\n" + FEED, b'{"version": "1.1"}', FEED.decode().encode("utf-16")],
    ids=["XML", "short", "mark", "line break", "JSON", "UTF-16"],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_plain_stays_as_it_is_whatever_is_claimed(claim: str, feed: bytes, size: int) -> None:
    assert unpack(feed, claim, size=size) == feed


@pytest.mark.parametrize(
    ("packed", "claimed"),
    [
        (gzip.compress(FEED), []),
        (gzip.compress(FEED), ["none"]),
        (gzip.compress(FEED), ["deflate"]),
        (gzip.compress(FEED), ["gzip", "gzip"]),
        (gzip.compress(FEED), ["utf-8", "gzip"]),
        (TWICE, []),
        (TWICE, ["gzip"]),
        (TWICE, ["gzip", "gzip"]),
        (gzip.compress(brotli.compress(FEED)), ["br", "gzip"]),
        (brotli.compress(gzip.compress(FEED)), ["gzip", "br"]),
        (brotli.compress(gzip.compress(FEED)), ["br"]),
        (bare(FEED), ["deflate"]),
        (zlib.compress(FEED), ["deflate"]),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_packed_is_unpacked_whatever_is_claimed(packed: bytes, claimed: list[str], size: int) -> None:
    assert unpack(packed, *claimed, size=size) == FEED


@pytest.mark.parametrize(
    ("packed", "claimed", "kind", "error_class"),
    [
        (gzip.compress(FEED)[:-1], [], TransientError, ErrorClass.INCOMPLETE),
        (TWICE[:-1], [], TransientError, ErrorClass.INCOMPLETE),
        (gzip.compress(gzip.compress(FEED)[:-1]), [], TransientError, ErrorClass.INCOMPLETE),
        (b"\x1f\x8b", ["gzip"], TransientError, ErrorClass.INCOMPLETE),
        (b"\x1f\x8b\x08\xff" + bytes(20), [], TransientError, ErrorClass.PROTOCOL),
        (b"\x00\x01 no coding", ["gzip"], TransientError, ErrorClass.PROTOCOL),
        (b"\x28\xb5\x2f\xfd" + bytes(20), ["zstd"], PermanentError, ErrorClass.PROTOCOL),
        (gzip.compress(TWICE), ["gzip"], RejectedError, ErrorClass.TOO_BIG),
    ],
    ids=["cut", "outer cut", "inner cut", "cut in its magic", "broken", "none of it", "not offered", "three times"],
)
def test_what_cannot_be_unpacked_is_an_error(
    packed: bytes, claimed: list[str], kind: type[PollError], error_class: ErrorClass
) -> None:
    with pytest.raises(kind) as failure:
        unpack(packed, *claimed)

    assert failure.value.error_class is error_class


@pytest.mark.parametrize("claimed", [[], ["gzip"], ["gzip", "gzip"]])
@pytest.mark.parametrize(
    "bomb",
    [
        gzip.compress(bytes(10_000_000)),
        gzip.compress(gzip.compress(bytes(10_000_000))),
        # What unfolds in between counts too, even if nothing comes of it.
        gzip.compress(gzip.compress(b"") * 100_000),
    ],
    ids=["once", "twice", "in between"],
)
def test_a_bomb_is_refused_in_every_layer(bomb: bytes, claimed: list[str]) -> None:
    with pytest.raises(RejectedError, match=r"the document is larger than 1\.0 MB"):
        unpack(bomb, *claimed)
