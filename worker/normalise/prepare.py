"""Markup as published made ready for the policy: what it would lose is saved, what would make it slow is taken out.

All of this happens before the cleaning, never after; it need not understand the markup as a browser does, since
whatever comes out is still cleaned. Each step is linear in the length: no tag is followed past an angle bracket.
"""

import re
from functools import lru_cache
from html import unescape

from worker.basics.text import clean

# Any number of zeros; what has more digits than Unicode is no character to any parser.
_CHARACTER_REFERENCE = re.compile(r"&#(?:0*([0-9]{1,7})(?![0-9])|[xX]0*([0-9a-fA-F]{1,6})(?![0-9a-fA-F]));?")
_REPLACEMENT = "\ufffd"

# A parser opens these again in every paragraph after one that left them open; no more than three alike, but without
# limit where they differ in an attribute: 10 kB grow to 3.5 MB. The policy keeps hardly any of their attributes.
_FORMATTING_NAMES = "b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u"
# Here and below the first letters go before the names: most tags are then passed over at once.
_FORMATTING_WITH_ATTRIBUTES = re.compile(rf"<(?=[bcefinstu])({_FORMATTING_NAMES})[\s/][^<>]*>?", re.IGNORECASE)
_FORMATTING = re.compile(rf"<(?:{_FORMATTING_NAMES})(?=[\s/>])[^<>]*>?", re.IGNORECASE)

# Blocks the policy has no use for as such; dropped as they are, they would glue the words around them together.
_BLOCK = re.compile(
    r"<(?=/?[bcdfhlmns])(/?)(?:body|center|dialog|dir|fieldset|form|hgroup|legend|listing|menu|nav|search)(?=[\s/>])",
    re.IGNORECASE,
)

_IMAGE = re.compile(r"<img(?=[\s/])[^<>]*>", re.IGNORECASE)
_LAZY = re.compile(r"\sdata-(?:lazy-|orig-)?(?:src|original|file)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)


def prepare(html: str) -> str:
    """Return markup that means the same to a reader."""
    html = _FORMATTING_WITH_ATTRIBUTES.sub(r"<\1>", html)
    html = _BLOCK.sub(r"<\1div", html)
    if "data-" in html:
        html = _IMAGE.sub(_load_at_once, html)
    if "&#" in html:
        html = _CHARACTER_REFERENCE.sub(_allowed_character, html)
    return html


def drop_formatting(html: str) -> str:
    """Return markup without formatting elements, for where only its text is wanted."""
    return _FORMATTING.sub("", html)


def _load_at_once(image: re.Match[str]) -> str:
    """Return an image that a script would have loaded with the address it would have loaded."""
    lazy = _LAZY.search(image[0])
    # Of two attributes of one name a parser takes the first.
    return f"<img src={lazy[1]} {image[0][4:]}" if lazy else image[0]


def _allowed_character(reference: re.Match[str]) -> str:
    """Return a character reference unless it is to something that no text may hold: ``&#27;`` is an escape too."""
    return reference[0] if _is_allowed(reference[1] or f"x{reference[2]}") else _REPLACEMENT


@lru_cache(maxsize=1024)
def _is_allowed(number: str) -> bool:
    character = unescape(f"&#{number};")
    return bool(character) and clean(character, len(character)) == character
