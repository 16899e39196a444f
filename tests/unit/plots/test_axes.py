from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from worker.plots.axes import Stretch, count_ticks, draw_time_axis, name_moment, short_count, time_ticks

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _labels(begins: datetime, ends: datetime, zone: str = "UTC", width: float = 640) -> list[str]:
    return [tick.label for tick in time_ticks(Stretch(begins, ends, 0, width, ZoneInfo(zone)))]


def test_counts_are_marked_at_round_numbers_that_are_reached() -> None:
    assert count_ticks(213) == [0, 100, 200]
    assert count_ticks(9) == [0, 5]
    assert count_ticks(3) == [0, 1, 2, 3]
    assert count_ticks(0) == [0, 1]
    assert count_ticks(2_200_000) == [0, 1_000_000, 2_000_000]


def test_large_counts_are_written_short() -> None:
    assert [short_count(count) for count in (950, 1_200, 30_000, 4_000_000)] == ["950", "1.2k", "30k", "4M"]


def test_a_day_is_marked_by_hours_and_midnight_by_its_date() -> None:
    assert _labels(NOON - DAY, NOON) == ["12:00", "15:00", "18:00", "21:00", "24 Nov", "03:00", "06:00", "09:00"]


def test_weeks_are_marked_by_days_and_a_phone_has_fewer() -> None:
    assert _labels(NOON - 14 * DAY, NOON)[:3] == ["12 Nov", "14 Nov", "16 Nov"]
    assert _labels(NOON - 14 * DAY, NOON, width=200) == ["16 Nov", "23 Nov"]


def test_years_are_marked_by_the_first_days_of_months() -> None:
    assert _labels(NOON - 900 * DAY, NOON)[:3] == ["Jul 2024", "Jan 2025", "Jul 2025"]


def test_marks_are_at_the_hours_of_the_zone_also_where_its_clocks_change() -> None:
    begins = datetime(2026, 10, 24, 10, tzinfo=UTC)
    assert _labels(begins, begins + 3 * DAY, "Europe/Berlin", 200) == ["25 Oct", "26 Oct", "27 Oct"]


def test_a_moment_is_told_with_its_day_and_zone() -> None:
    assert name_moment(NOON, ZoneInfo("Europe/Berlin")) == "Tue 24 Nov 2026 13:00 UTC+1"


def test_an_axis_says_its_zone() -> None:
    assert draw_time_axis(Stretch(NOON - DAY, NOON, 0, 640, ZoneInfo("Asia/Kolkata")), 0).endswith(
        ">UTC+5:30</text></g>"
    )
