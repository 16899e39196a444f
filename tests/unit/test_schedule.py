from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ErrorClass, PermanentError, TransientError
from worker.schedule import Bounds, after_failure, after_success

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOUNDS = Bounds(interval=HOUR, longest=timedelta(hours=24))
TIMEOUT = TransientError(ErrorClass.TIMEOUT, "no answer within 30 s")
NOT_FOUND = PermanentError(ErrorClass.HTTP_4XX, "404", http_status=404)


def test_a_feed_that_answers_is_polled_again_after_its_interval() -> None:
    decided = after_success(NOW, BOUNDS, {}, spread=0.0)
    assert (decided.at, decided.reason, decided.failures) == (NOW + HOUR, "every 1h", 0)


def test_a_publisher_may_ask_for_a_longer_interval() -> None:
    decided = after_success(NOW, BOUNDS, {"max-age": timedelta(hours=3), "ttl": None}, spread=0.0)
    assert (decided.at, decided.reason) == (NOW + 3 * HOUR, "the publisher's max-age of 3h")


def test_a_publisher_cannot_ask_for_more_than_the_operators_longest() -> None:
    assert after_success(NOW, BOUNDS, {"ttl": timedelta(days=30)}, spread=0.0).at == NOW + 24 * HOUR


def test_a_short_hint_does_not_shorten_the_interval() -> None:
    assert after_success(NOW, BOUNDS, {"max-age": timedelta(seconds=5)}, spread=0.0).at == NOW + HOUR


def test_jitter_only_ever_delays() -> None:
    assert after_success(NOW, BOUNDS, {}, spread=1.0).at == NOW + timedelta(minutes=66)


@pytest.mark.parametrize(("failures", "minutes"), [(0, 5), (1, 10), (2, 20), (3, 40), (20, 24 * 60)])
def test_passing_failures_are_retried_soon_and_then_ever_later(failures: int, minutes: int) -> None:
    assert after_failure(NOW, BOUNDS, TIMEOUT, failures, spread=0.0).at == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(("failures", "hours"), [(0, 1), (1, 2), (4, 16), (5, 24), (100, 24)])
def test_lasting_failures_are_retried_rarely_but_always(failures: int, hours: int) -> None:
    assert after_failure(NOW, BOUNDS, NOT_FOUND, failures, spread=0.0).at == NOW + timedelta(hours=hours)


def test_a_failure_is_counted_and_named() -> None:
    decided = after_failure(NOW, BOUNDS, TIMEOUT, 2, spread=0.0)
    assert (decided.failures, decided.reason) == (3, "3rd failure in a row (timeout), wait 20m")


def test_retry_after_is_never_undercut() -> None:
    busy = TransientError(ErrorClass.HTTP_5XX, "503", http_status=503, retry_after=timedelta(hours=2))
    decided = after_failure(NOW, BOUNDS, busy, 0, spread=0.0)
    assert (decided.at, decided.reason) == (NOW + 2 * HOUR, "the publisher's Retry-After of 2h")


def test_retry_after_cannot_stop_us_for_more_than_a_week() -> None:
    busy = TransientError(ErrorClass.HTTP_429, "429", http_status=429, retry_after=timedelta(days=400))
    assert after_failure(NOW, BOUNDS, busy, 0, spread=0.0).at == NOW + timedelta(days=7)


@pytest.mark.parametrize(("status", "is_of_the_host"), [(429, True), (503, True), (500, False), (404, False)])
def test_only_an_overloaded_host_is_left_alone_as_a_whole(status: int, is_of_the_host: bool) -> None:
    error = TransientError(ErrorClass.HTTP_5XX, str(status), http_status=status)
    assert (after_failure(NOW, BOUNDS, error, 0, spread=0.0).host_wait is not None) is is_of_the_host


def test_a_feed_that_is_gone_is_never_polled_again() -> None:
    gone = PermanentError(ErrorClass.HTTP_410, "410", http_status=410)
    decided = after_failure(NOW, BOUNDS, gone, 0, spread=0.0)
    assert decided.at is None
    assert "gone for good" in decided.reason


@given(failures=st.integers(0, 10_000), spread=st.floats(0, 1))
def test_waits_grow_with_failures_and_never_pass_the_cap(failures: int, spread: float) -> None:
    fewer = after_failure(NOW, BOUNDS, TIMEOUT, failures, spread).at
    more = after_failure(NOW, BOUNDS, TIMEOUT, failures + 1, spread).at
    assert fewer is not None
    assert more is not None
    assert NOW < fewer <= more <= NOW + timedelta(days=1) * 1.1
