"""Listing seed files: those that the newest scan refused, and why, before those that were read."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import Connection, Row, Select, null, select

from worker.database.feed_tables import FeedRow
from worker.database.file_tables import RefusedFileRow, SeedFileRow
from worker.look.counts import Counted, count_found
from worker.look.listings import Wanted

_SLICE = 500
_Query = Select[*tuple[Any, ...]]


def list_files(connection: Connection, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """List seed files in the order of their paths, first those that were refused; only these if failing are wanted."""
    left = wanted.limit
    for query in _choose_files(wanted):
        for row in connection.execute(query.limit(left), execution_options={"yield_per": _SLICE}):
            yield _listed(row)
            left = left and left - 1
        if left == 0:
            return


def count_listed_files(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the files that are wanted, up to ten thousand of each kind."""
    return count_found(connection, SeedFileRow, _choose_files(wanted), is_search=wanted.is_search)


def _choose_files(wanted: Wanted) -> list[_Query]:
    refused = select(
        RefusedFileRow.path,
        RefusedFileRow.refused_at.label("at"),
        RefusedFileRow.reason,
        null().label("feed_id"),
        null().label("feed_url"),
    )
    # A file's name is the end of its URI.
    read = select(
        SeedFileRow.uri.label("path"), SeedFileRow.read_at.label("at"), null().label("reason"), SeedFileRow.feed_id
    ).add_columns(FeedRow.url.label("feed_url"))
    read = read.join(FeedRow, FeedRow.id == SeedFileRow.feed_id)
    chosen = [_named(refused, RefusedFileRow.path, wanted.text)]
    if not wanted.is_failing:
        # A path is searched as it is shown, but stored with escapes.
        chosen.append(_named(read, SeedFileRow.uri, quote(wanted.text) if wanted.text else None))
    return chosen


def _named(query: _Query, path: Any, text: str | None) -> _Query:
    return (query.where(path.icontains(text, autoescape=True)) if text else query).order_by(path)


def _listed(row: Row[Any]) -> dict[str, Any]:
    path = unquote(urlsplit(row.path).path) if row.reason is None else row.path
    state = "read" if row.reason is None else "refused"
    return {"path": path, "state": state, "at": row.at, "reason": row.reason} | {
        "feed_id": row.feed_id,
        "feed_url": row.feed_url,
    }
