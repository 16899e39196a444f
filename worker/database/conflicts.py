"""Telling a conflict between transactions, which goes away when tried again, from a real fault."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

_ATTEMPTS = 6
# PostgreSQL's serialization_failure and deadlock_detected.
_SQLSTATES = {"40001", "40P01"}
_Result = TypeVar("_Result")


def retry_conflicts(work: Callable[[], _Result], also: tuple[type[Exception], ...] = ()) -> _Result:
    """Do ``work``, a whole transaction, again while others' transactions get in its way; the last time let it fail.

    ``also`` names further errors that mean "decide again".
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            return work()
        except also:
            continue
        except DBAPIError as error:
            if not is_conflict(error):
                raise
    return work()


def is_conflict(error: DBAPIError) -> bool:
    """Say whether the transaction failed only because another one was in its way."""
    return getattr(error.orig, "sqlstate", None) in _SQLSTATES or "database is locked" in str(error.orig)
