"""Opening the store: one engine per process, with the few settings that SQLite and PostgreSQL each need.

On PostgreSQL nobody waits for a frozen process: the server ends a transaction that does nothing for too long, and both
sides end a connection whose other end is gone. Only the statements of tasks have a time limit.
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
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from worker.basics.codec import write_json
from worker.basics.stopping import LONGEST_IDLE_TRANSACTION, LONGEST_STATEMENT
from worker.database.partitions import add_missing_day
from worker.database.rested_connections import replace_ended
from worker.errors import SettingsError
from worker.settings import settings

# Set on a connection that will write: SQLite must take its write lock at BEGIN; half-way it would fail.
_WRITES = "feedmill_writes"
# Set on an engine of a rehearsal: the connection whose one transaction holds all others, and is undone.
_REHEARSAL = "feedmill_rehearsal"
# Set on an engine: which setting or option named its store.
_NAMED_BY = "feedmill_named_by"
_SETTING = "FEEDMILL_DATABASE_URL"
# Set on an engine: whether what is written through it is indexed for search at once.
_KEEPS_INDEX = "feedmill_keeps_index"
_OPTIONS: dict[str, Any] = {
    # What a row holds, a feed's URL with its key or a document, is nothing for an error's words.
    "hide_parameters": True,
    "json_serializer": lambda value: write_json(value).decode(),
    "json_deserializer": orjson.loads,
}
# A peer that has vanished is noticed within 25 s, by us and, with the same settings, by the server. The defaults of
# psycopg and of the system wait for hours.
_KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}
# Rows of one INSERT: psycopg parses a long statement anew each time, and the server plans one for each number of rows.
# What polls write goes another way (``many_rows``).
_ROWS = 20
# Kilobytes. In SQLite's own 2 MB the pages of a commit of fifty feeds have no room, and are written again and again.
_CACHE = 32_000
_CANCEL_WITHIN = timedelta(seconds=3)
QUERY_CANCELED = "57014"
"""PostgreSQL's code for a statement that a time limit or a person has ended."""


def open_store(
    database_url: str, statement: timedelta | None = None, named_by: str = _SETTING, *, only_reads: bool = False
) -> Engine:
    """Return an engine for the store, not yet connected; on PostgreSQL ``statement`` limits the time of a statement.

    Nothing can be written through the engine of who ``only_reads``. SettingsError where the URL is none, or the driver
    of PostgreSQL is not installed. ``named_by`` is the setting or option that sentences about the store name.
    """
    try:
        url = make_url(database_url)
        is_sqlite = url.get_backend_name() == "sqlite"
        engine = _open_sqlite(url) if is_sqlite else _open_postgresql(url, statement)
        if only_reads:
            event.listen(engine, "connect", _forbid_writing_sqlite if is_sqlite else _forbid_writing_postgresql)
    except ArgumentError as error:
        raise SettingsError(
            f"{named_by} is not a database URL: write it as sqlite:///file.db or postgresql://user@host/name"
        ) from error
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise SettingsError(
            f"{named_by} names PostgreSQL, whose driver is not installed: `pip install '.[postgres]'` in the "
            "clone of Feedmill"
        ) from error
    engine.update_execution_options(**{_NAMED_BY: named_by})
    return engine


def keep_index(engine: Engine, *, is_on: bool) -> Engine:
    """Have what is written through an engine indexed for search at once, as by default, or not; return the engine."""
    engine.update_execution_options(**{_KEEPS_INDEX: is_on})
    return engine


def keeps_index(connection: Connection) -> bool:
    """Say whether what is written is indexed for search at once."""
    is_on: bool = connection.get_execution_options().get(_KEEPS_INDEX, True)
    return is_on


def naming_of(engine: Engine) -> str:
    """Return what a person changes to name another store than this one: a setting, or an option."""
    named_by: str = engine.get_execution_options().get(_NAMED_BY, _SETTING)
    return named_by


@cache
def store_engine() -> Engine:
    """Return the process's one engine for tasks."""
    return keep_index(open_store(settings().database_url, LONGEST_STATEMENT), is_on=settings().search)


@cache
def command_engine() -> Engine:
    """Return the process's one engine for commands, whose statements have no time limit."""
    return keep_index(open_store(settings().database_url), is_on=settings().search)


def forget_engines(*, is_forked: bool) -> None:
    """Forget the process's engines and close their connections; those that a forked child inherited stay open."""
    for made in (store_engine, command_engine):
        if made.cache_info().currsize:
            made().dispose(close=not is_forked)
        made.cache_clear()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads; on SQLite it never waits for a writer."""
    if rehearsal := _rehearsal_of(engine):
        yield rehearsal
        return
    with engine.connect() as connection:
        yield connection
        # The server may have ended the transaction while we worked on what we read, such as a long document.
        with suppress(DBAPIError):
            # After a rollback psycopg would forget all statements that the server has parsed and planned.
            connection.commit()


@contextmanager
def reading_at_leisure(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads and may pause for any time: a person may stop a listing in the middle."""
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield connection


@contextmanager
def reading_one_moment(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads, for any time, and sees the store as it is now whatever others write."""
    if engine.dialect.name != "postgresql":
        with reading(engine) as connection:
            yield connection
        return
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield connection
        with suppress(DBAPIError):
            connection.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; it commits at the end, or not at all.

    If it failed because a day had no partition, that partition is made, so that another attempt succeeds.
    """
    if rehearsal := _rehearsal_of(engine):
        with rehearsal.begin_nested():
            yield rehearsal
        return
    try:
        with engine.connect() as connection, connection.execution_options(**{_WRITES: True}).begin():
            yield connection
    except DBAPIError as error:
        add_missing_day(engine, error)
        raise


@contextmanager
def rehearsing(engine: Engine) -> Iterator[Engine]:
    """Return an engine for the same store; what is written through it is seen through it, and undone at the end.

    Others wait for what it locks, on SQLite for all: so it is for moments.
    """
    with engine.connect() as connection, connection.execution_options(**{_WRITES: True}).begin() as transaction:
        yield engine.execution_options(**{_REHEARSAL: connection})
        transaction.rollback()


def _rehearsal_of(engine: Engine) -> Connection | None:
    rehearsal: Connection | None = engine.get_execution_options().get(_REHEARSAL)
    return rehearsal


def place_of(engine: Engine) -> str:
    """Return the store's URL as its user writes it, without the password."""
    # libpq takes passwords as parameters too.
    shown = engine.url.difference_update_query([name for name in engine.url.query if "pass" in name])
    return shown.render_as_string(hide_password=True).replace("+psycopg:", ":", 1)


def file_of(engine: Engine) -> Path | None:
    """Return the file of an SQLite store; None for other stores and for a name that SQLite itself reads as a URI."""
    name = engine.url.database or ":memory:"
    is_file = engine.dialect.name == "sqlite" and name != ":memory:" and not name.startswith("file:")
    return Path(name) if is_file else None


def _open_postgresql(url: URL, statement: timedelta | None) -> Engine:
    defaults = {"connect_timeout": 10, "application_name": "feedmill", **_KEEPALIVES}
    # Tsvectors are written in UTF-8, whatever the URL says.
    arguments = {name: value for name, value in defaults.items() if name not in url.query} | {"client_encoding": "utf8"}
    # The URL's own options come last, so they win.
    arguments["options"] = " ".join([_session_options(statement), *url.normalized_query.get("options", ())])
    engine = create_engine(url, connect_args=arguments, insertmanyvalues_page_size=_ROWS, **_OPTIONS)
    replace_ended(engine)
    event.listen(engine, "handle_error", _throw_away_interrupted)
    from worker.database.postgresql_driver import teach_driver  # noqa: PLC0415 -- the driver is an extra

    event.listen(engine, "connect", teach_driver)
    return engine


def _session_options(statement: timedelta | None) -> str:
    options: dict[str, object] = {
        "timezone": "UTC",
        "datestyle": "ISO",
        "idle_in_transaction_session_timeout": _milliseconds(LONGEST_IDLE_TRANSACTION),
        # The server names them as the client does, but all with this prefix.
        **{f"tcp_{name.removeprefix('tcp_')}": value for name, value in _KEEPALIVES.items()},
    }
    if statement:
        options["statement_timeout"] = _milliseconds(statement)
    return " ".join(f"-c {name}={value}" for name, value in options.items())


def _milliseconds(limit: timedelta) -> int:
    return limit // timedelta(milliseconds=1)


def _throw_away_interrupted(failure: ExceptionContext) -> None:
    """Cancel the command of a connection that was interrupted in the middle of it, and never use that one again.

    Otherwise psycopg would refuse its next command ("another command is already in progress"), and the server would go
    on with this one.
    """
    if failure.connection is None or failure.connection.invalidated:
        return
    driver: Any = failure.connection.connection.dbapi_connection
    is_under_way = driver.info.transaction_status.name == "ACTIVE"
    if is_under_way:
        with suppress(failure.dialect.loaded_dbapi.Error):
            driver.cancel_safe(timeout=_CANCEL_WITHIN.total_seconds())
    if is_under_way or getattr(failure.original_exception, "sqlstate", None) == QUERY_CANCELED:
        failure.is_disconnect = True
        # The pool's other connections are still good.
        failure.invalidate_pool_on_disconnect = False


def _open_sqlite(url: URL) -> Engine:
    options: dict[str, Any] = {"isolation_level": None, "timeout": 30, "check_same_thread": False}
    engine = create_engine(url, connect_args=options, **_OPTIONS)
    if uri := _read_only_uri(file_of(engine)):
        engine = create_engine(url, creator=lambda: sqlite3.connect(uri, uri=True, **options), **_OPTIONS)
    else:
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _read_only_uri(file: Path | None) -> str | None:
    """Return the URI by which SQLite reads a store that this user may not write; None for one that it may write.

    In a folder that is not writable SQLite cannot make the files that it shares with writers. Where they are missing
    there are no writers, and SQLite may read the store as one that cannot change.
    """
    if not file or not file.exists():
        return None
    is_shareable = os.access(file.parent, os.W_OK) or Path(f"{file}-wal").exists()
    if is_shareable and os.access(file, os.W_OK):
        return None
    return f"{file.absolute().as_uri()}?mode=ro{'' if is_shareable else '&immutable=1'}"


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"cache_size = -{_CACHE}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _forbid_writing_sqlite(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA query_only = ON").close()


def _forbid_writing_postgresql(connection: Any, _record: object) -> None:
    connection.read_only = True


def _begin_sqlite(connection: Connection) -> None:
    # sqlite3 begins its own transactions too late (not before WITH … UPDATE … RETURNING), so we say BEGIN ourselves.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
