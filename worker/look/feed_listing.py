"""Looking at feeds: as rows in the order of their ids, how many there are, and what may make one late."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import itemgetter

from sqlalchemy import Connection, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from worker.database.feed_tables import IS_INACTIVE, FeedRow, FeedTagRow, HostRow, PollRow, ScheduleRow
from worker.database.types import Lines
from worker.database.websub_tables import SubscriptionRow
from worker.look.counts import Counted, count_found
from worker.look.listings import (
    Listed,
    MomentOf,
    Query,
    Wanted,
    columns,
    contains,
    in_order,
    in_time,
    place_of,
    stream_rows,
    tagged_feeds,
)
from worker.values.due_feeds import FeedState


def list_feeds(connection: Connection, now: datetime, wanted: Wanted) -> Iterator[Listed]:
    """List feeds, without removed ones unless that state is asked for; ``text`` looks into URL and title.

    ``left_alone_until`` is None unless the feed's host, and not the feed alone, is left alone.
    """
    # In this order the index of feeds that are polled has them.
    by = FeedRow.id if wanted.is_polled is None else ScheduleRow.feed_id
    wanted, moment_of = replace(wanted, newest_first=False), moment_of_feeds(wanted)
    parts = [in_order(part, by, FeedRow.added_at, wanted) for part in _choose_feeds(select_feeds(now), wanted)]
    with ExitStack() as ends:
        streams = [ends.enter_context(closing(stream_rows(connection, part))) for part in parts]
        yield from islice(merge(*streams, key=lambda row: tuple(place_of(row, moment_of))), wanted.limit)


def moment_of_feeds(wanted: Wanted) -> MomentOf | None:
    """Return by what moment the feeds that are wanted are sorted; None where they are by their ids."""
    return itemgetter("added_at") if wanted.goes_by_time else None


def find_listed_feed(connection: Connection, now: datetime, feed_id: int) -> Listed | None:
    """Return one feed as it is listed, also a removed one; None where there is none."""
    return connection.execute(select_feeds(now).where(FeedRow.id == feed_id)).mappings().first()


def count_listed_feeds(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the feeds that are wanted; None where that takes too long."""
    query = select(ScheduleRow.feed_id).join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
    return count_found(connection, FeedRow, _choose_feeds(query, wanted), is_search=wanted.is_search)


def is_any_feed_polled(connection: Connection) -> bool:
    """Return whether there is any feed that is more than a file."""
    polled = select(ScheduleRow.feed_id).where(ScheduleRow.host_id.is_not(None)).limit(1)
    return connection.execute(polled).first() is not None


def find_feed_with_host(connection: Connection, now: datetime, feed_id: int) -> Listed:
    """Return a feed as it is listed, with what may make it late: its host, the feeds ahead of it, the last poll."""
    before = aliased(ScheduleRow)
    is_ahead = (before.host_id == ScheduleRow.host_id, before.next_poll_at < ScheduleRow.next_poll_at)
    ahead = select(func.count()).where(*is_ahead)
    last_poll = select(func.max(PollRow.started_at))
    query = select_feeds(now).add_columns(
        HostRow.claimable_at,
        case((HostRow.lease_until > now, HostRow.lease_until)).label("leased_until"),
        func.coalesce(HostRow.gap, HostRow.wildcard_gap).label("gap"),
        func.coalesce(HostRow.parallel, HostRow.wildcard_parallel).label("parallel"),
        # A host may have very many feeds: those ahead of one that is not due hold nothing up.
        case((ScheduleRow.next_poll_at <= now, ahead.correlate(ScheduleRow).scalar_subquery()), else_=0).label("ahead"),
        last_poll.scalar_subquery().label("last_poll_at"),
    )
    return connection.execute(query.where(FeedRow.id == feed_id)).mappings().one()


def select_feeds(now: datetime) -> Query:
    """Return the query for all feeds, as they are listed."""
    # The other columns are for the claim alone.
    of_feed = (
        "id url title site_url state state_reason added_at options request hints rhythm moved_to moved_polls "
        "moved_since guid_policy guid_reason gaps quality quality_reason quality_since"
    )
    of_schedule = (
        "next_poll_at next_poll_reason requested_at held_until interval failures attempts failing_since error_class "
        "error last_attempt_at last_success_at last_changed_at"
    )
    # No tag has a line break.
    tags = select(func.aggregate_strings(FeedTagRow.tag, "\n")).where(FeedTagRow.feed_id == FeedRow.id)
    return (
        select(
            *columns(FeedRow, of_feed),
            *columns(ScheduleRow, of_schedule),
            type_coerce(tags.scalar_subquery(), Lines()).label("tags"),
            SubscriptionRow.hub_url,
            SubscriptionRow.state.label("subscription"),
            SubscriptionRow.reason.label("subscription_reason"),
            SubscriptionRow.lease_until,
            SubscriptionRow.delivered_at.label("pushed_at"),
            SubscriptionRow.missed.label("pushes_missed"),
            HostRow.name.label("host"),
            case((HostRow.held_until > now, HostRow.held_until)).label("left_alone_until"),
        )
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .outerjoin(HostRow, HostRow.id == ScheduleRow.host_id)
        # Of a feed's hubs one is named at a time.
        .outerjoin(SubscriptionRow, and_(SubscriptionRow.feed_id == FeedRow.id, SubscriptionRow.is_named))
    )


def _choose_feeds(query: Query, wanted: Wanted) -> list[Query]:
    """Return the queries for the feeds that are wanted: folders of files are listed with those that are polled."""
    query = _filter_feeds(query, wanted)
    polled, are_files = query.where(ScheduleRow.host_id.is_not(None)), query.where(ScheduleRow.host_id.is_(None))
    if wanted.is_polled is None:
        return [query]
    return [polled, are_files.where(FeedRow.is_folder)] if wanted.is_polled else [are_files]


def _filter_feeds(query: Query, wanted: Wanted) -> Query:
    query = query.where(FeedRow.state == wanted.state if wanted.state else FeedRow.state != FeedState.REMOVED)
    if wanted.state and wanted.state != FeedState.ACTIVE:
        query = query.where(IS_INACTIVE)
    if wanted.quality:
        query = query.where(FeedRow.quality == wanted.quality)
    if wanted.is_failing:
        query = query.where(ScheduleRow.error_class.is_not(None), ScheduleRow.next_poll_at.is_not(None))
    if wanted.text:
        query = query.where(or_(contains(FeedRow.url, wanted.text), contains(FeedRow.title, wanted.text)))
    if wanted.feed_id:
        query = query.where(FeedRow.id == wanted.feed_id)
    if wanted.feed_tag:
        query = query.where(FeedRow.id.in_(tagged_feeds(wanted.feed_tag)))
    return in_time(query, FeedRow.added_at, wanted)
