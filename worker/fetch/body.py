"""A body as it arrives: decoded chunk by chunk, within its own limit and within the memory that all bodies share."""

import re
from typing import Protocol

import orjson
import xxhash

from worker.fetch.codings import Layer

# So many bodies read on over the budget's limit, the smallest first, so that neither huge nor stalled ones hold up all
# others; each adds at most one document's size limit.
_READ_ON = 4
_START_TAG = re.compile(rb"<([^\s<>/!?]+)")
_END_TAG = re.compile(rb"</([^\s<>/!?]+)\s*>\Z")
# What may come before the root, and how it ends.
_PROLOGUE = {b"<?": b"?>", b"<!--": b"-->"}
_WITHOUT_MARKUP = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
# How far from the start the root may be, and the end of it from the document's.
_HEAD, _LONGEST_TAIL = 65_536, 4000


class Body:
    """The body of one document; a class because it grows chunk by chunk."""

    def __init__(self, codings: list[str], limit: int) -> None:
        self._outermost = Layer(codings, limit)
        self._chunks: list[bytes] = []
        self.received = 0
        """Bytes on the wire."""
        self.size = 0
        """Bytes decoded."""

    def add(self, chunk: bytes) -> None:
        """Take in bytes from the wire; PollError ends the body for good."""
        self.received += len(chunk)
        unpacked = self._outermost.unpack(chunk)
        self.size += len(unpacked)
        self._chunks.append(unpacked)

    def read(self) -> bytes:
        """Return the whole body; TransientError if its coding breaks off before the end."""
        self._end()
        return b"".join(self._chunks)

    def is_known(self, body_hash: bytes) -> bool:
        """Return whether it is the body of a hash (xxh3-128), without putting it together; TransientError as above."""
        self._end()
        seen = xxhash.xxh3_128()
        for chunk in self._chunks:
            seen.update(chunk)
        return bool(seen.digest() == body_hash)

    def _end(self) -> None:
        if self.received and (rest := self._outermost.end()):
            self._chunks.append(rest)

    def is_whole(self) -> bool:
        """Return whether nothing is missing at its end: that of its coding, or of complete XML or JSON."""
        content = self.read()
        return self._outermost.is_packed or _is_complete(content)


def _is_complete(content: bytes) -> bool:
    """Return whether a document ends where JSON or the root of its markup does.

    At one look: what came over a broken connection is worth no parser, which some documents are made to crash.
    """
    if content.lstrip().startswith(b"{"):
        try:
            orjson.loads(content)
        except orjson.JSONDecodeError:
            return False
        return True
    if any(content.rfind(start) > content.rfind(end) for start, end in _WITHOUT_MARKUP.items()):
        return False
    tail = content[-_LONGEST_TAIL:].rstrip()
    while tail.endswith(b"-->"):
        # Caches sign their work behind the document.
        tail = tail[: max(tail.rfind(b"<!--"), 0)].rstrip()
    end = _END_TAG.search(tail)
    return end is not None and end[1] == _find_root(content[:_HEAD])


def _find_root(head: bytes) -> bytes | None:
    """Return the name of the first element, behind declarations and comments."""
    at = head.find(b"<")
    while at >= 0:
        if tag := _START_TAG.match(head, at):
            return tag[1]
        after = next((end for start, end in _PROLOGUE.items() if head.startswith(start, at)), b">")
        end = head.find(after, at)
        at = head.find(b"<", end) if end > at else -1
    return None


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
