"""Days and moments: in ISO 8601, and in lines of a dispatch that say nothing but the day."""

import re
from datetime import UTC, date, datetime

from worker.wire.words import MONTHS, WEEKDAYS

_ISO_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)
_MONTH, _YEAR = r"[^\W\d_]{3,12}", r"(?:19|20)\d\d"
_DAY = (
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?[ -](?:de )?(?P<month>{_MONTH})\.?,?[ -](?:de )?(?P<year>{_YEAR})"
    rf"|(?P<month2>{_MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year2>{_YEAR})"
)
_TIME = r"[ ,T]{1,2}\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\.\d{1,6})?(?: ?[ap]\.?m\.?)?(?: ?(?:[A-Z]{1,4}|[+-]\d\d:?\d\d))?"
# 2026-11-24; Date: 24 Nov 2026 10:00 GMT; Tuesday, November 24, 2026
_LINE = re.compile(rf"(?:date:? )?(?:(?:{'|'.join(WEEKDAYS)})\.?,? )?(?:{_DAY})(?:{_TIME})?\.?", re.IGNORECASE)
_LONGEST_LINE = 60


def make_day(year: int, month: int, day: int) -> date | None:
    """Return a day; None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_day(written: str | None) -> date | None:
    """Return the day with which a moment in ISO 8601 begins; None for anything else."""
    found = _ISO_DAY.match(written or "")
    return make_day(*map(int, found.groups())) if found else None


def read_moment(written: str) -> datetime | None:
    """Return a moment in ISO 8601 as UTC, which is its zone where it names none; None for anything else."""
    try:
        moment = datetime.fromisoformat(written.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_date_line(line: str) -> date | None:
    """Return the day that a line names; None for a line that says anything else."""
    found = _LINE.fullmatch(line) if len(line) <= _LONGEST_LINE else None
    if found is None:
        return None
    if found["iso"]:
        return make_day(*map(int, found["iso"].split("-")))
    month = MONTHS.get((found["month"] or found["month2"]).casefold(), 0)
    return make_day(int(found["year"] or found["year2"]), month, int(found["day"] or found["day2"]))
