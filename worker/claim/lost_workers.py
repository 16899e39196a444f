"""Leases that ran out: their workers died or froze, and the feeds that they had begun to poll are the suspects.

Of many feeds in flight together at most one is to blame. They are polled again in small company, and a feed that loses
its worker there too is polled alone. A successful poll clears a feed. Only a feed that loses worker after worker while
hardly any other does is quarantined: when many feeds lose theirs, it is the workers that fail.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, case, func, select, update

from worker.claim.due import IN_DUE_ORDER, ClaimTerms, first_due, parallel_of
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.outbox_tables import EventKind, write_events
from worker.values.due_feeds import FeedState

GUEST = "guest-"
"""How the token of a lease begins under which no feed of the host is polled: its loss says nothing of them."""
COMPANY = 8
"""At most so many suspects are polled together, until it is clear that one of them must be polled alone."""
# A feed that has lost so many workers is polled alone: another loss is then certainly its fault.
ALONE_FROM = 3
QUARANTINE_FROM = ALONE_FROM + 5
"""Five losses alone quarantine a feed."""
# Losses alone do not count while so many other hosts have lost workers lately: then it is the workers that fail.
_OTHERS = 3
_LATELY = timedelta(minutes=10)


def count_expired_leases(
    connection: Connection, now: datetime, hosts: Sequence[RowMapping], terms: ClaimTerms
) -> set[int]:
    """Count lost workers against the feeds that they had begun: the first due ones of each host that they held.

    Return the hosts that from now on must be polled with fewer others beside them, or with none.
    """
    lost = [host for host in hosts if host["expired_token"] and not host["expired_token"].startswith(GUEST)]
    if not lost:
        return set()
    is_crowd = _count_lost(connection, now, lost) > COMPANY
    connection.execute(update(HostRow).where(HostRow.id.in_([host["id"] for host in lost])).values(lost_at=now))
    apart = {host["id"] for host in lost if _count_loss(connection, now, host, terms, is_crowd=is_crowd)}
    connection.execute(update(HostRow).where(HostRow.id.in_(apart)).values(isolated=True))
    return apart


def _count_loss(connection: Connection, now: datetime, host: RowMapping, terms: ClaimTerms, *, is_crowd: bool) -> bool:
    """Count a lost worker against feeds of a host; say whether it must be polled in less company from now on."""
    counted = connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id.in_(_select_begun_feeds(host, now, terms)))
        .values(claim_attempts=_losses_after(connection, now, host, is_crowd=is_crowd))
        .returning(ScheduleRow.feed_id, ScheduleRow.claim_attempts)
    ).all()
    for feed in counted:
        if feed.claim_attempts >= QUARANTINE_FROM:
            quarantine(connection, feed.feed_id, now)
    is_from_now_alone = any(feed.claim_attempts == ALONE_FROM for feed in counted)
    return is_from_now_alone or (is_crowd and bool(counted) and not host["isolated"])


def _select_begun_feeds(host: RowMapping, now: datetime, terms: ClaimTerms) -> Any:
    at_once = 1 if host["isolated"] else parallel_of(host, terms)
    begun = (
        select(ScheduleRow.feed_id)
        .where(ScheduleRow.feed_id.in_(first_due(host["id"], now, at_once)))
        .order_by(*IN_DUE_ORDER)
        .limit(at_once)
        # A locked feed's poll is being stored, so its worker is alive; it locked the feed before its host.
        .with_for_update(skip_locked=True)
        .cte("begun")
    )
    return select(begun.c.feed_id)


def _losses_after(connection: Connection, now: datetime, host: RowMapping, *, is_crowd: bool) -> ColumnElement[int]:
    """Return in SQL how many losses are held against a feed after this one."""
    losses = ScheduleRow.claim_attempts
    if is_crowd:
        return case((losses == 0, 1), else_=losses)
    if host["isolated"] and _are_others_lost(connection, now, host["id"]):
        return case((losses < ALONE_FROM, losses + 1), else_=losses)
    return losses + 1


def _count_lost(connection: Connection, now: datetime, lost: Sequence[RowMapping]) -> int:
    """Return how many hosts lost their workers at about the same time, counting no further than needed."""
    # Leases that have run out and have not been taken over yet, by the index of the claim.
    more = (
        select(HostRow.id)
        .where(HostRow.claimable_at <= now, HostRow.claimable_at > now - _LATELY, HostRow.lease_token.is_not(None))
        .where(~HostRow.lease_token.startswith(GUEST))
        .limit(COMPANY)
        .subquery()
    )
    return len(lost) + int(connection.execute(select(func.count()).select_from(more)).scalar_one())


def _are_others_lost(connection: Connection, now: datetime, host_id: int) -> bool:
    others = select(HostRow.id).where(HostRow.lost_at > now - _LATELY, HostRow.id != host_id).limit(_OTHERS).subquery()
    return int(connection.execute(select(func.count()).select_from(others)).scalar_one()) == _OTHERS


def quarantine(connection: Connection, feed_id: int, now: datetime) -> None:
    """Poll a feed no more whose polls lose their workers."""
    reason = (
        f"its polls ended with the loss of their worker {QUARANTINE_FROM} times in a row, the last "
        f"{QUARANTINE_FROM - ALONE_FROM} with nothing beside it; feedmill resume {feed_id} tries again"
    )
    state = {"state": FeedState.QUARANTINED, "state_reason": reason}
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(state))
    schedule = {"next_poll_at": None, "requested_at": None, "next_poll_reason": f"quarantined: {reason}"}
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(schedule))
    write_events(connection, now, EventKind.FEED_QUARANTINED, [{"feed_id": feed_id, "details": {"reason": reason}}])
