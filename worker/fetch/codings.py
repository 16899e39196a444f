"""Content codings undone chunk by chunk, with a bound on what a chunk may become (RFC 9110, section 8.4.1).

Not left to libcurl: it takes a truncated gzip stream for a complete one, refuses one of several members, and keeps what
a bomb became while it is paused.
"""

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli

ACCEPTED = "gzip, deflate, br"
_GZIP_FORMAT, _ZLIB_FORMAT, _BARE_FORMAT = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class CodingError(ValueError):
    """The bytes are not what their coding says."""


class Decoder(Protocol):
    """Undoes one coding; a class because it keeps state from chunk to chunk."""

    @property
    def is_complete(self) -> bool:
        """Whether the end of the stream was read, checksum and all."""

    def decode(self, chunk: bytes, most: int) -> bytes:
        """Return what ``chunk`` becomes, which is cut off soon after ``most`` bytes; CodingError if it is broken."""


class Gzip:
    """gzip of any number of members, which belong together (RFC 1952, section 2.2)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP_FORMAT)

    @property
    def is_complete(self) -> bool:
        """Whether the end was read."""
        return self._member.eof

    def decode(self, chunk: bytes, most: int) -> bytes:
        """Return what ``chunk`` becomes, member by member."""
        decoded = b""
        while chunk and len(decoded) < most:
            if self._member.eof:
                chunk = chunk.lstrip(b"\0")
                if not chunk.startswith(b"\x1f"):
                    # Padding after the last member: gzip itself ignores it too.
                    return decoded
                self._member = zlib.decompressobj(_GZIP_FORMAT)
            decoded += _inflate(self._member, chunk, most - len(decoded))
            chunk = self._member.unused_data
        return decoded


class Deflate:
    """deflate in its zlib wrapper, as it should be, or bare, as some servers send it."""

    def __init__(self) -> None:
        self._start = b""
        self._stream: zlib._Decompress | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the end was read."""
        return self._stream is not None and self._stream.eof

    def decode(self, chunk: bytes, most: int) -> bytes:
        """Return what ``chunk`` becomes; nothing while it is too short to tell the two forms apart."""
        if self._stream is None:
            chunk = self._start = self._start + chunk
            if len(chunk) < len(b"\x78\x9c"):
                return b""
            # The wrapper begins with method 8 and a checksum (RFC 1950, section 2.2).
            is_wrapped = chunk[0] & 0x0F == zlib.DEFLATED and int.from_bytes(chunk[:2]) % 31 == 0
            self._stream = zlib.decompressobj(_ZLIB_FORMAT if is_wrapped else _BARE_FORMAT)
        return b"" if self._stream.eof else _inflate(self._stream, chunk, most)


class Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def is_complete(self) -> bool:
        """Whether the end was read."""
        return bool(self._stream.is_finished())

    def decode(self, chunk: bytes, most: int) -> bytes:
        """Return what ``chunk`` becomes."""
        if self._stream.is_finished():
            return b""
        try:
            return bytes(self._stream.process(chunk, output_buffer_limit=most))
        except brotli.error as error:
            raise CodingError from error


DECODERS: dict[str, Callable[[], Decoder]] = {"gzip": Gzip, "deflate": Deflate, "br": Brotli}


def _inflate(stream: "zlib._Decompress", chunk: bytes, most: int) -> bytes:
    try:
        return stream.decompress(chunk, most)
    except zlib.error as error:
        raise CodingError from error
