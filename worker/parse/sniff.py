"""What bytes are, from the bytes themselves: neither a file's name nor a declared type is to be trusted."""

import re
from enum import StrEnum

from worker.basics.charset import sniff_encoding


class Kind(StrEnum):
    """What a document can be."""

    XML_FEED = "XML feed"
    JSON_FEED = "JSON feed"
    NEWSROOM = "newsroom document"
    OPML = "OPML"
    HTML = "HTML page"
    XML = "XML document that is no feed"
    TEXT = "text"
    BINARY = "binary"
    EMPTY = "empty"


# How far the root element may be from the start: past prologues, comments, stylesheets.
_HEAD = 65_536
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_DOCTYPE = re.compile(rb"<![^\[>]*(\[)?")
_HTML_DOCTYPE = re.compile(rb"<!doctype\s+html", re.IGNORECASE)
_ROOTS = dict.fromkeys((b"rss", b"feed", b"rdf", b"channel", b"urlset"), Kind.XML_FEED)
_NEWSROOM = b"nitf newsitem newsmessage packageitem conceptitem knowledgeitem planningitem catalogitem"
_ROOTS |= dict.fromkeys(_NEWSROOM.split(), Kind.NEWSROOM)
_ROOTS |= {b"opml": Kind.OPML, b"html": Kind.HTML}
_ROOTS |= dict.fromkeys((b"body", b"head", b"script", b"meta", b"title", b"p", b"div"), Kind.HTML)
# Text may begin with a bracket too: "[Updated] LONDON …".
_JSON = re.compile(rb"\{\s*[\"}]|\[\s*[\[{\"\]]")
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\x0b\x0c\x1b")
_FEW_CONTROLS = 0.02


def sniff(body: bytes) -> Kind:
    """Say what the bytes are."""
    head = _head(body)
    if not head:
        return Kind.EMPTY
    if _JSON.match(head):
        return Kind.JSON_FEED
    if head[:1] == b"<":
        return _sniff_markup(head)
    return Kind.BINARY if _is_binary(head) else Kind.TEXT


def _head(body: bytes) -> bytes:
    """Return the start of the body as ASCII-compatible bytes, without mark and leading space."""
    head = body[:_HEAD]
    if shown := sniff_encoding(head):
        encoding, mark_length = shown
        head = head[mark_length:].decode(encoding, "replace").encode()
    return head.lstrip(b" \t\r\n\x00\x0b\x0c")


def _sniff_markup(head: bytes) -> Kind:
    root = _ROOT.search(head, _end_of_prologue(head))
    name = root[1].lower() if root else b""
    return _ROOTS.get(name, Kind.HTML if _HTML_DOCTYPE.match(head) else Kind.XML)


def _end_of_prologue(head: bytes) -> int:
    """Return where declarations, instructions and comments end; one step after the other, for a search is quadratic."""
    place = 0
    while (place := head.find(b"<", place)) >= 0:
        if head.startswith(b"<?", place):
            end = b"?>"
        elif head.startswith(b"<!--", place):
            end = b"-->"
        elif doctype := _DOCTYPE.match(head, place):
            end, place = b">", head.find(b"]", doctype.end()) if doctype[1] else doctype.end()
        else:
            return place
        place = head.find(end, place) if place >= 0 else place
        if place < 0:
            break
    return len(head)


def _is_binary(head: bytes) -> bool:
    controls = sum(byte in _CONTROLS for byte in head[:4096])
    return controls > _FEW_CONTROLS * len(head[:4096])


# --- Walls that keep robots out, told by the page they send in a feed's place, often with a plain 200.
#
# The marks are of the challenge itself. What walls put into the pages they let through is none:
# ``challenge-platform/scripts``, ``check.ddos-guard.net``, ``awswaf.com``, ``_Incapsula_Resource?SWJIYLWA``,
# ``pxAppId``.

_PAGE_HEAD = 65_536
_MARKS = {
    b"_cf_chl_opt": "Cloudflare",
    b"/.within.website/x/": "Anubis",
    b"captcha-delivery.com/": "DataDome",
    b"_Incapsula_Resource?SWUDNSAI": "Imperva",
    b"_Incapsula_Resource?CWUDNSAI": "Imperva",
    b"px-captcha": "HUMAN",
    b"gokuProps": "AWS WAF",
    b"sucuri_cloudproxy_js": "Sucuri",
    b"/.well-known/ddos-guard/": "DDoS-Guard",
    b"/.well-known/sgcaptcha/": "SiteGround",
    b"Vercel Security Checkpoint": "Vercel",
}
# Also stands beside comment and contact forms: a wall is a small page with little else on it, and no way to log in.
_CAPTCHAS = (
    b"hcaptcha.com/1/api.js",
    b"challenges.cloudflare.com/turnstile/",
    b"google.com/recaptcha/",
    b"recaptcha.net/recaptcha/",
)
_SMALL = 16_000
_LOGIN = b'type="password"'


def find_wall(page: bytes) -> str | None:
    """Return the name of the wall that an HTML page is part of, or null."""
    head = page[:_PAGE_HEAD]
    if named := next((wall for mark, wall in _MARKS.items() if mark in head), None):
        return named
    is_gate = len(page) <= _SMALL and _LOGIN not in page and any(captcha in page for captcha in _CAPTCHAS)
    return "a captcha" if is_gate else None
