"""Words as they are indexed and looked for: in lower case, Latin letters without accents, a word a Han character.

SQLite's tokenizer does the same but for scripts without spaces, of which it makes one word up to the next full stop.
"""

import re
import unicodedata
from functools import cache

from worker.basics.text import UNSPACED

_LATIN_WORD = re.compile(r"[^\W_]+")
# What keeps most texts from being Latin-1: signs that are of no word. Its own micro sign is folded to a Greek letter.
# To replace one after the other takes less than one regular expression for all.
_NOT_LATIN = dict.fromkeys("’“”‘„–—\u2011…″•€™→↩−", " ") | {"µ": "μ"}
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
LONGEST = 100_000
"""An article is indexed with its first so many characters."""
_HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
# Letters beyond these have no accents that are folded.
_LAST_FOLDED = 0x2C00
# Where most signs are that texts have beyond Latin-1: punctuation, that of East Asia too, its wide forms, and emoji.
_SIGNS = (*range(0x80, 0x3100), *range(0xFE00, 0x10000), *range(0x1F000, 0x1FB00))
# It follows a sign that is an emoji as well.
_EMOJI_MARK = "\ufe0f"
# Beyond the basic plane there are none of living scripts; with them each character would be held against all ranges.
_FIRST_MARK, _BEYOND_MARKS = "\u0300", 0x10000
# What SQLite's tokenizer takes for an accent wherever it stands.
_ACCENTS = range(0x300, 0x332)


def is_unspaced(text: str) -> bool:
    """Say whether a text has characters of a script without spaces, each of which is a word."""
    return not text.isascii() and _HAS_UNSPACED.search(text) is not None


def fold_words(text: str) -> list[str]:
    """Return the words of a text, folded, in their order."""
    if not text.isascii():
        for sign, plain in _NOT_LATIN.items():
            text = text.replace(sign, plain)
    words = _split_latin(text)
    if words is not None:
        return words
    folded = _BEYOND_ASCII.sub(_part_run, text.lower())
    words = _split_latin(folded)
    if words is not None:
        return words
    if max(folded) < _FIRST_MARK:
        return _LATIN_WORD.findall(folded)
    word, lone = _patterns()
    return word.findall(lone.sub(r" \g<0> ", folded) if is_unspaced(folded) else folded)


def _split_latin(text: str) -> list[str] | None:
    """Return the words of a text, folded; None of one that is not in Latin-1."""
    try:
        latin = text.encode("latin-1")
    except UnicodeEncodeError:
        return None
    return latin.translate(_latin_folding()).decode("latin-1").split()


def fold_word(word: str) -> str:
    """Return a word, or a whole text, in lower case, its Latin letters without accents."""
    folded = word.lower()
    return folded if folded.isascii() else _BEYOND_ASCII.sub(_fold_run, folded)


def _fold_run(found: re.Match[str]) -> str:
    return found[0].translate(_folding())


def _part_run(found: re.Match[str]) -> str:
    # A mark after a space is of no word.
    return found[0].translate(_parting()).replace(f" {_EMOJI_MARK}", " ")


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
def _latin_folding() -> bytes:
    """Return of each character of Latin-1 what it is folded to, a space if it is of no word."""
    folded = (fold_word(letter) if letter.isalnum() else " " for letter in map(chr, range(0x100)))
    return "".join(folded).encode("latin-1", "replace")


@cache
def _folding() -> dict[int, str]:
    folding = {point: _fold_letter(chr(point)) for point in range(0x80, _LAST_FOLDED)}
    return {point: folded for point, folded in folding.items() if folded != chr(point)}


@cache
def _parting() -> dict[int, str]:
    """Return what folds letters, with a space for what is of no word: the quotes and dashes of a text in English."""
    signs = (sign for sign in map(chr, _SIGNS) if not (sign.isalnum() or _is_mark(ord(sign))))
    return dict.fromkeys(map(ord, signs), " ") | _folding()


def _fold_letter(letter: str) -> str:
    if ord(letter) in _ACCENTS:
        return ""
    caseless = letter.casefold()
    folded = caseless if len(caseless) == 1 else letter
    bare = unicodedata.normalize("NFD", folded)[0]
    # Other scripts' marks make other letters: a й is no и.
    return bare if bare.isascii() else folded
