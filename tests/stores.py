"""Stores for the tests: a PostgreSQL database that is emptied for each test, which takes a hundredth of a new one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.event import listen
from sqlalchemy.pool import ConnectionPoolEntry

from worker.database.engine import open_store
from worker.database.schema import migrate

_NAME = "store"
_TEMPLATE = "migrated"
_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(:idle)"
)
# Whatever is created, dropped, altered or granted writes a row to pg_class, but for constraints that go or come.
_SHAPE = text(
    "SELECT (SELECT array_agg(oid::text || ' ' || xmin::text ORDER BY oid) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace)"
    " || (SELECT array_agg(conrelid::text || ' ' || conname || ' ' || convalidated ORDER BY conrelid, conname)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace)"
)
_TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p') AND NOT relispartition"
)


class ReusedStore:
    """A store at the newest schema, a copy of one that is migrated once; a new copy where a test changed its shape.

    ``engine`` is its: a new one for each test would compile each statement anew, a quarter of what tests cost. Its
    connections stay as well: on a new one the server reads anew how tables are shaped, another quarter.
    """

    def __init__(self, server_url: str) -> None:
        """Migrate the store that is copied."""
        url = make_url(server_url)
        # Kept open, for a connection takes as long as emptying the store.
        self._server, self._store = (_open_lasting(url.set(database=name)) for name in (url.database, _NAME))
        self._shape: object = None
        self._clearing = ""
        # The engine's own connections that no test holds any more, by their processes: the next test may have them.
        self._idle: set[int] = set()
        with self._server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {_TEMPLATE}"))
        engine = open_store(_url_of(url.set(database=_TEMPLATE)))
        migrate(engine)
        engine.dispose()
        self.engine = open_store(_url_of(url.set(database=_NAME)))
        listen(self.engine, "connect", _bear_silence)
        listen(self.engine, "checkin", self._note_idle)  # codespell:ignore checkin
        for event in ("checkout", "close"):
            listen(self.engine, event, self._note_used)

    def empty(self) -> None:
        """Leave nothing in the store, and no test connected."""
        if self._shape is None or not self._clear():
            self._store.dispose()
            self.engine.dispose()
            self._idle.clear()
            with self._server.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)"))
                connection.execute(text(f"CREATE DATABASE {_NAME} TEMPLATE {_TEMPLATE}"))
            with self._store.connect() as connection:
                self._remember(connection)

    def close(self) -> None:
        """Drop the connections."""
        for engine in (self._server, self._store, self.engine):
            engine.dispose()

    def _note_idle(self, connection: DBAPIConnection | None, _record: ConnectionPoolEntry) -> None:
        if connection is not None:
            self._idle.add(connection.info.backend_pid)

    def _note_used(self, connection: DBAPIConnection, *_: object) -> None:
        self._idle.discard(connection.info.backend_pid)

    def _remember(self, connection: Connection) -> None:
        """Keep what a store that was just made has in its tables, and how it becomes so again."""
        self._shape = connection.execute(_SHAPE).scalar()
        connection.execute(text("CREATE SCHEMA as_made"))
        tables = list(connection.execute(_TABLES).scalars())
        made = [table for table in tables if connection.execute(text(f"SELECT 1 FROM {table}")).first()]
        for table in made:
            connection.execute(text(f"CREATE TABLE as_made.{table} AS TABLE {table}"))
        # In whatever order: no row is left for a foreign key to speak of.
        self._clearing = "".join(
            [
                "SET session_replication_role = replica;",
                *(f"DELETE FROM {table};" for table in tables),
                *(f"INSERT INTO {table} TABLE as_made.{table};" for table in made),
                "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence",
            ]
        )

    def _clear(self) -> bool:
        with self._store.connect() as connection:
            connection.execute(_OTHERS, {"idle": list(self._idle)})
            if connection.execute(_SHAPE).scalar() != self._shape:
                return False
            connection.execute(text(self._clearing))
        return True


def _bear_silence(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Let transactions last while a test waits for another process, or the machine for its neighbours."""
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '5min'")
    connection.commit()


def _open_lasting(url: URL) -> Engine:
    return create_engine(url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)


def url_of(store: Engine) -> str:
    """Return the URL of a store with what a process of its own needs to open it."""
    return _url_of(store.url)


@contextmanager
def server(url: str | URL) -> Iterator[Connection]:
    """Connect to a server for statements that no transaction may hold."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def new_store(server_url: str | URL | None, folder: Path, template: str = "template1") -> Iterator[URL]:
    """Make an empty database of a PostgreSQL server, or a copy of another; without a server, name a file for SQLite."""
    if server_url is None:
        yield URL.create("sqlite", database=str(folder / "store.db"))
        return
    name = f"t{uuid4().hex}"
    with server(server_url) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield make_url(server_url).set(database=name)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def copied_store(url: URL, folder: Path) -> Iterator[Engine]:
    """Open a copy of a store that nobody has open, for its migrations take longer than most tests."""
    is_sqlite = url.get_backend_name() == "sqlite"
    assert url.database
    with new_store(None if is_sqlite else url.set(database="postgres"), folder, url.database) as copy:
        if is_sqlite:
            shutil.copyfile(url.database, str(copy.database))
        engine = open_store(_url_of(copy))
        yield engine
        engine.dispose()


def _url_of(url: URL) -> str:
    return url.render_as_string(hide_password=False)
