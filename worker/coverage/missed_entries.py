"""Gaps one by one: between which polls entries came and went unseen, how many about, and whether they were found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.orm import aliased

from worker.basics.codec import unpack
from worker.database.backfill_rows import BackfillRow
from worker.database.feed_tables import FeedRow, PollRow
from worker.database.statements import is_one_of
from worker.schedule.rhythm import expected_rate
from worker.values.backfills import BackfillEnd
from worker.values.outcomes import GAP_NOTE, Outcome
from worker.values.schedules import Rhythm

_SUCCESS = (Outcome.NEW, Outcome.UNCHANGED)
# A back-fill is begun when its poll is stored, which is soon after it began.
_SOON = timedelta(hours=1)
_HOUR = timedelta(hours=1)
_NO_WAY = "no older documents are known"


@dataclass(frozen=True, slots=True)
class MissedEntries:
    """A gap: that entries came into a feed's document and left it again between two polls."""

    feed_id: int
    name: str
    url: str
    since: datetime | None
    """When the poll before began; None where the ledger does not have it any more."""
    until: datetime
    """When the poll began that found the gap."""
    missed: int | None
    """How many entries, as the feed's rhythm makes likely; None where that or the poll before is not known."""
    is_filled: bool | None
    """Whether older documents have filled it; None while they are read."""
    articles: int
    """How many articles were found in these."""
    reason: str | None
    """Why it was not filled, in words."""


def list_missed(
    connection: Connection, feed_ids: Sequence[int], since: datetime, until: datetime
) -> list[MissedEntries]:
    """Return the gaps that polls of feeds have found in a time, the newest first."""
    rows = connection.execute(_select_gaps(connection, feed_ids, since, until)).mappings()
    return [_read_gap(row) for row in rows]


def _select_gaps(
    connection: Connection, feed_ids: Sequence[int], since: datetime, until: datetime
) -> Select[*tuple[Any, ...]]:
    before = aliased(PollRow)
    of_feed = before.feed_id == PollRow.feed_id, before.started_at < PollRow.started_at, before.outcome.in_(_SUCCESS)
    former = select(func.max(before.started_at)).where(*of_feed).correlate(PollRow).scalar_subquery()
    filling = (
        select(BackfillRow.id)
        .where(BackfillRow.feed_id == PollRow.feed_id, BackfillRow.is_asked.is_(False))
        .where(BackfillRow.begun_at >= PollRow.started_at)
        .order_by(BackfillRow.begun_at)
        .limit(1)
        .correlate(PollRow)
        .scalar_subquery()
    )
    backfill = (BackfillRow.begun_at, BackfillRow.next_read_at, BackfillRow.outcome, BackfillRow.articles)
    return (
        select(PollRow.feed_id, PollRow.started_at, PollRow.entries, former.label("former_at"), *backfill)
        .add_columns(BackfillRow.reason, FeedRow.url, FeedRow.title, FeedRow.rhythm)
        .join(FeedRow, FeedRow.id == PollRow.feed_id)
        .outerjoin(BackfillRow, BackfillRow.id == filling)
        .where(is_one_of(connection, PollRow.feed_id, feed_ids))
        .where(PollRow.started_at >= since, PollRow.started_at < until)
        .where(PollRow.note.contains(GAP_NOTE, autoescape=True))
        .order_by(PollRow.started_at.desc(), PollRow.feed_id)
    )


def _read_gap(row: Any) -> MissedEntries:
    found_at = row["started_at"]
    is_tried = row["begun_at"] is not None and row["begun_at"] - found_at < _SOON
    is_open = is_tried and row["next_read_at"] is not None
    is_filled = row["outcome"] == BackfillEnd.FILLED if is_tried else False
    return MissedEntries(
        row["feed_id"],
        row["title"] or row["url"],
        row["url"],
        row["former_at"],
        found_at,
        estimate_missed(unpack(Rhythm, row["rhythm"]), row["former_at"], found_at, row["entries"] or 0),
        None if is_open else is_filled,
        row["articles"] if is_tried else 0,
        None if is_filled or is_open else row["reason"] if is_tried else _NO_WAY,
    )


def estimate_missed(rhythm: Rhythm | None, since: datetime | None, until: datetime, seen: int) -> int | None:
    """Return how many entries were missed, about: as many as were to be expected, less those that were seen.

    One at least is missed in a gap. None where the rhythm is not known, or when the poll before was.
    """
    if rhythm is None or since is None:
        return None
    expected = expected_rate(rhythm, rhythm.latest) * ((until - since) / _HOUR)
    return max(round(expected) - seen, 1)
