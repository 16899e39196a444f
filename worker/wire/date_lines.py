"""Days and moments as desks write them above a dispatch: on lines of their own, or before its dateline.

``date 2021-07-11 15:30``; ``Sunday, 11 July 2021, 3.30 pm BST``; ``11 juillet 2021 à 15h30``; ``2021-07-10``.
"""

import re
from datetime import date, datetime, time

from worker.dates.reading import find_local_moment, has_clock
from worker.wire.datelines import read_dateline
from worker.wire.days import read_day
from worker.wire.words import DATE_WORDS, MONTHS, WEEKDAYS, ZONES

_LONGEST = 60
# Day and month and year, or day and year beside the name of the month.
_FEWEST_NUMBERS = 2
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_WORD, _NUMBER = re.compile(r"[^\W\d_]+"), re.compile(r"\d+")
_LABEL = re.compile(r"^date:? |\.$", re.IGNORECASE)
_WORDS = frozenset((*MONTHS, *WEEKDAYS, *DATE_WORDS, *map(str.lower, ZONES)))
# 11/07/2021 is a day, though nobody can tell which.
_ANY_DAY = re.compile(
    r"[0-3]?\d([./-])[0-3]?\d\1(?:\d\d){1,2}(?:,? \d{1,2}[:.]\d\d(?: ?[ap]m)?)?", re.ASCII | re.IGNORECASE
)

# As the military and airlines write it: 0001 GMT.
_CLOCK_ALONE = re.compile(
    r"(?<![\d:.+-])([01]\d|2[0-3])([0-5]\d)(?= ?(?:GMT|UTC|BST|CES?T|E[DS]T|h|hrs|hours)\b)", re.ASCII
)

_ISO = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_NAMED = (
    r"[0-9]{1,2}(?:st|nd|rd|th|\.)?[ -][^\W\d_]{3,12}\.?,?[ -](?:19|20)[0-9]{2}"
    r"|[^\W\d_]{3,12}\.? [0-9]{1,2}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{2}"
)
_CLOCK = (
    r"(?:T|,?[ \t]{1,2})[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,6})?)?(?: ?[ap]\.?m\b\.?)?"
    rf"(?: ?(?:Z|{'|'.join(sorted(ZONES))})\b| ?[+-][0-9]{{2}}:?[0-9]{{2}}\b)?"
)
# The header may share its line with the dateline.
_HEADER = re.compile(
    rf"\s*(?P<label>date:?[ \t]+)?(?P<day>(?P<iso>{_ISO})|(?:[^\W\d_]{{3,9}},? )?(?:{_NAMED}))(?P<clock>{_CLOCK})?"
    r"(?!\w)[ \t]*\n?",
    re.IGNORECASE,
)


def read_written_moment(written: str) -> date | None:
    """Return what a field names: a day, or a moment, which has no zone where the field names none."""
    written = _CLOCK_ALONE.sub(r"\1:\2", written)
    # A month, a year or a number of seconds is no header.
    moment = find_local_moment(written) if len(_NUMBER.findall(written)) >= _FEWEST_NUMBERS else None
    is_day = moment is not None and moment.timetz() == time.min and not has_clock(written)
    if moment is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment.date() if is_day else moment


def at_clock(day: date | None, clock: str | None) -> date | None:
    """Return a day at the hour that is written for it; what has an hour of its own, or none, stays as it is."""
    if day is None or clock is None or isinstance(day, datetime):
        return day
    return read_written_moment(f"{day} {clock}") or day


def read_date_line(line: str) -> date | None:
    """Return the day or the moment that a line names; None for a line that says anything else."""
    return read_written_moment(_LABEL.sub("", line)) if _is_date_line(line) else None


def is_undecided_day(line: str) -> bool:
    """Say whether a line is nothing but a day in numbers, which may mean two."""
    return bool(_ANY_DAY.fullmatch(line))


def _is_date_line(line: str) -> bool:
    if len(line) > _LONGEST or len(_NUMBER.findall(line)) < _FEWEST_NUMBERS:
        return False
    return all(word in _WORDS for word in _WORD.findall(line.casefold()))


def split_date_header(text: str) -> tuple[date | None, str]:
    """Return the day or moment with which a dispatch begins, and the text behind it; None and all where there is none.

    Without the word ``date`` before it a day is only sure on a line of its own, which is the head's, or before a
    dateline.
    """
    found = _HEADER.match(text)
    if found is None or not _is_header(found, text):
        return None, text
    day, clock = found["day"], found["clock"]
    # The day counts where there is no such hour.
    moment = read_written_moment(f"{day}{clock}") if clock else None
    return moment or read_day(day) or read_written_moment(day), text[found.end() :]


def _is_header(found: re.Match[str], text: str) -> bool:
    if found["label"] and (found["iso"] or found[0].endswith("\n")):
        return True
    dateline = read_dateline(text[found.end() :].lstrip(), None) if found["label"] or found["iso"] else None
    return bool(dateline and dateline.place)
