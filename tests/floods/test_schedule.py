"""Polls planned for thousands of feeds, and for feeds of every kind that chance can think of."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ErrorClass, TransientError
from worker.schedule.failure import after_failure, extend_streak
from worker.schedule.forecast import best_wait
from worker.schedule.rhythm import describe_rhythm, expected_rate, learn_rhythm
from worker.values.due_feeds import Streak
from worker.values.schedules import Bounds, Rhythm

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BOUNDS = Bounds(interval=HOUR, shortest=15 * MINUTE, longest=DAY)
LIMITS = (HOUR, DAY)
COUNTS = st.floats(0, 1e12)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- given there
RHYTHMS = st.builds(
    Rhythm,
    since=MOMENTS,
    latest=MOMENTS,
    articles=COUNTS,
    hours=st.tuples(*[COUNTS] * 24),
    weekdays=st.tuples(*[COUNTS] * 7),
    minutes=st.builds(lambda share, count: (share * count, 0.0, count), st.floats(-1, 1), COUNTS),
)


@pytest.mark.parametrize("outage", [10 * MINUTE, HOUR, 4 * HOUR])
def test_feeds_that_failed_in_an_outage_do_not_come_back_as_a_herd(outage: timedelta) -> None:
    chance, feeds = Random(2026), 3_000
    minutes = Counter(_back_at(chance, outage) // MINUTE for _ in range(feeds))
    a_minute = feeds / 60
    # Without any outage as many are due in a minute.
    assert max(minutes.values()) < 4 * a_minute


def _back_at(chance: Random, outage: timedelta) -> timedelta:
    """How long after the outage a feed is polled that is due every hour."""
    at, ends_at, streak = NOW + chance.random() * HOUR, NOW + outage, Streak()
    while at < ends_at:
        streak = extend_streak(streak, ErrorClass.CONNECT, at, was_outage=True)
        retry = after_failure(at, BOUNDS, TransientError(ErrorClass.CONNECT, "cut off"), streak, chance.random())
        assert retry.at
        at = retry.at
    return at - ends_at


@given(st.lists(MOMENTS, max_size=30).map(sorted), st.lists(MOMENTS, max_size=5).map(sorted), MOMENTS, MOMENTS)
def test_something_is_expected_of_every_feed_and_no_clock_breaks_it(
    first: list[datetime], then: list[datetime], seen_at: datetime, now: datetime
) -> None:
    known = learn_rhythm(learn_rhythm(None, first, seen_at), then, now)
    assert 0 < expected_rate(known, now) < float("inf")
    assert describe_rhythm(known, now)


@given(RHYTHMS, MOMENTS, st.floats(0.01, 100), st.floats(0.01, 100))
def test_no_rhythm_and_no_clock_leads_past_the_limits(
    rhythm: Rhythm, now: datetime, interval: float, longest: float
) -> None:
    shortest = min(interval, longest) * HOUR
    wait = best_wait(rhythm, now, interval * HOUR, (shortest, longest * HOUR))
    assert shortest <= wait <= longest * HOUR + timedelta(microseconds=1)


@given(RHYTHMS, st.integers(0, 10_000), st.floats(1, 100))
def test_more_articles_never_mean_a_later_poll(rhythm: Rhythm, minutes: int, factor: float) -> None:
    now = rhythm.latest + minutes * MINUTE
    more = replace(rhythm, articles=rhythm.articles * factor)
    assert best_wait(more, now, HOUR, LIMITS) <= best_wait(rhythm, now, HOUR, LIMITS) + timedelta(microseconds=1)
