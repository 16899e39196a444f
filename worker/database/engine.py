"""Opening the store: one engine per process, with the few things SQLite and PostgreSQL each need to be told.

On PostgreSQL nobody waits for the frozen: the server ends a transaction that stands still, and both sides end a
connection whose other end is gone. A statement may take as long as it takes, unless it is a task's.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from worker.basics.codec import write_json
from worker.basics.stopping import STANDSTILL, STATEMENT
from worker.database.partitions import add_missing_day
from worker.errors import SettingsError
from worker.settings import settings

# Set on a connection that will write: SQLite must take its write lock at BEGIN, not half-way, where it would fail.
_WRITES = "feedmill_writes"
_JSON: dict[str, Any] = {
    "json_serializer": lambda value: write_json(value).decode(),
    "json_deserializer": orjson.loads,
}
# A peer that has vanished is noticed within 25 s, by us and, with the same settings, by the server: psycopg's own
# defaults, and the system's, wait for hours.
_KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
# Of one INSERT: psycopg reads a statement's text anew where it is long, and those of another number of rows are others,
# which the server has not planned yet. `python -m benchmarks --store postgresql` shows it in its fresh round.
_ROWS = 20
# Seconds.
_CANCEL_WITHIN = 3.0
QUERY_CANCELED = "57014"
"""PostgreSQL's word for a statement that a time limit, or somebody, has ended."""


def open_store(database_url: str, statement: timedelta | None = None) -> Engine:
    """Return an engine for the store, no ``statement`` of which takes longer than so; nothing is connected yet."""
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise SettingsError(
            "FEEDMILL_DATABASE_URL is not a database URL: write it as sqlite:///file.db or postgresql://user@host/name"
        ) from error
    return _open_sqlite(url) if url.get_backend_name() == "sqlite" else _open_postgresql(url, statement)


@cache
def store_engine() -> Engine:
    """Return the process's one engine for tasks, for the store that the settings name."""
    return open_store(settings().database_url, STATEMENT)


@cache
def command_engine() -> Engine:
    """Return the process's one engine for commands, which may take as long as they take."""
    return open_store(settings().database_url)


def forget_after_fork() -> None:
    """Leave the parent's connections to the parent; a forked child opens its own."""
    for made in (store_engine, command_engine):
        if made.cache_info().currsize:
            made().dispose(close=False)
        made.cache_clear()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads; on SQLite it never waits for a writer."""
    with engine.connect() as connection:
        yield connection
        # The server may have ended it while we worked on what was read, a long document: that is read all the same.
        with suppress(DBAPIError):
            connection.rollback()


@contextmanager
def reading_at_leisure(engine: Engine) -> Iterator[Connection]:
    """Open a transaction for somebody who may stop in the middle of a listing: it holds up nobody."""
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it commits at the end, or not at all.

    Where it failed for a day that has no partition there is one afterwards: whoever tries again succeeds.
    """
    try:
        with engine.connect() as connection, connection.execution_options(**{_WRITES: True}).begin():
            yield connection
    except DBAPIError as error:
        add_missing_day(engine, error)
        raise


def place_of(engine: Engine) -> str:
    """Return the store's URL as its user writes it, without the password."""
    return engine.url.render_as_string(hide_password=True).replace("+psycopg:", ":", 1)


def file_of(engine: Engine) -> Path | None:
    """Return the file that an SQLite store lives in; null where there is none, or SQLite itself reads its URI."""
    name = engine.url.database
    is_file = engine.dialect.name == "sqlite" and name and name != ":memory:" and not name.startswith("file:")
    return Path(name) if is_file and name else None


def read_only_uri(file: Path, *, is_file_writable: bool, is_folder_writable: bool) -> str | None:
    """Return the URI by which SQLite reads a store that this user may not write; null where it may.

    Where the folder is not writable either, SQLite could not make the files that it shares with writers. Without such
    files there are no writers, and the store may be read as one that cannot change.
    """
    has_writers = Path(f"{file}-wal").exists()
    if is_file_writable and (is_folder_writable or has_writers):
        return None
    return f"{file.absolute().as_uri()}?mode=ro{'' if is_folder_writable or has_writers else '&immutable=1'}"


def _open_postgresql(url: URL, statement: timedelta | None) -> Engine:
    told = {"connect_timeout": 10, "application_name": "feedmill", **_KEEPALIVES}
    arguments = {name: value for name, value in told.items() if name not in url.query}
    # What the URL says comes last, and is what holds.
    arguments["options"] = " ".join([_session_options(statement), *url.normalized_query.get("options", ())])
    engine = create_engine(url, pool_pre_ping=True, connect_args=arguments, insertmanyvalues_page_size=_ROWS, **_JSON)
    event.listen(engine, "handle_error", _throw_away_interrupted)
    return engine


def _session_options(statement: timedelta | None) -> str:
    chosen: dict[str, object] = {
        "timezone": "UTC",
        "datestyle": "ISO",
        "idle_in_transaction_session_timeout": _milliseconds(STANDSTILL),
        # The server's names differ from the client's by this only.
        **{f"tcp_{name.removeprefix('tcp_')}": value for name, value in _KEEPALIVES.items()},
    }
    if statement:
        chosen["statement_timeout"] = _milliseconds(statement)
    return " ".join(f"-c {name}={value}" for name, value in chosen.items())


def _milliseconds(limit: timedelta) -> int:
    return limit // timedelta(milliseconds=1)


def _throw_away_interrupted(failure: ExceptionContext) -> None:
    """Never use a connection again that was interrupted in mid-command, and let the server know that it is over.

    psycopg would refuse its next command ("another command is already in progress"), and the server go on with this.
    """
    if failure.connection is None or failure.connection.invalidated:
        return
    driver: Any = failure.connection.connection.dbapi_connection
    is_under_way = driver.info.transaction_status.name == "ACTIVE"
    if is_under_way:
        with suppress(failure.dialect.loaded_dbapi.Error):
            driver.cancel_safe(timeout=_CANCEL_WITHIN)
    if is_under_way or getattr(failure.original_exception, "sqlstate", None) == QUERY_CANCELED:
        failure.is_disconnect = True
        # The others are as good as they were.
        failure.invalidate_pool_on_disconnect = False


def _open_sqlite(url: URL) -> Engine:
    options: dict[str, Any] = {"isolation_level": None, "timeout": 30, "check_same_thread": False}
    engine = create_engine(url, connect_args=options, **_JSON)
    file = file_of(engine)
    if file and file.exists():
        writable = [os.access(path, os.W_OK) for path in (file, file.parent)]
        uri = read_only_uri(file, is_file_writable=writable[0], is_folder_writable=writable[1])
        if uri:
            engine = create_engine(url, creator=lambda: sqlite3.connect(uri, uri=True, **options), **_JSON)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # pysqlite's own transactions start too late (not before WITH … UPDATE … RETURNING), so we say BEGIN ourselves.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
