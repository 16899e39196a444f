import time

import pytest
from sqlalchemy.exc import OperationalError

from worker.database.conflicts import retry_conflicts


class _DeadlockError(Exception):
    sqlstate = "40P01"


class _Work:
    """A transaction that fails a number of times before it succeeds."""

    def __init__(self, error: Exception, failures: int) -> None:
        self.error, self.failures = error, failures
        self.began_at: list[float] = []

    def __call__(self) -> str:
        self.began_at.append(time.monotonic())
        if len(self.began_at) <= self.failures:
            raise OperationalError("UPDATE", {}, self.error)
        return "done"


def test_two_that_deadlocked_do_not_come_back_at_once() -> None:
    work = _Work(_DeadlockError(), 2)
    assert retry_conflicts(work) == "done"
    first, second, third = work.began_at
    assert second - first >= 0.025
    assert third - second >= 0.05


def test_a_conflict_that_goes_on_fails_in_the_end() -> None:
    work = _Work(_DeadlockError(), 99)
    with pytest.raises(OperationalError):
        retry_conflicts(work)
    assert len(work.began_at) == 6


def test_what_sqlite_has_waited_for_long_enough_is_not_waited_for_again() -> None:
    work = _Work(Exception("database is locked"), 1)
    with pytest.raises(OperationalError):
        retry_conflicts(work)
    assert len(work.began_at) == 1
