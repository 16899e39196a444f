"""Finding the newest articles that match on PostgreSQL, in turns: what is rare by the index, what is common by age.

Left to itself the server takes the words of an article to cost nothing to read: each are two pages of another table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

# Where enough of the newest so many articles are expected to match, these are looked at first; else the index of words
# finds all that match, unless they are more than so many.
_RECENT, _FEW = 5_000, 20_000


@dataclass(frozen=True, slots=True)
class Reach:
    """Which articles are looked for, and how far."""

    top: int
    """The id that they are below."""
    most: int
    """How many of them at most."""
    enough: int
    """So many will do where it takes long to find more."""


class _Explained(Executable, ClauseElement):
    """The plan of a query."""

    inherit_cache = False

    def __init__(self, query: Select[Any]) -> None:
        self.query = query


@compiles(_Explained, "postgresql")
def _explain(element: _Explained, compiler: SQLCompiler, **options: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(element.query, **options)}"


def find_in_turns(connection: Connection, matching: Select[int], reach: Reach) -> tuple[Sequence[int], int | None]:
    """Find the newest that match; return them, and down to which id articles were looked at if not all were."""
    (article_id,) = matching.selected_columns
    # Ids are about as many as articles.
    are_few = _expect_rows(connection, matching) * _RECENT < reach.enough * reach.top
    if are_few and (few := _find_few(connection, matching)) is not None:
        return few[: reach.most], None
    lowest = reach.top - _RECENT
    recent = find_by_age(connection, matching.where(article_id >= lowest), reach.most)
    if len(recent) >= reach.enough:
        return recent, lowest
    # Most are old, or the statistics are.
    if not are_few and (few := _find_few(connection, matching)) is not None:
        return few[: reach.most], None
    found = find_by_age(connection, matching, reach.enough)
    return found, found[-1] if len(found) == reach.enough else None


def find_by_age(connection: Connection, matching: Select[int], most: int) -> Sequence[int]:
    """Return the newest that match, read from the newest on."""
    (article_id,) = matching.selected_columns
    return connection.execute(matching.order_by(article_id.desc()).limit(most)).scalars().all()


def _find_few(connection: Connection, matching: Select[int]) -> Sequence[int] | None:
    """Return all that match, the newest first, found by the index of words; None where they are not few."""
    for scan in ("seqscan", "indexscan"):
        connection.exec_driver_sql(f"SET LOCAL enable_{scan} = off")
    few = connection.execute(matching.limit(_FEW + 1)).scalars().all()
    for scan in ("seqscan", "indexscan"):
        connection.exec_driver_sql(f"SET LOCAL enable_{scan} = on")
    return sorted(few, reverse=True) if len(few) <= _FEW else None


def _expect_rows(connection: Connection, query: Select[int]) -> int:
    """Return how many rows the server expects, by its statistics: it knows how many articles have a common word."""
    (plan,) = connection.execute(_Explained(query)).scalar_one()
    rows: int = plan["Plan"]["Plan Rows"]
    return rows
