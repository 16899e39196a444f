"""The version of the schema: migrating a store to it, and refusing a store that does not fit this code."""

import importlib.resources
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from worker.database.article_tables import ArticleRow
from worker.database.backfill_rows import BackfillRow
from worker.database.clock import read_clock
from worker.database.document_tables import DocumentRow
from worker.database.engine import file_of, naming_of, place_of, reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.file_tables import SeedFileRow
from worker.database.migration_waits import LOCKS_WITHIN, give_way, refuse_while_polled
from worker.database.outbox_tables import EventBoundsRow
from worker.database.partitions import add_partitions
from worker.database.retention_tables import TombstoneRow
from worker.database.story_tables import StoryRow
from worker.database.tally_table import TallyRow
from worker.database.task_turns import TurnRow
from worker.database.ticket_tables import TicketRow
from worker.database.view_making import migrate_below_views, refuse_views_of_others
from worker.database.websub_tables import SubscriptionRow
from worker.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

# The metadata holds only the tables whose modules have been imported.
assert ArticleRow.metadata is FeedRow.metadata is EventBoundsRow.metadata is StoryRow.metadata
METADATA = ArticleRow.metadata
assert METADATA is TurnRow.metadata is TicketRow.metadata is SeedFileRow.metadata is BackfillRow.metadata
assert METADATA is TombstoneRow.metadata is DocumentRow.metadata is TallyRow.metadata is SubscriptionRow.metadata
SCHEMA_VERSION = "0038"
"""The newest migration that this code knows; migrations are numbered, so that older and newer can be told apart."""

_ONE_MIGRATION_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7061727469)")
_VERSION = text("SELECT version_num FROM alembic_version")
# Stands before the version of a store that is still being copied: no command and no worker of any version uses it.
_UNFINISHED = "copying "


def migrate(engine: Engine, version: str = SCHEMA_VERSION) -> bool:
    """Bring the schema up or down to ``version`` ("base": no tables) in one transaction; return whether it changed.

    StoreError, and nothing is changed, while workers poll or others use the tables.
    """
    is_changed = give_way(engine, lambda: _migrate_at_once(engine, version))
    if version == SCHEMA_VERSION:
        with reading(engine) as connection:
            now = read_clock(connection).now()
        add_partitions(engine, now)
    return is_changed


def _migrate_at_once(engine: Engine, version: str) -> bool:
    from alembic import command  # noqa: PLC0415 -- slow to import, and seldom needed

    with writing(engine) as connection:
        is_postgresql = connection.dialect.name == "postgresql"
        if is_postgresql:
            connection.execute(_ONE_MIGRATION_AT_A_TIME)
        found = _find_version(connection)
        _refuse_newer(found, engine)
        if found == version:
            return False
        if found:
            refuse_while_polled(connection)
        if is_postgresql:
            connection.execute(text(f"SET LOCAL lock_timeout = '{LOCKS_WITHIN}'"))
        refuse_views_of_others(connection, found or "")
        is_up = version != "base" and (found or "") < version
        run = partial(command.upgrade if is_up else command.downgrade, alembic_config(connection), version)
        migrate_below_views(connection, run, is_newest=version == SCHEMA_VERSION)
    return True


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
    _refuse_other(stored_version(engine), engine)


def check_version(engine: Engine) -> None:
    """Raise StoreError unless a store that had our schema has it still; it costs one look at a table of one row."""
    with reading(engine) as connection:
        found: str | None = connection.execute(_VERSION).scalar_one_or_none()
    _refuse_unfinished(found, engine)
    _refuse_other(found, engine)


def _refuse_other(found: str | None, engine: Engine) -> None:
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
        found = connection.execute(_VERSION).scalar_one_or_none()
        _refuse_unfinished(found, connection.engine)
        is_foreign = found is not None and not found.isdecimal()
    else:
        # On PostgreSQL other programs may have tables beside ours; an SQLite file belongs to one program.
        is_foreign = bool(tables if connection.dialect.name == "sqlite" else tables & set(METADATA.tables))
    if is_foreign:
        raise _foreign(connection.engine)
    return found


def refuse_tables(engine: Engine) -> None:
    """Refuse a database with any table in it, though on PostgreSQL a store may be beside those of another program."""
    with reading(engine) as connection:
        if inspect(connection).get_table_names():
            raise _foreign(engine)


def _foreign(engine: Engine) -> StoreError:
    return StoreError(
        f"The database {place_of(engine)} is another program's: it has tables that Feedmill did not make. Name another "
        f"one in {naming_of(engine)}."
    )


def mark_unfinished(connection: Connection, *, is_unfinished: bool) -> None:
    """Mark a store as a copy that is not finished, which nothing but copying uses, or as a finished one."""
    version = f"{_UNFINISHED if is_unfinished else ''}{SCHEMA_VERSION}"
    connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def unfinished_version(connection: Connection) -> str | None:
    """Return the schema of a copy that is not finished; None for any other database."""
    if "alembic_version" not in inspect(connection).get_table_names():
        return None
    found: str = connection.execute(_VERSION).scalar_one_or_none() or ""
    return found.removeprefix(_UNFINISHED) if found.startswith(_UNFINISHED) else None


def _refuse_unfinished(found: str | None, engine: Engine) -> None:
    if found and found.startswith(_UNFINISHED):
        raise StoreError(
            f"The store {place_of(engine)} is an unfinished copy: feedmill copy, from the store that it is of, goes on."
        )


def _refuse_newer(found: str | None, engine: Engine) -> None:
    if found is not None and found > SCHEMA_VERSION:
        raise StoreError(
            f"The store {place_of(engine)} has schema version {found}, newer than this Feedmill knows "
            f"({SCHEMA_VERSION}): upgrade Feedmill."
        )
