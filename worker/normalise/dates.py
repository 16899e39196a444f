"""Dates as publishers write them, through a chain of readers and a window of what can be true."""

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from feedparser.datetimes import _parse_date as parse_loosely

# Zones that mail and feed dates name and the standard library does not know, as hours from UTC.
_ZONES = {
    "AEDT": 11, "AEST": 10, "AKDT": -8, "AKST": -9, "AST": -4, "BST": 1, "CEST": 2, "CET": 1, "EEST": 3, "EET": 2,
    "HKT": 8, "HST": -10, "IST": 5.5, "JST": 9, "KST": 9, "MESZ": 2, "MEZ": 1, "MSK": 3, "NZDT": 13, "NZST": 12,
    "PKT": 5, "SAST": 2, "SGT": 8, "WAT": 1, "WEST": 1, "WET": 0, "WIB": 7,
}  # fmt: skip
_ZONE = re.compile(r"\b([A-Z]{3,4})$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH = re.compile(r"\d{9,10}(?:\d{3})?(?:\.\d+)?")
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_AHEAD = timedelta(days=1)
# No date is longer; feedparser's patterns are not safe on a long string.
_LONGEST = 100


def read_date(text: str | None, now: datetime) -> datetime | None:
    """Return the moment a date string names, in UTC; null when it names none, or one that cannot be true.

    A date without a zone is taken as UTC, a day alone as its first moment. ISO 8601 / RFC 3339, then RFC 5322, then
    epoch seconds or milliseconds, then whatever feedparser can make of it.
    """
    text = (text or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    moment = _read_iso(text) or _read_mail(text) or _read_epoch(text) or _read_loosely(text)
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return moment if _EARLIEST <= moment <= now + _AHEAD else None


def _read_iso(text: str) -> datetime | None:
    if not _DAY.match(text):
        return None
    try:
        return datetime.fromisoformat(text.replace(" UTC", "Z").replace(" GMT", "Z"))
    except ValueError:
        return None


def _read_mail(text: str) -> datetime | None:
    zone = _ZONE.search(text)
    if zone and zone[1] in _ZONES:
        minutes = round(_ZONES[zone[1]] * 60)
        sign = "-" if minutes < 0 else "+"
        text = f"{text[: zone.start()]}{sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _read_epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    seconds = float(text)
    return datetime.fromtimestamp(seconds / 1000 if seconds >= 10**11 else seconds, UTC)


def _read_loosely(text: str) -> datetime | None:
    try:
        parts = parse_loosely(text)
        return datetime.fromtimestamp(timegm(parts), UTC) if parts else None
    except (ValueError, TypeError, OverflowError, AttributeError, LookupError):
        # feedparser's readers raise as they please on what they half understand; that is no date.
        return None
