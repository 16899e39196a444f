"""Noting which sightings of a feed were read again, came back to its document, or left it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from worker.database.article_tables import SightingRow
from worker.database.many_rows import update_many
from worker.values.outcomes import PollResult

# A version that its publisher does not date counts as made when it was last read.
_LATER = "sightings.read_at < {read_at}"
_SAID_AT = "CASE WHEN sightings.said_at = sightings.read_at THEN {read_at} ELSE sightings.said_at END"
_CONFIRM = update_many(SightingRow, ["feed_id", "guid_hash"], {"said_at": _SAID_AT, "read_at": "{read_at}"}, _LATER)
_DEPART = update_many(
    SightingRow,
    ["id"],
    {
        "left_at": "{left_at}",
        "said_at": f"CASE WHEN {_LATER} THEN {_SAID_AT} ELSE sightings.said_at END",
        "read_at": f"CASE WHEN {_LATER} THEN {{read_at}} ELSE sightings.read_at END",
    },
)


def confirm_sightings(connection: Connection, results: Sequence[PollResult]) -> None:
    """Set ``read_at`` of entries that a poll without a lease found unchanged: it sets no last success of the feed."""
    rows = [
        {"feed_id": result.record.feed_id, "guid_hash": each, "read_at": result.read_at}
        for result in results
        if result.read_again
        for each in sorted(result.read_again)
    ]
    _CONFIRM.execute(connection, rows)


def store_departures(
    connection: Connection, results: Sequence[PollResult], confirmed: Mapping[int, datetime | None], now: datetime
) -> None:
    """Record which sightings came back to their feeds' documents and which left them.

    ``confirmed`` is when each feed was last polled successfully before: what leaves now still said the same then.
    """
    moved: dict[int, dict[str, datetime | None]] = {}
    for result in results:
        if not (result.returned or result.left):
            continue
        confirmed_at = confirmed[result.record.feed_id] if result.host_id else None
        moved |= {sighting_id: {"left_at": None, "read_at": None} for sighting_id in result.returned}
        moved |= {sighting_id: {"left_at": now, "read_at": confirmed_at} for sighting_id in result.left}
    _DEPART.execute(connection, [{"id": sighting_id} | moved[sighting_id] for sighting_id in sorted(moved)])
