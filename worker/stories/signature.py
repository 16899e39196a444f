"""Making a signature: a text's blocks of words, their shingles, the anchors of these, the sketch and the facts."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, islice

import xxhash

from worker.basics.text import UNSPACED
from worker.basics.urls import site
from worker.stories import constants as rules
from worker.stories.story_values import Block, Signature

_HAS_UNSPACED = re.compile(f"[{UNSPACED}]")
# The end of a sentence is read too: a capital after it makes no name.
_ENDS = frozenset(".!?:。！？।؟…")
_END = re.escape("".join(sorted(_ENDS)))
_WORDS_IN_ASCII = re.compile(r"[A-Za-z0-9]+|[.!?:]")
_WORDS = re.compile(rf"[^\W_]+|[{_END}]")
_WORDS_AND_CHARACTERS = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+|[{_END}]")
# Shorter words of a title are grammar in most languages.
_SHORTEST_OF_TITLE = 4
_LOW_32_BITS = 0xFFFFFFFF
# Every character has as many bytes in UTF-32, so that the place of a word needs no counting.
_CHARACTER_BYTES = 4


def read_blocks(text: str) -> tuple[Block, ...]:
    """Return the lines of a text that have words, as far as texts are compared."""
    blocks: list[Block] = []
    room = rules.MOST_WORDS
    for line in text[: rules.MOST_CHARACTERS].split("\n"):
        tokens = split_words(line)
        if spoken := [token for token in tokens if token not in _ENDS][:room]:
            words = tuple(" ".join(spoken).lower().split(" "))
            blocks.append(Block(hash_words(words), words, tuple(_places_of_facts(tokens, len(words)))))
            room -= len(words)
        if room <= 0:
            break
    return tuple(blocks)


def split_words(text: str) -> list[str]:
    """Return the words of a line, and between them the marks that end a sentence."""
    if text.isascii():
        return _WORDS_IN_ASCII.findall(text)
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


def hash_words(words: Sequence[str]) -> int:
    """Return the hash that identifies a block by its words."""
    return _signed(xxhash.xxh3_64_intdigest(" ".join(words).encode("utf-32-le", "surrogatepass")))


def _signed(number: int) -> int:
    """Return 64 bits as SQL's bigint has them."""
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
    words = [word for block in own for word in block.words]
    width = choose_width(words)
    shingles = hash_shingles(words, width)
    facts = dict(islice(_place_facts(own).items(), rules.MOST_FACTS))
    # A text of a few words is no copy of anything, so nobody need find it.
    anchors = choose_anchors(shingles) if len(shingles) >= rules.FEWEST_SHARED else set()
    return Signature(
        anchors=tuple(sorted(map(_signed, anchors))),
        sketch=tuple(shingle & _LOW_32_BITS for shingle in shingles),
        width=width,
        facts=tuple(xxhash.xxh3_64_intdigest(fact.encode("utf-8", "surrogatepass")) & _LOW_32_BITS for fact in facts),
        places=sum(1 << place for place in facts.values()),
        title=title,
        outlet=outlet,
    )


def choose_width(words: Sequence[str]) -> int:
    """Return how many words make a shingle: more where most words are single characters."""
    return rules.SHINGLE_OF_CHARACTERS if [*map(len, words)].count(1) * 2 > len(words) else rules.SHINGLE


def hash_shingles(words: Sequence[str], width: int) -> list[int]:
    """Return 64 bits for each run of ``width`` words, for as many runs as are compared."""
    words = words[: rules.MOST_SHINGLES + width - 1]
    # All words lie in one buffer, of which a shingle is a slice.
    joined = " ".join(words).encode("utf-32-le", "surrogatepass")
    starts = [0, *accumulate((len(word) + 1) * _CHARACTER_BYTES for word in words)]
    digest = xxhash.xxh3_64_intdigest
    return [digest(joined[start : end - _CHARACTER_BYTES]) for start, end in zip(starts, starts[width:], strict=False)]


def _place_facts(blocks: Iterable[Block]) -> dict[str, int]:
    """Return the facts of a text in order, each with the first place where it stands."""
    places: dict[str, int] = {}
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
    while numbers and start <= last_start:
        in_window = numbers[start : start + window]
        smallest = min(in_window)
        minima.add(smallest)
        # It stays the smallest until it leaves the window or a smaller one enters.
        leaves = start + in_window.index(smallest) + 1
        entering = range(start + window, min(leaves + window - 1, len(numbers)))
        smaller = next((place for place in entering if numbers[place] < smallest), None)
        start = leaves if smaller is None else smaller - window + 1
    return minima
