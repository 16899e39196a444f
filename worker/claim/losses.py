"""Leases that ran out: a worker died or froze, and the feeds it had begun are the suspects."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from worker.claim.due import IN_DUE_ORDER, first_due
from worker.claim.terms import ClaimTerms
from worker.database.events import tell
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.values import EventKind, FeedState

# A feed whose lease expired this often is claimed alone; only then can a dead worker be laid at its door …
ALONE_FROM = 3
# … and after five such deaths it is quarantined.
QUARANTINE_FROM = ALONE_FROM + 5


def count_expired_leases(connection: Connection, now: datetime, hosts: Sequence[Row[Any]], terms: ClaimTerms) -> None:
    """Count a lost worker against the feeds that it had begun: the first due ones of each host it held."""
    for host in hosts:
        at_once = 1 if host.isolated else host.parallel or terms.parallel
        begun = (
            select(ScheduleRow.feed_id)
            .where(ScheduleRow.feed_id.in_(first_due(host.id, now, at_once)))
            .order_by(*IN_DUE_ORDER)
            .limit(at_once)
            # Whoever has locked a feed is storing its poll: that worker lives, and its feeds are locked before hosts.
            .with_for_update(skip_locked=True)
            .cte("begun")
        )
        counted = connection.execute(
            update(ScheduleRow)
            .where(ScheduleRow.feed_id.in_(select(begun.c.feed_id)))
            .values(claim_attempts=ScheduleRow.claim_attempts + 1)
            .returning(ScheduleRow.feed_id, ScheduleRow.claim_attempts)
        ).all()
        if any(feed.claim_attempts >= ALONE_FROM for feed in counted):
            connection.execute(update(HostRow).where(HostRow.id == host.id).values(isolated=True))
        for feed in counted:
            if feed.claim_attempts >= QUARANTINE_FROM:
                _quarantine(connection, feed.feed_id, now)


def _quarantine(connection: Connection, feed_id: int, now: datetime) -> None:
    reason = (
        f"its polls ended with the loss of their worker {QUARANTINE_FROM} times in a row, the last "
        f"{QUARANTINE_FROM - ALONE_FROM} with nothing beside it; feedmill resume {feed_id} tries again"
    )
    connection.execute(
        update(FeedRow).where(FeedRow.id == feed_id).values(state=FeedState.QUARANTINED, state_reason=reason)
    )
    connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id == feed_id)
        .values(next_poll_at=None, requested_at=None, next_poll_reason=f"quarantined: {reason}")
    )
    tell(connection, now, EventKind.FEED_QUARANTINED, [{"feed_id": feed_id, "details": {"reason": reason}}])
