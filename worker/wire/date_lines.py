"""Lines that say nothing but a day: ``2026-11-24``, ``Date: 24 Nov 2026 10:00 GMT``, ``Tuesday, November 24, 2026``."""

import re
from datetime import UTC, date, datetime

from worker.wire.words import MONTHS

_WEEKDAYS = (
    "mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica"
)
_MONTH, _YEAR = r"[^\W\d_]{3,12}", r"(?:19|20)\d\d"
_DAY = (
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})"
    rf"|(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?[ -](?:de )?(?P<month>{_MONTH})\.?,?[ -](?:de )?(?P<year>{_YEAR})"
    rf"|(?P<month2>{_MONTH})\.? (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year2>{_YEAR})"
)
_TIME = (
    r"(?:[ ,T]{1,2}\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\.\d{1,6})?(?: ?[ap]\.?m\.?)?(?: ?(?:[A-Z]{1,4}|[+-]\d\d:?\d\d))?)?"
)
_LINE = re.compile(rf"(?:date:? )?(?:(?:{_WEEKDAYS})\.?,? )?(?:{_DAY}){_TIME}\.?", re.IGNORECASE)
_LONGEST = 60


def read_date_line(line: str) -> date | None:
    """Return the day that a line names, and nothing else; None for any other line."""
    found = _LINE.fullmatch(line) if len(line) <= _LONGEST else None
    if found is None:
        return None
    try:
        if found["iso"]:
            return date(*map(int, found["iso"].split("-")))
        month = MONTHS.get((found["month"] or found["month2"]).casefold(), 0)
        return date(int(found["year"] or found["year2"]), month, int(found["day"] or found["day2"]))
    except ValueError:
        return None


# --- Moments and days that machines write, in ISO 8601.

_ISO_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)


def read_moment(written: str) -> datetime | None:
    """Return a moment of ISO 8601 in UTC; null for anything else."""
    try:
        moment = datetime.fromisoformat(written.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_day(written: str | None) -> date | None:
    """Return the day a moment of ISO 8601 begins with; null for anything else."""
    found = _ISO_DAY.match(written or "")
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
