from datetime import UTC, datetime, timedelta

import pytest

from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.webhooks.batches import after_failed_delivery

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DOWN = TransientError(ErrorClass.HTTP_5XX, "hooks.example answered 500 (Internal Server Error)", 500)


def _wait(failures: int, error: PollError = DOWN, spread: float = 0.0) -> timedelta:
    return after_failed_delivery(NOW, failures, NOW, error, spread).at - NOW


@pytest.mark.parametrize(("failures", "seconds"), [(1, 5), (2, 10), (5, 80), (12, 10_240), (13, 20_480), (14, 21_600)])
def test_the_wait_doubles_up_to_six_hours(failures: int, seconds: int) -> None:
    assert _wait(failures) == timedelta(seconds=seconds)


def test_it_never_overflows() -> None:
    assert _wait(10_000) == timedelta(hours=6)


def test_waits_are_spread_by_up_to_half_as_much_again() -> None:
    assert (_wait(2, spread=0.5), _wait(2, spread=1.0)) == (timedelta(seconds=12.5), timedelta(seconds=15))


def test_the_receivers_own_wish_is_never_undercut() -> None:
    busy = TransientError(ErrorClass.HTTP_429, "busy", 429, retry_after=timedelta(minutes=10))
    assert _wait(1, busy) == timedelta(minutes=10)


@pytest.mark.parametrize(("days", "reason"), [(4, None), (5, f"nothing was taken for 5d: {DOWN.sentence}")])
def test_five_days_of_failing_end_it(days: int, reason: str | None) -> None:
    assert after_failed_delivery(NOW, 30, NOW - timedelta(days=days), DOWN, 0.0).dead_because == reason


def test_a_receiver_ends_it_with_a_410() -> None:
    gone = PermanentError(ErrorClass.HTTP_410, "hooks.example answered 410 (Gone)", 410)
    assert after_failed_delivery(NOW, 1, NOW, gone, 0.0).dead_because == "the receiver wants no more (410)"
