"""Reading the due feeds of leased hosts, with all that the stages need to know of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, Row, cast, func, select

from worker.claim.terms import ClaimTerms
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.feed_values import read_hints, read_options, read_rhythm
from worker.errors import ErrorClass
from worker.values import DueFeed, Move, Streak, Validators

IN_DUE_ORDER = (ScheduleRow.requested_at.is_(None), ScheduleRow.next_poll_at, ScheduleRow.feed_id)
"""Requested feeds first: somebody waits for them."""

_FEED_FACTS = (
    FeedRow.url,
    FeedRow.site_url,
    FeedRow.options,
    FeedRow.hints,
    FeedRow.rhythm,
    FeedRow.moved_to,
    FeedRow.moved_polls,
    FeedRow.moved_since,
)


def read_due_feeds(
    connection: Connection,
    now: datetime,
    hosts: Sequence[Row[Any]],
    terms: ClaimTerms,
    named: Collection[int],
) -> dict[int, list[DueFeed]]:
    """Return, by host, the feeds (of ``named``, if any) that are due and can begin in time, most urgent first."""
    rank = func.row_number().over(partition_by=ScheduleRow.host_id, order_by=IN_DUE_ORDER)
    due = select(ScheduleRow.feed_id, rank.label("rank")).where(
        ScheduleRow.host_id.in_([host.id for host in hosts]), ScheduleRow.next_poll_at <= now
    )
    if named:
        due = due.where(ScheduleRow.feed_id.in_(named))
    ranked = due.subquery()
    rows = connection.execute(
        select(*_FEED_FACTS, ScheduleRow)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .join(ranked, ranked.c.feed_id == FeedRow.id)
        .join(HostRow, HostRow.id == ScheduleRow.host_id)
        .where(ranked.c.rank <= terms.feeds_per_host, _begins_in_time(ranked.c.rank, terms))
        .order_by(ranked.c.rank)
    )
    refusals = {host.id: host.failures for host in hosts}
    feeds: dict[int, list[DueFeed]] = defaultdict(list)
    for row in rows:
        feeds[row.host_id].append(_due_feed(row, refusals[row.host_id]))
    return feeds


def _begins_in_time(rank: ColumnElement[int], terms: ClaimTerms) -> ColumnElement[bool]:
    """Say in SQL whether a host's gap lets its feed of this rank, from 1, begin in time."""
    gap = func.coalesce(cast(HostRow.gap, Double), terms.gap.total_seconds())
    return (rank - 1) * gap <= terms.begin_within.total_seconds()


def _due_feed(row: Row[Any], host_refusals: int) -> DueFeed:
    return DueFeed(
        feed_id=row.feed_id,
        host_id=row.host_id,
        url=row.url,
        site_url=row.site_url,
        options=read_options(row.options),
        validators=Validators(row.etag, row.last_modified),
        body_hash=row.body_hash,
        hints=read_hints(row.hints),
        rhythm=read_rhythm(row.rhythm),
        streak=Streak(
            attempts=row.attempts,
            failures=row.failures,
            since=row.failing_since,
            last_class=ErrorClass(row.error_class) if row.error_class else None,
            last_at=row.last_attempt_at,
            host_refusals=host_refusals,
        ),
        last_success_at=row.last_success_at,
        move=Move(row.moved_to, row.moved_polls, row.moved_since) if row.moved_to else None,
        claim_attempts=row.claim_attempts,
        requested_at=row.requested_at,
        instructions=row.instructions,
        edition=row.edition,
    )
