from datetime import UTC, datetime

import pytest

from worker.dates.iso import read_iso
from worker.dates.reading import find_moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        # ISO 8601, ordinal dates and dates of weeks
        ("2024-149", "2024-05-28T00:00Z"),
        ("2024149", "2024-05-28T00:00Z"),
        ("2015-005", "2015-01-05T00:00Z"),
        ("2024-366", "2024-12-31T00:00Z"),
        ("2024-149T10:30:00Z", "2024-05-28T10:30Z"),
        ("2024-W22-2", "2024-05-28T00:00Z"),
        ("2024W222T103000Z", "2024-05-28T10:30Z"),
        ("2024-W22", "2024-05-27T00:00Z"),
        # W3C-DTF
        ("2024", "2024-01-01T00:00Z"),
        ("2024-05", "2024-05-01T00:00Z"),
        # XML Schema, part 2: date, gYearMonth, gYear
        ("2024-05-28Z", "2024-05-28T00:00Z"),
        ("2024-05-28+02:00", "2024-05-27T22:00Z"),
        ("2024-05-28-05:00", "2024-05-28T05:00Z"),
        ("2024-05+02:00", "2024-04-30T22:00Z"),
        ("2024Z", "2024-01-01T00:00Z"),
        ("2024-05:00", "2024-01-01T05:00Z"),
        # as others write it
        ("20240528T103000Z", "2024-05-28T10:30Z"),
        ("20240528T1030+0200", "2024-05-28T08:30Z"),
        ("2024-05-28t10:30:00z", "2024-05-28T10:30Z"),
        ("2024-05-28T10:30:00,5Z", "2024-05-28T10:30:00.5Z"),
        ("2024-05-28T10:30:00.000+0000", "2024-05-28T10:30Z"),
        ("2024-05-28T10:30:00 +02:00", "2024-05-28T08:30Z"),
        ("2024-05-28T10:30:00+02", "2024-05-28T08:30Z"),
        ("2024-05-28 +02:00", "2024-05-27T22:00Z"),
        ("2024-05-28T10:30:00-05:00Z", "2024-05-28T15:30Z"),
        ("2024-05-28T10:30:00-05:00:00", "2024-05-28T15:30Z"),
        ("2024-05-28T10:30:00:-0500", "2024-05-28T15:30Z"),
        ("2024-05-28T9:30", "2024-05-28T09:30Z"),
        ("2024-005-28T10:30:00Z", "2024-05-28T10:30Z"),
        # RFC 9557
        ("2024-05-28T10:30:00+02:00[Europe/Berlin]", "2024-05-28T08:30Z"),
        ("2024-05-28T10:30:00[Europe/Berlin]", "2024-05-28T08:30Z"),
    ],
)
def test_iso_8601_is_read_in_all_its_profiles(written: str, moment: str) -> None:
    assert find_moment(written) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-05-28T24:00:00Z", datetime(2024, 5, 29, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60.5+01:00", datetime(2016, 12, 31, 23, 0, 0, 500_000, tzinfo=UTC)),
    ],
)
def test_the_end_of_a_day_is_the_start_of_the_next(written: str, moment: datetime) -> None:
    assert find_moment(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        "2023-366", "2024-000", "2024-W60", "2024-W22-8", "2024-13", "2024-0528", "2024-05T10:30", "2024T10:30",
        "--05-28", "--05", "---28", "-0312", "2024-05-28T24:30:00Z", "12024-05-28", "2024-05-28T10:30:00+25:00",
    ],
)  # fmt: skip
def test_what_iso_8601_has_not_is_no_moment(written: str) -> None:
    assert find_moment(written) is None


def test_other_texts_are_left_to_other_readers() -> None:
    assert read_iso("28 May 2024") is None
