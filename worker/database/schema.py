"""The version of the schema: migrating a store to it, and refusing a store that does not fit this code."""

import importlib.resources
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import file_of, place_of, reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.file_tables import SeedFileRow
from worker.database.outbox_tables import EventBoundsRow
from worker.database.partitions import add_partitions
from worker.database.story_tables import StoryRow
from worker.database.task_turns import TurnRow
from worker.database.ticket_tables import TicketRow
from worker.database.websub_tables import SubscriptionRow
from worker.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

# The metadata holds only the tables whose modules have been imported.
assert ArticleRow.metadata is FeedRow.metadata is EventBoundsRow.metadata is StoryRow.metadata
METADATA = ArticleRow.metadata
assert METADATA is TurnRow.metadata is TicketRow.metadata is SeedFileRow.metadata is SubscriptionRow.metadata
SCHEMA_VERSION = "0031"
"""The newest migration that this code knows; migrations are numbered, so that older and newer can be told apart."""

_ONE_MIGRATION_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7061727469)")


def migrate(engine: Engine, version: str = SCHEMA_VERSION) -> bool:
    """Bring the schema up or down to ``version`` ("base": no tables) in one transaction; return whether it changed."""
    from alembic import command  # noqa: PLC0415 -- slow to import, and seldom needed

    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(_ONE_MIGRATION_AT_A_TIME)
        found = _find_version(connection)
        _refuse_newer(found, engine)
        if found != version:
            is_up = version != "base" and (found or "") < version
            (command.upgrade if is_up else command.downgrade)(alembic_config(connection), version)
        now = read_clock(connection).now()
    if version == SCHEMA_VERSION:
        add_partitions(engine, now)
    return found != version


def make_ready(engine: Engine, *, create: bool) -> None:
    """Raise StoreError unless the store can be used by this code; ``create`` makes a new SQLite file ready."""
    file = file_of(engine)
    if file and file.parent.is_dir() and not file.exists() and not create:
        # Who only looks must not create a store.
        raise StoreError(f"There is no store here ({file}): `feedmill run` or `feedmill add URL` makes one.")
    if create and engine.dialect.name == "sqlite" and stored_version(engine) is None:
        migrate(engine)
    else:
        check_schema(engine)


def check_schema(engine: Engine) -> None:
    """Raise StoreError unless the store has the schema that this code was written for."""
    found = stored_version(engine)
    _refuse_newer(found, engine)
    if found != SCHEMA_VERSION:
        state = f"at schema version {found}" if found else "empty"
        raise StoreError(
            f"The store {place_of(engine)} is {state}; this Feedmill needs {SCHEMA_VERSION}: run feedmill migrate."
        )


def stored_version(engine: Engine) -> str | None:
    """Return the version of the store's schema; None when it has never been migrated."""
    with reading(engine) as connection:
        return _find_version(connection)


def alembic_config(connection: Connection) -> "Config":
    """Return Alembic's configuration for running our migrations on ``connection``, in its transaction."""
    from alembic.config import Config  # noqa: PLC0415 -- as above

    config = Config()
    config.set_main_option("script_location", str(importlib.resources.files("worker") / "migrations"))
    config.attributes["connection"] = connection
    return config


def _find_version(connection: Connection) -> str | None:
    """Return the version of the store's schema; StoreError when the database is another program's."""
    tables = set(inspect(connection).get_table_names())
    found: str | None = None
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        is_foreign = found is not None and not found.isdecimal()
    else:
        # On PostgreSQL other programs may have tables beside ours; an SQLite file belongs to one program.
        is_foreign = bool(tables if connection.dialect.name == "sqlite" else tables & set(METADATA.tables))
    if is_foreign:
        raise StoreError(
            f"The database {place_of(connection.engine)} is another program's: it has tables that Feedmill did not "
            "make. Name another one in FEEDMILL_DATABASE_URL."
        )
    return found


def _refuse_newer(found: str | None, engine: Engine) -> None:
    if found is not None and found > SCHEMA_VERSION:
        raise StoreError(
            f"The store {place_of(engine)} has schema version {found}, newer than this Feedmill knows "
            f"({SCHEMA_VERSION}): upgrade Feedmill."
        )
