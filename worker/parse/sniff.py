"""Tell what a document is from its bytes: neither a file's name nor a declared type is to be trusted."""

import re
from enum import StrEnum
from itertools import islice

from worker.basics.charset import sniff_encoding
from worker.basics.file_signatures import find_signature
from worker.wire.mail.mail_signs import is_mail


class Kind(StrEnum):
    """What a document can be."""

    XML_FEED = "XML feed"
    JSON = "JSON document"
    NEWSROOM = "newsroom document"
    OPML = "OPML"
    HTML = "HTML page"
    XML = "XML document that is no feed"
    MAIL = "e-mail"
    TEXT = "text"
    BINARY = "binary"
    EMPTY = "empty"


# How far the root element may be from the start, behind prologues, comments and stylesheets; or the mark of a wall.
_HEAD = 65_536
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_ENTRY = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:item|entry|url)[\s>]")
_DOCTYPE = re.compile(rb"<![^\[>]*(\[)?")
_HTML_DOCTYPE = re.compile(rb"<!doctype\s+html", re.IGNORECASE)
_KINDS = {
    Kind.XML_FEED: b"rss feed rdf channel urlset entry item",
    Kind.NEWSROOM: (
        b"nitf newsml newsitem newsmessage packageitem conceptitem knowledgeitem planningitem catalogitem rbnews "
        b"xmlnewsqueuedresponse"
    ),
    Kind.OPML: b"opml",
    Kind.HTML: b"html body head script meta title p div",
}
_ROOTS = {root: kind for kind, roots in _KINDS.items() for root in roots.split()}
# What a program said of itself before the feed, as text or as HTML; a page is no such thing, whatever it holds.
_JUNK = frozenset(b"b big br center code div font h1 h2 h3 h4 hr i img p pre script span strong style table".split())
_FEED_BEHIND = re.compile(
    rb"<\?xml\s|(?:^|>)[ \t]*<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|urlset|nitf|news(?:item|message|ml))\s[^<>]*"
    rb"(?:version|xmlns)",
    re.IGNORECASE | re.MULTILINE,
)
_MOST_STARTS = 20
_PAGE = re.compile(rb"<(?:!doctype\s+)?(?:html|head|body)[\s>]", re.IGNORECASE)
# Text may begin with a bracket too: "[Updated] LONDON …".
_JSON = re.compile(rb"\{\s*[\"}]|\[\s*[\[{\"\]]")
# Wires part header, text and trailer of a dispatch by SOH, STX, ETX and EOT, and begin with SYN (IPTC 7901).
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\x0b\x0c\x1b\x01\x02\x03\x04\x16")
_FEW_CONTROLS = 0.02
# Behind such a header a text may hold any character for the typesetter. Programs show SYN and SOH by their names too.
_TRANSMISSION = re.compile(rb"[\x00\x07\x16\s]{0,200}\x01[\r\n\x11-\x7f\xa0-\xff]{3,300}?\x02|<(?:SYN|SOH)>")
_OPENINGS = {Kind.JSON: _JSON, Kind.TEXT: _TRANSMISSION}

# Marks of the challenges by which walls keep robots out. What walls put into the pages that they let through is no
# mark: ``challenge-platform/scripts``, ``check.ddos-guard.net``, ``awswaf.com``, ``_Incapsula_Resource?SWJIYLWA``,
# ``pxAppId``.
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
# Comment and contact forms have captchas too: a wall is a small page with little else on it, and no way to log in.
_CAPTCHAS = re.compile(
    rb"hcaptcha\.com/1/api\.js|challenges\.cloudflare\.com/turnstile/|(?:google\.com|recaptcha\.net)/recaptcha/"
)
_SMALL = 16_000
_LOGIN = b'type="password"'


def sniff(body: bytes) -> Kind:
    """Return what kind of document the bytes are."""
    return Kind.BINARY if find_signature(body) else _sniff_head(_head(body))


def _sniff_head(head: bytes) -> Kind:
    if not head:
        return Kind.EMPTY
    if opened := next((kind for kind, opening in _OPENINGS.items() if opening.match(head)), None):
        return opened
    if head[:1] == b"<":
        name = _root_name(head)
        if name in _JUNK and (kind := _find_kind_behind(head)):
            return kind
        return _ROOTS.get(name, Kind.HTML if _HTML_DOCTYPE.match(head) else Kind.XML)
    start = head[:4096]
    if sum(byte in _CONTROLS for byte in start) > _FEW_CONTROLS * len(start):
        return Kind.BINARY
    # Before all that may be in it.
    return Kind.MAIL if is_mail(head) else _find_kind_behind(head) or Kind.TEXT


def _find_kind_behind(head: bytes) -> Kind | None:
    """Return what begins behind something else, at its declaration or at the start of a line; None where nothing does.

    That is a feed, or a newsroom's document.
    """
    for start in islice(_FEED_BEHIND.finditer(head), _MOST_STARTS):
        kind = _ROOTS.get(_root_name(head, start.start()))
        if kind in {Kind.XML_FEED, Kind.NEWSROOM}:
            return None if _PAGE.search(head, 0, start.start()) else kind
    return None


def is_sitemap(body: bytes) -> bool:
    """Say whether a document that sniffs as an XML feed is a sitemap."""
    return _root_name(_head(body)) == b"urlset"


def has_more_entries(body: bytes, most: int) -> bool:
    """Say whether an XML feed has more than ``most`` entries, by their tags, whatever their prefixes and attributes."""
    return next(islice(_ENTRY.finditer(body), most, None), None) is not None


def _root_name(head: bytes, start: int = 0) -> bytes:
    root = _ROOT.search(head, _end_of_prologue(head, start))
    return root[1].lower() if root else b""


def _head(body: bytes) -> bytes:
    """Return the start of the body in an encoding that extends ASCII, without byte order mark and leading space."""
    head = body[:_HEAD]
    if shown := sniff_encoding(head):
        encoding, mark_length = shown
        head = head[mark_length:].decode(encoding, "replace").encode()
    return head.lstrip(b" \t\r\n\x00\x0b\x0c")


def _end_of_prologue(head: bytes, place: int = 0) -> int:
    """Return where declarations, instructions and comments end; step by step, for one regular search is quadratic."""
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


def find_wall(page: bytes) -> str | None:
    """Return the name of the wall that served an HTML page in a feed's place, often with a plain 200; or None."""
    head = page[:_HEAD]
    if named := next((wall for mark, wall in _MARKS.items() if mark in head), None):
        return named
    is_gate = len(page) <= _SMALL and _LOGIN not in page and _CAPTCHAS.search(page)
    return "a captcha" if is_gate else None
