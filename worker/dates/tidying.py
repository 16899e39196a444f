"""One spelling for the many in which the same words and numbers of a date are written."""

import re
import unicodedata
from html import unescape

_TAG = re.compile(r"<[^<>]*>")
# Accents, and the marks that Arabic may leave out. In other scripts marks are letters.
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u0655]")
_SIGNS_IN_NAMES = re.compile("[.'’\u02bc\u05f3\u0970]")
_SPELLINGS = str.maketrans("ıيك−–‐‑", "iیک----")  # noqa: RUF001 -- what is not what it looks like is the point


def tidy(text: str) -> str:
    """Return a text without markup, accents and doubled spaces, with ASCII's digits; its capitals stay."""
    if "&" in text or "<" in text:
        text = _TAG.sub(" ", unescape(text))
    return " ".join((text if text.isascii() else _plain(text)).split())


def _plain(text: str) -> str:
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    # Hangul is put together again.
    text = unicodedata.normalize("NFC", text).translate(_SPELLINGS)
    return "".join(sign if sign.isascii() else _as_ascii(sign) for sign in text)


def _as_ascii(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    # Marks of direction and joiners are not seen, and stand anywhere.
    return "" if unicodedata.category(sign) == "Cf" else sign


def fold_name(name: str) -> str:
    """Return a tidied name as it is looked up: in small letters, without dots and apostrophes."""
    return _SIGNS_IN_NAMES.sub("", name.casefold())
