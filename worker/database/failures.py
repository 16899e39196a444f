"""A database's failure in one sentence: what, where, what to do."""

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from worker.database.engine import QUERY_CANCELED, place_of
from worker.errors import StoreError

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
