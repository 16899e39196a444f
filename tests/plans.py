"""How a database would run the statements of some work: which of them read a large table from one end to the other."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect, text

Statements = dict[str, Any]
"""Statements as they were sent, each with parameters that it was sent with."""

_EXPLAINED = re.compile(r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\b")
_SCAN = re.compile(r"SCAN (\w+?)(?:_\d+)?(?: USING (?:COVERING )?INDEX (\w+))?$")


@contextmanager
def recording(store: Engine) -> Iterator[Statements]:
    """Collect the statements that are sent to a store meanwhile."""
    found: Statements = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _is_many: bool) -> None:
        if _EXPLAINED.match(statement):
            found.setdefault(statement, values[0] if isinstance(values, list) else values)

    event.listen(store, "before_cursor_execute", note)
    yield found
    event.remove(store, "before_cursor_execute", note)


def find_scans(store: Engine, statements: Statements, rows: int) -> Iterator[tuple[str, str]]:
    """Yield each table of ``rows`` and more that a statement reads all of, and the statement.

    What stops at a limit does not, nor what reads an index of some rows only.
    """
    with store.connect() as connection:
        if connection.dialect.name == "postgresql":
            # As on a disk without moving parts. With the default a table of this size is sooner read whole than some of
            # its rows are looked up, which says nothing of one ten times as large.
            connection.execute(text("SET LOCAL random_page_cost = 1.1"))
        partial, large = _partial_indexes(connection), _large_tables(connection, rows)
        for statement, values in statements.items():
            plan = _plan_sqlite if connection.dialect.name == "sqlite" else _plan_postgresql
            for table, index in plan(connection, statement, values):
                if table in large and index not in partial:
                    yield table, " ".join(statement.split())


def most_read(store: Engine, statements: Statements, table: str) -> int:
    """Run statements again on PostgreSQL, undo them, and return the most rows of a table that any step of them read."""
    explain = "EXPLAIN (ANALYZE, FORMAT JSON)"  # codespell:ignore analyze
    with store.connect() as connection:
        plans = [_explain(connection, f"{explain} {statement}", values) for statement, values in statements.items()]
    return max(_rows_read(explained[0]["Plan"], table) for ((explained,),) in plans)


def _rows_read(node: Mapping[str, Any], table: str) -> int:
    is_of_table = node.get("Relation Name") == table
    rows = max(round(node["Actual Rows"]), 1) * int(node["Actual Loops"]) if is_of_table else 0
    return max([rows, *(_rows_read(each, table) for each in node.get("Plans", ()))])


def _plan_sqlite(connection: Connection, statement: str, values: Any) -> Iterator[tuple[str, str | None]]:
    plan = _explain(connection, f"EXPLAIN QUERY PLAN {statement}", values)
    sorted_levels = {parent for _, parent, _, detail in plan if "TEMP B-TREE" in detail}
    for _, parent, _, detail in plan:
        scan = _SCAN.match(detail)
        if scan and (parent in sorted_levels or " LIMIT " not in statement):
            yield scan[1], scan[2]


def _plan_postgresql(connection: Connection, statement: str, values: Any) -> Iterator[tuple[str, str | None]]:
    for (explained,) in _explain(connection, f"EXPLAIN (FORMAT JSON) {statement}", values):
        yield from _scans(explained[0]["Plan"], is_limited=False)


def _explain(connection: Connection, statement: str, values: Any) -> list[Any]:
    # Past SQLAlchemy: the values are as the driver takes them.
    cursor = connection.connection.cursor()
    cursor.execute(statement, values)
    return list(cursor.fetchall())


def _scans(node: Mapping[str, Any], *, is_limited: bool) -> Iterator[tuple[str, str | None]]:
    kind = node["Node Type"]
    is_whole = kind == "Seq Scan" or ("Scan" in kind and "Index Name" in node and "Index Cond" not in node)
    if is_whole and not is_limited:
        yield node.get("Relation Name", ""), node.get("Index Name")
    ends_early = kind == "Limit" or (is_limited and kind not in {"Sort", "Aggregate", "Hash"})
    for child in node.get("Plans", ()):
        yield from _scans(child, is_limited=ends_early)


def _partial_indexes(connection: Connection) -> frozenset[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE INDEX% WHERE %'"
        if connection.dialect.name == "sqlite"
        else "SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL"
    )
    return frozenset(connection.execute(text(query)).scalars())


def _large_tables(connection: Connection, rows: int) -> frozenset[str]:
    # The partitions of PostgreSQL are tables of their own, most of them empty.
    return frozenset(
        name
        for name in inspect(connection).get_table_names()
        if connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() >= rows
    )
