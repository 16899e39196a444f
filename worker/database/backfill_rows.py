"""Back-fills as the store has them: begun with a gap or on demand, found when one is due, noted as they go on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, ForeignKey, Index, RowMapping, func, insert, select, text, update
from sqlalchemy.orm import Mapped

from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.statements import partial_index
from worker.database.types import NEVER_REUSED, Base, BigId, column
from worker.database.value_columns import Columns, read_request_settings
from worker.values.backfills import Backfill, BackfillEnd, Source
from worker.values.due_feeds import DueFeed, FeedState

# A feed that publishes faster than its back-fills go on does not need ever more of them.
_MOST_OPEN = 5
# A site that has no news sitemap today will hardly have one tomorrow.
_LOOK_AGAIN = timedelta(days=7)


class BackfillRow(Base):
    """A feed's older documents that are read, or were, for what its newest ones did not show."""

    __tablename__ = "backfills"
    __table_args__ = (
        partial_index("ix_backfills_next_read_at", "next_read_at", where="next_read_at IS NOT NULL"),
        Index("ix_backfills_feed_id", "feed_id", "begun_at"),
        # For retention.
        Index("ix_backfills_begun_at", "begun_at"),
        NEVER_REUSED | {"comment": "One row per gap that older documents may fill, and per request to read them"},
    )

    id: Mapped[int] = column("Identifier", BigId, primary_key=True)
    feed_id: Mapped[int] = column("The feed", ForeignKey("feeds.id", ondelete="CASCADE"))
    begun_at: Mapped[datetime] = column("When the gap was noted, or somebody asked for it")
    is_asked: Mapped[bool] = column("Whether somebody asked for it: else it ends at an entry known before begun_at")
    since: Mapped[datetime | None] = column("Entries from before then are not wanted; null where all are")
    most_documents: Mapped[int] = column("How many older documents it may read")
    next_url: Mapped[str] = column("The document to read next; once it has ended, the last one")
    next_read_at: Mapped[datetime | None] = column("When to read it; null once it has ended")
    source: Mapped[str] = column("What that is: older document, robots.txt or news sitemap")
    documents: Mapped[int] = column("How many older ones have been read", server_default=text("0"))
    entries: Mapped[int] = column("How many entries they had", server_default=text("0"))
    articles: Mapped[int] = column("How many new articles came of them", server_default=text("0"))
    bytes_received: Mapped[int] = column("How many bytes they had", BigId, server_default=text("0"))
    attempts: Mapped[int] = column("Times in a row that the next one could not be read", server_default=text("0"))
    waits: Mapped[int] = column("Times in a row that polls of its host came first", server_default=text("0"))
    seen: Mapped[bytes] = column("xxh3-64 of each URL that was read, and of the keys of its entries")
    outcome: Mapped[str | None] = column("filled or given up; null while it goes on")
    reason: Mapped[str | None] = column("Why it ended, or why the next document could not be read so far, in words")


BACKFILL = Columns(Backfill)


@dataclass(frozen=True, slots=True)
class DueBackfill:
    """A back-fill whose next document is to be read now."""

    backfill_id: int
    feed: DueFeed
    backfill: Backfill


def begin_backfill(connection: Connection, feed_id: int, backfill: Backfill) -> None:
    """Begin a back-fill of a feed that is locked, unless enough others of its kind go on."""
    others = select(BackfillRow.id).where(*_goes_on(feed_id), BackfillRow.is_asked == backfill.is_asked)
    if len(connection.execute(others.limit(_MOST_OPEN)).all()) < _MOST_OPEN:
        connection.execute(insert(BackfillRow).values(feed_id=feed_id, **BACKFILL.write(backfill)))


def may_look_for_sitemap(connection: Connection, feed_id: int, now: datetime) -> bool:
    """Say whether no sitemap is being looked for, or was in vain, for a gap of the feed within a week."""
    recent = BackfillRow.feed_id == feed_id, BackfillRow.begun_at > now - _LOOK_AGAIN
    in_vain = BackfillRow.outcome.is_(None) | (BackfillRow.outcome == BackfillEnd.GIVEN_UP)
    looks = select(BackfillRow.id).where(*recent, BackfillRow.source != Source.OLDER_DOCUMENT, in_vain)
    return connection.execute(looks.limit(1)).first() is None


def end_asked_backfills(connection: Connection, feed_id: int, reason: str) -> None:
    """End what somebody asked for earlier of a feed that is locked."""
    ended = {"next_read_at": None, "outcome": BackfillEnd.GIVEN_UP, "reason": reason}
    connection.execute(update(BackfillRow).where(*_goes_on(feed_id), BackfillRow.is_asked).values(ended))


def _goes_on(feed_id: int) -> tuple[ColumnElement[bool], ...]:
    return BackfillRow.feed_id == feed_id, BackfillRow.next_read_at.is_not(None)


def find_newest_backfill(connection: Connection, feed_id: int) -> RowMapping | None:
    """Return the back-fill of a feed that was begun last, as it is stored; None where there was none."""
    of_feed = select(*BackfillRow.__table__.columns).where(BackfillRow.feed_id == feed_id)
    newest = of_feed.order_by(BackfillRow.begun_at.desc(), BackfillRow.id.desc()).limit(1)
    return connection.execute(newest).mappings().first()


def list_due_backfills(
    connection: Connection, now: datetime, most: int, feed_id: int | None = None
) -> Sequence[DueBackfill]:
    """Return back-fills that are due, the one that has waited longest first; ``feed_id``: only those of a feed."""
    query = (
        select(
            *BackfillRow.__table__.columns,
            *(FeedRow.url, FeedRow.site_url, FeedRow.request),
            *(ScheduleRow.host_id, ScheduleRow.last_success_at),
        )
        .join(FeedRow, FeedRow.id == BackfillRow.feed_id)
        .join(ScheduleRow, ScheduleRow.feed_id == BackfillRow.feed_id)
        .where(BackfillRow.next_read_at <= now, *_may_go_on(feed_id))
        .order_by(BackfillRow.next_read_at)
        .limit(most)
    )
    return [_read_row(row) for row in connection.execute(query).mappings()]


def find_next_backfill(connection: Connection, before: datetime, feed_id: int | None = None) -> datetime | None:
    """Return when the next back-fill is due; None if none is ``before`` that moment."""
    query = (
        select(func.min(BackfillRow.next_read_at))
        .join(FeedRow, FeedRow.id == BackfillRow.feed_id)
        .join(ScheduleRow, ScheduleRow.feed_id == BackfillRow.feed_id)
        .where(BackfillRow.next_read_at < before, *_may_go_on(feed_id))
    )
    at: datetime | None = connection.execute(query).scalar_one()
    return at


def _may_go_on(feed_id: int | None) -> list[ColumnElement[bool]]:
    """Return the conditions for reading older documents of a feed: it is polled, and has been."""
    conditions = [FeedRow.state == FeedState.ACTIVE, ScheduleRow.last_success_at.is_not(None)]
    return conditions if feed_id is None else [*conditions, BackfillRow.feed_id == feed_id]


def _read_row(row: RowMapping) -> DueBackfill:
    feed = DueFeed(
        row["feed_id"],
        row["host_id"],
        row["url"],
        row["site_url"],
        request=read_request_settings(row["request"]),
        last_success_at=row["last_success_at"],
    )
    return DueBackfill(row["id"], feed, BACKFILL.read(row))


def take_backfill(connection: Connection, due: DueBackfill, until: datetime) -> DueBackfill | None:
    """Take a due back-fill ``until`` a moment, after which others may; None where another worker was first."""
    is_due = BackfillRow.id == due.backfill_id, BackfillRow.next_read_at == due.backfill.next_read_at
    is_taken = connection.execute(update(BackfillRow).where(*is_due).values(next_read_at=until)).rowcount > 0
    return replace(due, backfill=replace(due.backfill, next_read_at=until)) if is_taken else None


def note_progress(connection: Connection, taken: DueBackfill, after: Backfill) -> None:
    """Write how far a back-fill has come, if it is still this worker's, and its feed's: that may have been merged."""
    of_feed = BackfillRow.id == taken.backfill_id, BackfillRow.feed_id == taken.feed.feed_id
    is_mine = *of_feed, BackfillRow.next_read_at == taken.backfill.next_read_at
    connection.execute(update(BackfillRow).where(*is_mine).values(BACKFILL.write(after)))
