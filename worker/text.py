"""The one function that every string from outside passes before it may be stored or shown."""

import re
from typing import overload

# NUL (PostgreSQL refuses it), other C0 and C1 controls but tab and line breaks, surrogates, and the noncharacters of
# Unicode 16, section 23.7. NEL (U+0085) goes too: as a control it has no place, as a line break it is a stray byte.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# Apart: a class that reaches beyond the first plane takes ten times as long, and few texts need it.
_FORBIDDEN_BEYOND = re.compile(
    "[" + "".join(f"{chr((plane << 16) | 0xFFFE)}{chr((plane << 16) | 0xFFFF)}" for plane in range(1, 17)) + "]"
)
# What all of those end in as UTF-8, and little else does.
_ENDS_BEYOND = (b"\xbf\xbe", b"\xbf\xbf")


@overload
def clean(text: str, longest: int) -> str: ...
@overload
def clean(text: None, longest: int) -> None: ...
def clean(text: str | None, longest: int) -> str | None:
    """Return ``text`` without anything SQL or a terminal refuses, at most ``longest`` characters of it."""
    if text is None:
        return None
    cleaned = _FORBIDDEN.sub("", text[:longest])
    return _FORBIDDEN_BEYOND.sub("", cleaned) if not cleaned.isascii() and _may_reach_beyond(cleaned) else cleaned


def _may_reach_beyond(text: str) -> bool:
    # Most texts have nothing at all beyond the first plane, where UTF-16 takes two units for one.
    return len(text.encode("utf-16-le")) > 2 * len(text) and any(end in text.encode() for end in _ENDS_BEYOND)


def fold(text: str) -> str:
    """Return ``text`` with every run of white space made one space and the ends trimmed."""
    return " ".join(text.split())


def shorten(text: str, longest: int) -> str:
    """Return ``text``, cut at a word with ``…`` where it passes ``longest`` characters."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    at_word = cut.rpartition(" ")[0] or cut
    return at_word.rstrip(" ,;:-–—") + "…"
