from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.schedule.failure import after_failure, extend_streak
from worker.values.due_feeds import FeedState, Streak
from worker.values.outcomes import NextPoll
from worker.values.schedules import Bounds

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BOUNDS = Bounds(interval=HOUR, shortest=15 * MINUTE, longest=DAY)
SPREADS = st.floats(0, 1)
CURABLE = st.sampled_from([failed for failed in ErrorClass if failed is not ErrorClass.HTTP_410])


def decide(error: PollError, streak: Streak, spread: float = 0.0) -> NextPoll:
    return after_failure(NOW, BOUNDS, error, streak, spread)


def failed(times: int, **more: object) -> Streak:
    return Streak(attempts=times, failures=times, since=NOW - HOUR, **more)


def refusal(status: int, retry_after: timedelta | None = None) -> TransientError:
    error_class = ErrorClass.HTTP_429 if status == 429 else ErrorClass.HTTP_5XX
    return TransientError(error_class, str(status), http_status=status, retry_after=retry_after)


TIMEOUT = TransientError(ErrorClass.TIMEOUT, "no answer within 30 s")
NOT_FOUND = PermanentError(ErrorClass.HTTP_4XX, "404", http_status=404)


@pytest.mark.parametrize(("times", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (20, 16 * 60)])
def test_failures_on_the_way_are_retried_soon_and_then_ever_later(times: int, minutes: int) -> None:
    assert decide(TIMEOUT, failed(times)).at == NOW + minutes * MINUTE


@pytest.mark.parametrize(("times", "minutes"), [(1, 15), (2, 30), (7, 16 * 60), (9, 16 * 60)])
def test_what_somebody_has_to_change_is_retried_more_rarely(times: int, minutes: int) -> None:
    assert decide(NOT_FOUND, failed(times)).at == NOW + minutes * MINUTE


def test_what_may_be_an_outage_of_ours_is_retried_within_the_usual_interval() -> None:
    decided = decide(TIMEOUT, Streak(attempts=30, failures=0, since=NOW - DAY))
    assert (decided.at, decided.reason) == (
        NOW + HOUR,
        "30th failure in a row (timeout), not held against it yet",
    )


@pytest.mark.parametrize(
    ("times", "ordinal"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (111, "111th"),
        (112, "112th"),
    ],
)
def test_a_failure_is_named_and_numbered(times: int, ordinal: str) -> None:
    assert decide(TIMEOUT, failed(times)).reason == f"{ordinal} failure in a row (timeout)"


def test_jitter_delays_a_retry_by_half_at_the_most() -> None:
    assert decide(TIMEOUT, failed(1), spread=1.0).at == NOW + timedelta(minutes=7.5)


def test_retry_after_is_never_undercut() -> None:
    decided = decide(refusal(503, 2 * HOUR), failed(1))
    assert (decided.at, decided.reason) == (NOW + 2 * HOUR, "the publisher's Retry-After of 2h")


@pytest.mark.parametrize("retry_after", [timedelta(seconds=1), 5 * MINUTE])
def test_a_retry_after_that_is_no_longer_than_our_own_wait_changes_nothing(retry_after: timedelta) -> None:
    decided = decide(refusal(503, retry_after), failed(1), spread=1.0)
    assert (decided.at, decided.reason) == (NOW + timedelta(minutes=7.5), "1st failure in a row (http 5xx)")


def test_jitter_delays_a_wish_by_a_tenth_at_the_most() -> None:
    assert decide(refusal(503, 10 * HOUR), failed(1), spread=1.0).at == NOW + 11 * HOUR


def test_retry_after_cannot_stop_us_for_more_than_a_week() -> None:
    assert decide(refusal(429, 400 * DAY), failed(1), spread=1.0).at == NOW + 7 * DAY


@pytest.mark.parametrize(("status", "is_of_the_host"), [(429, True), (503, True), (500, False)])
def test_only_an_overloaded_host_is_left_alone_as_a_whole(status: int, is_of_the_host: bool) -> None:
    decided = decide(refusal(status), failed(1))
    assert decided.host_wait == (decided.at - NOW if is_of_the_host else None)


def test_what_a_host_refused_its_other_feeds_counts_for_this_one_too() -> None:
    assert decide(refusal(503), failed(1, host_refusals=3)).at == NOW + 40 * MINUTE


def test_what_a_host_refused_its_other_feeds_counts_for_no_failure_of_another_kind() -> None:
    assert decide(refusal(500), failed(1, host_refusals=3)).at == NOW + 5 * MINUTE


def test_a_feed_that_is_gone_is_never_polled_again() -> None:
    decided = decide(PermanentError(ErrorClass.HTTP_410, "410", http_status=410), failed(1))
    assert (decided.at, decided.ends_as) == (None, FeedState.GONE)


def test_a_feed_that_fails_for_a_month_is_given_up_with_its_last_failure() -> None:
    decided = decide(NOT_FOUND, Streak(attempts=40, failures=40, since=NOW - 31 * DAY))
    assert (decided.at, decided.ends_as) == (None, FeedState.QUARANTINED)
    assert decided.reason == "given up after 40 failures in 31 days, the last: 404; `feedmill resume` tries again"


@pytest.mark.parametrize(
    ("failing_for", "failures", "is_given_up"),
    [(30 * DAY, 10, True), (30 * DAY - timedelta(microseconds=1), 10, False), (30 * DAY, 9, False)],
)
def test_a_feed_is_given_up_after_thirty_days_and_ten_failures(
    failing_for: timedelta, failures: int, is_given_up: bool
) -> None:
    decided = decide(NOT_FOUND, Streak(attempts=failures, failures=failures, since=NOW - failing_for))
    assert (decided.ends_as is FeedState.QUARANTINED) is is_given_up


@pytest.mark.parametrize("failures", [0, 9])
def test_a_feed_is_not_given_up_for_a_month_in_which_we_hardly_tried(failures: int) -> None:
    assert decide(NOT_FOUND, Streak(attempts=9, failures=failures, since=NOW - 400 * DAY)).at is not None


def test_a_feed_is_never_given_up_for_what_is_ours_to_mend() -> None:
    error = PermanentError(ErrorClass.INTERNAL, "a fault of ours")
    assert decide(error, Streak(attempts=999, failures=999, since=NOW - 999 * DAY)).at is not None


@given(CURABLE, st.integers(1, 10_000), st.integers(0, 10_000), SPREADS)
def test_waits_grow_with_failures_and_never_pass_the_cap(
    error_class: ErrorClass, times: int, refusals: int, spread: float
) -> None:
    error = TransientError(error_class, "it failed", http_status=503)
    fewer = after_failure(NOW, BOUNDS, error, failed(times, host_refusals=refusals), spread).at
    more = after_failure(NOW, BOUNDS, error, failed(times + 1, host_refusals=refusals), spread).at
    assert fewer
    assert more
    assert NOW < fewer <= more <= NOW + (3 * DAY if error_class is ErrorClass.BLOCKED else DAY)


@given(CURABLE, st.integers(1, 100), st.timedeltas(timedelta(0), 30 * DAY), SPREADS)
def test_no_retry_comes_before_the_publishers_wish(
    error_class: ErrorClass, times: int, wish: timedelta, spread: float
) -> None:
    error = TransientError(error_class, "it failed", retry_after=wish)
    decided = after_failure(NOW, BOUNDS, error, failed(times), spread)
    assert decided.at
    assert decided.at >= NOW + min(wish, 7 * DAY)


@pytest.mark.parametrize("outage", [10 * MINUTE, HOUR, 4 * HOUR])
def test_feeds_that_failed_in_an_outage_do_not_come_back_as_a_herd(outage: timedelta) -> None:
    chance, feeds = Random(2026), 6_000
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
