"""The months and weekdays that words name, in whatever language."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import reduce

from worker.dates.date_words import MONTHS, MONTHS_BY_LANGUAGE, WEEKDAYS
from worker.dates.tidying import fold_name

Numbers = frozenset[int]

_NOTHING: Numbers = frozenset()
_LETTER = r"[^\s\d!-@\[-`{-~،。、·…“”„«»]"
_WORD = re.compile(rf"{_LETTER}+(?:['.]{_LETTER}+)*")
# Di, wt.; else short words are those of other languages: on 05/06/2024.
_SHORT_WEEKDAY = re.compile(r"\s*([^\W\d_]{2})[.,]")
_SHORTEST, _SHORTEST_STEM = 3, 5


def _numbers_by_name(rows: Iterable[str], first: int) -> dict[str, Numbers]:
    numbers: dict[str, Numbers] = {}
    for number, names in enumerate(rows, first):
        for name in names.split():
            numbers[name] = numbers.get(name, _NOTHING) | {number}
    return numbers


_MONTHS = _numbers_by_name(MONTHS, 1) | {name: frozenset(of.values()) for name, of in MONTHS_BY_LANGUAGE.items()}
_WEEKDAYS = _numbers_by_name(WEEKDAYS, 0)
_NAMES_OF_TWO_WORDS = {name for names in (_MONTHS, _WEEKDAYS) for name in names if "_" in name}
_MONTHS_IN_ORDER, _WEEKDAYS_IN_ORDER = sorted(_MONTHS), sorted(_WEEKDAYS)


def split_words(text: str) -> list[str]:
    """Return the words of a tidied text as names are looked up, two that are one name joined by ``_``."""
    words: list[str] = []
    for word in map(fold_name, _WORD.findall(text)):
        if words and (name := f"{words[-1]}_{word}") in _NAMES_OF_TWO_WORDS:
            words[-1] = name
        else:
            words.append(word)
    return words


def find_months(words: Sequence[str], language: str | None) -> Numbers:
    """Return which months words name: one, several where a name is of several, none where two words differ."""
    language = (language or "").lower().replace("_", "-").partition("-")[0]
    named = [(word, of) for word in words if (of := _months_of(word, language))]
    if len({word for word, _ in named}) > 1:
        # mar., 13 juil. 2021: a Tuesday.
        named = [(word, of) for word, of in named if word not in _WEEKDAYS] or named
    found = [of for _, of in named] or [
        of for word in words if word not in _WEEKDAYS and (of := _begun(word, _MONTHS, _MONTHS_IN_ORDER))
    ]
    return reduce(frozenset.intersection, found) if found else _NOTHING


def _months_of(word: str, language: str) -> Numbers:
    month = MONTHS_BY_LANGUAGE.get(word, {}).get(language)
    return frozenset((month,)) if month else _MONTHS.get(word, _NOTHING)


def find_weekdays(text: str) -> Numbers:
    """Return which weekdays the words of a tidied text name, Monday being 0; several where a name is of several."""
    words = [word for word in split_words(text) if len(word) >= _SHORTEST or not word.isascii()]
    if short := _SHORT_WEEKDAY.match(text):
        words.append(fold_name(short[1]))
    return _NOTHING.union(*(_WEEKDAYS.get(word) or _begun(word, _WEEKDAYS, _WEEKDAYS_IN_ORDER) for word in words))


def _begun(word: str, numbers: dict[str, Numbers], names: Sequence[str]) -> Numbers:
    """Return what the names mean that a word is the beginning of (Thurs, fév), else the name that it begins with."""
    if len(word) < _SHORTEST:
        return _NOTHING
    found = _NOTHING
    for place in range(bisect_left(names, word), len(names)):
        if not names[place].startswith(word):
            break
        found |= numbers[names[place]]
    # A case that the table does not have: јануара, januarissa.
    lengths = range(len(word) - 1, _SHORTEST_STEM - 1, -1)
    return found or next((numbers[word[:length]] for length in lengths if word[:length] in numbers), _NOTHING)
