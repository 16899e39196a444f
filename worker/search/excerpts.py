"""Excerpts: the part of an article's text that shows why it was found, made alike for both databases."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from worker.basics.text import fold
from worker.search.folded_words import LONGEST, fold_word, is_unspaced
from worker.search.query import Phrase

Excerpt = tuple[tuple[str, bool], ...]
"""Parts of a text, one after the other, each with whether it is what was looked for."""

_LENGTH, _BEFORE = 200, 60
"""Characters of an excerpt, and of it before the first match."""
_MOST_MATCHES = 50
# A word and its stem differ by a few letters at the end.
_LONGEST_ENDING, _SHORTEST_STEM = 3, 4
_CUT = "…"


@dataclass(frozen=True, slots=True)
class _Span:
    begin: int
    end: int


def make_excerpt(text: str, phrases: Sequence[Phrase]) -> Excerpt:
    """Return some 200 characters of a text, cut between words, where most of the phrases are; else its beginning."""
    line = fold(text[:LONGEST])
    matches = _find_matches(line, phrases)
    window = _choose_window(line, matches)
    shown = [match for match in matches if window.begin <= match.begin and match.end <= window.end]
    parts = [(_CUT, False)] if window.begin else []
    place = window.begin
    for match in shown:
        parts += [(line[place : match.begin], False), (line[match.begin : match.end], True)]
        place = match.end
    parts += [(line[place : window.end], False), (_CUT if window.end < len(line) else "", False)]
    return _join_alike(parts)


def mark_matches(title: str, phrases: Sequence[Phrase]) -> Excerpt:
    """Return a whole title in parts."""
    parts, place = [], 0
    for match in _find_matches(title, phrases):
        parts += [(title[place : match.begin], False), (title[match.begin : match.end], True)]
        place = match.end
    return _join_alike([*parts, (title[place:], False)])


def _find_matches(line: str, phrases: Sequence[Phrase]) -> list[_Span]:
    """Return where the phrases are; where none is, words that begin alike: the database may know their stems."""
    folded, places = _fold_whole(line)
    key = tuple(phrases)
    for pattern in (_pattern_of(key, is_loose=False), _pattern_of(key, is_loose=True)) if key else ():
        found = [match.span() for _, match in zip(range(_MOST_MATCHES), pattern.finditer(folded), strict=False)]
        if found:
            return [_Span(places[begin], places[end - 1] + 1) for begin, end in found]
    return []


def _fold_whole(line: str) -> tuple[str, Sequence[int]]:
    """Return a line folded, and of which character of the line each of its characters comes."""
    folded = fold_word(line)
    if len(folded) == len(line):
        return folded, range(len(line))
    pairs = [(letter, place) for place, sign in enumerate(line) for letter in fold_word(sign)]
    return "".join(letter for letter, _ in pairs), [place for _, place in pairs]


@lru_cache(maxsize=32)
def _pattern_of(phrases: tuple[Phrase, ...], *, is_loose: bool) -> re.Pattern[str]:
    # The longest first: of two that begin at one place it shows more.
    ordered = sorted(phrases, key=lambda phrase: -sum(map(len, phrase.words)))
    return re.compile("|".join(_write_phrase(phrase, is_loose=is_loose) for phrase in ordered))


def _write_phrase(phrase: Phrase, *, is_loose: bool) -> str:
    words = [_write_word(word, is_loose=is_loose) for word in phrase.words]
    if phrase.is_prefix and not is_loose:
        words[-1] = f"{words[-1].removesuffix(_END)}\\w*"
    return r"[\W_]*".join(words)


_BEGIN, _END = r"(?<![^\W_])", r"(?![^\W_])"


def _write_word(word: str, *, is_loose: bool) -> str:
    if is_unspaced(word):
        return re.escape(word)
    if is_loose and len(word) > _SHORTEST_STEM:
        stem = word[: max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING)]
        return f"{_BEGIN}{re.escape(stem)}\\w{{0,{2 * _LONGEST_ENDING}}}{_END}"
    return f"{_BEGIN}{re.escape(word)}{_END}"


def _choose_window(line: str, matches: Sequence[_Span]) -> _Span:
    if not matches:
        return _Span(0, _move_back(line, _LENGTH))
    best = max(matches, key=lambda match: (_count_words(line, matches, match.begin), -match.begin))
    begin = 0 if best.begin <= _BEFORE else _move_on(line, best.begin - _BEFORE, best.begin)
    end = _move_back(line, max(begin + _LENGTH, best.end), least=best.end)
    return _Span(begin, end)


def _count_words(line: str, matches: Iterable[_Span], begin: int) -> int:
    """Return how many different words are found in the excerpt that begins around ``begin``."""
    end = begin + _LENGTH - _BEFORE
    return len(
        {line[match.begin : match.end].lower() for match in matches if begin <= match.begin and match.end <= end}
    )


def _move_on(line: str, place: int, most: int) -> int:
    """Return where the next word begins, at ``most`` at the latest."""
    if is_unspaced(line[place]):
        return place
    blank = line.find(" ", place, most)
    return place if blank < 0 else blank + 1


def _move_back(line: str, place: int, least: int = 0) -> int:
    """Return where the last whole word before a place ends, not before ``least``."""
    if place >= len(line):
        return len(line)
    if is_unspaced(line[place]):
        return place
    blank = line.rfind(" ", least, place + 1)
    return place if blank <= 0 else blank


def _join_alike(parts: Iterable[tuple[str, bool]]) -> Excerpt:
    joined: list[tuple[str, bool]] = []
    for text, is_match in parts:
        if not text:
            continue
        if joined and joined[-1][1] == is_match:
            joined[-1] = (joined[-1][0] + text, is_match)
        else:
            joined.append((text, is_match))
    return tuple(joined)
