import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from worker.database.conflicts import retry_conflicts
from worker.database.engine import open_store, place_of, reading


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


def test_what_others_made_stale_is_decided_again_as_often_as_they_get_on() -> None:
    stale = iter([*[LookupError()] * 20, None])

    def decide() -> str:
        if error := next(stale):
            raise error
        return "done"

    assert retry_conflicts(decide, also=(LookupError,)) == "done"


def test_no_sentence_shows_a_stores_password_wherever_its_url_has_it() -> None:
    url = "postgresql+psycopg://me:swordfish@h.example/news?password=hunter2&sslpassword=s3cret&sslmode=require"
    assert place_of(open_store(url)) == "postgresql://me:***@h.example/news?sslmode=require"


def test_no_error_of_the_store_holds_what_its_rows_do() -> None:
    with reading(open_store("sqlite://")) as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(text("SELECT :secret FROM nothing"), {"secret": "hunter2"})
    assert "hunter2" not in str(raised.value)
