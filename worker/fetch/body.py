"""A body as it arrives: decoded chunk by chunk, within its own limit and within the memory that all bodies share.

We undo content codings ourselves (RFC 9110, section 8.4.1). libcurl takes a truncated gzip stream for a complete one,
refuses one of several members, and keeps what a bomb became while it is paused.
"""

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli

from worker.basics.units import show_size
from worker.errors import ErrorClass, PermanentError, RejectedError, TransientError

_GZIP_FORMAT, _ZLIB_FORMAT, _BARE_FORMAT = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
# So many bodies read on over the budget's limit, the smallest first, so that neither huge nor stalled ones hold up all
# others; each adds at most one document's size limit.
_READ_ON = 4


class CodingError(ValueError):
    """The bytes are not what their coding says."""


class Decoder(Protocol):
    """Undoes one coding; a class because it keeps state from chunk to chunk."""

    @property
    def is_complete(self) -> bool:
        """Whether the end of the stream was read, checksum and all."""

    def decode(self, chunk: bytes, most: int) -> bytes:
        """Return what ``chunk`` becomes, cut off soon after ``most`` bytes; CodingError if it is broken."""


class Gzip:
    """gzip: any number of members, one after the other (RFC 1952, section 2.2)."""

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
                    # Padding after the last member, which gzip itself ignores too.
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


def _inflate(stream: "zlib._Decompress", chunk: bytes, most: int) -> bytes:
    try:
        return stream.decompress(chunk, most)
    except zlib.error as error:
        raise CodingError from error


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
ACCEPTED = ", ".join(DECODERS)


class Body:
    """The body of one document; a class because it grows chunk by chunk."""

    def __init__(self, codings: list[str], limit: int) -> None:
        """Raise PollError for content codings that we do not undo: more than one, or one that we did not offer."""
        if len(codings) > 1:
            raise RejectedError(ErrorClass.TOO_BIG, "the document is compressed more than once over, as bombs are")
        self._coding = codings[0] if codings else ""
        if self._coding and self._coding not in DECODERS:
            sentence = f"the document is encoded as {self._coding[:40]!r}, which we did not offer"
            raise PermanentError(ErrorClass.PROTOCOL, sentence)
        self._decoder = DECODERS[self._coding]() if self._coding else None
        self._limit = limit
        self._chunks: list[bytes] = []
        self.received = 0
        """Bytes on the wire."""
        self.size = 0
        """Bytes decoded."""

    def add(self, chunk: bytes) -> None:
        """Take in bytes from the wire; PollError ends the body for good."""
        self.received += len(chunk)
        if self._decoder:
            try:
                chunk = self._decoder.decode(chunk, self._limit - self.size + 1)
            except CodingError as error:
                sentence = f"the document is not the {self._coding} it claims"
                raise TransientError(ErrorClass.PROTOCOL, sentence) from error
        self.size += len(chunk)
        if self.size > self._limit:
            raise too_big_error(self._limit)
        self._chunks.append(chunk)

    def read(self) -> bytes:
        """Return the whole body; TransientError if its coding breaks off before the end."""
        if self._decoder and self.received and not self._decoder.is_complete:
            raise TransientError(ErrorClass.INCOMPLETE, f"the document's {self._coding} breaks off before its end")
        return b"".join(self._chunks)


def too_big_error(limit: int) -> RejectedError:
    """Return the refusal of a document of more than ``limit`` bytes."""
    return RejectedError(ErrorClass.TOO_BIG, f"the document is larger than {show_size(limit)}")


class BodyReader(Protocol):
    """Something that takes in a body and can be told to go on."""

    @property
    def size(self) -> int:
        """Bytes it has taken in so far."""

    def resume(self) -> None:
        """Go on reading."""


class Budget:
    """The memory that all bodies share: past its limit reading pauses, while deadlines run on; a class for its sum."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken = 0
        """Bytes of the bodies that are being read."""
        self.held = 0
        """Bytes of documents that were handed out and are still in memory."""
        self._paused: dict[BodyReader, None] = {}
        self._reading_on: set[BodyReader] = set()

    def admits(self, reader: BodyReader) -> bool:
        """Return whether ``reader`` may take in more; if not, it pauses until ``resume`` tells it to go on."""
        if not self._is_spent or reader in self._reading_on:
            return True
        self._paused[reader] = None
        return False

    def release(self, reader: BodyReader) -> None:
        """Forget a reader that has ended, and give back what it took."""
        self.taken -= reader.size
        self._paused.pop(reader, None)
        self._reading_on.discard(reader)

    def resume(self) -> None:
        """Let paused readers go on: all while there is room, and over the limit a few, so that one always moves."""
        if not self._is_spent:
            # The privilege ends with the need for it, or readers that stall would keep it for ever.
            self._reading_on.clear()
        # A reader takes in what waits for it as it resumes, and may pause again at once: ask each only once.
        for reader in list(self._paused):
            if self._is_spent:
                break
            self._go_on(reader)
        while self._paused and len(self._reading_on) < _READ_ON:
            smallest = min(self._paused, key=lambda reader: reader.size)
            self._reading_on.add(smallest)
            self._go_on(smallest)

    @property
    def _is_spent(self) -> bool:
        return self.taken + self.held >= self.limit

    def _go_on(self, reader: BodyReader) -> None:
        del self._paused[reader]
        reader.resume()
