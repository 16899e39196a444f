"""A database's failure in one sentence: what, where, what to do."""

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from worker.database.engine import place_of
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


def explain_failure(error: DBAPIError, engine: Engine) -> StoreError:
    """Return the error for people: the driver's first line, and the cure where one is known."""
    place = place_of(engine)
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    for symptom, cure in _SQLITE_CURES.items():
        if engine.dialect.name == "sqlite" and symptom in said:
            return StoreError(f"The store {place} {cure}.")
    if error.connection_invalidated or "connect" in said:
        return StoreError(
            f"The store {place} cannot be reached ({said}): check FEEDMILL_DATABASE_URL and that the server is running."
        )
    return StoreError(f"The store {place} failed: {said}.")


def is_read_only(error: DBAPIError) -> bool:
    """Say whether writing failed only because this user, or this copy of the store, may do no more than read."""
    # PostgreSQL's insufficient_privilege and read_only_sql_transaction.
    return getattr(error.orig, "sqlstate", None) in {"42501", "25006"} or "readonly database" in str(error.orig)
