"""Listing changes, the newest first: all of them, or those of some kinds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from worker.database.outbox_tables import EventRow
from worker.outbox import Change, read_bounds, select_changes

# Among so many changes those of some kinds are looked for: nothing finds them but reading them all.
_MOST_READ = 20_000


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes, the newest first."""

    changes: Sequence[Change]
    before: int | None
    """The cursor before which there are older ones; None at the end."""
    newest: int
    """The cursor of the newest change there is: who follows from there misses none."""


def list_changes(
    connection: Connection, limit: int, before: int | None = None, kinds: Collection[str] = ()
) -> ChangePage:
    """List the newest changes before a cursor; of some kinds those among the next ``_MOST_READ``."""
    bounds = read_bounds(connection)
    first = min(before if before is not None else bounds.numbered_to + 1, bounds.numbered_to + 1)
    changes = select_changes().where(EventRow.position < first).order_by(EventRow.position.desc()).limit(limit)
    lowest = 0
    if kinds:
        lowest = _find_lowest(connection, first)
        changes = changes.where(EventRow.position >= lowest, EventRow.kind.in_(kinds))
    found: list[Change] = [dict(row) for row in connection.execute(changes).mappings()]
    reached = found[-1]["cursor"] if len(found) == limit else lowest
    return ChangePage(found, reached if _is_any(connection, reached) else None, bounds.numbered_to)


def _find_lowest(connection: Connection, first: int) -> int:
    """Return the lowest position that is read, counted down from the first."""
    some = select(EventRow.position).where(EventRow.position < first).order_by(EventRow.position.desc())
    read = some.limit(_MOST_READ).subquery()
    lowest: int | None = connection.execute(select(func.min(read.c.position))).scalar_one()
    return lowest or 0


def _is_any(connection: Connection, before: int) -> bool:
    older = select(EventRow.position).where(EventRow.position < before).limit(1)
    return connection.execute(older).first() is not None
