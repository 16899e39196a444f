from datetime import UTC, date, datetime, timedelta, timezone

from worker.datasets.data_sets import Part
from worker.datasets.day_folders import split_days, whole_days

MIDNIGHT = datetime(2026, 11, 29, tzinfo=UTC)
JUST_BEFORE = MIDNIGHT - timedelta(microseconds=1)
DAY = timedelta(days=1)


def _days(*slices: list[datetime]) -> list[tuple[date, list[datetime]]]:
    rows = [[(0, moment) for moment in some] for some in slices]
    return [(day, [row[1] for some in parts for row in some]) for day, parts in split_days(rows, 1)]


def test_rows_are_put_into_the_days_of_utc_however_they_come() -> None:
    first, second = date(2026, 11, 28), date(2026, 11, 29)
    together = [(first, [JUST_BEFORE, JUST_BEFORE]), (second, [MIDNIGHT])]
    assert _days([JUST_BEFORE, JUST_BEFORE, MIDNIGHT]) == together
    assert _days([JUST_BEFORE], [], [JUST_BEFORE], [MIDNIGHT]) == together
    assert _days([JUST_BEFORE], [JUST_BEFORE, MIDNIGHT, MIDNIGHT], [MIDNIGHT + DAY]) == [
        (first, [JUST_BEFORE, JUST_BEFORE]),
        (second, [MIDNIGHT, MIDNIGHT]),
        (second + DAY, [MIDNIGHT + DAY]),
    ]
    assert _days() == []


def test_a_day_that_nobody_reads_is_passed_over() -> None:
    days = split_days([[(JUST_BEFORE,), (MIDNIGHT,)]], 0)
    assert [day for day, _ in days] == [date(2026, 11, 28), date(2026, 11, 29)]


def test_a_time_is_widened_to_whole_days_of_utc() -> None:
    assert whole_days(Part()) == Part()
    assert whole_days(Part(MIDNIGHT, MIDNIGHT + DAY)) == Part(MIDNIGHT, MIDNIGHT + DAY)
    assert whole_days(Part(JUST_BEFORE, JUST_BEFORE)) == Part(MIDNIGHT - DAY, MIDNIGHT)
    # Midnight an hour east of Greenwich is the day before.
    eastern = datetime(2026, 11, 29, tzinfo=timezone(timedelta(hours=1)))
    assert whole_days(Part(eastern, eastern)) == Part(MIDNIGHT - DAY, MIDNIGHT)
