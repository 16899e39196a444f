"""Which days are asked for, by ``--since`` and ``--until``: days of UTC, as the store counts them."""

from datetime import UTC, date, datetime, timedelta

from worker.cli.moments import read_since, read_until
from worker.coverage.feed_days import Days
from worker.errors import UsageError

_LONGEST = 3_660
_DAY = timedelta(days=1)


def read_days(since: str, until: str | None, now: datetime) -> Days:
    """Read which days are asked for, of which none is to come: 14d are today and the 13 days before.

    UsageError where there is none, or where they are too many.
    """
    today = now.astimezone(UTC).date()
    first = _read_day(since) or _first_whole_day(read_since(since, now) or now)
    last = min(_last_day(until, now) if until is not None else today, today)
    if first > last:
        raise UsageError(f"From {first} to {last} there is no day: --since is no later than --until, and not to come.")
    days = Days(first, last)
    if len(days) > _LONGEST:
        raise UsageError(f"{len(days):,} days are asked for, and at most {_LONGEST:,} can be: name a later --since.")
    return days


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _first_whole_day(moment: datetime) -> date:
    begins = moment.astimezone(UTC)
    return begins.date() if begins.time() == datetime.min.time() else begins.date() + _DAY


def _last_day(text: str, now: datetime) -> date:
    return _read_day(text) or (read_until(text, now) or now).astimezone(UTC).date()
