from datetime import UTC, datetime, timedelta

import pytest

from worker.websub.leases import is_trusted, lease_of, renew_at, retry_at

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("proofs", "missed", "trusted"), [(0, 0, False), (1, 0, True), (1, 1, False), (2, 1, True), (21, 500, True)]
)
def test_each_miss_makes_one_more_proof_necessary(proofs: int, missed: int, trusted: bool) -> None:
    assert is_trusted(proofs, missed) is trusted


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("300", timedelta(minutes=5)),
        ("864000", timedelta(days=10)),
        ("0000000000300", timedelta(minutes=5)),
        ("9" * 40, timedelta(days=30)),
        (None, timedelta(days=1)),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("ten", None),
        ("", None),
    ],
)
def test_a_lease_is_at_most_thirty_days(seconds: str | None, lease: timedelta | None) -> None:
    assert lease_of(seconds) == lease


def test_a_lease_is_renewed_at_about_four_fifths_of_it() -> None:
    assert renew_at(NOW, timedelta(days=10), 0.0) == NOW + timedelta(days=7, hours=12)
    assert renew_at(NOW, timedelta(days=10), 1.0) == NOW + timedelta(days=8, hours=12)
    assert renew_at(NOW, timedelta(seconds=60), 0.5) == NOW + timedelta(minutes=5)


def test_a_hub_that_fails_is_asked_after_five_minutes_then_twice_as_long_and_at_least_once_a_day() -> None:
    assert retry_at(NOW, 1, None, 0.0) == NOW + timedelta(minutes=5)
    assert retry_at(NOW, 3, None, 0.0) == NOW + timedelta(minutes=20)
    assert retry_at(NOW, 90, None, 0.0) == NOW + timedelta(days=1)
    assert retry_at(NOW, 1, None, 1.0) == NOW + timedelta(minutes=7, seconds=30)
    assert retry_at(NOW, 1, timedelta(hours=3), 0.0) == NOW + timedelta(hours=3)
