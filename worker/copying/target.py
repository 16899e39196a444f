"""The database that a copy goes to: taken only if nothing is in it, marked until the copy is whole, then made ready.

While it is being filled it has no foreign keys: rows that changed in the source are replaced, whatever refers to them.
They are looked at once, when they come back.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Engine, event, func, select, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from worker.copying.copied_rows import copied_classes, holds_rows
from worker.database.conflicts import write
from worker.database.engine import naming_of, place_of, reading
from worker.database.outbox_tables import EventBoundsRow
from worker.database.schema import (
    METADATA,
    SCHEMA_VERSION,
    mark_unfinished,
    migrate,
    refuse_tables,
    stored_version,
    unfinished_version,
)
from worker.database.sole_use import sole_use
from worker.database.task_turns import TurnRow
from worker.errors import StoreError

_ONE_COPIES = text("SELECT pg_try_advisory_lock(7061727472)")
# A store that has just been migrated has rows in the first, and one whose workers have never had a feed in both.
_MADE_BY_ITSELF = {EventBoundsRow, TurnRow}


@contextmanager
def held_target(engine: Engine) -> Iterator[None]:
    """Let nobody else copy to a database meanwhile, nor `feedmill run` use an SQLite file."""
    with sole_use(engine):
        if engine.dialect.name != "postgresql":
            yield
            return
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # The lock goes with the connection, which must not go back to the pool with it.
            connection.detach()
            if not connection.execute(_ONE_COPIES).scalar_one():
                raise StoreError(f"Another feedmill copy fills {place_of(engine)}: wait until it ends, or end it.")
            yield


def begin_copy(engine: Engine) -> bool:
    """Make a database ready to be filled, and mark it; return whether it is an unfinished copy that is gone on with.

    StoreError where it is a store, another program's, or a copy of another schema.
    """
    with reading(engine) as connection:
        unfinished = unfinished_version(connection)
    if unfinished is None:
        _take_empty(engine)
    elif unfinished != SCHEMA_VERSION:
        raise StoreError(
            f"The store {place_of(engine)} is an unfinished copy of schema {unfinished}, and this Feedmill has "
            f"{SCHEMA_VERSION}: drop it, and name an empty database in {naming_of(engine)}."
        )
    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", _forgo_foreign_keys)
    return unfinished is not None


def _take_empty(engine: Engine) -> None:
    found = stored_version(engine)
    if found is None:
        refuse_tables(engine)
        migrate(engine)
    elif found != SCHEMA_VERSION or _is_in_use(engine):
        state = f"has schema version {found}" if found != SCHEMA_VERSION else "is not empty"
        raise StoreError(
            f"The store {place_of(engine)} {state}: a copy needs an empty database, so name another one in "
            f"{naming_of(engine)}. Nothing was changed."
        )
    write(engine, _mark)


def _mark(connection: Connection) -> None:
    mark_unfinished(connection, is_unfinished=True)
    if connection.dialect.name == "postgresql":
        for table in METADATA.sorted_tables:
            for key in table.foreign_key_constraints:
                connection.execute(DropConstraint(key))


def _is_in_use(engine: Engine) -> bool:
    with reading(engine) as connection:
        return any(holds_rows(connection, each) for each in copied_classes() if each not in _MADE_BY_ITSELF)


def _forgo_foreign_keys(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")


def finish_copy(engine: Engine, newest: Mapping[str, int]) -> None:
    """Make a filled database a store: foreign keys, ids that go on where the source's do, no mark any more."""
    write(engine, lambda connection: _finish(connection, newest))
    if engine.dialect.name == "postgresql":
        # Until it has looked at the tables by itself, the planner would take them for empty.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))  # codespell:ignore analyze


def _finish(connection: Connection, newest: Mapping[str, int]) -> None:
    if connection.dialect.name == "postgresql":
        for table in METADATA.sorted_tables:
            for key in table.foreign_key_constraints:
                connection.execute(AddConstraint(key))
    elif broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StoreError(f"Rows of {broken[0]} refer to rows of {broken[2]} that the source has not: mend the source.")
    for table_name, newest_id in newest.items():
        _go_on_from(connection, table_name, newest_id)
    mark_unfinished(connection, is_unfinished=False)


def newest_ids(source: Connection) -> dict[str, int]:
    """Return the last number that each table has given to a row, also where that row is gone."""
    newest = {}
    for table in METADATA.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            greatest: int = source.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
            newest[table.name] = max(greatest, _last_given(source, column))
    return newest


def _last_given(source: Connection, column: Column[Any]) -> int:
    if source.dialect.name == "postgresql":
        sequence = _find_sequence(source, column.table.name, column.name)
        query = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"  # noqa: S608 -- named by the server
        return int(source.exec_driver_sql(query).scalar_one()) if sequence else 0
    given = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return source.execute(given, {"name": column.table.name}).scalar() or 0


def _find_sequence(connection: Connection, table_name: str, column_name: str) -> str | None:
    query = text("SELECT pg_get_serial_sequence(:table, :column)")
    found: str | None = connection.execute(query, {"table": table_name, "column": column_name}).scalar()
    return found


def _go_on_from(connection: Connection, table_name: str, newest_id: int) -> None:
    """Let the next row of a table get the number after ``newest_id``."""
    table = METADATA.tables[table_name]
    if connection.dialect.name == "postgresql":
        column = table.autoincrement_column
        sequence = _find_sequence(connection, table_name, column.name) if column is not None else None
        if sequence and newest_id:
            connection.execute(text("SELECT setval(:sequence, :newest)"), {"sequence": sequence, "newest": newest_id})
    elif table.dialect_options["sqlite"]["autoincrement"]:
        given = {"name": table_name, "newest": newest_id}
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), given)
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :newest)"), given)
