"""Leasing mailboxes: each is a row of hosts of its own, which no claim of feeds takes, for it is never claimable there.

A mailbox is due as a feed is, by its schedule. Its lease is that of its host, so what its poll writes is fenced as all
polls are.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from worker.claim.due import read_due_feed
from worker.claim.lost_workers import QUARANTINE_FROM, quarantine
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.values.due_feeds import DueFeed, FeedState


@dataclass(frozen=True, slots=True)
class ClaimedMailbox:
    """One worker's right to poll a mailbox while its lease holds."""

    feed: DueFeed
    host_id: int
    token: str


def claim_mailbox(
    connection: Connection, now: datetime, lease: timedelta, urls: Collection[str], feed_ids: Collection[int] = ()
) -> ClaimedMailbox | None:
    """Lease the mailbox of these URLs that has been due the longest, or one of ``feed_ids``, due or not."""
    is_free = or_(HostRow.lease_until.is_(None), HostRow.lease_until <= now)
    is_wanted = FeedRow.id.in_(feed_ids) if feed_ids else ScheduleRow.next_poll_at <= now
    due = (
        select(HostRow.id, HostRow.lease_token, FeedRow.id.label("feed_id"))
        .join(ScheduleRow, ScheduleRow.host_id == HostRow.id)
        .join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
        .where(HostRow.name.in_(urls), FeedRow.state == FeedState.ACTIVE, is_free, is_wanted)
        .order_by(ScheduleRow.next_poll_at)
        .limit(1)
        .with_for_update(of=HostRow, skip_locked=True)
    )
    found = connection.execute(due).first()
    if found is None or (found.lease_token and _count_loss(connection, now, found.feed_id)):
        return None
    token = secrets.token_hex(8)
    mine = update(HostRow).where(HostRow.id == found.id)
    connection.execute(mine.values(lease_token=token, lease_until=now + lease))
    # Its document is new each time: it is never the one before.
    return ClaimedMailbox(replace(read_due_feed(connection, found.feed_id), body_hash=None), found.id, token)


def _count_loss(connection: Connection, now: datetime, feed_id: int) -> bool:
    """Count a lost worker against the mailbox that it was polling; say whether it is not polled any more."""
    counted = update(ScheduleRow).where(ScheduleRow.feed_id == feed_id)
    counted = counted.values(claim_attempts=ScheduleRow.claim_attempts + 1)
    losses: int = connection.execute(counted.returning(ScheduleRow.claim_attempts)).scalar_one()
    if losses >= QUARANTINE_FROM:
        quarantine(connection, feed_id, now)
    return losses >= QUARANTINE_FROM


def release_mailbox(connection: Connection, claimed: ClaimedMailbox) -> None:
    """End a lease, if it is still ours."""
    mine = HostRow.id == claimed.host_id, HostRow.lease_token == claimed.token
    connection.execute(update(HostRow).where(*mine).values(lease_token=None, lease_until=None))
