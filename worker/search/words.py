"""Words as they are indexed and looked for: in lower case, Latin letters without accents, a word a Han character.

SQLite's tokenizer does the same but for scripts without spaces, of which it makes one word up to the next full stop.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from worker.basics.text import UNSPACED

LONGEST = 100_000
"""An article is indexed with its first so many characters."""
_HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
# Letters beyond these have no accents that are folded.
_LAST_FOLDED = 0x2C00
_FIRST_MARK, _BEYOND_MARKS = 0x300, 0x1E950
# What SQLite's tokenizer takes for an accent wherever it stands.
_ACCENTS = range(0x300, 0x332)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, folded, and where it stands there."""

    folded: str
    begin: int
    end: int


def is_unspaced(text: str) -> bool:
    """Say whether a text has characters of a script without spaces, each of which is a word."""
    return not text.isascii() and _HAS_UNSPACED.search(text) is not None


def split_words(text: str) -> Iterator[Word]:
    """Yield the words of a text, in their order."""
    for found in _word_pattern().finditer(text):
        if folded := fold_word(found[0]):
            yield Word(folded, found.start(), found.end())


def fold_words(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return [word.folded for word in split_words(text)]


def fold_word(word: str) -> str:
    """Return a word in lower case, its Latin letters without accents."""
    folded = word.lower()
    return folded if folded.isascii() else folded.translate(_folding())


def space_out(text: str) -> str:
    """Return the words of a text, folded, with a space between them."""
    return " ".join(fold_words(text))


@cache
def _word_pattern() -> re.Pattern[str]:
    marks = "".join(map(chr, filter(_is_mark, range(_FIRST_MARK, _BEYOND_MARKS))))
    # A character of a script without spaces is a word, with the marks that belong to it.
    lone = f"[{UNSPACED}]"
    return re.compile(f"(?:(?=[^\\W_]){lone}|(?:(?!{lone})(?:[^\\W_]|[{marks}]))+)[{marks}]*")


def _is_mark(point: int) -> bool:
    return unicodedata.category(chr(point)) in {"Mn", "Mc"}


@cache
def _folding() -> dict[int, str]:
    folding = {point: _fold_letter(chr(point)) for point in range(0x80, _LAST_FOLDED)}
    return {point: folded for point, folded in folding.items() if folded != chr(point)}


def _fold_letter(letter: str) -> str:
    if ord(letter) in _ACCENTS:
        return ""
    caseless = letter.casefold()
    folded = caseless if len(caseless) == 1 else letter
    bare = unicodedata.normalize("NFD", folded)[0]
    # Other scripts' marks make other letters: a й is no и.
    return bare if bare.isascii() else folded
