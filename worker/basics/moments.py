"""Moments as people read and type them: in their own zone, which is named, or in UTC where that is wanted.

JSON has its own way: ISO 8601 in UTC.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta

from worker.basics.units import parse_duration, show_duration, show_offset

_IN_UTC = ContextVar("feedmill_in_utc", default=False)
ONE_DAY = timedelta(days=1)


@contextmanager
def in_utc(*, is_wanted: bool = True) -> Iterator[None]:
    """Show and read moments in UTC meanwhile, in place of the zone of this machine."""
    before = _IN_UTC.set(is_wanted)
    try:
        yield
    finally:
        _IN_UTC.reset(before)


def show_moment(moment: datetime) -> str:
    """Write a moment with its zone: ``2026-11-24 12:50 UTC+1``."""
    return f"{show_bare_moment(moment)} {zone_of(moment)}"


def show_bare_moment(moment: datetime) -> str:
    """Write a moment where its zone is told elsewhere: ``2026-11-24 12:50``."""
    return f"{_localise(moment):%Y-%m-%d %H:%M}"


def show_second(moment: datetime) -> str:
    """Write a moment to the second, with its zone: ``2026-11-24 12:50:07 UTC+1``."""
    return f"{_localise(moment):%Y-%m-%d %H:%M:%S} {zone_of(moment)}"


def zone_of(moment: datetime) -> str:
    """Return how far from UTC the moment is shown: ``UTC``, ``UTC+1``, ``UTC-3:30``."""
    return show_offset(_localise(moment).utcoffset() or timedelta(0))


def from_now(moment: datetime | None, now: datetime) -> str:
    """Say how far a moment is from now: ``in 12m``, ``3h ago``, ``now``."""
    if moment is None:
        return ""
    if abs(moment - now) < timedelta(seconds=1):
        return "now"
    distance = show_duration(timedelta(seconds=round(abs(moment - now).total_seconds()))).split(" ")[0]
    return f"in {distance}" if moment > now else f"{distance} ago"


def moment_from_now(moment: datetime | None, now: datetime) -> str:
    """Say when, and how far that is from now: ``2026-11-24 12:50 UTC+1 (in 50m)``."""
    return f"{show_moment(moment)} ({from_now(moment, now)})" if moment else ""


def is_in_utc() -> bool:
    """Return whether moments are shown and read in UTC now."""
    return _IN_UTC.get()


def read_moment(text: str, now: datetime, *, is_end: bool = False) -> datetime:
    """Read a duration before now (2d, 1h30m), a day, from its beginning or, where a time ends, to its end, or a moment.

    ValueError with a sentence that says what is accepted.
    """
    try:
        bound = read_bound(text, is_end=is_end, in_utc=is_in_utc())
        return now - bound if isinstance(bound, timedelta) else bound
    except OverflowError as error:
        raise ValueError(f"{text!r} is no moment that can be told in UTC") from error


def read_bound(text: str, *, is_end: bool, in_utc: bool) -> timedelta | datetime:
    """Read an age, or a moment in UTC: a date is its beginning or, where a time ends, its end.

    What names no zone is of UTC or of this machine. ValueError says what is accepted; OverflowError means that the
    moment cannot be told in UTC.
    """
    try:
        return parse_duration(text)
    except ValueError:
        pass
    try:
        return _read_moment(text, ONE_DAY if is_end else timedelta(0), in_utc=in_utc)
    except ValueError as error:
        raise ValueError(f"{text!r} is neither a duration such as 2d or 1h30m nor a date such as 2026-11-24") from error


def _read_moment(text: str, after_a_day: timedelta, *, in_utc: bool) -> datetime:
    try:
        moment = datetime.combine(date.fromisoformat(text) + after_a_day, time())
    except ValueError:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None and in_utc:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def _localise(moment: datetime) -> datetime:
    return moment.astimezone(UTC if _IN_UTC.get() else None)
