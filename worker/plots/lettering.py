"""Text as a plot has room for it: on one line, without what could reorder it, measured, cut and wrapped."""

import unicodedata

from worker.basics.text import clean, fold, make_visible

TEXT = 12
"""How high text is, in pixels."""
# How wide letters are, as shares of their height, in the fonts of systems; rather more than less.
_THIN, _LETTER, _CAPITAL, _FULL = 0.38, 0.63, 0.74, 1.05
_THIN_LETTERS = frozenset("ijltfrI.,:;'!|()[] ")
_WIDE_LETTERS = frozenset("mwMW@%—…")
# Marks upon one letter; more than any script needs would cover the lines above.
_MOST_MARKS = 3
_LONGEST = 2_000


def make_plain(text: str) -> str:
    """Return a text from outside on one line, with an escape for what could reorder a text or end an XML document."""
    shown = unicodedata.normalize("NFC", clean(make_visible(fold(text)), _LONGEST))
    if shown.isascii():
        return shown
    kept, marks = [], 0
    for sign in shown:
        marks = marks + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        if marks <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)


def cut(text: str, room: float, size: int = TEXT) -> str:
    """Return as much of a text as there is room for, in pixels."""
    if measure(text, size) <= room:
        return text
    left, kept = room - measure("…", size), 0
    while kept < len(text) and (left := left - measure(text[kept], size)) > 0:
        kept += 1
    return text[:kept].rstrip() + "…"


def measure(text: str, size: int = TEXT) -> float:
    """Return how wide a text is, in pixels, about."""
    return sum(map(_share, text)) * size


def _share(sign: str) -> float:
    if sign in _THIN_LETTERS:
        return _THIN
    if sign in _WIDE_LETTERS or unicodedata.east_asian_width(sign) in "WF":
        return _FULL
    if unicodedata.combining(sign):
        return 0
    return _CAPITAL if sign.isupper() else _LETTER


def wrapped(text: str, room: float, most: int = 3) -> list[str]:
    """Return a text in lines that fit into a room, in pixels; the last of ``most`` lines is cut."""
    lines = [""]
    for word in make_plain(text).split():
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and measure(longer) > room and len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = longer
    return [cut(line, room) for line in lines]
