"""Telling a conflict between transactions, which goes away when tried again, from a real fault."""

import random
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from worker.database.engine import QUERY_CANCELED, place_of, writing
from worker.database.partitions import is_day_missing
from worker.errors import StoreError

_ATTEMPTS = 6
_MOST_DECISIONS = 100
# Decisions that are made again without a pause.
_AT_ONCE = 10
# Seconds before the second attempt, twice as many before each further one.
_PAUSE = 0.05
# PostgreSQL's serialization_failure and deadlock_detected.
_SQLSTATES = {"40001", "40P01"}
_UNIQUE_VIOLATION = "23505"
_Result = TypeVar("_Result")


def write(engine: Engine, work: Callable[[Connection], _Result], also: tuple[type[Exception], ...] = ()) -> _Result:
    """Do ``work`` in a transaction that commits at the end or not at all, again where others' get in its way.

    ``also`` names further errors that mean "decide again".
    """

    def attempt() -> _Result:
        with writing(engine) as connection:
            return work(connection)

    return retry_conflicts(attempt, also)


def retry_conflicts(work: Callable[[], _Result], also: tuple[type[Exception], ...] = ()) -> _Result:
    """Do ``work``, a whole transaction, again while others' transactions get in its way; the last time let it fail.

    ``also`` names further errors that mean "decide again".
    """
    conflicts = 0
    for decisions in range(_MOST_DECISIONS - 1):
        try:
            return work()
        except also:
            # Others got on meanwhile, or nothing would be decided otherwise now: it is their turn only so often.
            if decisions < _AT_ONCE:
                continue
        except DBAPIError as error:
            conflicts += 1
            if conflicts == _ATTEMPTS or not is_conflict(error):
                raise
        # Two that met once would meet again if both came back at once.
        time.sleep(_PAUSE * 2 ** max(conflicts - 1, 0) * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
    return work()


def is_taken(error: DBAPIError) -> bool:
    """Say whether a row was refused because another one has its unique name already."""
    is_unique = getattr(error.orig, "sqlstate", None) == _UNIQUE_VIOLATION
    return is_unique or getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_UNIQUE


def is_conflict(error: DBAPIError) -> bool:
    """Say whether the transaction failed only because another one was in its way, or its day had no partition yet.

    SQLite's "database is locked" is none: by then it has waited for half a minute, as long as a task can spare.
    """
    return getattr(error.orig, "sqlstate", None) in _SQLSTATES or is_day_missing(error)


# --- A database's failure in one sentence: what, where, what to do.

# What SQLite says, and what a person can do about it.
_SQLITE_CURES = {
    "unable to open database file": "cannot be opened: make sure that its folder exists and is writable",
    "readonly database": "is read-only: make the file and its folder writable",
    "database is locked": "has been locked by another process for too long: stop that one, or deploy on PostgreSQL",
    "file is not a database": "is not an SQLite database: name another file in FEEDMILL_DATABASE_URL",
    "disk is full": "has no room left: free some space on its disk",
    "malformed": "is damaged: restore it from a backup",
}
# PostgreSQL's idle_in_transaction_session_timeout and query_canceled.
_POSTGRESQL_CURES = {
    "25P03": "has undone what was being written, for it stood still: this process was frozen, or its machine is "
    "overloaded. It will be done again",
    QUERY_CANCELED: "took too long over one statement, which was ended: others are in its way, or it is overloaded",
}


def explain_failure(error: DBAPIError, engine: Engine) -> StoreError:
    """Return the error for people: the driver's first line, and the cure where one is known."""
    place = place_of(engine)
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    for words, cure in _SQLITE_CURES.items():
        if engine.dialect.name == "sqlite" and words in said:
            return StoreError(f"The store {place} {cure}.")
    symptom = getattr(error.orig, "sqlstate", None) or ""
    if symptom in _POSTGRESQL_CURES:
        return StoreError(f"The store {place} {_POSTGRESQL_CURES[symptom]}.")
    if error.connection_invalidated or "connect" in said:
        return StoreError(
            f"The store {place} cannot be reached ({said}): check FEEDMILL_DATABASE_URL and that the server is running."
        )
    return StoreError(f"The store {place} failed: {said}.")


def is_read_only(error: DBAPIError) -> bool:
    """Say whether writing failed only because this user, or this copy of the store, may do no more than read."""
    # PostgreSQL's insufficient_privilege and read_only_sql_transaction.
    return getattr(error.orig, "sqlstate", None) in {"42501", "25006"} or "readonly database" in str(error.orig)


def is_store_failing(error: Exception) -> bool:
    """Say whether it is the store that failed, not what was to be stored."""
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_lost or isinstance(error, OperationalError | InterfaceError)
