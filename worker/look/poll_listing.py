"""Looking at the ledger: polls as rows in the order of ids, or of when they began, and how many there are."""

from collections.abc import Iterator
from operator import itemgetter

from sqlalchemy import Connection, select

from worker.database.feed_tables import FeedRow, PollRow
from worker.look.counts import Counted, count_found
from worker.look.listings import Listed, MomentOf, Query, Wanted, in_direction, in_time, stream_rows


def list_polls(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List the ledger by feed, time and outcome (``state``)."""
    order = (PollRow.started_at, PollRow.id) if _goes_by_beginning(wanted) else (PollRow.id,)
    chosen = in_direction(_choose_polls(select_polls(), wanted), order, wanted)
    yield from stream_rows(connection, chosen.limit(wanted.limit))


def select_polls() -> Query:
    """Return the query for the whole ledger, as it is listed."""
    return select(PollRow, FeedRow.url).outerjoin(FeedRow, FeedRow.id == PollRow.feed_id)


def moment_of_polls(wanted: Wanted) -> MomentOf | None:
    """Return by what moment the polls that are wanted are sorted; None where they are by their ids."""
    return itemgetter("started_at") if _goes_by_beginning(wanted) else None


def count_listed_polls(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the polls that are wanted; None where that takes too long."""
    is_search = bool(wanted.state and not wanted.feed_id)
    return count_found(connection, PollRow, [_choose_polls(select(PollRow.id), wanted)], is_search=is_search)


def _goes_by_beginning(wanted: Wanted) -> bool:
    """Return whether polls are sorted by when they began: those of a feed have an index of that, and none of ids."""
    return bool(wanted.has_time or wanted.feed_id)


def _choose_polls(query: Query, wanted: Wanted) -> Query:
    if wanted.feed_id:
        query = query.where(PollRow.feed_id == wanted.feed_id)
    if wanted.state:
        query = query.where(PollRow.outcome == wanted.state)
    return in_time(query, PollRow.started_at, wanted)
