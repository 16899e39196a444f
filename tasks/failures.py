"""What a task does about a store that fails: say so in one sentence; the next tick tries again."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import DBAPIError

from worker.database.engine import store_engine
from worker.database.failures import explain_failure


@contextmanager
def store_failures_logged() -> Iterator[None]:
    """Log the store's failure instead of a traceback per tick: leases expire, and nothing half-done was committed."""
    try:
        yield
    except DBAPIError as error:
        structlog.get_logger("feedmill").error(str(explain_failure(error, store_engine())))
