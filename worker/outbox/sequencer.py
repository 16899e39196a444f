"""The sequencer: gives committed events their positions, so that a cursor never passes one that is still to come.

A number drawn by the transaction that writes an event would not do: 41 may commit after 42 was read. Here whatever is
visible without a position gets the next ones, in a transaction of its own and one sequencer at a time. So positions are
in the order in which readers come to see them, without gaps, and an event that commits late is simply numbered later.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Engine, Update, bindparam, exists, func, select, update

from worker.database.article_tables import EventRow
from worker.database.conflicts import retry_conflicts
from worker.database.engine import reading, writing
from worker.database.outbox_tables import EventBoundsRow

# Events numbered by one transaction.
_SLICE = 5_000


@dataclass(frozen=True, slots=True)
class EventBounds:
    """Between which positions events are kept."""

    dropped_to: int
    """A cursor below this has missed events."""
    numbered_to: int


def number_events(engine: Engine) -> int:
    """Give every event that has been committed by now its position; return how many this call numbered."""
    numbered = 0
    # A look first: most often there is nothing to do, and on SQLite even an empty transaction would stop all writers.
    while _is_any_unnumbered(engine):
        some = retry_conflicts(lambda: _number_some(engine))
        numbered += some
        if some < _SLICE:
            break
    return numbered


def read_bounds(connection: Connection) -> EventBounds:
    """Return between which positions events are kept."""
    row = connection.execute(select(EventBoundsRow.dropped_to, EventBoundsRow.numbered_to)).one()
    return EventBounds(row.dropped_to, row.numbered_to)


def raise_floor(connection: Connection, before: datetime) -> None:
    """Note that events written before a moment are no longer kept; to be committed before they are deleted.

    Whoever still wants one of them is then told so, instead of being led past a gap.
    """
    last = select(func.max(EventRow.position)).where(EventRow.created_at < before).scalar_subquery()
    raised = update(EventBoundsRow).where(EventBoundsRow.dropped_to < last)
    connection.execute(raised.values(dropped_to=last))


def _is_any_unnumbered(engine: Engine) -> bool:
    with reading(engine) as connection:
        return bool(connection.execute(select(exists().where(EventRow.position.is_(None)))).scalar_one())


def _number_some(engine: Engine) -> int:
    with writing(engine) as connection:
        # In a statement of its own: the next one then sees what the sequencer that we had to wait for has numbered.
        numbered_to: int = connection.execute(select(EventBoundsRow.numbered_to).with_for_update()).scalar_one()
        connection.execute(_number(), {"numbered_to": numbered_to})
        # SQLite does not count the rows that an UPDATE with a CTE has changed.
        last = select(func.max(EventRow.position)).where(EventRow.position > numbered_to)
        newest: int = connection.execute(last).scalar_one() or numbered_to
        connection.execute(update(EventBoundsRow).values(numbered_to=newest))
    return newest - numbered_to


@cache
def _number() -> Update:
    oldest = select(EventRow.id).where(EventRow.position.is_(None)).order_by(EventRow.id).limit(_SLICE).cte("oldest")
    ranked = select(oldest.c.id, func.row_number().over(order_by=oldest.c.id).label("rank")).cte("ranked")
    # By id alone, although partitions go by time: with created_at in the join PostgreSQL may choose that index, and
    # compare all events of one moment with each other.
    return (
        update(EventRow)
        .where(EventRow.id == ranked.c.id)
        .values(position=bindparam("numbered_to") + ranked.c.rank)
        .execution_options(synchronize_session=False)
    )
