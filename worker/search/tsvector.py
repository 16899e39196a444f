"""The words of an article as PostgreSQL keeps them: a tsvector, in the binary form that the server receives.

The server's own ``to_tsvector`` reads a text letter by letter, looks a word up as often as it stands there, and sorts
them all: ten times the work. The form (``tsvectorrecv``) says how many lexemes there are, and of each its text in UTF-8
with a zero byte after it, how many places it has, and these, rising. Such numbers have two bytes; the upper two bits of
a place are its weight. The server sorts the lexemes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice

_LAST_PLACE = 16_383
"""The place of all words that stand further behind."""
_MOST_PLACES = 255
"""A lexeme has its first so many places."""
_LONGEST = 2_046
"""Bytes of a lexeme; longer ones are not indexed."""
_WEIGHT_A = 0xC000
_IN_TITLE = "title="


def name_in_title(lexeme: str) -> str:
    """Return the lexeme that says that this one is in an article's title; no word looks like it."""
    return f"{_IN_TITLE}{lexeme}"


def write_tsvector(title: Sequence[bytes], words: Sequence[bytes], facets: Iterable[str]) -> bytes:
    """Return the vector of a title's lexemes (weight A), of those of the text after it, and of facets without a place.

    The lexemes of words are in UTF-8.
    """
    # One with more words than there are places is no title, but any client of the database may write it.
    title = title[: _LAST_PLACE - 1]
    numbers, in_title = _numbers(), _IN_TITLE.encode()
    places: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for place, lexeme in enumerate(title, 1):
        places[lexeme].append((_WEIGHT_A | place).to_bytes(2, "big"))
        places[in_title + lexeme].append(numbers[place])
    for lexeme, number in zip(words, islice(numbers, len(title) + 1, _LAST_PLACE), strict=False):
        places[lexeme].append(number)
    for lexeme in {*words[_LAST_PLACE - len(title) - 1 :]}:
        places[lexeme].append(numbers[_LAST_PLACE])
    for facet in facets:
        places[facet.encode()] = []
    for lexeme in [each for each in places if len(each) > _LONGEST]:
        del places[lexeme]
    counts, parts = _counts(), [len(places).to_bytes(4, "big")]
    for lexeme, found in places.items():
        if len(found) > _MOST_PLACES:
            del found[_MOST_PLACES:]
        # Joined once, all together: that takes half as long as a lexeme at a time.
        parts.append(lexeme)
        parts.append(counts[len(found)])
        parts += found
    return b"".join(parts)


@cache
def _numbers() -> Sequence[bytes]:
    return [number.to_bytes(2, "big") for number in range(_LAST_PLACE + 1)]


@cache
def _counts() -> Sequence[bytes]:
    """Return what follows a lexeme with so many places."""
    return [b"\0" + number for number in _numbers()[: _MOST_PLACES + 1]]
