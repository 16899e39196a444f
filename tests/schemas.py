"""What a store holds and how its tables are shaped, in words, to be compared with another's."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, inspect, select, table, text

from worker.database.engine import reading

Contents = dict[str, list[str]]


def _tables(engine: Engine) -> list[str]:
    """Return the names of all tables; the daily partitions of PostgreSQL come and go by themselves."""
    names = inspect(engine).get_table_names()
    return sorted(name for name in names if not name.startswith(("polls_", "events_")))


def contents_of(engine: Engine) -> Contents:
    """Return all rows of all tables but the one that says the version."""
    tables = [name for name in _tables(engine) if name != "alembic_version"]
    with reading(engine) as connection:
        rows = {name: connection.execute(select(text("*")).select_from(table(name))).mappings() for name in tables}
        return {name: sorted(repr(sorted(row.items())) for row in rows[name]) for name in tables}


def shape_of(engine: Engine) -> dict[str, dict[str, list[str]]]:
    """Return the columns, indexes and constraints of all tables, in words."""
    inspector = inspect(engine)
    return {
        name: {
            "columns": sorted(f"{of['name']} {of['type']} {of['nullable']}" for of in inspector.get_columns(name)),
            "indexes": sorted(f"{of['name']} {of['column_names']} {_where(of)}" for of in inspector.get_indexes(name)),
            "unique": sorted(str(of["column_names"]) for of in inspector.get_unique_constraints(name)),
            "foreign": sorted(
                f"{of['constrained_columns']} {of['referred_table']} {of['options']}"
                for of in inspector.get_foreign_keys(name)
            ),
        }
        for name in _tables(engine)
    }


def _where(index: Mapping[str, Any]) -> list[str]:
    """Return of which rows an index is; empty for all."""
    options: Mapping[str, Any] = index.get("dialect_options", {})
    return [str(where) for name, where in sorted(options.items()) if name.endswith("_where")]
