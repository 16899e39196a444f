"""Opening the store: one engine per process, with the few things SQLite and PostgreSQL each need to be told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from worker.errors import SettingsError

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


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads; on SQLite it never waits for a writer."""
    with engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it commits at the end, or not at all."""
    with engine.connect() as connection, connection.execution_options(**{_WRITES: True}).begin():
        yield connection


def _open_sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"isolation_level": None, "timeout": 30, "check_same_thread": False})
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
