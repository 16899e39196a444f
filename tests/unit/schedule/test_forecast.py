from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest

from worker.schedule.forecast import best_wait, expect_by
from worker.schedule.rhythm import expected_rate, learn_rhythm
from worker.values.schedules import Rhythm

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A Tuesday.
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIMITS = (HOUR, DAY)


def every(gap: timedelta, count: int, last: datetime) -> list[datetime]:
    return [last - gap * number for number in reversed(range(count))]


def next_poll(arrived: list[datetime], now: datetime) -> datetime:
    return now + best_wait(learn_rhythm(None, arrived, now), now, HOUR, LIMITS)


@pytest.mark.parametrize("articles", [10.0, 60.0, 300.0])
def test_an_even_rhythm_follows_the_square_root_law(articles: float) -> None:
    even = Rhythm(since=NOW - 1000 * DAY, latest=NOW, articles=articles)
    hours = sqrt(1 / expected_rate(even, NOW))
    assert best_wait(even, NOW, HOUR, (MINUTE, 7 * DAY)) / HOUR == pytest.approx(hours, rel=0.001)


def test_polls_that_may_cost_four_times_the_delay_are_half_as_many() -> None:
    even = Rhythm(since=NOW - 1000 * DAY, latest=NOW, articles=100.0)
    once, twice = (best_wait(even, NOW, interval, (MINUTE, 7 * DAY)) for interval in (HOUR, 4 * HOUR))
    assert twice / once == pytest.approx(2, rel=0.001)


@pytest.mark.parametrize("minute", [0, 17, 30, 55])
def test_a_daily_feed_is_polled_within_minutes_of_its_hour(minute: int) -> None:
    last = NOW.replace(hour=6, minute=minute)
    polled = next_poll(every(DAY, 60, last), NOW)
    assert timedelta(0) < polled - (last + DAY) <= 15 * MINUTE


def test_a_weekly_podcast_is_polled_within_minutes_of_its_hour() -> None:
    monday = datetime(2026, 11, 23, 5, tzinfo=UTC)
    polled = next_poll(every(7 * DAY, 30, monday), monday + 6 * DAY + 9 * HOUR)
    assert timedelta(0) < polled - (monday + 7 * DAY) <= 15 * MINUTE


def test_ten_articles_are_enough_to_find_the_next_within_two_hours() -> None:
    arrived = every(DAY, 10, NOW.replace(hour=6))
    polled = NOW
    while polled < arrived[-1] + DAY:
        polled = next_poll(arrived, polled)
    assert polled - (arrived[-1] + DAY) <= 2 * HOUR


def test_an_office_is_polled_more_often_by_day_than_by_night() -> None:
    days = [NOW.replace(hour=hour) - number * DAY for number in range(1, 40) for hour in range(8, 18)]
    office = learn_rhythm(None, sorted(days), NOW)
    by_day, by_night = (best_wait(office, NOW.replace(hour=hour), HOUR, LIMITS) for hour in (9, 19))
    assert by_night > 4 * by_day


def test_an_office_is_left_alone_over_the_weekend() -> None:
    days = [NOW.replace(hour=hour) - number * DAY for number in range(1, 60) for hour in (9, 12, 15)]
    office = learn_rhythm(None, sorted(day for day in days if day.weekday() < 5), NOW)
    tuesday, saturday = (best_wait(office, NOW + days * DAY, HOUR, LIMITS) for days in (0, 4))
    assert saturday > 2 * tuesday


def test_an_hour_without_minutes_in_common_is_waited_for_longer() -> None:
    at_six = [NOW.replace(hour=6, minute=(number * 23) % 60) - number * DAY for number in reversed(range(60))]
    polled = next_poll(at_six, NOW)
    assert NOW.replace(hour=6, minute=20) + DAY < polled <= NOW.replace(hour=7, minute=20) + DAY


def test_a_feed_without_history_is_polled_after_half_a_day() -> None:
    assert next_poll([], NOW) == NOW + 12 * HOUR


def test_a_wire_is_polled_as_often_as_is_allowed() -> None:
    assert next_poll(every(MINUTE, 20, NOW), NOW) == NOW + HOUR


def test_a_dormant_feed_is_polled_as_rarely_as_is_allowed() -> None:
    assert next_poll(every(30 * DAY, 10, NOW - 1000 * DAY), NOW) == NOW + DAY


def test_a_document_whose_dates_are_all_the_same_does_no_harm() -> None:
    assert HOUR <= next_poll([NOW] * 20, NOW) - NOW <= DAY


def test_days_without_hours_tell_how_often() -> None:
    midnight = NOW.replace(hour=0)
    with_hours, without = (next_poll(every(3 * HOUR, 100, last), NOW) for last in (NOW, midnight))
    assert without == pytest.approx(with_hours, abs=HOUR)


@pytest.mark.parametrize("articles", [1.0, 30.0, 500.0])
def test_an_even_rhythm_brings_articles_evenly(articles: float) -> None:
    even = Rhythm(since=NOW - 1000 * DAY, latest=NOW, articles=100.0)
    hours = articles / expected_rate(even, NOW)
    assert (expect_by(even, articles) - NOW) / HOUR == pytest.approx(hours, abs=1)


def test_what_a_feed_brings_on_weekdays_it_does_not_bring_at_weekends() -> None:
    friday = datetime(2026, 11, 27, 20, tzinfo=UTC)
    weekdays = [moment for moment in every(HOUR, 24 * 70, friday) if moment.weekday() < 5]
    rhythm = learn_rhythm(None, weekdays, friday)
    in_ten_weeks = 12 + 10 * 168 * expected_rate(rhythm, friday)
    assert expect_by(rhythm, 12.0).weekday() == expect_by(rhythm, in_ten_weeks).weekday() == 0


def test_what_can_hardly_be_expected_comes_in_a_hundred_years() -> None:
    assert expect_by(Rhythm(since=NOW - 9000 * DAY, latest=NOW), 1e9) == NOW + 36_500 * DAY
