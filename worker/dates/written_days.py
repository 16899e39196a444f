"""The day that words and numbers name, where they name only one.

With the name of a month, two numbers are day and year, whichever stands first. Three numbers are a day in one of the
orders in use: the year comes first or last. A weekday decides between two days.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from itertools import pairwise

from worker.dates.calendar_names import Numbers, find_months, find_weekdays, split_words

_NUMBER = re.compile(r"\d+", re.ASCII)
# 5월, 5月, tháng 5
_NUMBERED_MONTH = re.compile(r"(?:thang|thg)\.?\s?(\d{1,2})(?!\d)|(?<!\d)(\d{1,2})\s?[月월]", re.ASCII | re.IGNORECASE)
# A year before Christ or after 9999, an emperor's or a dynasty's.
_OTHER_YEAR = re.compile(r"^\s*[+-]\d{4}|\d{5}|(?<!\d)\d{1,3}\s?[年년]", re.ASCII)
_BETWEEN_NUMBERS = re.compile(r"[\s./,،-]{1,3}|\s?[年년]\s?")
_DIGITS_OF_YEAR = 4
# mayo de 2024
_MOST_WORDS = 2
# RFC 5322, section 4.3: 49 is 2049, 50 is 1950.
_NEXT_CENTURY = 50


def read_day(text: str, language: str | None) -> date | None:
    """Return the only day that a tidied text without a clock can mean; None where it means none or several."""
    if _OTHER_YEAR.search(text):
        return None
    text, numbered = _cut_numbered_month(text)
    numbers = [*_NUMBER.finditer(text)]
    if len(numbers) == 2:  # noqa: PLR2004 -- day and year
        months = numbered or find_months(split_words(text), language)
        return _only_day({*_days_of_months(text, numbers, months)}, text)
    if len(numbers) == 3 and not numbered:  # noqa: PLR2004 -- day, month and year
        return _day_of_numbers(text, numbers)
    return None


def read_month(text: str, language: str | None) -> date | None:
    """Return the first day of the month that a tidied text names with its year and without a day: Nov. 2020."""
    if _OTHER_YEAR.search(text):
        return None
    text, numbered = _cut_numbered_month(text)
    numbers, words = _NUMBER.findall(text), split_words(text)
    months = numbered or find_months(words, language)
    # In a sentence it would be but what it speaks of: as they vowed in May 2024.
    if len(words) > _MOST_WORDS or len(months) != 1 or len(numbers) != 1 or len(numbers[0]) != _DIGITS_OF_YEAR:
        return None
    return date(int(numbers[0]), min(months), 1)


def _cut_numbered_month(text: str) -> tuple[str, Numbers]:
    """Return the text without a month that is written as a number, and that month."""
    found = _NUMBERED_MONTH.search(text)
    if found is None:
        return text, frozenset()
    return f"{text[: found.start()]} {text[found.end() :]}", frozenset((int(found[1] or found[2]),))


def _only_day(days: set[date], text: str) -> date | None:
    """Return the only one of some days, or the only one on the weekday that a text names."""
    if len(days) > 1:
        weekdays = find_weekdays(text)
        days = {day for day in days if day.weekday() in weekdays}
    return days.pop() if len(days) == 1 else None


def _days_of_months(text: str, numbers: Sequence[re.Match[str]], months: Numbers) -> Iterator[date]:
    first, second = numbers
    if len(first[0]) == _DIGITS_OF_YEAR:
        first, second = second, first
    # A year of two or three digits (RFC 5322, section 4.3) comes last, after a Latin name: Thai years are Buddhist.
    elif len(second[0]) < _DIGITS_OF_YEAR and not _is_latin_name(text[first.end() : second.start()]):
        return
    for month in sorted(months):
        yield from _true_days(_full_year(second[0]), month, int(first[0]))


def _is_latin_name(text: str) -> bool:
    return text.isascii() and any(map(str.isalpha, text))


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == _DIGITS_OF_YEAR:
        return year
    return year + (2000 if year < _NEXT_CENTURY else 1900)


def _day_of_numbers(text: str, numbers: Sequence[re.Match[str]]) -> date | None:
    joints = [text[one.end() : other.start()] for one, other in pairwise(numbers)]
    # A letter before the first makes it another thing's, or an emperor's year: R06.05.28.
    if not all(map(_BETWEEN_NUMBERS.fullmatch, joints)) or text[: numbers[0].start()][-1:].isalpha():
        return None
    days = [*_days_of_numbers([number[0] for number in numbers])]
    # 05.06.2024: with dots the day comes first everywhere.
    is_usual = all("." in joint for joint in joints) and not find_weekdays(text)
    return _only_day({*days[:1]} if is_usual else {*days}, text)


def _days_of_numbers(numbers: Sequence[str]) -> Iterator[date]:
    """Yield the days that three numbers can mean, the one that most would read first."""
    first, second, third = map(int, numbers)
    lengths = [*map(len, numbers)]
    if lengths[0] == _DIGITS_OF_YEAR:
        # 2024-05-28; 2024-005-28, as Google once wrote
        yield from _true_days(first, second, third)
    elif lengths[2] == _DIGITS_OF_YEAR:
        yield from _true_days(third, second, first)
        yield from _true_days(third, first, second)
    elif lengths == [2, 2, 2]:
        for year, month, day in ((third, second, first), (third, first, second), (first, second, third)):
            # Of a year after 49 no feed can tell, but Thailand's is such a one.
            if year < _NEXT_CENTURY:
                yield from _true_days(2000 + year, month, day)


def _true_days(year: int, month: int, day: int) -> Iterator[date]:
    with suppress(ValueError):
        yield date(year, month, day)
