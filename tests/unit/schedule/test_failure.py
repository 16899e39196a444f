from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.schedule.failure import after_failure
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


@pytest.mark.parametrize("times", [1, 9])
@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_retry_after_is_waited_as_it_is_given_however_long_the_ladder_would_be(status: int, times: int) -> None:
    decided = decide(refusal(status, 2 * HOUR), failed(times))
    assert (decided.at, decided.reason) == (NOW + 2 * HOUR, "the publisher's Retry-After of 2h")


def test_a_wait_that_the_publisher_named_is_lengthened_by_two_seconds_at_the_most() -> None:
    assert decide(refusal(503, 10 * HOUR), failed(1), spread=1.0).at == NOW + 10 * HOUR + timedelta(seconds=2)


def test_a_shorter_retry_after_than_the_operators_shortest_wait_is_lengthened_to_that() -> None:
    decided = decide(refusal(503, MINUTE), failed(9))
    assert (decided.at, decided.reason) == (
        NOW + 15 * MINUTE,
        "the publisher's Retry-After of 1m, but at least 15m",
    )


def test_where_the_operator_chose_a_shorter_interval_for_the_feed_that_is_the_shortest_wait() -> None:
    chosen = replace(BOUNDS, interval=5 * timedelta(seconds=1), is_fixed=True)
    asked = refusal(503, timedelta(seconds=1))
    assert after_failure(NOW, chosen, asked, failed(1), 0.0).at == NOW + 5 * timedelta(seconds=1)


def test_a_retry_after_of_nothing_names_no_wait() -> None:
    assert decide(refusal(503, timedelta(0)), failed(2)).at == NOW + 10 * MINUTE


def test_retry_after_cannot_stop_us_for_more_than_a_week() -> None:
    assert decide(refusal(429, 400 * DAY), failed(1), spread=1.0).at == NOW + 7 * DAY


@pytest.mark.parametrize(
    ("status", "retry_after", "is_asked_for"),
    [
        (403, None, True),
        (429, None, True),
        (503, None, True),
        (500, None, False),
        (404, HOUR, True),
        (404, None, False),
    ],
)
def test_a_feed_is_left_alone_that_was_refused_or_whose_publisher_named_a_wait(
    status: int, retry_after: timedelta | None, is_asked_for: bool
) -> None:
    assert decide(refusal(status, retry_after), failed(1)).is_asked_for is is_asked_for


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


@given(CURABLE, st.integers(1, 10_000), SPREADS)
def test_waits_grow_with_failures_and_never_pass_the_cap(error_class: ErrorClass, times: int, spread: float) -> None:
    error = TransientError(error_class, "it failed", http_status=503)
    fewer = after_failure(NOW, BOUNDS, error, failed(times), spread).at
    more = after_failure(NOW, BOUNDS, error, failed(times + 1), spread).at
    assert fewer
    assert more
    assert NOW < fewer <= more <= NOW + (3 * DAY if error_class is ErrorClass.BLOCKED else DAY)


@given(CURABLE, st.integers(1, 100), st.timedeltas(timedelta(seconds=1), 30 * DAY), SPREADS)
def test_a_retry_comes_when_the_publisher_says_and_no_more_than_two_seconds_later(
    error_class: ErrorClass, times: int, wish: timedelta, spread: float
) -> None:
    error = TransientError(error_class, "it failed", retry_after=wish)
    decided = after_failure(NOW, BOUNDS, error, failed(times), spread)
    asked = NOW + max(min(wish, 7 * DAY), 15 * MINUTE)
    assert decided.at
    assert asked <= decided.at <= asked + timedelta(seconds=2)
