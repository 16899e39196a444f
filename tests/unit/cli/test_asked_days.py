from datetime import UTC, date, datetime

import pytest

from worker.cli.asked_days import read_days
from worker.coverage.feed_days import Days
from worker.errors import UsageError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("14d", None, date(2026, 11, 11), date(2026, 11, 24)),
        ("12h", None, date(2026, 11, 24), date(2026, 11, 24)),
        ("2026-11-10", "2026-11-12", date(2026, 11, 10), date(2026, 11, 12)),
        ("2026-11-10", "2d", date(2026, 11, 10), date(2026, 11, 22)),
        ("2026-11-10T12:00+00:00", "2099-01-01", date(2026, 11, 11), date(2026, 11, 24)),
    ],
)
def test_days_are_those_of_utc_that_are_whole_within_what_is_asked_for(
    since: str, until: str | None, first: date, last: date
) -> None:
    assert read_days(since, until, NOW) == Days(first, last)


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        ("2026-11-24", "2026-11-23", "From 2026-11-24 to 2026-11-23 there is no day"),
        ("2027-01-01", None, "From 2027-01-01 to 2026-11-24 there is no day"),
        ("1900-01-01", None, "46,349 days are asked for, and at most 3,660 can be"),
    ],
)
def test_no_days_or_too_many_are_refused(since: str, until: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_days(since, until, NOW)
