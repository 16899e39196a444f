"""Days and moments in ISO 8601."""

import re
from datetime import UTC, date, datetime

_ISO_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)


def make_day(year: int, month: int, day: int) -> date | None:
    """Return a day; None when the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_day(written: str | None) -> date | None:
    """Return the day with which a moment in ISO 8601 begins; None for anything else."""
    found = _ISO_DAY.match(written or "")
    return make_day(*map(int, found.groups())) if found else None


def read_moment(written: str) -> datetime | None:
    """Return a moment in ISO 8601 as UTC, which is its zone where it names none; None for anything else."""
    moment = read_local_moment(written)
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def read_local_moment(written: str) -> datetime | None:
    """Return a moment in ISO 8601 as UTC, or without a zone where it names none; None for anything else."""
    try:
        moment = datetime.fromisoformat(written.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return None
