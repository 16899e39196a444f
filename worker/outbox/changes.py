"""Following the outbox: the changes after a cursor, in order, each with enough to act on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select
from sqlalchemy.exc import DBAPIError

from worker.database.article_tables import ArticleRow, EventRow
from worker.database.engine import reading
from worker.database.failures import is_read_only
from worker.database.feed_tables import FeedRow
from worker.errors import NamedError
from worker.outbox.sequencer import number_events, read_bounds

# Changes read at once.
_SLICE = 500

Change = Mapping[str, Any]
"""A change as it is told: its cursor, kind and time, what it is about, and that article's title and URL as of now."""


def read_changes(connection: Connection, cursor: int, limit: int = _SLICE) -> list[Change]:
    """Return the changes after a cursor; NamedError when some of them are no longer kept, or it is not one of ours."""
    after = _changes().where(EventRow.position > cursor).order_by(EventRow.position).limit(limit)
    changes: list[Change] = [dict(row) for row in connection.execute(after).mappings()]
    # Asked last: what was dropped before we read is told of by now.
    refuse_gap(connection, cursor)
    return changes


def start_after(connection: Connection, since: int | None) -> int:
    """Return the cursor to follow from: now, or for 0 the oldest change that is kept."""
    bounds = read_bounds(connection)
    if since is None:
        return bounds.numbered_to
    return since or bounds.dropped_to


def follow_changes(engine: Engine, since: int | None, wait: Callable[[], bool]) -> Iterator[Change]:
    """Yield changes as they are committed, none twice and none left out, until ``wait`` for more returns False."""
    is_sequencer = _may_number(engine)
    with reading(engine) as connection:
        cursor = start_after(connection, since)
    while True:
        is_sequencer = is_sequencer and _may_number(engine)
        with reading(engine) as connection:
            changes = read_changes(connection, cursor)
        yield from changes
        if changes:
            cursor = changes[-1]["cursor"]
        elif not wait():
            break


def _may_number(engine: Engine) -> bool:
    """Return False for a user who may only read; for any other number events, so that following needs no worker."""
    try:
        number_events(engine)
    except DBAPIError as error:
        if not is_read_only(error):
            raise
        return False
    return True


def refuse_gap(connection: Connection, cursor: int) -> None:
    """Raise NamedError when changes after a cursor are no longer kept, or it is not one of this store."""
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


def _changes() -> Select[*tuple[Any, ...]]:
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
