"""Dates as publishers write them, read by a chain of readers, and refused where they cannot be true.

A wrong date is worse than none, since the time of first sight stands in for a missing one. So each reader takes all
that it finds, zone and "PM" included, and an ambiguous string (``07/11/2021``) names no date.
"""

import re
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta, tzinfo

from worker.dates.clocks import find_clocks
from worker.dates.iso import read_iso
from worker.dates.tidying import tidy
from worker.dates.written_days import read_day, read_month
from worker.dates.zones import split_zone, split_zone_of_day

_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
_AHEAD = timedelta(days=1)
# No date is longer.
_LONGEST = 100
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d{1,6})?", re.ASCII)
_NET_DATE = re.compile(r"\\?/Date\((\d{10}(?:\d{3})?)(?:[+-]\d{4})?\)\\?/", re.ASCII)
_MILLISECONDS = 10**11

# Sun, 11 Jul 2021 10:00:00 +0200 (RFC 5322, section 3.3), as most feeds write it.
_MAIL_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d(?::\d\d)?) "
    r"(?:([A-Z]{2,3})|([+-](?:0\d|1[0-4])[0-5]\d))",
    re.ASCII,
)
# The zones of RFC 822 that mean the same in all languages.
_MAIL_ZONES = {"GMT": "Z", "UTC": "Z", "UT": "Z", "EST": "-0500", "EDT": "-0400", "CDT": "-0500", "PDT": "-0700"}
_MAIL_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}
# Of other texts Python is too sure: it takes 2024-05-28-05:00, a day and its zone, for five o'clock.
_AFTER_DAY = frozenset(("T", " ", ""))
# HTML's own element for a moment, which Drupal writes into feeds.
_TIME_ELEMENT = re.compile(r"""<time\b[^<>]{0,200}?\bdatetime=["']([^"'<>]{4,60})""", re.IGNORECASE)
# Numbers that belong to no date, as Go prints them too: m=+0.0123.
_ASIDE = re.compile(r"\([^()]*\d[^()]*\)| m=[+-][\d.]+$", re.ASCII)


def read_date(text: str | None, now: datetime, language: str | None = None) -> datetime | None:
    """Return the moment that a date string names, in UTC; None when it names none, or one that cannot be true.

    See ``find_moment``; what is before 1970-01-02 or more than a day ahead cannot be.
    """
    moment = find_moment(text, language) if text else None
    return moment if moment and _EARLIEST <= moment <= now + _AHEAD else None


def find_moment(text: str | None, language: str | None = None) -> datetime | None:
    """Return the moment that a date string names, in UTC; None when it names none for sure.

    It reads ISO 8601 and its profiles, epoch seconds or milliseconds, RFC 5322 and its many relatives, and days in the
    words of some seventy languages: ``language``, where it is known, decides between two of them. A date without a zone
    is in UTC; a day alone is its first moment, as is a month or a year in ISO 8601.
    """
    moment = find_local_moment(text, language)
    if moment is None:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def place_in_zone(text: str | None, zone: tzinfo, language: str | None = None) -> str | None:
    """Return the moment that a date string names without a zone as one of this zone, in ISO 8601.

    All else comes back as it is: a day alone is the same day everywhere. An hour that a change of clocks skips, or
    repeats, is the earlier one.
    """
    moment = find_local_moment(text, language)
    is_day = moment is not None and moment.time() == time.min and ":" not in (text or "")
    return text if moment is None or moment.tzinfo or is_day else moment.replace(tzinfo=zone).isoformat()


def find_local_moment(text: str | None, language: str | None = None) -> datetime | None:
    """Return what ``find_moment`` does in the zone that the string names, and in none where it names none."""
    text = (text or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        return _read_usual(text) or _read_unusual(text, language)
    except (ValueError, OverflowError):
        # The string looks like a date, but there is no such day, hour or zone.
        return None


def has_clock(text: str) -> bool:
    """Say whether a date string names an hour, and not a day alone."""
    try:
        return any(find_clocks(tidy(text)))
    except ValueError:
        return True


def _read_usual(text: str) -> datetime | None:
    """Return a date as most feeds write it: Python reads only ISO 8601 fast."""
    iso = text if text[4:5] == "-" and text[10:11] in _AFTER_DAY else _as_iso(text)
    try:
        return datetime.fromisoformat(iso) if iso else None
    except ValueError:
        # The next readers take what is nearly ISO 8601: 2021-07-11 10:00:00 +0200.
        return None


def _as_iso(text: str) -> str | None:
    if (mail_date := _MAIL_DATE.fullmatch(text)) is None:
        return None
    day, month, year, clock, name, offset = mail_date.groups()
    return f"{year}-{_MAIL_MONTHS.get(month)}-{day:0>2}T{clock}{offset or _MAIL_ZONES.get(name)}"


def _read_unusual(text: str, language: str | None) -> datetime | None:
    if marked_up := _TIME_ELEMENT.search(text):
        # What it shows may lack the zone.
        return find_local_moment(marked_up[1], language)
    net_date = _NET_DATE.fullmatch(text)
    if net_date or _EPOCH.fullmatch(text):
        seconds = float(net_date[1] if net_date else text)
        return datetime.fromtimestamp(seconds / 1000 if seconds >= _MILLISECONDS else seconds, UTC)
    # Python knows no 24:00, and no leap second.
    with suppress(ValueError):
        if moment := read_iso(text):
            return moment
    return _read_words(tidy(text), language)


def _read_words(text: str, language: str | None) -> datetime | None:
    for clock in find_clocks(text):
        zone, after = split_zone(clock.after, language)
        if day := read_day(_ASIDE.sub(" ", f"{clock.before} {after}"), language):
            return datetime.combine(day, time.min, zone) + clock.time
    zone, rest = split_zone_of_day(text, language)
    rest = _ASIDE.sub(" ", rest)
    first_day = read_day(rest, language) or read_month(rest, language)
    return datetime.combine(first_day, time.min, zone) if first_day else None
