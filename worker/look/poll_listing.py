"""Looking at the ledger: polls as rows in the order of ids or of moments, and how many there are."""

from collections.abc import Iterator
from operator import itemgetter

from sqlalchemy import Connection, select

from worker.database.feed_tables import FeedRow, PollRow
from worker.look.counts import Counted, count_found
from worker.look.listings import Listed, MomentOf, Query, Wanted, in_order, in_time, stream_rows


def list_polls(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List the ledger by feed, time and outcome (``state``)."""
    chosen = _choose_polls(select_polls(), wanted)
    yield from stream_rows(connection, in_order(chosen, PollRow.id, PollRow.started_at, wanted))


def select_polls() -> Query:
    """Return the query for the whole ledger, as it is listed."""
    return select(PollRow, FeedRow.url).outerjoin(FeedRow, FeedRow.id == PollRow.feed_id)


def moment_of_polls(wanted: Wanted) -> MomentOf | None:
    """Return by what moment the polls that are wanted are sorted; None where they are by their ids."""
    return itemgetter("started_at") if wanted.goes_by_time else None


def count_listed_polls(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the polls that are wanted; None where that takes too long."""
    is_search = bool(wanted.state and not wanted.feed_id)
    return count_found(connection, PollRow, [_choose_polls(select(PollRow.id), wanted)], is_search=is_search)


def _choose_polls(query: Query, wanted: Wanted) -> Query:
    if wanted.feed_id:
        query = query.where(PollRow.feed_id == wanted.feed_id)
    if wanted.state:
        query = query.where(PollRow.outcome == wanted.state)
    return in_time(query, PollRow.started_at, wanted)
