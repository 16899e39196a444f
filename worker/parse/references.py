"""References and characters that XML knows nothing of, each as the character that its writer meant.

A publisher that escapes nothing writes HTML's names (``&nbsp;``) and bare ampersands side by side: ``AT&T``,
``?id=1&copy=2``. A name is a reference only where its semicolon ends it.
"""

import re
from collections.abc import Mapping
from html.entities import html5

# A number is meant for a reference without its semicolon too (HTML, section 13.2.5.80).
_REFERENCE = re.compile(
    r"&(?:#(?:[xX]([0-9a-fA-F]{1,6})(?![0-9a-fA-F])|(\d{1,7})(?!\d));?|([A-Za-z][\w.-]{0,40});)?", re.ASCII
)
_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
_REPLACEMENT = "\ufffd"
# Production 2 of XML 1.0: everything else is no character, however it is written.
_NO_CHARACTER = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HIGHEST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)

_HALF = r"&(?:amp;)?#(?:(5[5-7]\d{3})|[xX]0*([dD][89a-fA-F][0-9a-fA-F]{2}));"
_HALVES = re.compile(_HALF + _HALF, re.ASCII)
# Nearly all documents hold no first half, and need no closer look.
_FIRST_HALF = re.compile(r"#(?:5[56]\d{3}|[xX]0*[dD][89abAB])", re.ASCII)


def join_halves(text: str) -> str:
    """Join references to the two halves of one character, as programs write them that think in UTF-16.

    ``&#55357;&#56832;`` is one face, in HTML that is escaped or in CDATA too, where readers of HTML see two errors.
    """
    # To look for the sign alone costs a hundredth of the search.
    return _HALVES.sub(_joined, text) if "#" in text and _FIRST_HALF.search(text) else text


def _joined(halves: re.Match[str]) -> str:
    high, low = (int(halves[at] or halves[at + 1], 10 if halves[at] else 16) for at in (1, 3))
    try:
        return (high.to_bytes(2) + low.to_bytes(2)).decode("utf-16-be")
    except UnicodeDecodeError:
        return halves[0]


def drop_no_characters(text: str) -> str:
    """Return a document's text without what XML allows in no document: controls and halves of characters."""
    return _NO_CHARACTER.sub("", text)


def escape_markup(text: str) -> str:
    """Return characters as the text of an element or the value of an attribute."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def escape_value(text: str, entities: Mapping[str, str]) -> str:
    """Return an attribute's value as it may stand in quotes."""
    return mend_references(text, entities).replace("<", "&lt;").replace('"', "&quot;")


def mend_references(text: str, entities: Mapping[str, str]) -> str:
    """Return a text in which each ampersand begins a reference that XML knows; ``entities`` are the document's own."""
    if "&" not in text:
        return text
    return _REFERENCE.sub(lambda reference: _mended(reference, entities), text)


def _mended(reference: re.Match[str], entities: Mapping[str, str]) -> str:
    digits, decimal, name = reference.groups()
    if digits or decimal:
        return _numbered(int(digits, 16) if digits else int(decimal))
    if name is None:
        return "&amp;"
    if name in _XML:
        return reference[0]
    if name in entities:
        return entities[name]
    character = html5.get(f"{name};")
    return escape_markup(character) if character else f"&amp;{name};"


def _numbered(number: int) -> str:
    if number in _SURROGATES or number > _HIGHEST:
        return _REPLACEMENT
    # What is a control goes without a trace, as it does where it stands for itself.
    return "" if _NO_CHARACTER.match(chr(number)) else f"&#{number};"
