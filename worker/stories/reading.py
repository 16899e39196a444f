"""Reading a text: lines become blocks of words, each with its facts."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

import xxhash

from worker.basics.unspaced import UNSPACED
from worker.stories.rules import MOST_CHARACTERS, MOST_WORDS
from worker.stories.values import Block

_HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
# A sentence's end is read too, for a capital after it says nothing.
_ENDS = frozenset(".!?:。！？।؟…")
_END = re.escape("".join(sorted(_ENDS)))
_WORDS_IN_ASCII = re.compile(r"[A-Za-z0-9]+|[.!?:]")
_WORDS = re.compile(rf"[^\W_]+|[{_END}]")
_WORDS_AND_CHARACTERS = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+|[{_END}]")
# Shorter words of a title are grammar in most languages.
_SHORTEST_OF_TITLE = 4


def read_text(text: str) -> tuple[Block, ...]:
    """Return the lines of a text that say something, as far as texts are compared."""
    return tuple(_read_lines(text[:MOST_CHARACTERS]))


def split_words(text: str) -> list[str]:
    """Return the words of a line, and between them the marks that end a sentence."""
    if text.isascii():
        return _WORDS_IN_ASCII.findall(text)
    text = unicodedata.normalize("NFKC", text)
    return (_WORDS_AND_CHARACTERS if _HAS_UNSPACED.search(text) else _WORDS).findall(text)


def words_of_title(title: str) -> frozenset[str]:
    """Return the words of a title by which two titles are compared."""
    words = split_words(title.lower())
    return frozenset(word for word in words if len(word) >= _SHORTEST_OF_TITLE or not word.isascii() or word.isdigit())


def hash_words(words: Sequence[str]) -> int:
    """Return the 64 bits, signed as SQL has them, by which a block is known."""
    return signed(xxhash.xxh3_64_intdigest(" ".join(words).encode("utf-32-le", "surrogatepass")))


def signed(number: int) -> int:
    """Return 64 bits as SQL's bigint has them."""
    return number - (1 << 64) if number >> 63 else number


def _read_lines(text: str) -> Iterator[Block]:
    room = MOST_WORDS
    for line in text.split("\n"):
        found = split_words(line)
        spoken = [word for word in found if word not in _ENDS][:room]
        if spoken:
            words = tuple(" ".join(spoken).lower().split(" "))
            yield Block(hash_words(words), words, tuple(_places_of_facts(found, len(words))))
            room -= len(words)
        if room <= 0:
            return


def _places_of_facts(found: Sequence[str], longest: int) -> Iterator[int]:
    place, is_first = 0, True
    for word in found:
        if word in _ENDS:
            is_first = True
            continue
        if place == longest:
            return
        if (word[0].isupper() and not is_first) or not word.isalpha():
            yield place
        place += 1
        is_first = False
