"""HTML's elements and entities, and which texts are written with them."""

import re
from html import unescape
from html.entities import html5

_TAG = re.compile(r"</?(\w+)")
_CLOSING_TAG = re.compile(r"</\w+>")
# A picture has no end tag.
_ADDRESSED_TAG = re.compile(r"<(?:img|source|iframe|a)\s[^<>]{0,400}\b(?:src|href)\s*=", re.IGNORECASE)
_REFERENCE = re.compile(r"&(#?\w+);")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_HTML = frozenset(
    "a abbr acronym address area article aside audio b big blockquote br button caption center cite code col colgroup "
    "dd del details dfn dir div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hr i "
    "iframe img input ins kbd label legend li main map mark nav noscript ol p picture pre q s samp script section "
    "small source span strike strong style sub sup table tbody td textarea tfoot th thead time tr tt u ul var video "
    "wbr".split()
)
VOID_ELEMENTS = frozenset("area base br col embed hr img input link meta param source track wbr".split())
"""Elements of HTML that hold nothing and have no end tag (HTML, section 13.1.2)."""


def is_html_element(name: str) -> bool:
    """Return whether an element's name, in lower case, is one that HTML has for texts."""
    return name in _HTML


def looks_like_html(text: str) -> bool:
    """Return whether undeclared text is HTML: it closes a tag, or has a reference or an address, all of them HTML's."""
    if "&" not in text and "<" not in text:
        return False
    references = _REFERENCE.findall(text)
    if not (references or _CLOSING_TAG.search(text) or _ADDRESSED_TAG.search(text)):
        return False
    is_known = (name.startswith("#") or f"{name};" in html5 for name in references)
    return all(is_known) and is_html_only(text)


def is_html_only(text: str) -> bool:
    """Return whether all tags of a text are HTML's."""
    return all(is_html_element(name.lower()) for name in _TAG.findall(text))


def decode_entities(text: str) -> str:
    """Return a text with the characters that its entities stand for."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text
