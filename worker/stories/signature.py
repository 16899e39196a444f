"""Making a signature: a text's blocks of words, their shingles, the anchors of these, the sketch and the facts."""

import re
import struct
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate, compress, islice, pairwise, repeat
from operator import methodcaller

import xxhash

from worker.basics.text import UNSPACED
from worker.basics.urls import site, site_of_page
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
# What is no part of a word: the end of a line, which stays, or of a sentence, which is a point then, or a space.
_NO_WORD = bytes(byte for byte in range(256) if not chr(byte).isalnum() and byte != ord("\n"))
_SPOKEN = bytes.maketrans(_NO_WORD, bytes(ord("." if byte in b".!?:" else " ") for byte in _NO_WORD))
_CAPITALS = bytes(byte for byte in range(256) if chr(byte).isupper())
_KINDS = bytes.maketrans(_CAPITALS + b"123456789", b"A" * len(_CAPITALS) + b"0" * 9)
_COUNT_SPACES = methodcaller("count", b" ")
# Shorter words of a title are grammar in most languages.
_SHORTEST_OF_TITLE = 4
_LOW_32_BITS = 0xFFFFFFFF
_EVERY_PLACE = [*range(rules.MOST_SHINGLES)]
# These turn a shingle's highest byte to 1 where it makes an anchor, else to 0.
_SMALL_NEAR, _SMALL = (bytes(top < end for top in range(256)) for end in (rules.SMALL_NEAR, rules.SMALL))
# One for each word of a shingle but the last: odd, so that no bit of a word is lost.
_FACTORS = (
    0x9E3779B97F4A7C15,
    0xC2B2AE3D27D4EB4F,
    0x165667B19E3779F9,
    0xD6E8FEB86659FD93,
    0xA0761D6478BD642F,
    0xE7037ED1A0B428DB,
    0x8EBC6AF09C88C6E3,
    0x589965CC75374CC3,
    0x1D8E4E27C47D124F,
)
# Words are packed so many at a time.
_STEP = 64


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the lines of a text that have words, as far as texts are compared."""
    text = text[: rules.MOST_CHARACTERS]
    if not text.isascii():
        text = _TYPOGRAPHIC.sub(" ", text)
    latin = _in_latin(text)
    if latin is not None:
        blocks = _read_latin(latin)
    else:
        blocks = [block for line in text.split("\n") for block in _read_line(line)]
    words = sum([block.row.count(b" ") for block in blocks]) + len(blocks)
    return tuple(blocks if words <= rules.MOST_WORDS else _cut(blocks))


def _cut(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks as long as there is room for their words; the last one as far as there is."""
    room = rules.MOST_WORDS
    for block in blocks:
        row, marks = (b" ".join(words.split()[:room]) for words in (block.row, block.marks))
        yield Block(_hash_row(row), row, marks, min(block.characters, room))
        room -= row.count(b" ") + 1
        if not room:
            return


def _in_latin(text: str) -> bytes | None:
    """Return a text in Latin-1, a byte for each character; None where that cannot be."""
    if text.isascii():
        return text.encode()
    # Most texts of Western European languages are Latin-1 but for ellipses: then none of it is left out.
    latin = text.replace("…", ".").encode("latin-1", "ignore").translate(None, _COMPATIBLE)
    return latin if len(latin) == len(text) else None


def _read_line(line: str) -> Iterable[Block]:
    latin = _in_latin(line)
    return _read_unicode(line) if latin is None else _read_latin(latin)


def _read_latin(text: bytes) -> list[Block]:
    spoken = _single_out(text)
    if not spoken:
        return []
    rows = spoken.replace(b".", b" ")
    rows = rows.lower() if rows.isascii() else rows.decode("latin-1").lower().encode()
    # A capital that no end of a sentence is before makes a fact, as digits do.
    marks = spoken.translate(_KINDS).replace(b" A", b" 0").replace(b".", b" ")
    lines, marked = rows.split(b"\n"), marks.split(b"\n")
    characters = repeat(0) if rows.isascii() else map(_count_characters, lines, marked)
    return [*map(Block, _hash_rows(lines), lines, marked, characters)]


def _count_characters(row: bytes, marks: bytes) -> int:
    # A letter has one byte in the marks, whatever it has in the row.
    return 0 if row.isascii() else [*map(len, marks.split())].count(1)


def _single_out(text: bytes) -> bytes:
    """Return a text's words with one byte between two: a line's end, a point where a sentence ends, else a space."""
    spoken = text.translate(_SPOKEN)
    while b"  " in spoken:
        spoken = spoken.replace(b"  ", b" ")
    spoken = b".".join(filter(None, [sentence.strip(b" ") for sentence in spoken.split(b".")]))
    return b"\n".join(filter(None, [line.strip(b" .") for line in spoken.split(b"\n")]))


def _read_unicode(line: str) -> list[Block]:
    tokens = split_words(line)
    spoken = [token for token in tokens if token not in _ENDS]
    row = " ".join(spoken).lower().encode("utf-8", "surrogatepass")
    marks = b" ".join(b"0" if is_fact else b"a" for is_fact in _tell_facts(tokens))
    characters = 0 if row.isascii() else [*map(len, spoken)].count(1)
    return [Block(_hash_row(row), row, marks, characters)] if spoken else []


def _tell_facts(tokens: Sequence[str]) -> Iterator[bool]:
    is_first = True
    for token in tokens:
        if token not in _ENDS:
            yield (token[0].isupper() and not is_first) or not token.isalpha()
        is_first = token in _ENDS


def split_words(text: str) -> list[str]:
    """Return the words of a line, and between them the marks that end a sentence."""
    text = unicodedata.normalize("NFKC", text)
    return (_WORDS_AND_CHARACTERS if _HAS_UNSPACED.search(text) else _WORDS).findall(text)


def words_of_title(title: str) -> frozenset[str]:
    """Return the words by which two titles are compared."""
    words = split_words(title.lower())
    return frozenset(word for word in words if len(word) >= _SHORTEST_OF_TITLE or not word.isascii() or word.isdigit())


def outlet_of(url: str | None, feed_url: str) -> str:
    """Return the outlet of an article with this canonical URL: its site, else its feed's site, else its feed."""
    # So the articles of a saved document without links are of one outlet, whichever that is.
    return (site_of_page(url) if url else None) or site(feed_url) or feed_url


def hash_words(words: Sequence[bytes]) -> int:
    """Return the hash that identifies a block by its words: 64 bits, signed as SQL's bigint is."""
    return _hash_row(b" ".join(words))


def _hash_row(row: bytes) -> int:
    return _hash_rows([row])[0]


def _hash_rows(rows: Collection[bytes]) -> tuple[int, ...]:
    return struct.unpack(f">{len(rows)}q", b"".join(map(xxhash.xxh3_64_digest, rows)))


def make_signature(blocks: Iterable[Block], boilerplate: Collection[int], title: str, outlet: str) -> Signature:
    """Return the signature of a text; its boilerplate blocks do not count."""
    own = [block for block in blocks if block.block_hash not in boilerplate]
    width = choose_width(own)
    words = b" ".join([block.row for block in own]).split()
    facts = _find_facts(words, b" ".join([block.marks for block in own]))
    packed = pack_words(words[: rules.MOST_SHINGLES + width - 1])
    sketch = hash_shingles(packed, width)
    # A text of a few words is no copy of anything, so nobody need find it.
    places = choose_anchors(sketch) if len(sketch) >= rules.FEWEST_SHARED * 3 else ()
    return Signature(
        anchors=tuple(sorted(set(_hash_rows([packed[8 * place : 8 * (place + width)] for place in places])))),
        sketch=sketch,
        width=width,
        facts=tuple(xxhash.xxh3_64_intdigest(fact) & _LOW_32_BITS for fact in facts),
        places=sum([1 << place for place in facts.values()]),
        title=title,
        outlet=outlet,
    )


def choose_width(blocks: Sequence[Block]) -> int:
    """Return how many words make a shingle: more where most words are single characters."""
    characters = sum([block.characters for block in blocks])
    is_mostly_characters = characters and characters * 2 > sum(len(block.words) for block in blocks)
    return rules.SHINGLE_OF_CHARACTERS if is_mostly_characters else rules.SHINGLE


def _find_facts(words: Sequence[bytes], marks: bytes) -> dict[bytes, int]:
    """Return the facts of a text in order, each with the first place where it stands."""
    places: dict[bytes, int] = {}
    # A zero's place is how many spaces are before it.
    for place in accumulate(map(_COUNT_SPACES, marks.split(b"0")[:-1])):
        places.setdefault(words[place], place)
    return dict(islice(places.items(), rules.MOST_FACTS))


def pack_words(words: Sequence[bytes]) -> bytes:
    """Return the first eight bytes of each word; what a word is shorter is zeros."""
    missing = [b""] * (-len(words) % _STEP)
    return _packing(len(words) + len(missing)).pack(*words, *missing)[: 8 * len(words)]


@cache
def _packing(count: int) -> struct.Struct:
    return struct.Struct("8s" * count)


def hash_shingles(packed: bytes, width: int) -> bytes:
    """Return 24 bits for each run of ``width`` words: the highest byte of each, then all middle ones, then all lowest.

    ``packed`` is what ``pack_words`` returns.
    """
    # One multiplication makes them all: of a number with a word in each lane of 64 bits, the first one highest, by one
    # with a factor in each, for all words of a shingle but the last. So a lane of the product is a sum of a shingle's
    # words, each times a factor: of all but the last the low halves of these, of all but the first the high ones.
    products = int.from_bytes(packed, "big") * _factors(width)
    before = 8 * (width - 1)
    lanes = products.to_bytes(len(packed) + before, "big")[before : max(before, len(packed))]
    return lanes[0::8] + lanes[1::8] + lanes[2::8]


@cache
def _factors(width: int) -> int:
    return sum(factor << (64 * place) for place, factor in enumerate(_FACTORS[: width - 1]))


def choose_anchors(sketch: bytes) -> set[int]:
    """Return the places of the shingles by which a text is found: those whose highest byte is small.

    They are the same ones wherever a text is cut. Near the top each window has one at least, its smallest, so any
    stretch of 24 words that two texts share there gives them an anchor in common.
    """
    tops = sketch[: len(sketch) // 3]
    near = tops[: rules.NEAR]
    places = [*compress(_EVERY_PLACE, near.translate(_SMALL_NEAR))]
    chosen = {*places, *compress(_EVERY_PLACE, tops.translate(_SMALL))}
    # A short text has several too.
    window = min(rules.WINDOW, len(near) // 2 + 1)
    stretches = [*pairwise([-1, *places, len(near)])]
    while stretches:
        before, after = stretches.pop()
        if after - before > window:
            smallest = near.index(min(near[before + 1 : after]), before + 1)
            chosen.add(smallest)
            stretches += (before, smallest), (smallest, after)
    return chosen
