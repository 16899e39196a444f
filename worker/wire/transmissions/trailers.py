"""The trailers of transmissions: when a dispatch was sent, and by whom.

``AP-WF-11-13-13 1509GMT<`` (ANPA 1312, the month first), ``16:35ET 31-10-14<`` (The Canadian Press, the day first),
``242200 GMT Jun 17`` (IPTC 7901: the 24th, 22:00), ``10-LUG-26 12:05`` (the wires of Italy), ``KWS-21:37-10-07-26``
(Kyodo, the day first)
"""

import re
from dataclasses import dataclass
from datetime import date

from worker.wire.agencies import is_agency
from worker.wire.days import make_day
from worker.wire.words import MONTHS

_ANPA = (
    r"(?:(?P<agency>[A-Za-z]{2,5})-)?(?:[A-Za-z]{2,4}-)?(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d\d) (?P<time>\d{4})"
    r"(?P<zone>[A-Z]{1,5})?"
)
_TIME_FIRST = r"(?P<time2>\d\d:\d\d) ?(?P<zone2>[A-Z]{1,5})? (?P<first>\d\d)-(?P<second>\d\d)-(?P<year2>\d\d)"
_IPTC = (
    r"(?:[A-Za-z]{2,8} )?(?P<day3>\d\d)(?P<time3>[0-2]\d[0-5]\d) ?(?:(?P<zone3>[A-Z]{1,5}) )?"
    r"(?P<month3>[^\W\d_]{3,9})\.? (?:20)?(?P<year3>\d\d)"
)
_ITALIAN = r"(?P<day4>\d\d)-(?P<month4>[^\W\d_]{3})-(?P<year4>\d\d) (?P<time4>\d\d:\d\d)"
# Below the agency's name, as it signs each dispatch.
_KYODO = r"(?:==Kyodo\n)?KWS-(?P<time5>\d\d:\d\d)-(?P<day5>\d\d)-(?P<month5>\d\d)-(?P<year5>\d\d)"
TRAILER_LINE = rf"[ \t]{{0,9}}(?:{_ANPA}|{_TIME_FIRST}|{_IPTC}|{_ITALIAN}|{_KYODO})[ \t]{{0,3}}<?[ \t]{{0,9}}"
"""A regular expression for a line that is a trailer."""
_TRAILER = re.compile(rf"^{TRAILER_LINE}$", re.MULTILINE)
_CENTURY = 2000
# How far from the end of a text its trailer is.
_TAIL = 300
# Summer and winter time in one: the reader of dates knows which it is. These letters alone are its zone.
_DAY_FIRST = "ET"
_KYODO_ZONE = "JST"


@dataclass(frozen=True, slots=True)
class Trailer:
    """When a transmission was sent, and by whom."""

    day: date | None = None
    moment: str | None = None
    """The day with the time and the zone, as far as these are given: ``2026-07-10T18:30 GMT``."""
    agency: str | None = None
    start: int = 0
    """Where it begins in the text that it was looked for in."""


def find_trailer(text: str) -> Trailer | None:
    """Return the trailer with which a text ends; None where it ends with none."""
    begin = max(len(text) - _TAIL, 0)
    found = max(_TRAILER.finditer(text, begin), key=re.Match.start, default=None)
    if found is None:
        return None
    day, time, zone = _read_sent(found)
    agency = found["agency"] if found["agency"] and is_agency(found["agency"]) else None
    moment = f"{day.isoformat()}T{time[:2]}:{time[-2:]}{f' {zone}' if zone else ''}" if day else None
    return Trailer(day, moment, agency, found.start())


def _read_sent(found: re.Match[str]) -> tuple[date | None, str, str | None]:
    """Return day, time and zone of a trailer."""
    if found["time"]:
        day = _make_day(found["year"], int(found["month"]), found["day"])
        return day, found["time"], found["zone"]
    if found["time2"]:
        is_day_first = found["zone2"] == _DAY_FIRST
        first, second = (found["second"], found["first"]) if is_day_first else (found["first"], found["second"])
        return _make_day(found["year2"], int(first), second), found["time2"], found["zone2"]
    if found["time5"]:
        return _make_day(found["year5"], int(found["month5"]), found["day5"]), found["time5"], _KYODO_ZONE
    form = "3" if found["time3"] else "4"
    month = MONTHS.get(found[f"month{form}"].casefold(), 0)
    return _make_day(found[f"year{form}"], month, found[f"day{form}"]), found[f"time{form}"], found["zone3"]


def _make_day(year: str, month: int, day: str) -> date | None:
    return make_day(_CENTURY + int(year), month, int(day))
