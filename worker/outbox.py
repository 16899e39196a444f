"""The outbox: a sequencer numbers committed events, and readers follow them from a cursor.

If the transaction that writes an event drew its number, 41 could commit after 42 was read, and a reader would miss it.
So the sequencer, one at a time and in a transaction of its own, gives the next numbers to all events that it can see
without one. Positions then have no gaps, and an event that commits late gets a later position.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, Select, Update, bindparam, exists, func, select, update
from sqlalchemy.exc import DBAPIError

from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.conflicts import is_read_only, write
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow
from worker.database.outbox_tables import EventBoundsRow, EventRow
from worker.errors import NamedError

# Events numbered by one transaction, and changes read at once.
_MOST_NUMBERED = 5_000
_SLICE = 500

Change = Mapping[str, Any]
"""A change as readers get it: its cursor, kind, time and details, with the title and URL that its article has now."""


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
        some = write(engine, _number_next)
        numbered += some
        if some < _MOST_NUMBERED:
            break
    return numbered


def _is_any_unnumbered(engine: Engine) -> bool:
    with reading(engine) as connection:
        return bool(connection.execute(select(exists().where(EventRow.position.is_(None)))).scalar_one())


def _number_next(connection: Connection) -> int:
    # In a statement of its own: the next one then sees what the sequencer that we had to wait for has numbered.
    numbered_to: int = connection.execute(select(EventBoundsRow.numbered_to).with_for_update()).scalar_one()
    connection.execute(_numbering_statement(), {"numbered_to": numbered_to})
    # SQLite does not count the rows that an UPDATE with a CTE has changed.
    last = select(func.max(EventRow.position)).where(EventRow.position > numbered_to)
    newest: int = connection.execute(last).scalar_one() or numbered_to
    connection.execute(update(EventBoundsRow).values(numbered_to=newest))
    return newest - numbered_to


@cache
def _numbering_statement() -> Update:
    unnumbered = select(EventRow.id).where(EventRow.position.is_(None))
    oldest = unnumbered.order_by(EventRow.id).limit(_MOST_NUMBERED).cte("oldest")
    ranked = select(oldest.c.id, func.row_number().over(order_by=oldest.c.id).label("rank")).cte("ranked")
    # By id alone, although partitions go by time: with created_at in the join PostgreSQL may choose that index, and
    # compare all events of one moment with each other.
    return (
        update(EventRow)
        .where(EventRow.id == ranked.c.id)
        .values(position=bindparam("numbered_to") + ranked.c.rank)
        .execution_options(synchronize_session=False)
    )


def read_bounds(connection: Connection) -> EventBounds:
    """Return between which positions events are kept."""
    row = connection.execute(select(EventBoundsRow.dropped_to, EventBoundsRow.numbered_to)).one()
    return EventBounds(row.dropped_to, row.numbered_to)


def number_from_now(connection: Connection) -> int:
    """Let positions go on beyond any that was given before, also after the moment of the backup; return the newest.

    A position that is the milliseconds since 1970 lies beyond them all: nobody writes a thousand events a second for
    as long. So a follower whose cursor lies behind the backup's end misses nothing that is written from now on.
    """
    milliseconds = round(read_clock(connection).now().timestamp() * 1000)
    numbered_to: int = connection.execute(select(EventBoundsRow.numbered_to).with_for_update()).scalar_one()
    newest = max(numbered_to, milliseconds)
    connection.execute(update(EventBoundsRow).values(numbered_to=newest))
    return newest


def note_events_dropped(connection: Connection, before: datetime) -> None:
    """Note that events written before a moment are no longer kept; commit this before they are deleted.

    A reader who still wants one of them then gets an error, instead of being led past a gap.
    """
    last = select(func.max(EventRow.position)).where(EventRow.created_at < before).scalar_subquery()
    raised = update(EventBoundsRow).where(EventBoundsRow.dropped_to < last)
    connection.execute(raised.values(dropped_to=last))


def follow_changes(engine: Engine, since: int | None, wait: Callable[[], bool]) -> Iterator[Change]:
    """Yield changes as they are committed, none twice and none left out, until ``wait`` for more returns False."""
    is_sequencer = _number_if_allowed(engine)
    with reading(engine) as connection:
        cursor = find_cursor(connection, since)
    while True:
        is_sequencer = is_sequencer and _number_if_allowed(engine)
        with reading(engine) as connection:
            changes = read_changes(connection, cursor)
        yield from changes
        if changes:
            cursor = changes[-1]["cursor"]
        elif not wait():
            break


def _number_if_allowed(engine: Engine) -> bool:
    """Give events their positions, so that following needs no worker; return False for a user who may only read."""
    try:
        number_events(engine)
    except DBAPIError as error:
        if not is_read_only(error):
            raise
        return False
    return True


def find_cursor(connection: Connection, since: int | None) -> int:
    """Return the cursor to begin after: ``since``; for None the newest change; for 0 the oldest that is kept."""
    bounds = read_bounds(connection)
    if since is None:
        return bounds.numbered_to
    return since or bounds.dropped_to


def read_changes(connection: Connection, cursor: int, limit: int = _SLICE) -> list[Change]:
    """Return the changes after a cursor; NamedError when some are gone, or the cursor is not of this store."""
    after = select_changes().where(EventRow.position > cursor).order_by(EventRow.position).limit(limit)
    changes: list[Change] = [dict(row) for row in connection.execute(after).mappings()]
    # Asked last: whatever was dropped before we read is in the bounds by now.
    refuse_gap(connection, cursor)
    return changes


def select_changes() -> Select[*tuple[Any, ...]]:
    """Return the query for all changes, as readers get them."""
    return (
        select(
            EventRow.position.label("cursor"),
            EventRow.created_at.label("at"),
            EventRow.kind,
            EventRow.article_id,
            EventRow.feed_id,
            ArticleRow.story_id,
            func.coalesce(ArticleRow.title, FeedRow.title).label("title"),
            ArticleRow.url,
            FeedRow.url.label("feed_url"),
            EventRow.details,
        )
        .outerjoin(ArticleRow, ArticleRow.id == EventRow.article_id)
        .outerjoin(FeedRow, FeedRow.id == EventRow.feed_id)
    )


def refuse_gap(connection: Connection, cursor: int) -> None:
    """Raise NamedError when changes after a cursor are no longer kept, or the cursor is not of this store."""
    bounds = read_bounds(connection)
    if cursor < bounds.dropped_to:
        raise NamedError(
            f"Changes after {cursor} are no longer kept: the oldest that is comes after {bounds.dropped_to}. "
            "Read the articles you lack from the store, then follow with --since 0; FEEDMILL_RETAIN_EVENTS keeps more."
        )
    if cursor > bounds.numbered_to:
        raise NamedError(
            f"There is no change {cursor} yet, the newest is {bounds.numbered_to}: the cursor is of another store, or "
            "this one was restored from a backup."
        )
