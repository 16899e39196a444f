"""Making a signature: a text's blocks of words, their shingles, the anchors of these, the sketch and the facts."""

import re
import struct
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice

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
_CAPITALS, _SMALL, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz", b"0123456789"
_NO_WORD = bytes(byte for byte in range(256) if byte not in _CAPITALS + _SMALL + _DIGITS)
_IN_WORDS = bytes.maketrans(_CAPITALS + _NO_WORD, _SMALL + b" " * len(_NO_WORD))
# What each letter is: a capital, a small one, a digit, the end of a sentence, or no part of a word.
_KINDS = bytes.maketrans(
    _CAPITALS + _SMALL + _DIGITS + _NO_WORD,
    b"A" * 26 + b"a" * 26 + b"0" * 10 + bytes(ord("\n" if byte in b".!?:" else " ") for byte in _NO_WORD),
)
_FACT = re.compile(rb"A(?<=[Aa0] A)[Aa0]*|0[Aa0]*")
# Shorter words of a title are grammar in most languages.
_SHORTEST_OF_TITLE = 4
_64_BITS = (1 << 64) - 1
# Multiplying by an odd number maps 64 bits to 64 bits, no two to one.
_ODD = 0x9E3779B97F4A7C15
_LOW_32_BITS = 0xFFFFFFFF
_LOW_HALF = _LOW_32_BITS.to_bytes(8, "little")
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
        block = _read_ascii(line.encode(), room) if line.isascii() else _read_line(line, room)
        if block.words:
            blocks.append(block)
            room -= len(block.words)
        if room <= 0:
            break
    return tuple(blocks)


def _read_ascii(line: bytes, room: int) -> Block:
    words = line.translate(_IN_WORDS).split()[:room]
    return Block(hash_words(words), words, [*_places_in_ascii(line, len(words))], 0)


def _read_line(line: str, room: int) -> Block:
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
    number: int = xxhash.xxh3_64_intdigest(b" ".join(words))
    return number - (1 << 64) if number >> 63 else number


def _places_in_ascii(line: bytes, word_count: int) -> Iterator[int]:
    kinds = line.translate(_KINDS)
    while b"  " in kinds:
        kinds = kinds.replace(b"  ", b" ")
    place = seen = 0
    for fact in _FACT.finditer(kinds):
        start = fact.start()
        # Words that began since the last fact; a digit may stand within the last of them.
        place += len(kinds[seen:start].split()) - kinds[:start].endswith((b"a", b"A"))
        seen = start
        if place >= word_count:
            return
        yield place


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
    numbers = struct.unpack(f"<{len(shingles) // 8}Q", shingles)
    facts = dict(islice(_place_facts(own).items(), rules.MOST_FACTS))
    # A text of a few words is no copy of anything, so nobody need find it.
    anchors = choose_anchors(numbers) if len(numbers) >= rules.FEWEST_SHARED else set()
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
    lanes &= int.from_bytes(_LOW_HALF * len(words), "little")
    shingles = 0
    for place in range(width):
        shingles ^= (lanes >> (64 * place)) * _PLACES[place]
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


def choose_anchors(shingles: Sequence[int]) -> set[int]:
    """Return the smallest shingle of every window: of narrow windows where the text begins, of wide ones throughout.

    The smallest of a wide window is also the smallest of a narrow one around it, so texts shifted by a header still
    meet. Any stretch of 24 words near the top that two texts share gives them an anchor in common.
    """
    near_the_top = find_minima(shingles[: rules.NARROW_REACH], rules.NARROW_WINDOW)
    return near_the_top | find_minima(shingles, rules.WIDE_WINDOW)


def find_minima(numbers: Sequence[int], window: int) -> set[int]:
    """Return the smallest number of each window; of fewer numbers than one window holds, the smallest."""
    minima: set[int] = set()
    start, last_start = 0, max(0, len(numbers) - window)
    smallest = min(numbers[:window], default=0)
    while numbers and start <= last_start:
        minima.add(smallest)
        place = numbers.index(smallest, start)
        # It stays the smallest until a smaller one enters the window or it leaves.
        entering = numbers[start + window : place + window]
        if entering and min(entering) < smallest:
            smallest = next(number for number in entering if number < smallest)
            start = numbers.index(smallest, start + window) - window + 1
        else:
            start = place + 1
            smallest = min(numbers[start : start + window], default=0)
    return minima
