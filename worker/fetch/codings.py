"""Content codings undone, by what a body is and not only by what its header claims (RFC 9110, section 8.4.1).

Servers claim codings that they did not apply, and serve files that are packed themselves; browsers read both. We undo
codings ourselves: libcurl takes a truncated gzip stream for a complete one, refuses one of several members, and keeps
what a bomb became while it is paused.
"""

import re
import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

import brotli

from worker.basics.units import show_size
from worker.errors import ErrorClass, PermanentError, RejectedError, TransientError

_GZIP_FORMAT, _ZLIB_FORMAT, _BARE_FORMAT = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
# RFC 1952, section 2.3.1, with the one method there is; no text begins like this.
_GZIP_MAGIC = b"\x1f\x8b\x08"
# IANA's registry of content codings. Any other name (``none``, ``utf-8``, ``binary``) says nothing, as for browsers.
_CODINGS = frozenset({"aes128gcm", "br", "compress", "dcb", "dcz", "deflate", "exi", "gzip", "pack200-gzip", "zstd"})
# A packed file that is packed again on its way; more is what bombs do.
_MOST_LAYERS = 2
# Markup or JSON that has not been packed at all: sixteen random bytes are that once in many millions.
_ENOUGH_TO_TELL = 16
_PLAIN = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[ \t\r\n\0]*[<{\[][ -~\t\r\n\0]*")


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


class Layer:
    """A body, or what became of one that was packed; a class because its first bytes tell what it is."""

    def __init__(self, claimed: Sequence[str], limit: int, depth: int = 0) -> None:
        """``claimed`` are the codings in the order they were applied, ``limit`` bytes are the most it may be."""
        self._claimed = [name for name in claimed if name in _CODINGS]
        self._limit = limit
        self._depth = depth
        self._size = 0
        self._start = b""
        self._is_known = False
        self._coding = ""
        self._decoder: Decoder | None = None
        self._inner: Layer | None = None

    @property
    def is_packed(self) -> bool:
        """Whether a coding has been found in it."""
        return self._decoder is not None

    def unpack(self, chunk: bytes) -> bytes:
        """Return what ``chunk`` becomes, nothing while it is too short to tell; PollError ends the body for good."""
        if self._is_known:
            return self._pass_on(chunk)
        self._start += chunk
        if self._is_too_short_to_tell():
            return b""
        return self._open()

    def end(self) -> bytes:
        """Return what was too short to tell so far; TransientError if a coding breaks off before its end."""
        rest = self._open() if self._start else b""
        if self._decoder is None or self._inner is None:
            return rest
        if not self._decoder.is_complete:
            raise TransientError(ErrorClass.INCOMPLETE, f"the document's {self._coding} breaks off before its end")
        return rest + self._inner.end()

    def _is_too_short_to_tell(self) -> bool:
        if self._claimed:
            return len(self._start) < _ENOUGH_TO_TELL
        return len(self._start) < len(_GZIP_MAGIC) and _GZIP_MAGIC.startswith(self._start)

    def _open(self) -> bytes:
        """Decide what it is, and return what its first bytes become."""
        start, self._start, self._is_known = self._start, b"", True
        self._coding = _find_coding(start, self._claimed[-1] if self._claimed else "")
        if self._coding:
            if self._depth == _MOST_LAYERS:
                raise RejectedError(ErrorClass.TOO_BIG, "the document is compressed over and over, as bombs are")
            if self._coding not in DECODERS:
                sentence = f"the document is encoded as {self._coding!r}, which we did not offer"
                raise PermanentError(ErrorClass.PROTOCOL, sentence)
            self._decoder = DECODERS[self._coding]()
            self._inner = Layer(self._claimed[:-1], self._limit, self._depth + 1)
        return self._pass_on(start)

    def _pass_on(self, chunk: bytes) -> bytes:
        unpacked = self._decode(chunk) if self._decoder else chunk
        self._size += len(unpacked)
        if self._size > self._limit:
            raise too_big_error(self._limit)
        return self._inner.unpack(unpacked) if self._inner else unpacked

    def _decode(self, chunk: bytes) -> bytes:
        assert self._decoder, "it is packed"
        try:
            return self._decoder.decode(chunk, self._limit - self._size + 1)
        except CodingError as error:
            raise TransientError(ErrorClass.PROTOCOL, f"the document is not valid {self._coding}") from error


def _find_coding(start: bytes, claimed: str) -> str:
    """Return the coding of a body by its first bytes, else the one that is claimed; none for what is plain."""
    # A short brotli stream may begin like gzip.
    if claimed != "br" and start.startswith(_GZIP_MAGIC):
        return "gzip"
    return "" if claimed and _PLAIN.fullmatch(start[:_ENOUGH_TO_TELL]) else claimed


def too_big_error(limit: int) -> RejectedError:
    """Return the refusal of a document of more than ``limit`` bytes."""
    return RejectedError(ErrorClass.TOO_BIG, f"the document is larger than {show_size(limit)}")
