"""Dates as publishers write them, read by a chain of readers, and refused where they cannot be true.

A wrong date is worse than none, since the time of first sight stands in for a missing one. So each reader takes all
that it finds, zone and "PM" included, and an ambiguous string (``07/11/2021``) names no date.
"""

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta, timezone

from feedparser.datetimes import _parse_date as parse_loosely

# How the names of each month begin: by three letters, or four where three are not enough; case folded.
_MONTH_NAMES = (
    "jan jän ene gen янв", "feb fev fév фев", "mar mär mrt maa мар", "apr avr abr апр", "may mai mag mei май мая",
    "jun juin giu июн", "jul juil lug июл", "aug aoû aou ago авг", "sep set сен", "oct okt ott out окт", "nov ноя",
    "dec dez déc dic дек",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
# Hours from UTC by a zone's name; where several zones share a name, the one that most feeds mean.
_ZONES = {
    "A": 1, "ACDT": 10.5, "ACST": 9.5, "ADT": -3, "AEDT": 11, "AEST": 10, "AKDT": -8, "AKST": -9, "ART": -3, "AST": -4,
    "AWST": 8, "BRT": -3, "BST": 1, "CAT": 2, "CDT": -5, "CEST": 2, "CET": 1, "CLT": -4, "COT": -5, "CST": -6,
    "EAT": 3, "EDT": -4, "EEST": 3, "EET": 2, "EST": -5, "GMT": 0, "GST": 4, "HKT": 8, "HST": -10, "ICT": 7, "IDT": 3,
    "IST": 5.5, "JST": 9, "KST": 9, "MDT": -6, "MESZ": 2, "MEZ": 1, "MSK": 3, "MST": -7, "MYT": 8, "NDT": -2.5,
    "NPT": 5.75, "NST": -3.5, "NZDT": 13, "NZST": 12, "PDT": -7, "PET": -5, "PHT": 8, "PKT": 5, "PST": -8, "SAST": 2,
    "SGT": 8, "TRT": 3, "UT": 0, "UTC": 0, "UYT": -3, "WAT": 1, "WEST": 1, "WET": 0, "WIB": 7, "WITA": 8, "Z": 0,
}  # fmt: skip
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_AHEAD = timedelta(days=1)
# No date is longer, and feedparser's patterns are slow on long strings.
_LONGEST = 100
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d{1,6})?", re.ASCII)
_MILLISECONDS = 10**11

# Sun, 11 Jul 2021 10:00:00 +0200 (RFC 5322, section 3.3), as most feeds write it.
_MAIL_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) (?:GMT|UTC|([+-](?:0\d|1[0-4])[0-5]\d))",
    re.ASCII,
)
_MAIL_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}

_MONTH = r"(?P<month>[^\W\d_]{3,12})"
_DAY = r"(?P<day>\d{1,2})"
_SHAPES = (
    # 2021-07-11, 2021/7/11, 2021年7月11日; no year before Christ.
    re.compile(r"(?<![-\d])(?P<year>\d{4})[-/.年]\s?(?P<month>\d{1,2})[-/.月]\s?(?P<day>\d{1,2})(?!\d)", re.ASCII),
    # Sun, 11 Jul 2021; 11-Jul-21; 11 de julio de 2021
    re.compile(
        rf"\b{_DAY}(?:st|nd|rd|th|er|º)?[\s.-]*(?:de\s+)?{_MONTH}[\s.,-]*(?:de\s+)?(?P<year>\d{{4}}|\d\d)\b(?!:)"
    ),
    # July 11, 2021
    re.compile(rf"\b{_MONTH}\.?\s+{_DAY}(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b"),
    # Sun Jul 11 10:00:00 UTC 2021
    re.compile(rf"\b{_MONTH}\s+{_DAY}\s.*\s(?P<year>\d{{4}})$"),
    # 11.07.2021: with dots the day comes first everywhere.
    re.compile(r"(?<![.\d])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)", re.ASCII),
)
_TIME = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\b\.?)?"
)
_ZONE = re.compile(
    r"\s*\(?(?:(?:GMT|UTC|UT|Z)?\s?(?P<sign>[+−-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?!\d)|(?P<name>[A-Za-z]{1,5})\b)"
)
# No zone is more hours from UTC.
_FARTHEST = 15


def read_date(text: str | None, now: datetime) -> datetime | None:
    """Return the moment that a date string names, in UTC; None when it names none, or one that cannot be true.

    It reads ISO 8601 and RFC 3339, epoch seconds or milliseconds, RFC 5322 and its many relatives, then whatever
    feedparser understands. A date without a zone is in UTC; a day alone is its first moment.
    """
    text = (text or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        moment = _read_moment(text)
        moment = moment and (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        # The string looks like a date, but there is no such day, hour or zone.
        return None
    return moment if moment and _EARLIEST <= moment <= now + _AHEAD else None


def _read_moment(text: str) -> datetime | None:
    if _EPOCH.fullmatch(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds >= _MILLISECONDS else seconds, UTC)
    if iso := text if text[:4].isdecimal() and text.isascii() else _as_iso(text):
        try:
            return datetime.fromisoformat(iso)
        except ValueError:
            # The next readers take what is nearly ISO 8601: 2021-07-11 10:00:00 +0200.
            pass
    return _read_shapes(text) or _read_loosely(text)


def _as_iso(text: str) -> str | None:
    """Return a date as most feeds write it as ISO 8601 would; None for any other: Python reads only that fast."""
    if (mail_date := _MAIL_DATE.fullmatch(text)) is None:
        return None
    day, month, year, time, zone = mail_date.groups()
    return f"{year}-{_MAIL_MONTHS.get(month)}-{day:0>2}T{time}{zone or 'Z'}"


def _read_shapes(text: str) -> datetime | None:
    for shape in _SHAPES:
        for day in shape.finditer(text):
            if month := _month(day["month"]):
                midnight = datetime(_year(day["year"]), month, int(day["day"]))  # noqa: DTZ001 -- its zone comes next
                return _at_time_of_day(midnight, text)
    return None


def _month(written: str) -> int | None:
    name = written.casefold()
    return int(name) if name.isdecimal() else _MONTHS.get(name[:3]) or _MONTHS.get(name[:4])


def _year(written: str) -> int:
    # RFC 5322, section 4.3.
    year = int(written)
    return year if len(written) == 4 else year + (2000 if year < 50 else 1900)  # noqa: PLR2004 -- digits; the RFC's year


def _at_time_of_day(midnight: datetime, text: str) -> datetime:
    time = _TIME.search(text)
    if time is None:
        return midnight
    hour, minute, second = (int(time[name] or 0) for name in ("hour", "minute", "second"))
    if time["half"]:
        hour = hour % 12 + (12 if time["half"][0] in "Pp" else 0)
    # ISO 8601 has 24:00, the next day's midnight, and :60, a leap second; beyond that there is no time.
    if hour > 24 or minute > 59 or second > 60:  # noqa: PLR2004 -- what a clock can show
        raise ValueError(f"there is no {time[0]}")
    seconds = second + float(f"0.{time['fraction'] or 0}")
    moment = midnight + timedelta(hours=hour, minutes=minute, seconds=seconds)
    return moment.replace(tzinfo=_zone(text, time.end()))


def _zone(text: str, start: int) -> timezone:
    zone = _ZONE.match(text, start)
    if zone is None:
        return UTC
    if zone["name"]:
        # With an unknown name we are wrong by hours; it would be worse to drop the day.
        return timezone(timedelta(hours=_ZONES.get(zone["name"].upper(), 0)))
    hours, minutes = int(zone["hours"]), int(zone["minutes"] or 0)
    if hours > _FARTHEST:
        raise ValueError(f"there is no zone {zone[0]}")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(ahead if zone["sign"] == "+" else -ahead)


def _read_loosely(text: str) -> datetime | None:
    try:
        parts = parse_loosely(text)
        moment = datetime.fromtimestamp(timegm(parts), UTC) if parts else None
    except (ValueError, TypeError, OverflowError, AttributeError, LookupError, OSError):
        # feedparser's readers raise all of these on a string that they only half understand.
        return None
    # They also take any two digits for a year: believe only a year that is written out.
    return moment if moment and str(moment.year) in text else None
