"""Text: ``clean``, which every string from outside passes before it is stored; ``make_visible``, before it is shown.

And ways to fold and cut it.
"""

import re
import unicodedata
from typing import overload

import xxhash

# NUL (PostgreSQL refuses it), other C0 and C1 controls but tab and line breaks, surrogates, and the noncharacters of
# Unicode 16, section 23.7. NEL (U+0085) goes too: no text needs that control, and as a line break it is a stray byte.
_ASCII_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_USUAL = bytes({*range(0x80)} - {*_ASCII_CONTROLS})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_FORBIDDEN_BEYOND = re.compile(
    "[" + "".join(f"{chr((plane << 16) | 0xFFFE)}{chr((plane << 16) | 0xFFFF)}" for plane in range(1, 17)) + "]"
)
# The same in UTF-8, by the byte they begin with, which few texts have.
_FORBIDDEN_AFTER = (
    (b"\xc2", re.compile(rb"\xc2[\x80-\x9f]")),
    (b"\xef", re.compile(rb"\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])")),
    *((bytes([lead]), re.compile(rb"%c[\x80-\xbf]\xbf[\xbe\xbf]" % lead)) for lead in range(0xF0, 0xF5)),
)
# PostgreSQL indexes no value of more than 2,700 bytes.
_LONGEST_KEY, _KEPT_OF_KEY = 1_000, 950
# In a longer text, to look for control characters among its bytes takes a third of the time.
_LONGEST_PRINTABLE = 60
# What is shown of a wrong value, in characters; and of a number, in bits.
_LONGEST_SHOWN, _LONGEST_SHOWN_NUMBER = 60, 200
# What a screen or a log must not get from outside: controls (ESC, line breaks, DEL, C1), separators of lines and
# paragraphs, what reorders the text around it (Unicode Bidirectional Algorithm, section 2), halves of surrogate pairs.
_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Python keeps a byte of a name or an argument that is not UTF-8 as such a half.
_FIRST_BYTE, _LAST_BYTE = "\udc80", "\udcff"
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u318f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""The scripts in which each character counts as a word, as ranges for a class of a regular expression.

Thai, Lao, Myanmar, Khmer, Han with its extensions, kana and bopomofo put no spaces between words; Hangul's spaces
separate phrases.
"""
# They mark where a word may be broken, or must not be, and are no part of it. Scripts that write no spaces part words
# by U+200B.
_INVISIBLE = re.compile(f"[\xad\u2060\ufeff]|(?<![{UNSPACED}])\u200b(?![{UNSPACED}])")


@overload
def clean(text: str, longest: int) -> str: ...
@overload
def clean(text: None, longest: int) -> None: ...
def clean(text: str | None, longest: int) -> str | None:
    """Return ``text`` without what SQL or a terminal refuses, at most ``longest`` characters of it."""
    if text is None:
        return None
    cut = text[:longest]
    return cut if _is_clean(cut) else _FORBIDDEN_BEYOND.sub("", _FORBIDDEN.sub("", cut))


def _is_clean(text: str) -> bool:
    """Return whether a text holds nothing forbidden, at a fifth of the price of taking it out."""
    if len(text) <= _LONGEST_PRINTABLE and text.isprintable():
        return True
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return False
    # What is left of most texts is nothing, or little.
    unusual = raw.translate(None, _USUAL)
    if not unusual:
        return True
    if len(unusual.translate(None, _ASCII_CONTROLS)) < len(unusual):
        return False
    return not any(lead in unusual and pattern.search(unusual) for lead, pattern in _FORBIDDEN_AFTER)


def drop_invisible(text: str) -> str:
    """Return a text without soft hyphens, byte order marks and the like, which nobody sees or searches for."""
    if text.isascii() or not ("\u200b" in text or "\xad" in text or "\ufeff" in text or "\u2060" in text):
        return text
    return _INVISIBLE.sub("", text)


def is_storable(text: str) -> bool:
    """Say whether a database takes ``text``: no NUL, and no byte that is not UTF-8, as an argument may hold."""
    return _UNSTORABLE.search(text) is None


def make_visible(text: str) -> str:
    r"""Return ``text`` with an escape for each character that could move, colour or reorder what a screen shows.

    Escapes are written as Python does: ``\n``, ``\x1b``, ``\u202e``; a byte that is not UTF-8 is ``\xe9``.
    """
    return text if text.isprintable() else _UNSHOWN.sub(_write_escape, text)


def _write_escape(found: re.Match[str]) -> str:
    sign = found[0]
    if _FIRST_BYTE <= sign <= _LAST_BYTE:
        return f"\\x{ord(sign) & 0xFF:02x}"
    return sign.encode("unicode_escape").decode("ascii")


def fold(text: str) -> str:
    """Return ``text`` with every run of white space made one space and the ends trimmed."""
    return " ".join(text.split())


def spell_bare(text: str) -> str:
    """Return the letters and digits of ``text`` in lower case, with a hyphen for whatever separates them."""
    return _NEITHER_LETTER_NOR_DIGIT.sub("-", unicodedata.normalize("NFKC", text).casefold()).strip("-")


def shorten_key(key: str) -> str:
    """Return a key that fits into an index; a long one is cut and gets a hash, so that no two become one."""
    raw = key.encode()
    if len(raw) <= _LONGEST_KEY:
        return key
    return f"{raw[:_KEPT_OF_KEY].decode(errors='ignore')}…{xxhash.xxh3_128_hexdigest(raw)}"


def shorten(text: str, longest: int) -> str:
    """Return ``text``, cut at a word and ended with ``…`` if it has more than ``longest`` characters."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    at_word = cut.rpartition(" ")[0] or cut
    return at_word.rstrip(" ,;:-–—") + "…"


def show_wrong(given: object) -> str:
    """Return a value that is not what it should be as a sentence shows it: on one line, and not too long."""
    # Of a number of thousands of digits repr() would fail.
    is_huge = isinstance(given, int) and given.bit_length() > _LONGEST_SHOWN_NUMBER
    shown = f"a number of {given.bit_length():,} bits" if is_huge and isinstance(given, int) else repr(given)
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}…"
