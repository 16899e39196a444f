"""Holding an SQLite store for one process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from worker.database.engine import naming_of
from worker.errors import StoreError


@contextmanager
def sole_use(engine: Engine) -> Iterator[None]:
    """Hold a SQLite store for this one process; StoreError when another holds it. PostgreSQL is shared freely."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        yield
        return
    # The lock has a file of its own: closing any descriptor of the database would drop SQLite's locks on it.
    path = Path(f"{engine.url.database}.lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StoreError(
            f"The store {engine.url.database} cannot be written ({reason}): "
            "make sure that its folder exists and is writable."
        ) from error
    with os.fdopen(descriptor):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"Another feedmill run is using {engine.url.database}, or a copy or a migration is; SQLite serves one "
                f"such process. Stop the other one, name another file in {naming_of(engine)}, or deploy on PostgreSQL."
            ) from error
        yield
