from datetime import UTC, datetime, timedelta

import pytest

from worker.schedule.success import allowed_from, strongest_wish
from worker.values.schedules import Hints

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# A Tuesday.
NOON = datetime(2026, 11, 24, 12, 20, tzinfo=UTC)


def test_the_longest_wait_that_is_named_is_the_strongest() -> None:
    hints = Hints(fresh_for=HOUR, ttl=3 * HOUR, update_period=2 * HOUR)
    assert strongest_wish(hints, DAY) == (3 * HOUR, "ttl")


@pytest.mark.parametrize(
    ("hints", "name"),
    [
        (Hints(fresh_for=HOUR), "max-age"),
        (Hints(ttl=HOUR), "ttl"),
        (Hints(update_period=HOUR), "sy:updatePeriod"),
    ],
)
def test_a_wish_goes_by_the_name_that_its_specification_gives_it(hints: Hints, name: str) -> None:
    assert strongest_wish(hints, DAY) == (HOUR, name)


def test_a_wish_is_bounded() -> None:
    assert strongest_wish(Hints(update_period=365 * DAY), DAY) == (DAY, "sy:updatePeriod")


@pytest.mark.parametrize("hints", [Hints(), Hints(fresh_for=timedelta(0), ttl=timedelta(0))])
def test_zero_is_no_wish(hints: Hints) -> None:
    assert strongest_wish(hints, DAY) == (timedelta(0), "")


def test_a_moment_outside_of_what_is_skipped_stays() -> None:
    assert allowed_from(NOON, Hints(skip_hours=frozenset({13}), skip_days=frozenset({5, 6}))) == NOON


def test_a_skipped_hour_ends_with_the_next_full_hour() -> None:
    assert allowed_from(NOON, Hints(skip_hours=frozenset({12, 13}))) == datetime(2026, 11, 24, 14, tzinfo=UTC)


def test_skipped_days_end_at_midnight() -> None:
    assert allowed_from(NOON, Hints(skip_days=frozenset({1, 2}))) == datetime(2026, 11, 26, tzinfo=UTC)


def test_skipped_hours_and_days_add_up() -> None:
    hints = Hints(skip_hours=frozenset({0, 1}), skip_days=frozenset({1}))
    assert allowed_from(NOON, hints) == datetime(2026, 11, 25, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "hints", [Hints(skip_hours=frozenset(range(24))), Hints(skip_days=frozenset(range(7)))], ids=["hours", "days"]
)
def test_a_publisher_that_skips_the_whole_week_is_not_believed(hints: Hints) -> None:
    assert allowed_from(NOON, hints) == NOON


def test_one_hour_that_is_left_of_the_week_is_found() -> None:
    hints = Hints(skip_hours=frozenset(range(24)) - {12}, skip_days=frozenset(range(7)) - {1})
    just_past = datetime(2026, 11, 24, 13, tzinfo=UTC)
    assert allowed_from(just_past, hints) == datetime(2026, 12, 1, 12, tzinfo=UTC)
