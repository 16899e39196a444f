"""ISO 8601 and its profiles (RFC 3339, W3C-DTF, XML Schema, RFC 9557's dates), beyond what Python itself reads."""

import re
from datetime import date, datetime, timedelta

_DAY = (
    r"(?P<year>\d{4})(?:-?W(?P<week>\d\d)(?:-?(?P<weekday>[1-7]))?|-?(?P<ordinal>\d{3})"
    r"|-(?P<month>\d\d)(?:-(?P<day>\d\d))?|(?P<compact>\d{4}))?"
)
# A period alone may have a zone (XML Schema): 2024-05-28+02:00. One without minutes would be a part of it.
_ISO = re.compile(
    rf"{_DAY}(?:[T ](?P<time>\d\d[\d:.,]*)\s?(?P<zone>Z|[+-]\d\d(?::?\d\d)?)?|\s?(?P<day_zone>Z|[+-]\d\d:\d\d))?",
    re.ASCII,
)
_DIGITS = re.compile(r"^(\d{8})(\d{4}(?:\d\d)?)$", re.ASCII)


def read_iso(text: str) -> datetime | None:
    """Return the moment that a text in ISO 8601 names, the first one of a day, week, month or year.

    None for another text; ValueError where there is no such day, hour or zone. Without a zone it has none.
    """
    found = _ISO.fullmatch(_DIGITS.sub(r"\1T\2", text.upper()))
    if found is None:
        return None
    day, time = _day_of(found), found["time"]
    if time is None:
        return datetime.fromisoformat(f"{day}T00:00{found['day_zone'] or ''}")
    if not (found["day"] or found["weekday"] or found["ordinal"] or found["compact"]):
        raise ValueError(f"{text} has an hour and no day")
    return datetime.fromisoformat(f"{day}T{time}{found['zone'] or ''}")


def _day_of(found: re.Match[str]) -> date:
    year = int(found["year"])
    if found["week"]:
        return date.fromisocalendar(year, int(found["week"]), int(found["weekday"] or 1))
    if found["ordinal"]:
        day = date(year, 1, 1) + timedelta(days=int(found["ordinal"]) - 1)
        if day.year != year:
            raise ValueError(f"{year} has no day {found['ordinal']}")
        return day
    if found["compact"]:
        return date(year, int(found["compact"][:2]), int(found["compact"][2:]))
    return date(year, int(found["month"] or 1), int(found["day"] or 1))
