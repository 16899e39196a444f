from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.schedule.rhythm import (
    arrival_times,
    describe_rhythm,
    doubts_silence,
    expected_rate,
    follow_rhythm,
    learn_rhythm,
    long_run_rate,
)
from worker.values.schedules import Rhythm

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- given there


def every(gap: timedelta, count: int, last: datetime = NOW) -> list[datetime]:
    return [last - gap * number for number in reversed(range(count))]


def test_at_the_first_poll_dates_are_all_there_is() -> None:
    published = [NOW - HOUR, None, NOW - DAY, NOW + DAY]
    assert arrival_times(published, None, NOW) == [NOW - DAY, NOW - HOUR]


def test_a_date_since_the_last_poll_is_when_an_article_arrived() -> None:
    assert arrival_times([NOW - 20 * MINUTE], NOW - HOUR, NOW) == [NOW - 20 * MINUTE]


@pytest.mark.parametrize("published", [None, NOW - 400 * DAY, NOW + DAY, MIDNIGHT])
def test_what_has_no_such_date_arrived_half_way_between_two_close_polls(published: datetime | None) -> None:
    assert arrival_times([published], NOW - 2 * HOUR, NOW) == [NOW - HOUR]


def test_two_polls_far_apart_tell_the_day_but_not_the_hour() -> None:
    assert arrival_times([None], NOW - 10 * HOUR, NOW) == [MIDNIGHT]


def test_an_article_dated_just_before_the_poll_that_missed_it_came_as_long_after_it() -> None:
    seen_before = NOW - 10 * HOUR
    assert arrival_times([seen_before - 4 * MINUTE], seen_before, NOW) == [seen_before + 4 * MINUTE]


@given(st.lists(st.none() | MOMENTS, max_size=5), st.none() | MOMENTS, MOMENTS)
def test_arrivals_are_in_order_whatever_the_clocks_said(
    published: list[datetime | None], seen_before: datetime | None, now: datetime
) -> None:
    arrived = arrival_times(published, seen_before, now)
    assert arrived == sorted(arrived)


@pytest.mark.parametrize("published", [[], [None] * 30])
def test_a_first_document_without_dates_tells_no_rhythm(published: list[None]) -> None:
    assert follow_rhythm(None, published, None, NOW) is None


def test_of_a_feed_without_dates_the_second_poll_shows_the_rhythm() -> None:
    first = NOW - HOUR
    assert follow_rhythm(None, [None] * 4, first, NOW) == learn_rhythm(
        Rhythm(first, first), [NOW - 30 * MINUTE] * 4, NOW
    )


def test_a_second_poll_that_finds_nothing_shows_silence_since_the_first() -> None:
    assert follow_rhythm(None, [], NOW - HOUR, NOW) == Rhythm(NOW - HOUR, NOW - HOUR)


DAILY = learn_rhythm(None, every(DAY, 60), NOW)


def test_a_feed_that_is_silent_for_twelve_of_its_gaps_is_asked_for_all_of_it_once() -> None:
    polled_at = [NOW + hours * HOUR for hours in range(0, 24 * 20, 6)]
    doubted = [at - NOW for before, at in pairwise(polled_at) if doubts_silence(DAILY, before, at)]
    assert len(doubted) == 1
    assert 11 * DAY < doubted[0] < 14 * DAY


def test_it_is_asked_again_after_twice_as_long() -> None:
    polled_at = [NOW + day * DAY for day in range(120)]
    doubted = [at - NOW for before, at in pairwise(polled_at) if doubts_silence(DAILY, before, at)]
    assert [round(late / early) for early, late in pairwise(doubted)] == [2, 2, 2]


def test_a_busy_feed_may_sleep_for_a_night() -> None:
    busy = learn_rhythm(None, every(MINUTE, 600), NOW)
    assert not doubts_silence(busy, NOW + 10 * HOUR, NOW + 11 * HOUR)


@pytest.mark.parametrize(("rhythm", "answered_at"), [(None, NOW - 400 * DAY), (DAILY, None)])
def test_what_has_no_rhythm_or_was_never_asked_is_not_doubted(
    rhythm: Rhythm | None, answered_at: datetime | None
) -> None:
    assert not doubts_silence(rhythm, answered_at, NOW + 400 * DAY)


def test_a_poll_that_finds_nothing_changes_nothing() -> None:
    known = learn_rhythm(None, every(DAY, 5), NOW)
    assert learn_rhythm(known, [], NOW + 5 * DAY) is known


def test_a_feed_without_articles_is_observed_from_its_first_poll_on() -> None:
    assert learn_rhythm(None, [], NOW) == Rhythm(since=NOW, latest=NOW)


def test_the_oldest_article_of_the_first_document_says_since_when_and_is_not_counted() -> None:
    known = learn_rhythm(None, every(21 * DAY, 2), NOW)
    assert (known.since, known.latest, known.articles) == (NOW - 21 * DAY, NOW, 1.0)


def test_an_article_counts_half_after_three_weeks() -> None:
    known = learn_rhythm(learn_rhythm(None, every(DAY, 2), NOW), [NOW + 21 * DAY], NOW + 21 * DAY)
    assert known.articles == pytest.approx(1.5)


def test_one_article_in_twenty_may_be_pinned_for_ever() -> None:
    daily = every(DAY, 20)
    pinned = [NOW - 3000 * DAY, *daily[1:]]
    assert learn_rhythm(None, pinned, NOW).since == daily[1]


def test_four_articles_of_one_hour_prove_it_twice_and_not_four_times() -> None:
    known = learn_rhythm(Rhythm(NOW - DAY, NOW - DAY), [NOW] * 4, NOW)
    assert (known.articles, known.hours[12], known.weekdays[1]) == (4.0, 2.0, 2.0)


def test_midnight_is_a_day_without_an_hour() -> None:
    known = learn_rhythm(Rhythm(NOW - DAY, NOW - DAY), [MIDNIGHT], NOW)
    assert (sum(known.hours), known.weekdays[1], known.minutes) == (0.0, 1.0, (0.0, 0.0, 0.0))


def test_a_quarter_past_points_east() -> None:
    known = learn_rhythm(Rhythm(NOW - DAY, NOW - DAY), [NOW + 15 * MINUTE], NOW + HOUR)
    assert known.minutes == pytest.approx((1.0, 0.0, 1.0))


def test_a_straggler_at_another_hour_hardly_turns_the_minute() -> None:
    usual = learn_rhythm(None, every(DAY, 10), NOW)
    late = learn_rhythm(usual, [NOW + 5 * HOUR + 30 * MINUTE], NOW + DAY)
    assert late.minutes[2] - usual.minutes[2] < 0.2


def test_an_article_a_day_is_expected_of_a_daily_feed() -> None:
    assert expected_rate(learn_rhythm(None, every(DAY, 365), NOW), NOW) * 24 == pytest.approx(1, rel=0.05)


def test_few_articles_in_a_short_time_overrule_what_was_assumed() -> None:
    assert expected_rate(learn_rhythm(None, every(6 * MINUTE, 20), NOW), NOW) > 1


def test_a_night_of_silence_says_nothing() -> None:
    known = learn_rhythm(None, every(HOUR, 200), NOW)
    assert expected_rate(known, NOW + 12 * HOUR) > expected_rate(known, NOW) * 0.8


def test_a_busy_feed_that_falls_silent_is_soon_expected_to_stay_so() -> None:
    known = learn_rhythm(None, every(HOUR, 500), NOW)
    assert expected_rate(known, NOW + 7 * DAY) < expected_rate(known, NOW) * 0.15


def test_one_article_wakes_a_feed_that_was_silent() -> None:
    known = learn_rhythm(None, every(HOUR, 500), NOW)
    later = NOW + 7 * DAY
    assert expected_rate(learn_rhythm(known, [later], later), later) > expected_rate(known, later) * 3


@pytest.mark.parametrize(
    ("arrived", "said"),
    [
        ([], "nothing new so far"),
        (every(DAY, 60, NOW.replace(hour=6)), "about 1 article a day, mostly 06–07 UTC"),
        (
            sorted(every(DAY, 60) + every(DAY, 60, NOW - 4 * HOUR) + every(DAY, 60, NOW + 4 * HOUR)),
            "about 3 articles a day, mostly 08–17 UTC",
        ),
        (every(HOUR, 1000), "about 24 articles a day"),
        (every(7 * DAY, 30), "about 1 article a week, mostly 12–13 UTC"),
        (every(15 * DAY, 10, NOW - 7 * DAY), "about 2 articles a month, mostly 12–13 UTC"),
        (every(200 * DAY, 10, NOW - 200 * DAY), "less than one article a month"),
    ],
)
def test_people_are_told_how_often_and_when(arrived: list[datetime], said: str) -> None:
    known = learn_rhythm(None, arrived, NOW + 4 * HOUR)
    assert describe_rhythm(known, NOW + 4 * HOUR) == said


def test_hours_around_midnight_belong_together() -> None:
    known = learn_rhythm(
        None, sorted(every(DAY, 30, NOW + 11 * HOUR) + every(DAY, 30, NOW - 11 * HOUR)), NOW + 12 * HOUR
    )
    assert describe_rhythm(known, NOW + 12 * HOUR).endswith("mostly 23–02 UTC")


def test_more_articles_raise_what_is_expected() -> None:
    known = learn_rhythm(None, every(DAY, 10), NOW)
    assert expected_rate(replace(known, articles=known.articles + 1), NOW) > expected_rate(known, NOW)


def test_months_are_remembered_longer_than_a_flood() -> None:
    quiet = learn_rhythm(None, every(10 * DAY, 60), NOW)
    flooded = learn_rhythm(quiet, every(MINUTE, 50, NOW + HOUR), NOW + HOUR)
    assert long_run_rate(quiet) * 240 == pytest.approx(1, rel=0.1)
    assert long_run_rate(flooded) < 2 * long_run_rate(quiet)
    assert expected_rate(flooded, NOW + HOUR) > 10 * expected_rate(quiet, NOW)


def test_a_rhythm_that_has_not_begun_has_no_long_run() -> None:
    assert long_run_rate(Rhythm(NOW, NOW)) == 0.0
