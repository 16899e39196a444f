"""Opening the store: one engine per process, with the few things SQLite and PostgreSQL each need to be told."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from worker.database.partitions import add_missing_day
from worker.errors import SettingsError
from worker.settings import settings

# Set on a connection that will write: SQLite must take its write lock at BEGIN, not half-way, where it would fail.
_WRITES = "feedmill_writes"


def open_store(database_url: str) -> Engine:
    """Return an engine for the store; nothing is connected yet."""
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise SettingsError(
            "FEEDMILL_DATABASE_URL is not a database URL: write it as sqlite:///file.db or postgresql://user@host/name"
        ) from error
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return create_engine(
        url,
        pool_pre_ping=True,
        # psycopg's own connect has no limit; keepalives notice a server that vanished in mid-query.
        connect_args={
            "connect_timeout": 10,
            "keepalives_idle": 30,
            "application_name": "feedmill",
            "options": "-c timezone=UTC",
        },
    )


@cache
def store_engine() -> Engine:
    """Return the process's one engine, for the store that the settings name."""
    return open_store(settings().database_url)


def forget_after_fork() -> None:
    """Leave the parent's connections to the parent; a forked child opens its own."""
    if store_engine.cache_info().currsize:
        store_engine().dispose(close=False)
    store_engine.cache_clear()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads; on SQLite it never waits for a writer."""
    with engine.connect() as connection:
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


def _open_sqlite(url: URL) -> Engine:
    options: dict[str, Any] = {"isolation_level": None, "timeout": 30, "check_same_thread": False}
    engine = create_engine(url, connect_args=options)
    file = file_of(engine)
    if file and file.exists():
        writable = [os.access(path, os.W_OK) for path in (file, file.parent)]
        uri = read_only_uri(file, is_file_writable=writable[0], is_folder_writable=writable[1])
        if uri:
            engine = create_engine(url, creator=lambda: sqlite3.connect(uri, uri=True, **options))
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
