"""What hostile publishers answer, and the class of failure that each deserves."""

import gzip
import itertools
import zlib
from collections.abc import Iterator

from tests.documents import item, rss
from tests.servers.messages import Answer, Request
from tests.servers.publisher import Responder

_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_PAGE = b"<!DOCTYPE html><html><title>%b</title><body>%b</body></html>"
_FEED = rss([item("a")])
_GZIP = {"Content-Encoding": "gzip"}
_INTERIM = b"HTTP/1.1 103 Early Hints\r\n\r\n"
_ENTITIES = "".join(f'<!ENTITY e{number} "&e{number - 1};">' for number in range(1, 60_000))
_ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(60_000))
# With a text in base64, so that it is feedparser's.
_BUSY = f"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><x {_ATTRIBUTES}/>
<entry><content mode="base64">eA==</content></entry></feed>""".encode()


def endless(start: bytes, piece: bytes = b"x" * 65_536) -> Iterator[bytes]:
    """Yield something, and then something else for ever."""
    return itertools.chain([start], itertools.repeat(piece))


def endless_zeros(wbits: int) -> Iterator[bytes]:
    """Yield a compressed stream of zeros: a block that stands on its own, again and again."""
    packer = zlib.compressobj(9, wbits=wbits)
    yield packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    yield from itertools.repeat(packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH))


def raw(start: bytes, piece: bytes = b"x" * 65_536, pace: float = 0.0) -> Responder:
    """Return what sends bytes without end, to each who asks anew."""
    return lambda _request: Answer(raw=endless(start, piece), pace=pace)


def _without_end(_request: Request) -> Answer:
    return Answer(endless(b"<rss>"), framing="chunked")


def _bomb(_request: Request) -> Answer:
    return Answer(endless_zeros(31), headers=_GZIP, framing="chunked")


def _error_without_end(_request: Request) -> Answer:
    return Answer(endless(b"x"), status=500, framing="chunked")


HOSTILE: dict[str, tuple[Answer | Responder, str]] = {
    "body drips": (Answer(_FEED, pace=0.1, piece=1), "timeout"),
    "head drips": (raw(b"HTTP/1.1 200 OK\r\n", b"X", pace=0.1), "timeout"),
    "interim answers drip": (raw(b"", _INTERIM, pace=0.1), "timeout"),
    "endless body": (_without_end, "too big"),
    "announced as huge": (Answer(b"<rss>", length=10**12), "too big"),
    "endless head": (raw(b"HTTP/1.1 200 OK\r\nX: "), "too big"),
    "endless interim answers": (raw(b"", _INTERIM * 999), "too big"),
    "endless chunk extension": (raw(_CHUNKED + b"3;x="), "too big"),
    "bomb": (_bomb, "too big"),
    "packed three times": (Answer(gzip.compress(gzip.compress(gzip.compress(_FEED))), headers=_GZIP), "too big"),
    "too many entries": (Answer(rss([item("a")] * 50_000)), "too big"),
    "cut off": (Answer(_FEED, length=99_999, is_cut=True), "incomplete"),
    "cut off in its packing": (Answer(gzip.compress(_FEED)[:-9], headers=_GZIP), "incomplete"),
    "empty": (Answer(b""), "incomplete"),
    "closes at once": (Answer(raw=b""), "incomplete"),
    "not packed, and no text": (Answer(bytes(100), headers=_GZIP), "protocol"),
    "not HTTP": (Answer(raw=b"SSH-2.0-OpenSSH_9.9\r\n"), "protocol"),
    "not modified, unasked": (Answer(status=304), "protocol"),
    "redirect to itself": (Answer(status=302, headers={"Location": "?"}), "redirect"),
    "redirect to nowhere": (Answer(status=301), "redirect"),
    "redirect to a file": (Answer(status=301, headers={"Location": "file:///etc/passwd"}), "guard"),
    "redirect to a private address": (Answer(status=302, headers={"Location": "http://10.0.0.1:8080/"}), "guard"),
    "redirect to a cloud's secrets": (Answer(status=307, headers={"Location": "http://169.254.169.254/"}), "guard"),
    "missing": (Answer(b"x", status=404), "http 4xx"),
    "gone": (Answer(b"x", status=410), "http 410"),
    "asks for patience": (Answer(b"x", status=429, headers={"Retry-After": "9" * 99}), "http 429"),
    "error without end": (_error_without_end, "http 5xx"),
    "wall": (Answer(b"x", status=403, headers={"cf-mitigated": "challenge"}), "blocked"),
    "wall that says OK": (Answer(_PAGE % (b"Just a moment...", b"<script>window._cf_chl_opt={}")), "blocked"),
    "web page": (Answer(_PAGE % (b"News", b"Hello")), "not a feed"),
    "binary": (Answer(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "not a feed"),
    "broken beyond reading": (Answer(b"<rss><channel><item"), "parse"),
    "busy for minutes": (Answer(_BUSY), "parse"),
}
"""Answers, with the classes they deserve."""

HOSTILE_FEEDS = {
    "chained entities": f'<!DOCTYPE rss [<!ENTITY e0 "x">{_ENTITIES}]>'.encode() + rss([item("a", "&e59999;")]),
    "file as entity": b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss([item("a", "&x;")]),
    "deep": rss([item("a", "<b>" * 100_000)]),
    "no characters": rss([item("a\0\ufffe", "&#0; &#xD800; &#x110000;")]),
}
"""Documents that are feeds all the same: whether they are read or refused is the parser's business."""
