"""A publisher for measuring: many feeds, each on a loopback address of its own, for next to no CPU.

Run as a program it prints its port when it is ready. ``GET /control/MODE`` on 127.0.0.1 switches how it answers:

fresh         200 with validators
not-modified  304 where the validators match
unchanged     200 with the same bytes, whatever the validators
one-new       as fresh, with one entry more than before (each time it is switched on)
mixed         as publishers do: 80 % 304, 15 % the same bytes, 5 % one new entry; and one feed in a hundred fails
a number      so many feeds in a hundred never answer from now on; the others go on as they did
"""

import argparse
import asyncio
import random
import resource
import socket
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from benchmarks.bodies import ENTRIES, MARK, made_document, read_documents
from worker.parse.outline import slice_entries

# Of a hundred answers in mode ``mixed`` so many are a 304, and so many the same bytes or a 304; and which feeds fail.
_MIXED_304, _MIXED_SAME, _FAILING = 80, 95, 99
_NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "%d"\r\nContent-Length: 0\r\n\r\n'
_FAILED = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
_OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "%d"\r\nContent-Length: %d\r\n\r\n'

Answer = Callable[[bytes, bytes], bytes | None]
"""From a request's path and head what is answered, head and body; None for no answer at all."""


def address_of(feed: int) -> str:
    """Return the loopback address of a feed."""
    return f"127.{10 + feed // 62_500}.{feed // 250 % 250}.{feed % 250 + 1}"


class Feeds:
    """What is served now."""

    def __init__(self, documents: Path | None, hang_percent: int, entries: int, *, is_shared: bool) -> None:
        self.mode = "fresh"
        self.newest = ENTRIES
        self.requests = 0
        self._documents = read_documents(documents) if documents else []
        self._hang_percent = hang_percent
        self._entries = entries
        self._shared = ENTRIES if is_shared else 0
        self._newest_of: defaultdict[int, int] = defaultdict(lambda: ENTRIES)
        self._chance = random.Random(1)

    def switch(self, mode: str) -> None:
        """Answer in another mode from now on."""
        if mode.isdecimal():
            self._hang_percent = int(mode)
            return
        self.mode = mode
        self.newest += mode == "one-new"

    def answer(self, path: bytes, head: bytes) -> bytes | None:
        """Return the answer to a request; None for a feed that hangs."""
        if path.startswith(b"/control/"):
            self.switch(path.rpartition(b"/")[2].decode())
            return b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
        self.requests += 1
        feed = int(path.rpartition(b"/")[2])
        if feed % 100 < self._hang_percent:
            return None
        if self.mode == "mixed":
            return self._answer_as_publishers_do(feed, head.lower())
        if self.mode == "not-modified" and b'if-none-match: "%d"' % self.newest in head.lower():
            return _NOT_MODIFIED % self.newest
        return self._send(feed, self.newest)

    def _answer_as_publishers_do(self, feed: int, head: bytes) -> bytes:
        if feed % 100 == _FAILING:
            return _FAILED
        chance = self._chance.randrange(100)
        self._newest_of[feed] += chance >= _MIXED_SAME
        newest = self._newest_of[feed]
        if chance < _MIXED_304 and b'if-none-match: "%d"' % newest in head:
            return _NOT_MODIFIED % newest
        return self._send(feed, newest)

    def _send(self, feed: int, newest: int) -> bytes:
        body = self._document(feed, newest).replace(MARK, b"%06d" % feed)
        return _OK % (newest, len(body)) + body

    def _document(self, feed: int, newest: int) -> bytes:
        if not self._documents:
            return _made(newest, self._entries, self._shared)
        document = self._documents[feed % len(self._documents)]
        # Until the round with one new entry its first one is held back.
        return document if newest > ENTRIES else _without_first_entry(document)


@lru_cache(maxsize=64)
def _made(newest: int, entries: int, shared: int) -> bytes:
    return made_document(newest, entries, shared)


@lru_cache(maxsize=256)
def _without_first_entry(document: bytes) -> bytes:
    sliced = slice_entries(document)
    return document.replace(sliced.slices[0], b"", 1) if sliced and len(sliced.slices) > 1 else document


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            if answer := self._answer(path, head):
                self._transport.write(answer)


def _listener(port: int) -> socket.socket:
    """Listen at all loopback addresses, and at none that others can reach."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    listener.bind(("0.0.0.0", port))
    return listener


async def serve(answer: Answer, port: int) -> None:
    """Serve at all loopback addresses, a free port for 0, until killed."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    listener = _listener(port)
    await asyncio.get_running_loop().create_server(lambda: _Connection(answer), sock=listener, backlog=1000)
    print(listener.getsockname()[1], flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Run the server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="by default a free one")
    parser.add_argument("--bodies", type=Path, help="a folder of documents to serve in place of made ones")
    parser.add_argument("--hang", type=int, default=0, metavar="PERCENT", help="feeds that never answer")
    parser.add_argument("--entries", type=int, default=ENTRIES, help="how many a made document has")
    parser.add_argument("--shared", action="store_true", help="all feeds have the same first entries")
    chosen = parser.parse_args()
    asyncio.run(serve(Feeds(chosen.bodies, chosen.hang, chosen.entries, is_shared=chosen.shared).answer, chosen.port))


if __name__ == "__main__":
    main()
