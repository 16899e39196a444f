"""Noting which sightings of a feed were read again, came back to its document, or left it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, update

from worker.database.article_tables import SightingRow
from worker.database.types import UtcDateTime
from worker.values.outcomes import PollResult

# Statements are built once: building one costs several times what running it does.
_READ_AT = bindparam("b_read_at", type_=UtcDateTime())
_IS_OLDER = SightingRow.read_at < _READ_AT
# A version that its publisher does not date counts as made when it was last read.
_IS_UNDATED = SightingRow.said_at == SightingRow.read_at
_UPDATE_SIGHTINGS = update(SightingRow).where(SightingRow.id == bindparam("b_id"))
_CONFIRM = _UPDATE_SIGHTINGS.where(_IS_OLDER).values(
    read_at=_READ_AT, said_at=case((_IS_UNDATED, _READ_AT), else_=SightingRow.said_at)
)
_DEPART = _UPDATE_SIGHTINGS.values(
    read_at=case((_IS_OLDER, _READ_AT), else_=SightingRow.read_at),
    said_at=case((_IS_OLDER & _IS_UNDATED, _READ_AT), else_=SightingRow.said_at),
)


def confirm_sightings(connection: Connection, results: Sequence[PollResult]) -> None:
    """Set ``read_at`` of entries that a poll without a lease found unchanged: it sets no last success of the feed."""
    rows = [{"b_id": each, "b_read_at": result.read_at} for result in results for each in sorted(result.read_again)]
    if rows:
        connection.execute(_CONFIRM, rows)


def store_departures(
    connection: Connection, results: Sequence[PollResult], confirmed: Mapping[int, datetime | None], now: datetime
) -> None:
    """Record which sightings came back to their feeds' documents and which left them.

    ``confirmed`` is when each feed was last polled successfully before: what leaves now still said the same then.
    """
    moved: dict[int, dict[str, datetime | None]] = {}
    for result in results:
        confirmed_at = confirmed[result.record.feed_id] if result.host_id else None
        moved |= {sighting_id: {"left_at": None, "b_read_at": None} for sighting_id in result.returned}
        moved |= {sighting_id: {"left_at": now, "b_read_at": confirmed_at} for sighting_id in result.left}
    if moved:
        connection.execute(_DEPART, [{"b_id": sighting_id} | moved[sighting_id] for sighting_id in sorted(moved)])
