"""Transactions that are tried again after a conflict with others, and errors of the store explained for people."""

import random
import sqlite3
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from worker.basics.faults import is_interruption
from worker.database.engine import QUERY_CANCELED, naming_of, place_of, writing
from worker.database.partitions import is_day_missing
from worker.errors import StoreError

_MOST_CONFLICTS = 6
_MOST_DECISIONS = 100
# So many decisions are made again without a pause.
_AT_ONCE = 10
# Before the second attempt; twice as long before each further one.
_PAUSE = timedelta(milliseconds=50)
# PostgreSQL's serialization_failure and deadlock_detected.
_CONFLICTS = {"40001", "40P01"}
_UNIQUE_VIOLATION = "23505"
# PostgreSQL's insufficient_privilege and read_only_sql_transaction.
_READ_ONLY = {"42501", "25006"}
# What SQLite says, and what a person can do about it.
_SQLITE_CURES = {
    "unable to open database file": "cannot be opened: make sure that its folder exists and is writable",
    "readonly database": "is read-only: make the file and its folder writable",
    "database is locked": "has been locked by another process for too long: stop that one, or deploy on PostgreSQL",
    "file is not a database": "is not an SQLite database: name another file in {named_by}",
    "disk is full": "has no room left: free some space on its disk",
    "malformed": "is damaged: restore it from a backup",
}
# PostgreSQL's idle_in_transaction_session_timeout and query_canceled.
_POSTGRESQL_CURES = {
    "25P03": "has undone what was being written, for it stood still: this process was frozen, or its machine is "
    "overloaded. It will be done again",
    QUERY_CANCELED: "took too long over one statement, which was ended: others are in its way, or it is overloaded",
}
_Result = TypeVar("_Result")


def write(engine: Engine, work: Callable[[Connection], _Result], also: tuple[type[Exception], ...] = ()) -> _Result:
    """Do ``work`` in a transaction of its own, as ``retry_conflicts`` does."""

    def attempt() -> _Result:
        with writing(engine) as connection:
            return work(connection)

    return retry_conflicts(attempt, also)


def retry_conflicts(work: Callable[[], _Result], also: tuple[type[Exception], ...] = ()) -> _Result:
    """Do ``work``, a whole transaction, and do it again when another transaction was in its way.

    The errors in ``also`` mean "decide again"; the last attempt's error is raised.
    """
    conflicts = 0
    for decisions in range(_MOST_DECISIONS - 1):
        try:
            return work()
        except also:
            # A decision grows stale only when another transaction commits, so the work as a whole goes on.
            if decisions < _AT_ONCE:
                continue
        except DBAPIError as error:
            conflicts += 1
            if conflicts == _MOST_CONFLICTS or not is_conflict(error):
                raise
        # Two transactions that collided once would collide again if both came back at once.
        pause = _PAUSE.total_seconds() * 2 ** max(conflicts - 1, 0)
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
    return work()


def is_conflict(error: DBAPIError) -> bool:
    """Say whether another transaction was in the way, or the day had no partition yet.

    SQLite's "database is locked" does not count: by then it has waited for half a minute, as long as a task can spare.
    """
    return getattr(error.orig, "sqlstate", None) in _CONFLICTS or is_day_missing(error)


def is_taken(error: DBAPIError) -> bool:
    """Say whether a row was refused because another one already has its unique name."""
    is_unique = getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION
    return is_unique or getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_UNIQUE


def is_read_only(error: DBAPIError) -> bool:
    """Say whether writing failed because this user, or this copy of the store, may only read."""
    return getattr(error.orig, "sqlstate", None) in _READ_ONLY or "readonly database" in str(error.orig)


def is_store_failing(error: BaseException) -> bool:
    """Say whether the store itself failed, rather than what was to be stored."""
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    # By the second of these SQLite refuses a value that it cannot store, which is a fault of whoever writes it.
    is_ours = isinstance(error, InterfaceError) and isinstance(error.orig, sqlite3.InterfaceError)
    return is_lost or (isinstance(error, OperationalError | InterfaceError) and not is_ours)


def is_store_gone(error: Exception) -> bool:
    """Say whether the database is gone, not only busy with other transactions."""
    return is_store_failing(error) and not (isinstance(error, DBAPIError) and is_conflict(error))


def must_stop(error: BaseException) -> bool:
    """Say whether an error ends all work, because the task's time is over or the store failed, not only one piece."""
    return is_interruption(error) or is_store_failing(error)


def explain_failure(error: DBAPIError, engine: Engine) -> StoreError:
    """Return the error for people: the driver's first line, and the cure where one is known."""
    place = place_of(engine)
    said = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)
    is_sqlite = engine.dialect.name == "sqlite"
    cure = next((cure for words, cure in _SQLITE_CURES.items() if is_sqlite and words in said), None)
    if cure := cure or _POSTGRESQL_CURES.get(getattr(error.orig, "sqlstate", None) or ""):
        return StoreError(f"The store {place} {cure.format(named_by=naming_of(engine))}.")
    if error.connection_invalidated or "connect" in said:
        return StoreError(
            f"The store {place} cannot be reached ({said}): check {naming_of(engine)} and that the server is running."
        )
    return StoreError(f"The store {place} failed: {said}.")
