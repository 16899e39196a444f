"""Stores for the tests: a PostgreSQL database that is emptied for each test, which takes a hundredth of a new one."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text

from worker.database.engine import open_store
from worker.database.schema import migrate

_NAME = "store"
_TEMPLATE = "migrated"
_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
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

    ``engine`` is its: a new one for each test would compile each statement anew, a quarter of what tests cost.
    """

    def __init__(self, server_url: str) -> None:
        """Migrate the store that is copied."""
        url = make_url(server_url)
        # Kept open, for a connection takes as long as emptying the store.
        self._server, self._store = (_open_lasting(url.set(database=name)) for name in (url.database, _NAME))
        self._shape: object = None
        self._clearing = ""
        with self._server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {_TEMPLATE}"))
        engine = open_store(_url_of(url.set(database=_TEMPLATE)))
        migrate(engine)
        engine.dispose()
        self.engine = open_store(_url_of(url.set(database=_NAME)))

    def empty(self) -> None:
        """Leave nothing in the store, and no test connected."""
        if self._shape is None or not self._clear():
            self._store.dispose()
            with self._server.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)"))
                connection.execute(text(f"CREATE DATABASE {_NAME} TEMPLATE {_TEMPLATE}"))
            with self._store.connect() as connection:
                self._remember(connection)

    def close(self) -> None:
        """Drop the connections."""
        for engine in (self._server, self._store, self.engine):
            engine.dispose()

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
            connection.execute(_OTHERS)
            if connection.execute(_SHAPE).scalar() != self._shape:
                return False
            connection.execute(text(self._clearing))
        return True


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


def _url_of(url: URL) -> str:
    return url.render_as_string(hide_password=False)
