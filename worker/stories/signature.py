"""Making a signature: a text's blocks of words, their shingles, the anchors of these, the sketch and the facts."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, chain, compress, islice
from operator import methodcaller, sub

import xxhash

from worker.basics.text import UNSPACED
from worker.basics.urls import site
from worker.stories import constants as rules
from worker.stories.story_values import Block, Signature

_HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
# The end of a sentence is read too: a capital after it makes no name.
_ENDS = frozenset(".!?:。！？।؟…")
_END = re.escape("".join(sorted(_ENDS)))
_WORDS = re.compile(rf"[^\W_]+|[{_END}]")
_WORDS_AND_CHARACTERS = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+|[{_END}]")
# Nearly all that keeps English lines from being ASCII, which is read several times as fast: spaces, dashes, quotes.
_TYPOGRAPHIC = re.compile("[\u00a0\u2010-\u201f\u2022]")
# What NFKC changes of Latin-1.
_COMPATIBLE = bytes(byte for byte in range(256) if unicodedata.normalize("NFKC", chr(byte)) != chr(byte))
# What is no part of a word: the end of a sentence, which is a point then, or a space.
_NO_WORD = bytes(byte for byte in range(256) if not chr(byte).isalnum())
_SPOKEN = bytes.maketrans(_NO_WORD, bytes(ord("." if byte in b".!?:" else " ") for byte in _NO_WORD))
_CAPITALS = bytes(byte for byte in range(256) if chr(byte).isupper())
_KINDS = bytes.maketrans(_CAPITALS + b"123456789", b"A" * len(_CAPITALS) + b"0" * 9)
_COUNT_SPACES = methodcaller("count", b" ")
# Shorter words of a title are grammar in most languages.
_SHORTEST_OF_TITLE = 4
_64_BITS = (1 << 64) - 1
# Multiplying by an odd number maps 64 bits to 64 bits, no two to one.
_ODD = 0x9E3779B97F4A7C15
_LOW_32_BITS = 0xFFFFFFFF
# Of as many lanes of 64 bits as are compared, the low halves.
_LOW_HALVES = int.from_bytes(
    _LOW_32_BITS.to_bytes(8, "little") * (rules.MOST_SHINGLES + rules.SHINGLE_OF_CHARACTERS), "little"
)
_EVERY_PLACE = [*range(rules.MOST_SHINGLES)]
# The hash of a word is multiplied by the number of its place in the shingle: odd, so that no bit of it is lost, and
# below 2 ** 30, so that the product has room in 64 bits and is that of a single digit to Python.
_FIRST = 0x2E3779B1, 0x21F0AAAD, 0x3C6EF373, 0x2545F491, 0x35D1F9C3
_PLACES = (*_FIRST, 0x29A7A1B5, 0x3F58476D, 0x2D0BB1F7, 0x33A5D4E9, 0x27D4EB2F)


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the lines of a text that have words, as far as texts are compared."""
    text = text[: rules.MOST_CHARACTERS]
    if not text.isascii():
        text = _TYPOGRAPHIC.sub(" ", text)
    blocks: list[Block] = []
    room = rules.MOST_WORDS
    for line in filter(None, text.split("\n")):
        block = _read_line(line, room)
        if block.words:
            blocks.append(block)
            room -= len(block.words)
        if room <= 0:
            break
    return tuple(blocks)


def _read_line(line: str, room: int) -> Block:
    if line.isascii():
        return _read_latin(line.encode(), room)
    # Most lines of Western European languages are Latin-1 but for ellipses: then none of it is left out.
    latin = line.replace("…", ".").encode("latin-1", "ignore").translate(None, _COMPATIBLE)
    if len(latin) < len(line):
        return _read_unicode(line, room)
    return _read_latin(latin, room, counts_characters=True)


def _read_latin(line: bytes, room: int, *, counts_characters: bool = False) -> Block:
    spoken = _single_out(line)
    row = spoken.replace(b".", b" ")
    characters = [*map(len, row.split()[:room])].count(1) if counts_characters else 0
    words_in_row = row.decode("latin-1").lower().encode()
    words = words_in_row.split()
    # A fact's word has a zero then: for a digit, or for a capital that no end of a sentence is before.
    marked = spoken.translate(_KINDS).replace(b" A", b" 0").replace(b".", b" ")
    # Each zero's place is how many spaces are before it.
    facts = [*dict.fromkeys(accumulate(map(_COUNT_SPACES, marked.split(b"0")[:-1])))]
    if len(words) > room:
        words, facts = words[:room], [place for place in facts if place < room]
        words_in_row = b" ".join(words)
    return Block(_hash_row(words_in_row), words, facts, characters)


def _single_out(line: bytes) -> bytes:
    """Return the words of a line with one byte between two of them: a point where a sentence ends, else a space."""
    spoken = line.translate(_SPOKEN)
    while b"  " in spoken:
        spoken = spoken.replace(b"  ", b" ")
    spoken = spoken.replace(b" .", b".").replace(b". ", b".")
    while b".." in spoken:
        spoken = spoken.replace(b"..", b".")
    return spoken.strip(b" .")


def _read_unicode(line: str, room: int) -> Block:
    tokens = split_words(line)
    spoken = [token for token in tokens if token not in _ENDS][:room]
    words = " ".join(spoken).lower().encode("utf-8", "surrogatepass").split()
    return Block(hash_words(words), words, [*_places_of_facts(tokens, len(words))], [*map(len, spoken)].count(1))


def split_words(text: str) -> list[str]:
    """Return the words of a line, and between them the marks that end a sentence."""
    text = unicodedata.normalize("NFKC", text)
    return (_WORDS_AND_CHARACTERS if _HAS_UNSPACED.search(text) else _WORDS).findall(text)


def words_of_title(title: str) -> frozenset[str]:
    """Return the words by which two titles are compared."""
    words = split_words(title.lower())
    return frozenset(word for word in words if len(word) >= _SHORTEST_OF_TITLE or not word.isascii() or word.isdigit())


def outlet_of(url: str | None, feed_url: str) -> str:
    """Return the outlet of an article: its site, else its feed's site, else its feed."""
    # So the articles of a saved document without links are of one outlet, whichever that is.
    return site(url) or site(feed_url) or feed_url


def hash_words(words: Sequence[bytes]) -> int:
    """Return the hash that identifies a block by its words: 64 bits, signed as SQL's bigint is."""
    return _hash_row(b" ".join(words))


def _hash_row(words: bytes) -> int:
    number: int = xxhash.xxh3_64_intdigest(words)
    return number - (1 << 64) if number >> 63 else number


def _places_of_facts(tokens: Sequence[str], word_count: int) -> Iterator[int]:
    place, is_first = 0, True
    for token in tokens:
        if token in _ENDS:
            is_first = True
            continue
        if place == word_count:
            return
        if (token[0].isupper() and not is_first) or not token.isalpha():
            yield place
        place += 1
        is_first = False


def make_signature(blocks: Iterable[Block], boilerplate: Collection[int], title: str, outlet: str) -> Signature:
    """Return the signature of a text; its boilerplate blocks do not count."""
    own = [block for block in blocks if block.block_hash not in boilerplate]
    width = choose_width(own)
    shingles = hash_shingles([*chain.from_iterable(block.words for block in own)], width)
    facts = dict(islice(_place_facts(own).items(), rules.MOST_FACTS))
    # A text of a few words is no copy of anything, so nobody need find it.
    anchors = choose_anchors(shingles) if len(shingles) >= 8 * rules.FEWEST_SHARED else set()
    return Signature(
        anchors=tuple(sorted(map(_spread, anchors))),
        sketch=memoryview(shingles).cast("I")[::2].tobytes(),
        width=width,
        facts=tuple(xxhash.xxh3_64_intdigest(fact) & _LOW_32_BITS for fact in facts),
        places=sum(1 << place for place in facts.values()),
        title=title,
        outlet=outlet,
    )


def _spread(anchor: int) -> int:
    """Return an anchor as 64 bits of SQL's bigint, over all of its range: the smallest of many lie close together.

    Retention deletes them by parts of that range.
    """
    number = anchor * _ODD & _64_BITS
    return number - (1 << 64) if number >> 63 else number


def choose_width(blocks: Sequence[Block]) -> int:
    """Return how many words make a shingle: more where most words are single characters."""
    characters, words = sum(block.characters for block in blocks), sum(len(block.words) for block in blocks)
    return rules.SHINGLE_OF_CHARACTERS if characters * 2 > words else rules.SHINGLE


def hash_shingles(words: Sequence[bytes], width: int) -> bytes:
    """Return 64 bits, little-endian, for each run of ``width`` words, for as many runs as are compared."""
    words = words[: rules.MOST_SHINGLES + width - 1]
    # One number has a hash of 32 bits for each word in a lane of 64, so that a few operations on it make all shingles.
    lanes = int.from_bytes(b"".join([*map(xxhash.xxh3_64_digest, words)]), "little")
    lanes &= _LOW_HALVES
    shingles = lanes * _PLACES[0]
    for multiplier in _PLACES[1:width]:
        lanes >>= 64
        shingles ^= lanes * multiplier
    return shingles.to_bytes(8 * len(words), "little")[: 8 * max(0, len(words) - width + 1)]


def _place_facts(blocks: Iterable[Block]) -> dict[bytes, int]:
    """Return the facts of a text in order, each with the first place where it stands."""
    places: dict[bytes, int] = {}
    words_before = 0
    for block in blocks:
        for place in block.facts:
            places.setdefault(block.words[place], words_before + place)
        words_before += len(block.words)
    return places


def choose_anchors(shingles: bytes) -> set[int]:
    """Return the smallest shingle of every window: of narrow windows where the text begins, of wide ones throughout.

    ``shingles`` are as ``hash_shingles`` returns them. The smallest of a wide window is also the smallest of a narrow
    one around it, so texts shifted by a header still meet. Any stretch of 24 words near the top that two texts share
    gives them an anchor in common.
    """
    near_the_top = find_minima(shingles[: 8 * rules.NARROW_REACH], rules.NARROW_WINDOW)
    return near_the_top | find_minima(shingles, rules.WIDE_WINDOW)


def find_minima(shingles: bytes, window: int) -> set[int]:
    """Return the smallest shingle of each window; of fewer shingles than one window holds, the smallest."""
    tops = shingles[7::8]
    window = min(window, len(tops))
    # Nearly always a window has a few shingles whose highest byte is small; then its smallest is one of these.
    places = [*compress(_EVERY_PLACE, tops.translate(_mark_small(window)))] if window else []
    if max(map(sub, [*places, len(tops)], [-1, *places])) > window:
        places = [*range(len(tops))]
    return _find_minima_among(places, memoryview(shingles).cast("Q"), window)


@cache
def _mark_small(window: int) -> bytes:
    """Return the table that turns a shingle's highest byte, one of 64, to 1 for about eight in a window, else to 0."""
    return bytes(top * window < 8 * 64 for top in range(256))


def _find_minima_among(places: Sequence[int], numbers: Sequence[int], window: int) -> set[int]:
    """Return the smallest number of each window, given places among which the smallest of each window are."""
    minima: set[int] = set()
    # Those passed so far that have no smaller one after them, each with its place.
    waiting, waiting_places = [-1], [-1]
    for place, number in chain(zip(places, map(numbers.__getitem__, places), strict=True), [(len(numbers), -1)]):
        while waiting[-1] > number:
            passed = waiting.pop()
            waiting_places.pop()
            # Between the smaller ones on both sides there is room for a window.
            if place - waiting_places[-1] > window:
                minima.add(passed)
        waiting.append(number)
        waiting_places.append(place)
    return minima
