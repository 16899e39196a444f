"""Words as they are indexed and looked for: in lower case, Latin letters without accents, a word a Han character.

SQLite's tokenizer does the same but for scripts without spaces, of which it makes one word up to the next full stop.
"""

import re
import unicodedata
from functools import cache

from worker.basics.text import UNSPACED

_LATIN_WORD = re.compile(r"[^\W_]+")
# Of each character of ASCII in lower case, by its number: itself, or a space if it is of no word.
_ASCII_LETTERS = "".join(letter if letter.isalnum() else " " for letter in map(chr, range(0x80)))
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
LONGEST = 100_000
"""An article is indexed with its first so many characters."""
_HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
# Letters beyond these have no accents that are folded.
_LAST_FOLDED = 0x2C00
# Beyond the basic plane there are none of living scripts; with them each character would be held against all ranges.
_FIRST_MARK, _BEYOND_MARKS = "\u0300", 0x10000
# What SQLite's tokenizer takes for an accent wherever it stands.
_ACCENTS = range(0x300, 0x332)


def is_unspaced(text: str) -> bool:
    """Say whether a text has characters of a script without spaces, each of which is a word."""
    return not text.isascii() and _HAS_UNSPACED.search(text) is not None


def fold_words(text: str) -> list[str]:
    """Return the words of a text, folded, in their order."""
    lowered = text.lower()
    folded = lowered if lowered.isascii() else _BEYOND_ASCII.sub(_part_run, lowered)
    if folded.isascii():
        return folded.translate(_ASCII_LETTERS).split()
    if max(folded) < _FIRST_MARK:
        return _LATIN_WORD.findall(folded)
    word, lone = _patterns()
    return word.findall(lone.sub(r" \g<0> ", folded) if is_unspaced(folded) else folded)


def fold_word(word: str) -> str:
    """Return a word, or a whole text, in lower case, its Latin letters without accents."""
    folded = word.lower()
    return folded if folded.isascii() else _BEYOND_ASCII.sub(_fold_run, folded)


def _fold_run(found: re.Match[str]) -> str:
    return found[0].translate(_folding())


def _part_run(found: re.Match[str]) -> str:
    return found[0].translate(_parting())


def space_out(text: str) -> str:
    """Return the words of a text, folded, with a space between them."""
    return " ".join(fold_words(text))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds words, and what finds characters that are words, each with the marks that belong to it."""
    marks = "".join(map(chr, filter(_is_mark, range(ord(_FIRST_MARK), _BEYOND_MARKS))))
    return re.compile(f"[^\\W_]+(?:[{marks}]+[^\\W_]*)*"), re.compile(f"[{UNSPACED}][{marks}]*")


def _is_mark(point: int) -> bool:
    return unicodedata.category(chr(point)) in {"Mn", "Mc"}


@cache
def _folding() -> dict[int, str]:
    folding = {point: _fold_letter(chr(point)) for point in range(0x80, _LAST_FOLDED)}
    return {point: folded for point, folded in folding.items() if folded != chr(point)}


@cache
def _parting() -> dict[int, str]:
    """Return what folds letters, with a space for what is of no word: the quotes and dashes of a text in English."""
    signs = (sign for sign in map(chr, range(0x80, _LAST_FOLDED)) if not (sign.isalnum() or _is_mark(ord(sign))))
    return dict.fromkeys(map(ord, signs), " ") | _folding()


def _fold_letter(letter: str) -> str:
    if ord(letter) in _ACCENTS:
        return ""
    caseless = letter.casefold()
    folded = caseless if len(caseless) == 1 else letter
    bare = unicodedata.normalize("NFD", folded)[0]
    # Other scripts' marks make other letters: a й is no и.
    return bare if bare.isascii() else folded
