"""Zones of time, by offset and by name, within what is written for a date."""

import re
from contextlib import suppress
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from worker.dates.zone_words import AREAS, HOURS, HOURS_BY_LANGUAGE, PLACES

_OFFSET = r"(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d)(?::00)?|:0)?(?!\d|[/.]|:\w)"
# +02:00, -0500, GMT+2, EST-0500; CEST; (America/New_York); Eastern Daylight Time; 0000
_ZONE = re.compile(
    rf"[\s:,]*[(\[]?(?:(?P<place>(?:{'|'.join(AREAS)})/[A-Z_/+-]+\d*)|(?P<name>[A-Z]{{1,5}})?[\s-]?{_OFFSET}"
    r"|(?P<words>(?:Atlantic|Eastern|Central|Mountain|Pacific)(?:\s(?:Standard|Daylight))?\sTime)"
    r"|(?P<alone>[A-Z]{1,5})(?![A-Z])|00:?00(?![\d:]))[)\]]?",
    re.ASCII | re.IGNORECASE,
)
# At the end of a day without a clock it must not be taken for a part of the day.
_ZONE_AT_END = re.compile(rf"(?:\s|(?<=\d)(?=Z|[+-]\d\d:))(?:{_OFFSET}|(?P<alone>[A-Z]{{1,5}}))$", re.ASCII)
# No zone is more hours from UTC.
_FARTHEST = 15


def split_zone(after: str, language: str | None) -> tuple[tzinfo | None, str]:
    """Return the zone in what is written after a clock, None where none is known, and the rest.

    ValueError for an offset that no zone has.
    """
    for found in (_ZONE.match(after), _ZONE_AT_END.search(after)):
        if found and (zone := _zone_of(found, language)):
            return zone, f"{after[: found.start()]} {after[found.end() :]}"
    return None, after


def split_zone_of_day(text: str, language: str | None) -> tuple[tzinfo | None, str]:
    """Return the zone at the end of a day without a clock, None where there is none, and the rest."""
    found = _ZONE_AT_END.search(text)
    zone = _zone_of(found, language) if found else None
    return (zone, text[: found.start()]) if found and zone else (None, text)


def _zone_of(found: re.Match[str], language: str | None) -> tzinfo | None:
    parts = found.groupdict()
    if place := parts.get("place"):
        return _zone_of_place(place)
    initials = "".join(word[0].upper() for word in (parts.get("words") or "").split())
    name = initials or parts["alone"] or parts.get("name") or "UTC"
    # In small letters PLACES are words: 10:30 at 28 May.
    if name not in PLACES and (name := name.upper()) not in HOURS:
        return None
    return _zone_of_offset(found) if parts["sign"] else _zone_of_name(name, language)


def _zone_of_name(name: str, language: str | None) -> tzinfo:
    if name in PLACES:
        return ZoneInfo(PLACES[name])
    own = HOURS_BY_LANGUAGE.get(name, {})
    tag = (language or "").lower().replace("_", "-")
    hours = own.get(tag[:5]) or own.get(tag.partition("-")[0])
    return timezone(timedelta(hours=hours or HOURS[name]))


def _zone_of_offset(offset: re.Match[str]) -> tzinfo:
    hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
    if hours > _FARTHEST or minutes > 59:  # noqa: PLR2004 -- what an hour has
        raise ValueError(f"there is no zone {offset[0]}")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(ahead if offset["sign"] == "+" else -ahead)


def _zone_of_place(name: str) -> tzinfo | None:
    for spelling in (name, name.title()):
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            return ZoneInfo(spelling)
    return None
