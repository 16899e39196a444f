"""Clocks within what is written for a date: hours, minutes and seconds, and which half of the day they are in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from worker.dates.date_words import HALVES
from worker.dates.tidying import fold_name

_HOUR, _MINUTE = r"(?P<hour>\d{1,2})", r"(?P<minute>\d{1,2})"
_SECOND = r"(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?"
_FLAGS = re.ASCII | re.IGNORECASE
_CLOCKS = (
    # 10:00, 10:00:00.25; 25/Dec/2024:10:00
    re.compile(rf"(?:(?<![\d:+-])|(?<=[/A-Z]\d{{4}}:)){_HOUR}:{_MINUTE}(?::{_SECOND})?(?!:?\d)", _FLAGS),
    # 10h30, 10時30分, 3시 4분 5초
    re.compile(
        rf"(?<!\d){_HOUR}\s?(?:[時时点點시]|h(?![a-z]))\s?"
        rf"(?:{_MINUTE}(?:\s?(?:[分분]|min|m)|(?![\d/.]))\s?(?:{_SECOND}\s?[秒초])?)?",
        _FLAGS,
    ),
    # 3 PM
    re.compile(rf"(?<![\d:./-]){_HOUR}(?=\s?[ap]\.?\s?m\b)", _FLAGS),
    # 10.30, beside a day that is whole without it
    re.compile(r"(?<![\d.,/-])(?P<hour>[01]?\d|2[0-3])\.(?P<minute>\d\d)(?:\.(?P<second>\d\d))?(?![\d.,/-])", _FLAGS),
)
_LATIN_HALF = re.compile(r"\s*([ap])\.?\s?m\b\.?", _FLAGS)
_WORD_AFTER = re.compile(r"\s*([^\s\d,;()]+)")
# From which hour until which each half of the day is. Twelve in the evening is midnight: that is in neither.
_HOURS_OF_HALVES = (range(12), range(12, 24), range(13, 24))
_HALVES = {word: hours for words, hours in zip(HALVES, _HOURS_OF_HALVES, strict=True) for word in words.split()}
_NOON, _NO_HOUR = 12, 99


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock found in a text."""

    time: timedelta
    """Since midnight: a day at 24:00."""
    before: str
    """The text before it."""
    after: str


def find_clocks(text: str) -> Iterator[Clock]:
    """Yield what may be a clock in a text, the surest first; ValueError for one that shows no time."""
    for shape in _CLOCKS:
        if found := shape.search(text):
            before, after = text[: found.start()], text[found.end() :]
            half, after = _half_beside(before, after)
            yield Clock(_time_of(found, half), before, after)


def _half_beside(before: str, after: str) -> tuple[range | None, str]:
    """Return the hours that the words beside a clock mean, None without such a word, and what follows it."""
    if latin := _LATIN_HALF.match(after):
        return _HALVES[f"{latin[1].lower()}m"], after[latin.end() :]
    word = _WORD_AFTER.match(after)
    if word and (half := _HALVES.get(fold_name(word[1]))):
        return half, after[word.end() :]
    return _half_at_end(fold_name(before.rstrip().rpartition(" ")[2])), after


def _half_at_end(word: str) -> range | None:
    # Chinese leaves no space before it: 28日下午.
    starts = [0] if word.isascii() else range(len(word))
    return next((half for start in starts if (half := _HALVES.get(word[start:]))), None)


def _time_of(clock: re.Match[str], half: range | None) -> timedelta:
    parts = clock.groupdict("0")
    hour, minute, second = (int(parts.get(name, 0)) for name in ("hour", "minute", "second"))
    if half and hour <= _NOON:
        hour = next((each for each in (hour % 12, hour % 12 + 12) if each in half), _NO_HOUR)
    # ISO 8601 has 24:00, the next day's midnight, and :60, a leap second; beyond that there is no time.
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and minute + second):  # noqa: PLR2004 -- what a clock shows
        raise ValueError(f"there is no {clock[0]}")
    return timedelta(hours=hour, minutes=minute, seconds=second + float(f"0.{parts.get('fraction', 0)}"))
