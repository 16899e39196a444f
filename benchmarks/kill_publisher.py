"""The publisher of the kill test: feeds that slide, edit, fail and lie, with a ledger of all that they published."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Self

from benchmarks.interleaving_publisher import spell
from benchmarks.kill_ledger import Edition, Ledger, Visit, title_of

MODES = ("500", "hang", "cut", "garbage", "false 304", "reset")
"""What a publisher's fault may be."""

_FEEDS_A_HOST = 3
_WINDOWS = (6, 12, 25)
_NO_LINGER = struct.pack("ii", 1, 0)


def host_of(feed: int) -> str:
    """Return the loopback address of a feed's host, which it shares with others."""
    return f"127.20.0.{feed // _FEEDS_A_HOST + 1}"


class Publisher:
    """Serves the feeds from a thread of its own; use it as a context manager."""

    def __init__(self, feeds: int, random: Random) -> None:
        self.ledger = Ledger({feed: [] for feed in range(feeds)})
        self.modes: dict[int, str] = {}
        """How feeds fail now."""
        self.is_open = True
        """Whether anything new is published."""
        self._random = random
        self._delays = Random("delays")
        self._changes_at = dict.fromkeys(range(feeds), 0.0)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="publisher", daemon=True)
        self.port = 0
        for feed in range(feeds):
            self.change(feed)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def url(self, feed: int) -> str:
        """Return a feed's URL."""
        return f"http://{host_of(feed)}:{self.port}/{feed}"

    def publish(self) -> None:
        """Publish what is due: each feed changes every few seconds."""
        now = time.time()
        if not self.is_open:
            return
        for feed, at in self._changes_at.items():
            if at <= now:
                self.change(feed)
                self._changes_at[feed] = now + self._random.uniform(2, 7)

    def change(self, feed: int) -> None:
        """Add an entry to a feed, so that its oldest one may have to go, or edit one."""
        editions = self.ledger.editions[feed]
        last = editions[-1] if editions else None
        if last is None:
            entries = [(number, 1) for number in reversed(range(3))]
        elif self._random.random() < 0.3:
            entries = list(last.entries)
            edited = self._random.randrange(len(entries))
            entries[edited] = (entries[edited][0], entries[edited][1] + 1)
        else:
            newest = max(number for number, _ in last.entries)
            entries = [(newest + 1, 1), *last.entries][: _WINDOWS[feed % len(_WINDOWS)]]
        editions.append(Edition(feed, len(editions) + 1, time.time(), tuple(entries)))

    async def _listen(self) -> None:
        hosts = {host_of(feed) for feed in self.ledger.editions}
        for host in sorted(hosts):
            server = await asyncio.start_server(self._talker(host), host, self.port, backlog=200)
            self.port = server.sockets[0].getsockname()[1]

    def _talker(self, host: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while await self._answer(host, reader, writer):
                    pass
            except (OSError, asyncio.IncompleteReadError):
                # The other end was killed: what this test is about.
                pass
            finally:
                writer.close()

        return talk

    async def _answer(self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request, and return whether the connection lives on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = [line.partition(":") for line in head.split("\r\n")[1:]]
        headers = {name.lower(): value.strip() for name, _, value in lines}
        feed = int(head.split(" ", 2)[1].rpartition("/")[2])
        visit = Visit(feed, host, time.time(), headers.get("if-none-match"))
        self.ledger.visits.append(visit)
        try:
            return await self._send(visit, reader, writer)
        finally:
            visit.ended_at = time.time()

    async def _send(self, visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        mode, edition = self.modes.get(visit.feed), self.ledger.editions[visit.feed][-1]
        if mode == "hang":
            # Until the other end has had enough.
            await reader.read(1)
            return False
        if mode == "reset":
            visit.is_reset = True
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            writer.transport.abort()
            return False
        if self._delays.random() < 0.25:
            await asyncio.sleep(self._delays.uniform(0.2, 2))
            if reader.at_eof():
                return False
        visit.status, etag, body = self._say(mode, visit, edition)
        named = ("Content-Type: application/rss+xml", f"Content-Length: {len(body)}", f"ETag: {etag}")
        head = [f"HTTP/1.1 {visit.status} So", *named[: 3 if etag else 2], "", ""]
        writer.write("\r\n".join(head).encode())
        writer.write(body[: len(body) // 2] if mode == "cut" else body)
        await writer.drain()
        if visit.status == 200 and not mode:
            visit.edition = edition
        return mode != "cut"

    def _say(self, mode: str | None, visit: Visit, edition: Edition) -> tuple[int, str | None, bytes]:
        """Return the status, the ETag and the body of an answer."""
        # Of some feeds the document alone tells whether it changed.
        etag = edition.etag if visit.feed % 4 else None
        if mode == "500":
            return 500, None, b"out of order"
        if mode == "garbage":
            return 200, etag, Random(visit.began_at).randbytes(2000)
        if visit.asked and mode == "false 304":
            return 304, '"mixed up"', b""
        if etag and visit.asked == etag:
            return 304, etag, b""
        return 200, etag, _document(edition)


def _document(edition: Edition) -> bytes:
    feed = edition.feed
    items = "".join(
        f"<item><guid isPermaLink='false'>{feed}-{entry[0]}</guid><link>http://{host_of(feed)}/{feed}/{entry[0]}</link>"
        f"<title>{title_of(feed, entry)} {spell(f'{feed} {entry} title', 3)}</title>"
        f"<description>{spell(f'{feed} {entry[0]}', 30)} {spell(f'{feed} {entry}', 10)}</description></item>"
        for entry in edition.entries
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Feed {feed}</title>'
        f"<link>http://{host_of(feed)}/</link><description>News</description>{items}</channel></rss>"
    ).encode()
