from itertools import cycle, islice

import pytest

from worker.basics.packing import pack_bytes, unpack_bytes

TEXT = b"Gulls fly over the harbour. " * 200


@pytest.mark.parametrize("plain", [b"", b"a", TEXT, bytes(range(256))])
def test_what_was_packed_comes_out_as_it_was(plain: bytes) -> None:
    assert unpack_bytes(pack_bytes(plain), len(plain)) == plain


def test_what_repeats_itself_takes_a_tenth_of_the_room_at_most() -> None:
    assert len(pack_bytes(TEXT)) < len(TEXT) / 10


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_byte_that_was_changed_is_noticed(place: int) -> None:
    packed = bytearray(pack_bytes(bytes(islice(cycle(b"harbour bridge gulls 1234567890"), 300))))
    packed[place] ^= 0x55
    with pytest.raises(ValueError, match="."):
        unpack_bytes(bytes(packed), 300)


@pytest.mark.parametrize("length", [0, len(TEXT) - 1, len(TEXT) + 1])
def test_no_more_is_unpacked_than_was_packed(length: int) -> None:
    with pytest.raises(ValueError, match="bytes where there were"):
        unpack_bytes(pack_bytes(TEXT), length)


def test_half_of_it_is_damaged() -> None:
    packed = pack_bytes(TEXT)
    with pytest.raises(ValueError, match="."):
        unpack_bytes(packed[: len(packed) // 2], len(TEXT))
