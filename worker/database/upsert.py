"""INSERT … ON CONFLICT, which SQLite and PostgreSQL both have and plain SQL has not."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: type[Any]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into ``table`` that takes ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
