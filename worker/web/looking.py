"""Looking at the store for one request: in a thread, in a transaction that cannot write, for a few seconds at most."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from worker.basics.moments import in_utc
from worker.basics.stopping import LONGEST_ANSWER
from worker.database.engine import QUERY_CANCELED, open_store, reading
from worker.settings import Settings
from worker.web.answers import usable_store

# Fewer than the connections that an engine opens, for whoever waits for one of those waits for half a minute.
_MOST_LOOKS = 8
# Steps of SQLite's machine between two looks at the time.
_STEPS = 20_000
_MOST_WAITING = 100
_COME_BACK = {"Retry-After": "5"}
_NAME = "FEEDMILL_WEB_DATABASE_URL"
_T = TypeVar("_T")


def open_to_look(chosen: Settings) -> Engine:
    """Return an engine for the store in whose sessions nothing can be written."""
    if chosen.web_database_url:
        return open_store(chosen.web_database_url, LONGEST_ANSWER, _NAME, only_reads=True)
    return open_store(chosen.database_url, LONGEST_ANSWER, only_reads=True)


def make_limiter() -> CapacityLimiter:
    """Return what limits how many requests look into the store at once."""
    return CapacityLimiter(_MOST_LOOKS)


async def look(request: Request, find: Callable[[Connection], _T]) -> _T:
    """Return what ``find`` finds in the store; it must read all it needs, for the transaction ends with it.

    HTTPException where too many look at once, or where it takes too long; what the store raises passes through.
    """
    limiter: CapacityLimiter = request.app.state.looks
    if limiter.statistics().tasks_waiting >= _MOST_WAITING:
        raise HTTPException(
            HTTPStatus.SERVICE_UNAVAILABLE, "Too many look at the store at once: come back in a moment", _COME_BACK
        )
    return await to_thread.run_sync(look_once, request.app.state.looked_at, find, limiter=limiter)


def look_once(engine: Engine, find: Callable[[Connection], _T], longest: timedelta = LONGEST_ANSWER) -> _T:
    """Return what ``find`` finds in the store, as ``look`` does, in a thread of the caller's."""
    usable_store(engine)
    with reading(engine) as connection, _limited(connection, longest), in_utc():
        return find(connection)


@contextmanager
def _limited(connection: Connection, longest: timedelta) -> Iterator[None]:
    """End what takes too long: PostgreSQL does so by itself, SQLite is asked to now and then."""
    driver: Any = connection.connection.dbapi_connection
    is_sqlite = isinstance(driver, sqlite3.Connection)
    until = time.monotonic() + longest.total_seconds()
    if is_sqlite:
        driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield
    except OperationalError as error:
        if _is_ended(error):
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE, "That took too long to find: ask for less, such as a shorter time"
            ) from error
        raise
    finally:
        if is_sqlite:
            driver.set_progress_handler(None, 0)


def _is_ended(error: OperationalError) -> bool:
    is_interrupted = getattr(error.orig, "sqlite_errorname", None) == "SQLITE_INTERRUPT"
    return is_interrupted or getattr(error.orig, "sqlstate", None) == QUERY_CANCELED
