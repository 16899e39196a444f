"""How migrations write columns: required or optional, each with its comment."""

from typing import Any

import sqlalchemy as sa
from alembic import op


def required(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    """Return a column that always holds something."""
    return sa.Column(name, kind, nullable=False, comment=comment, **options)


def optional(name: str, kind: Any, comment: str) -> sa.Column[Any]:
    """Return a column that may be null."""
    return sa.Column(name, kind, nullable=True, comment=comment)


def partitioned_key(by: str) -> sa.PrimaryKeyConstraint:
    """Return the primary key of a table partitioned by ``by``: on PostgreSQL it must hold that column."""
    columns = ("id", by) if op.get_bind().dialect.name == "postgresql" else ("id",)
    return sa.PrimaryKeyConstraint(*columns)


def create_default_partition(table: str) -> None:
    """Create the partition for rows that no daily partition covers: they land there instead of failing."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
