"""A publisher for measuring: many feeds, each on a loopback address of its own, for next to no CPU.

Run as a program it prints its port when it is ready. ``GET /control/MODE`` on 127.0.0.1 switches how it answers:

fresh         200 with validators
not-modified  304 where the validators match
unchanged     200 with the same bytes, whatever the validators
one-new       as fresh, with one entry more than before (each time it is switched on)
a number      so many feeds in a hundred never answer from now on; the others go on as they did
"""

import argparse
import asyncio
import resource
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from benchmarks.bodies import ENTRIES, MARK, made_document, read_documents
from worker.parse.outline import slice_entries

_NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "%d"\r\nContent-Length: 0\r\n\r\n'
_OK = b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "%d"\r\nContent-Length: %d\r\n\r\n'


def address_of(feed: int) -> str:
    """Return the loopback address of a feed."""
    return f"127.10.{feed // 250}.{feed % 250 + 1}"


class Feeds:
    """What is served now."""

    def __init__(self, documents: Path | None, hang_percent: int) -> None:
        self.mode = "fresh"
        self.newest = ENTRIES
        self.requests = 0
        self._documents = read_documents(documents) if documents else []
        self._hang_percent = hang_percent

    def switch(self, mode: str) -> None:
        """Answer in another mode from now on."""
        if mode.isdecimal():
            self._hang_percent = int(mode)
            return
        self.mode = mode
        self.newest += mode == "one-new"

    def answer(self, path: bytes, head: bytes) -> bytes | None:
        """Return the answer to a request; null for a feed that hangs."""
        self.requests += 1
        feed = int(path.rpartition(b"/")[2])
        if feed % 100 < self._hang_percent:
            return None
        if self.mode == "not-modified" and b'if-none-match: "%d"' % self.newest in head.lower():
            return _NOT_MODIFIED % self.newest
        body = self._document(feed).replace(MARK, b"%06d" % feed)
        return _OK % (self.newest, len(body)) + body

    def _document(self, feed: int) -> bytes:
        if not self._documents:
            return _made(self.newest)
        document = self._documents[feed % len(self._documents)]
        # Until the round with one new entry its first one is held back.
        return document if self.newest > ENTRIES else _without_first_entry(document)


@cache
def _made(newest: int) -> bytes:
    return made_document(newest)


@cache
def _without_first_entry(document: bytes) -> bytes:
    sliced = slice_entries(document)
    return document.replace(sliced.slices[0], b"", 1) if sliced and len(sliced.slices) > 1 else document


class _Connection(asyncio.Protocol):
    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            if path.startswith(b"/control/"):
                self._feeds.switch(path.rpartition(b"/")[2].decode())
                self._transport.write(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")
            elif answer := self._feeds.answer(path, head):
                self._transport.write(answer)


def _sockets(count: int) -> Iterator[socket.socket]:
    """Listen at the control address and at each feed's; never at an address that others can reach."""
    port = 0
    for address in ("127.0.0.1", *map(address_of, range(count))):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        port = listener.getsockname()[1]
        yield listener


async def serve(count: int, feeds: Feeds) -> None:
    """Serve until killed."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    loop = asyncio.get_running_loop()
    listeners = list(_sockets(count))
    for listener in listeners:
        await loop.create_server(lambda: _Connection(feeds), sock=listener, backlog=100)
    print(listeners[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Run the server."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--bodies", type=Path, help="a folder of documents to serve in place of made ones")
    parser.add_argument("--hang", type=int, default=0, metavar="PERCENT", help="feeds that never answer")
    chosen = parser.parse_args()
    asyncio.run(serve(chosen.feeds, Feeds(chosen.bodies, chosen.hang)))


if __name__ == "__main__":
    main()
