"""Setting aside what follows the articles for search, while a migration changes the tables.

On SQLite a table that is rebuilt loses its triggers, and cannot be rebuilt while a view names it; on PostgreSQL no
column changes its type that a trigger watches. They are dropped, and made again as they were, unless the migration made
others or took search away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

_ON_SQLITE = text(
    "SELECT type AS kind, name, tbl_name, sql FROM sqlite_master"
    " WHERE type IN ('trigger', 'view') AND name LIKE 'search@_%' ESCAPE '@' ORDER BY type, name"
)
_ON_POSTGRESQL = text(
    "SELECT 'trigger' AS kind, tgname AS name, relname AS tbl_name, pg_get_triggerdef(pg_trigger.oid) AS sql"
    " FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
    " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
    " AND tgname LIKE 'search@_%' ESCAPE '@' ORDER BY tgname"
)


@dataclass(frozen=True, slots=True)
class Follower:
    """A trigger or a view: its kind, its name, the table of a trigger, and the statement that makes it."""

    kind: str
    name: str
    table: str
    creation: str


@contextmanager
def without_followers(connection: Connection) -> Iterator[None]:
    """Drop what follows the articles, and make it again at the end."""
    before = find_followers(connection)
    for each in before:
        on = f" ON {each.table}" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP {each.kind} {each.name}{on}"))
    yield
    there = {each.name for each in find_followers(connection)}
    if before and inspect(connection).has_table("search_waiting"):
        # Views first: a trigger may name one.
        for each in sorted(before, key=lambda each: each.kind, reverse=True):
            if each.name not in there:
                connection.exec_driver_sql(each.creation)


def find_followers(connection: Connection) -> list[Follower]:
    """Return the triggers and the view by which search follows the articles."""
    found = connection.execute(_ON_POSTGRESQL if connection.dialect.name == "postgresql" else _ON_SQLITE)
    return [Follower(row.kind, row.name, row.tbl_name, row.sql) for row in found]
