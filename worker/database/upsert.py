"""INSERT … ON CONFLICT, which SQLite and PostgreSQL both have and plain SQL has not."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite


def upsert(dialect: str, table: type[Any]) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into ``table`` that takes ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
