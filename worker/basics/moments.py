"""Moments as people type them where a time begins or ends: an age (2d, 1h30m), a date, or a moment."""

from datetime import UTC, date, datetime, time, timedelta

from worker.basics.units import parse_duration

_ONE_DAY = timedelta(days=1)


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
        return _read_moment(text, _ONE_DAY if is_end else timedelta(0), in_utc=in_utc)
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
