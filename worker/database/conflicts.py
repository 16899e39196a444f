"""Telling a conflict between transactions, which goes away when tried again, from a real fault."""

import random
import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from worker.database.engine import writing
from worker.database.partitions import is_day_missing

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
