"""HTML as plain text: paragraphs parted by blank lines, lists, tables and preformatted blocks kept readable."""

import re
from html import unescape

import turbohtml

from worker.basics.text import clean, fold

LONGEST_TEXT = 1_000_000

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_CLOSING_TAG = re.compile(r"</[a-zA-Z]|<br\s*/?>", re.IGNORECASE)
# A parser drops a tag that never ends, but not the first of its characters, nor a broken entity.
_BROKEN_END = re.compile(r"(?:</?|&[#0-9a-zA-Z]{0,31})\Z")
# What a player shows where it cannot play, and how a word above is pronounced: in a line of text both are in the way.
_UNREAD = "audio, video, rt, rp"
_HAS_UNREAD = re.compile(r"<(?:audio|video|rt|rp)[\s>]")
# A title or name is never so long that this would cut it, however much markup it stands in.
_MARKUP_FACTOR = 8


def text_of(html: str) -> str:
    """Return the plain text of sanitised HTML."""
    tree = turbohtml.parse_fragment(html)
    if _HAS_UNREAD.search(html):
        for element in tree.select(_UNREAD):
            element.decompose()
    return tidy(tree.to_text())


def tidy(text: str) -> str:
    """Return plain text with no trailing spaces and no more than one blank line in a row."""
    text = text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    # Both are rare, and looking for them is a tenth of the work.
    if " \n" in text or "\t\n" in text or "\xa0\n" in text:
        text = "\n".join(line.rstrip() for line in text.split("\n"))
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()


def one_line(marked_up: str, longest: int) -> str:
    """Return a title, name or tag as one line of text: markup and entities gone, even where escaped twice."""
    text = marked_up.strip()
    if len(text) > longest * _MARKUP_FACTOR:
        text = _BROKEN_END.sub("", text[: longest * _MARKUP_FACTOR])
    if "<" in text or "&" in text:
        text = _without_markup(text)
        # Escaped once too often, as many titles are; a lone <b> that comes to light is spoken of, not used.
        text = _without_markup(text) if _CLOSING_TAG.search(text) else without_entities(text)
    return fold(clean(text, longest * 2))[:longest].rstrip()


def _without_markup(text: str) -> str:
    return turbohtml.parse_fragment(text).to_text() if "<" in text else without_entities(text)


def without_entities(text: str) -> str:
    """Return a text with its entities as the characters they stand for."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text
