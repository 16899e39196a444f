"""When a file has stood still. Times are nanoseconds; ``NOW`` is no whole second, as hardly any time is."""

import pytest

from worker.seeds.file_looks import FileLook, still_at

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND + 123_456_789


def _still_in(modified: int, changed: int, still_for: int = SECOND) -> int:
    """Return how long from ``NOW`` it takes; both times are how long ago."""
    return still_at(FileLook(5, NOW - modified, NOW - changed), NOW, still_for) - NOW


@pytest.mark.parametrize("age", [SECOND, SECOND + 1, 3600 * SECOND])
def test_a_file_that_was_written_a_moment_ago_or_earlier_is_read_at_once(age: int) -> None:
    assert _still_in(age, age) <= 0


@pytest.mark.parametrize(("age", "left"), [(0, SECOND), (SECOND // 4, SECOND * 3 // 4), (SECOND - 1, 1)])
def test_a_file_that_was_written_just_now_is_read_a_moment_after_it_was_written(age: int, left: int) -> None:
    assert _still_in(age, age) == left


def test_for_a_time_in_the_future_the_moment_begins_when_the_file_is_looked_at() -> None:
    assert _still_in(-3600 * SECOND, -3600 * SECOND) == SECOND


def test_a_file_that_was_renamed_after_it_was_written_is_whole_at_once() -> None:
    assert _still_in(SECOND // 4, 0) == 0


def test_where_parts_of_a_second_are_not_counted_a_later_change_is_no_renaming() -> None:
    whole = 123_456_789
    assert _still_in(whole, whole - 10_000_000) == SECOND


def test_where_parts_of_a_second_are_not_counted_the_last_bytes_may_be_two_seconds_younger() -> None:
    whole = 2 * SECOND + 123_456_789
    assert _still_in(whole, whole) == SECOND - 123_456_789
    assert _still_in(whole + SECOND, whole + SECOND) <= 0


def test_a_file_that_need_not_stand_still_is_never_waited_for() -> None:
    assert _still_in(0, 0, still_for=0) == 0
    assert _still_in(-SECOND, -SECOND, still_for=0) == 0
