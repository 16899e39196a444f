from datetime import timedelta

import pytest

from worker.errors import ErrorClass
from worker.schedule.failure import CURES, Cure


def test_every_class_of_failure_has_a_cure() -> None:
    assert set(CURES) == set(ErrorClass)


@pytest.mark.parametrize("cure", CURES.values(), ids=CURES.keys())
def test_the_first_retry_is_the_soonest_and_never_immediate(cure: Cure) -> None:
    assert timedelta(minutes=5) <= cure.first_retry <= cure.longest


@pytest.mark.parametrize("failed", [ErrorClass.HTTP_429, ErrorClass.BUSY, ErrorClass.INTERNAL])
def test_what_is_not_the_feeds_fault_never_quarantines_it(failed: ErrorClass) -> None:
    assert CURES[failed].patience is None


@pytest.mark.parametrize("failed", [failed for failed in ErrorClass if failed is not ErrorClass.HTTP_410])
def test_one_bad_day_or_month_is_never_the_end(failed: ErrorClass) -> None:
    patience = CURES[failed].patience
    assert patience is None or patience >= timedelta(days=30)
