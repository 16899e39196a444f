"""Stores for the tests: a PostgreSQL database that is emptied for each test, which takes a hundredth of a new one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text

from worker.database.engine import open_store
from worker.database.schema import migrate

_NAME = "store"
_TEMPLATE = "migrated"
_OTHERS = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
# Whatever is created, dropped, altered or granted writes a row here.
_SHAPE = text(
    "SELECT array_agg(oid::text || ' ' || xmin::text ORDER BY oid) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace"
)
_TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p') AND NOT relispartition"
)
_MADE = text("SELECT relname FROM pg_class WHERE relnamespace = 'as_made'::regnamespace AND relkind = 'r'")
_COUNT_ANEW = text("SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence")


@dataclass
class ReusedStore:
    """A store at the newest schema, a copy of one that is migrated once; a new copy where a test changed its shape."""

    server_url: str
    _shape: object = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Migrate the store that is copied."""
        with server(self.server_url) as connection:
            connection.execute(text(f"CREATE DATABASE {_TEMPLATE}"))
        engine = open_store(_url_of(self._url(_TEMPLATE)))
        migrate(engine)
        engine.dispose()

    def empty(self) -> str:
        """Return the store's URL, with nothing in it and nobody connected."""
        with server(self.server_url) as connection:
            connection.execute(_OTHERS, {"name": _NAME})
            if self._shape is None or not self._clear():
                connection.execute(text(f"DROP DATABASE IF EXISTS {_NAME} WITH (FORCE)"))
                connection.execute(text(f"CREATE DATABASE {_NAME} TEMPLATE {_TEMPLATE}"))
                self._remember()
        return _url_of(self._url(_NAME))

    def _remember(self) -> None:
        with server(self._url(_NAME)) as connection:
            self._shape = connection.execute(_SHAPE).scalar()
            connection.execute(text("CREATE SCHEMA as_made"))
            for table in connection.execute(_TABLES).scalars():
                if connection.execute(text(f"SELECT 1 FROM {table}")).first():
                    connection.execute(text(f"CREATE TABLE as_made.{table} AS TABLE {table}"))

    def _clear(self) -> bool:
        with server(self._url(_NAME)) as connection:
            if connection.execute(_SHAPE).scalar() != self._shape:
                return False
            # In whatever order: no row is left for a foreign key to speak of.
            connection.execute(text("SET session_replication_role = replica"))
            tables = connection.execute(_TABLES).scalars()
            connection.execute(text("".join(f"DELETE FROM {table};" for table in tables)))
            made = connection.execute(_MADE).scalars()
            connection.execute(text("".join(f"INSERT INTO {table} TABLE as_made.{table};" for table in made)))
            connection.execute(_COUNT_ANEW)
        return True

    def _url(self, database: str) -> URL:
        return make_url(self.server_url).set(database=database)


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
