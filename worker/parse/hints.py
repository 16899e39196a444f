"""Read how often an XML feed wants to be polled: RSS ``ttl``, ``skipHours``, ``skipDays``, and RSS 1.0's syndication.

Hints are read from the text itself, for every parser alike: feedparser keeps only one hour of many. Only the start of a
document up to its first entry and what follows its last entry are read, both bounded, in linear time.
"""

import re
from datetime import timedelta

from worker.values.schedules import NO_HINTS, Hints

# Characters that are read at either end.
_BOUND = 65_536
_FIRST_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s/>])", re.ASCII)
# One without an end reaches to the end of the text: to search for an end from each start would be quadratic.
_OPAQUE = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_PREFIX = re.compile(
    r"""xmlns:([\w.-]{1,40})\s*=\s*["']https?://purl\.org/rss/1\.0/modules/syndication/?["']""", re.ASCII
)
_USUAL_PREFIX = "sy"
_OTHER_MEANING = re.compile(rf"xmlns:{_USUAL_PREFIX}\s*=", re.ASCII)

# Nearly all feeds ask for nothing.
_SIGNS = ("<ttl", "<skip", ":update")

_LONGEST_TTL = 30 * 24 * 60
_DIGITS = re.compile(r"\d+", re.ASCII)
_MOST_DIGITS = 10
# Nobody publishes ten thousand times in any period: more is a slip.
_FREQUENCY = re.compile(r"0{0,4}[1-9]\d{0,3}", re.ASCII)
_HOUR = re.compile(r"[01]?\d|2[0-4]", re.ASCII)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_DAY = len("mon")
# https://web.resource.org/rss/1.0/modules/syndication/
_HOURS_OF_PERIODS = {"hourly": 1, "daily": 24, "weekly": 7 * 24, "monthly": 30 * 24, "yearly": 365 * 24}


def read_hints(text: str) -> Hints:
    """Return what an XML feed asks for; a hint that makes no sense is ignored."""
    frame = _frame(text)
    lower = frame.lower()
    if not any(sign in lower for sign in _SIGNS):
        return NO_HINTS
    return Hints(
        ttl=_ttl(_value(frame, "ttl")),
        update_period=_update_period(frame),
        skip_hours=frozenset(int(hour) % 24 for hour in _listed(frame, "skipHours", "hour") if _HOUR.fullmatch(hour)),
        skip_days=frozenset(_weekdays(_listed(frame, "skipDays", "day"))),
    )


def _frame(text: str) -> str:
    """Return the markup around the entries, without comments and with no markup within CDATA."""
    start = _start(text)
    if start is None:
        return _markup(text[:_BOUND])
    last = text.rfind("</item")
    last = max(last, text.rfind("</entry", max(last, 0)))
    return start + (_markup(text[last : last + _BOUND]) if last >= 0 else "")


def _start(text: str) -> str | None:
    """Return the markup before the first entry; None where there is no entry."""
    first = _FIRST_ENTRY.search(text, 0, _BOUND)
    if first is None:
        return None
    before = text[: first.start()]
    if before.rfind("<!--") <= before.rfind("-->") and before.rfind("<![CDATA[") <= before.rfind("]]>"):
        return _markup(before)
    # That entry is in a comment or a text: the real first one is found only without them, at twenty times the price.
    start = _markup(text[:_BOUND])
    first = _FIRST_ENTRY.search(start)
    return start[: first.start()] if first else None


def _markup(text: str) -> str:
    return _OPAQUE.sub(lambda opaque: (opaque[1] or "").replace("<", " "), text)


def _ttl(minutes: str) -> timedelta | None:
    if not _DIGITS.fullmatch(minutes):
        return None
    return timedelta(minutes=_LONGEST_TTL if len(minutes) > _MOST_DIGITS else min(int(minutes), _LONGEST_TTL))


def _update_period(frame: str) -> timedelta | None:
    """Return the time between two updates, by default one a day; None where period and frequency are both left out."""
    prefixes = _PREFIX.findall(frame)
    # Some feeds use sy: without declaring it.
    prefix = prefixes[0] if prefixes else "" if _OTHER_MEANING.search(frame) else _USUAL_PREFIX
    if not prefix:
        return None
    period, frequency = _value(frame, f"{prefix}:updatePeriod"), _value(frame, f"{prefix}:updateFrequency")
    hours = _HOURS_OF_PERIODS.get((period or "daily").lower())
    if not (period or frequency) or hours is None or not _FREQUENCY.fullmatch(frequency or "1"):
        return None
    return timedelta(hours=hours) / int(frequency or "1")


def _weekdays(names: list[str]) -> list[int]:
    """Return the days (Monday is 0) that English names or their beginnings (``Tue``, ``tues.``) mean."""
    words = [word for name in names if len(word := name.rstrip(".").lower()) >= _SHORTEST_DAY]
    return [number for word in words for number, day in enumerate(_DAYS) if day.startswith(word)]


def _value(frame: str, name: str) -> str:
    """Return the text of the first element of a name; "" where there is none."""
    return next(iter(_values(frame, name)), "")


def _listed(frame: str, name: str, each: str) -> list[str]:
    """Return the texts of the elements ``each`` within the first element of a name."""
    opened = re.search(rf"<{name}(?=[\s>])", frame, re.IGNORECASE | re.ASCII)
    if opened is None:
        return []
    closed = re.compile(rf"</{name}", re.IGNORECASE | re.ASCII).search(frame, opened.end())
    return _values(frame[opened.end() : closed.start() if closed else None], each)


def _values(frame: str, name: str) -> list[str]:
    found = re.findall(rf"<{re.escape(name)}(?=[\s/>])[^<>]*>([^<]*)", frame, re.IGNORECASE | re.ASCII)
    return [value.strip() for value in found]
