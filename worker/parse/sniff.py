"""What bytes are, from the bytes themselves: neither a file's name nor a declared type is to be trusted."""

import re
from enum import StrEnum


class Kind(StrEnum):
    """What a document can be."""

    XML_FEED = "XML feed"
    JSON_FEED = "JSON feed"
    OPML = "OPML"
    HTML = "HTML page"
    XML = "XML document that is no feed"
    TEXT = "text"
    BINARY = "binary"
    EMPTY = "empty"


# How far the root element may be from the start: past prologues, comments, stylesheets.
_HEAD = 65_536
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_PROLOGUE = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOTS = {b"rss": Kind.XML_FEED, b"feed": Kind.XML_FEED, b"rdf": Kind.XML_FEED, b"channel": Kind.XML_FEED}
_ROOTS |= {b"opml": Kind.OPML, b"html": Kind.HTML}
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\x0b\x0c\x1b")
_FEW_CONTROLS = 0.02


def sniff(body: bytes) -> Kind:
    """Say what the bytes are."""
    head = _head(body)
    if not head:
        return Kind.EMPTY
    if head[:1] in b"{[":
        return Kind.JSON_FEED
    if head[:1] == b"<":
        return _sniff_markup(head)
    return Kind.BINARY if _is_binary(head) else Kind.TEXT


def _head(body: bytes) -> bytes:
    """Return the start of the body as ASCII-compatible bytes, without mark and leading space."""
    head = body[:_HEAD]
    for mark, codec in _BOMS:
        if head.startswith(mark):
            head = head[len(mark) :].decode(codec, "replace").encode()
    return head.lstrip(b" \t\r\n\x00\x0b\x0c")


def _sniff_markup(head: bytes) -> Kind:
    is_html = re.match(rb"<!doctype\s+html", head, re.IGNORECASE) is not None
    root = _ROOT.search(_PROLOGUE.sub(b"", head))
    name = root[1].lower() if root else b""
    if is_html and name not in _ROOTS:
        return Kind.HTML
    if name in {b"body", b"head", b"script", b"meta", b"title", b"p", b"div"}:
        return Kind.HTML
    return _ROOTS.get(name, Kind.XML)


def _is_binary(head: bytes) -> bool:
    controls = sum(byte in _CONTROLS for byte in head[:4096])
    return controls > _FEW_CONTROLS * len(head[:4096])
