"""Moments and days that machines write, in ISO 8601."""

import re
from datetime import UTC, date, datetime

_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)", re.ASCII)


def read_moment(written: str) -> datetime | None:
    """Return a moment of ISO 8601 in UTC; null for anything else."""
    try:
        moment = datetime.fromisoformat(written.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_day(written: str | None) -> date | None:
    """Return the day a moment of ISO 8601 begins with; null for anything else."""
    found = _DAY.match(written or "")
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
