"""The publisher of a simulated month: it prints its port, and serves each feed at an address of its own.

Its clock is the one that the file named by ``SHIFTED_CLOCK`` shifts (``kill_clock``), like that of whoever polls it.
"""

import asyncio
import hashlib
import re
import sys
import time
from datetime import datetime

from benchmarks.feed_server import serve
from benchmarks.month_feeds import BEGINS, Trait, month_feed, write_document, write_page

_ELSEWHERE = "now"
_HOST = re.compile(rb"\r\nHost: *([^\r]+)", re.IGNORECASE)


def answer(month_began: datetime, path: bytes, head: bytes) -> bytes:
    """Return the answer to a request for a feed, ``/number``, or for a page of its archive, ``/number/page``."""
    at = time.time() - month_began.timestamp()
    _, name, *rest = path.decode().split("/")
    if not name.isdecimal():
        # Where a gap is filled a site's robots.txt may be asked for.
        return _nothing("404 Not Found")
    feed, host = month_feed(int(name)), _HOST.search(head)
    assert host, "a request names its host"
    address = f"http://{host[1].decode()}/{feed.number}"
    has_begun = at >= BEGINS.get(feed.trait, 0)
    if rest and rest[0].isdecimal():
        return _document(write_page(feed, int(rest[0]), month_began, address), head)
    match feed.trait:
        case Trait.GONE if has_begun:
            return _nothing("410 Gone")
        case Trait.DEAD if has_begun:
            return _nothing("500 Internal Server Error")
        case Trait.MOVED if has_begun and not rest:
            return _nothing("301 Moved Permanently", f"Location: {address}/{_ELSEWHERE}\r\n")
    return _document(write_document(feed, at, month_began, address), head)


def _nothing(status: str, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n".encode()


def _document(body: bytes, head: bytes) -> bytes:
    etag = hashlib.md5(body, usedforsecurity=False).hexdigest().encode()
    if etag in head:
        return b'HTTP/1.1 304 Not Modified\r\nETag: "%s"\r\nContent-Length: 0\r\n\r\n' % etag
    headers = b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "%s"\r\nContent-Length: %d\r\n\r\n'
    return headers % (etag, len(body)) + body


def main() -> None:
    """Serve a month that began at the moment that is the argument, in ISO 8601."""
    month_began = datetime.fromisoformat(sys.argv[1])
    asyncio.run(serve(lambda path, head: answer(month_began, path, head), 0))


if __name__ == "__main__":
    main()
