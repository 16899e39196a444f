"""A text's signature: shingles of its words, the anchors it is found by, and the sketch and facts it is compared by."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, islice

import xxhash

from worker.basics.text import UNSPACED
from worker.stories.rules import (
    FEWEST_SHARED,
    MOST_CHARACTERS,
    MOST_FACTS,
    MOST_SHINGLES,
    MOST_WORDS,
    NARROW_REACH,
    NARROW_WINDOW,
    SHINGLE,
    SHINGLE_OF_CHARACTERS,
    WIDE_WINDOW,
)
from worker.stories.values import Block, Signature

# --- Reading a text: lines become blocks of words, each with its facts.

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


_LOW = 0xFFFFFFFF
# Bytes of a character in UTF-32, where every character has as many.
_WIDE = 4


def sign(blocks: Iterable[Block], boilerplate: Collection[int], title: str, outlet: str) -> Signature:
    """Return the signature of a text without the blocks that are boilerplate."""
    own = [block for block in blocks if block.block_hash not in boilerplate]
    words = [word for block in own for word in block.words]
    width = choose_width(words)
    shingles = hash_shingles(words, width)
    facts = dict(islice(_facts(own), MOST_FACTS))
    # A text of a few words is no copy of anything, so nobody need find it.
    anchors = choose_anchors(shingles) if len(shingles) >= FEWEST_SHARED else set()
    return Signature(
        anchors=tuple(sorted(map(signed, anchors))),
        sketch=tuple(shingle & _LOW for shingle in shingles),
        width=width,
        facts=tuple(xxhash.xxh3_64_intdigest(fact.encode("utf-8", "surrogatepass")) & _LOW for fact in facts),
        places=sum(1 << place for place in facts.values()),
        title=title,
        outlet=outlet,
    )


def choose_width(words: Sequence[str]) -> int:
    """Return how many words make a shingle: more where most words are single characters."""
    return SHINGLE_OF_CHARACTERS if [*map(len, words)].count(1) * 2 > len(words) else SHINGLE


def hash_shingles(words: Sequence[str], width: int) -> list[int]:
    """Return 64 bits for each run of so many words, as many as are compared."""
    words = words[: MOST_SHINGLES + width - 1]
    # Words lie side by side in one buffer, and a shingle is a slice of it; in UTF-32 its place needs no counting.
    joined = " ".join(words).encode("utf-32-le", "surrogatepass")
    starts = [0, *accumulate((len(word) + 1) * _WIDE for word in words)]
    digest = xxhash.xxh3_64_intdigest
    return [digest(joined[start : end - _WIDE]) for start, end in zip(starts, starts[width:], strict=False)]


def _facts(blocks: Iterable[Block]) -> Iterator[tuple[str, int]]:
    """Yield each fact once, with its place in the text."""
    seen: set[str] = set()
    before = 0
    for block in blocks:
        for place in block.facts:
            fact = block.words[place]
            if fact not in seen:
                seen.add(fact)
                yield fact, before + place
        before += len(block.words)


def choose_anchors(shingles: Sequence[int]) -> set[int]:
    """Return the smallest shingle of every window, narrow ones at the beginning.

    A wide window's smallest is also the smallest of a narrow one around it, so that texts shifted by a header still
    meet; any stretch of 24 words near the top that two texts share gives them an anchor in common.
    """
    return find_minima(shingles[:NARROW_REACH], NARROW_WINDOW) | find_minima(shingles, WIDE_WINDOW)


def find_minima(numbers: Sequence[int], window: int) -> set[int]:
    """Return the smallest number of each window; of fewer numbers than one window holds, the smallest."""
    if not numbers:
        return set()
    minima: set[int] = set()
    start, last = 0, len(numbers) - window
    while True:
        here = numbers[start : start + window]
        smallest = min(here)
        minima.add(smallest)
        # It stays the smallest until it leaves the window or a smaller one enters.
        leaves = start + here.index(smallest) + 1
        entering = range(start + window, min(leaves + window - 1, len(numbers)))
        smaller = next((place for place in entering if numbers[place] < smallest), None)
        start = leaves if smaller is None else smaller - window + 1
        if start > last:
            return minima
