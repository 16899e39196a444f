import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from worker.fetch.body import DECODERS, Brotli, CodingError, Decoder, Deflate, Gzip

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
