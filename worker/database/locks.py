"""Locking feeds and hosts, and the writes that need it: a feed's counters, when a host can be claimed, a lease's end.

The lock of a feed is its row in schedules. All transactions lock feeds before hosts, and each kind in the order of ids.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, case, exists, or_, select, update

from worker.database.feed_tables import IS_MAILBOX, HostRow, ScheduleRow
from worker.database.many_rows import replaced, update_many
from worker.database.statements import is_one_of, is_one_of_given
from worker.database.value_columns import REFUSALS
from worker.values.due_feeds import Refusals
from worker.values.frozen import dataclass

# A host can be claimed when its first feed is due, and not before it may be asked.
_CLAIMABLE_AT = (
    "(SELECT CASE WHEN next_poll_at < {next_request_at} THEN {next_request_at} ELSE next_poll_at END FROM schedules"
    " WHERE schedules.host_id = hosts.id AND next_poll_at IS NOT NULL ORDER BY next_poll_at LIMIT 1)"
)
_RELEASE = update_many(
    HostRow,
    ["id", "lease_token"],
    dict.fromkeys(("lease_token", "lease_until", "expired_token"), "NULL")
    | replaced("next_request_at")
    | {"claimable_at": _CLAIMABLE_AT},
)
_NOTE_REFUSALS = update_many(HostRow, ["id", "lease_token"], replaced(*REFUSALS.names.values()))


@dataclass(frozen=True, slots=True)
class LockedFeed:
    """What a locked feed's schedule says, to tell whether an earlier decision is stale."""

    edition: int
    instructions: int
    last_success_at: datetime | None


@dataclass(frozen=True, slots=True)
class HostRelease:
    """The end of a lease: from when the host may be asked again."""

    host_id: int
    token: str
    next_request_at: datetime
    is_isolated: bool = False
    refusals: Refusals | None = None
    """The host's refusals in a row; None where they are as the claim found them."""


# Statements that every poll needs are built once: building one costs several times what running it does.
@cache
def _select_feeds(dialect: str) -> Select[*tuple[Any, ...]]:
    return (
        select(ScheduleRow.feed_id, ScheduleRow.edition, ScheduleRow.instructions, ScheduleRow.last_success_at)
        .where(is_one_of_given(dialect, ScheduleRow.feed_id, "feed_ids"))
        .order_by(ScheduleRow.feed_id)
        .with_for_update()
    )


@cache
def _select_hosts(dialect: str) -> Select[*tuple[Any, ...]]:
    mine = is_one_of_given(dialect, HostRow.id, "host_ids")
    return select(HostRow.id, HostRow.lease_token).where(mine).order_by(HostRow.id).with_for_update()


def lock_feeds(connection: Connection, feed_ids: Collection[int]) -> dict[int, LockedFeed]:
    """Lock feeds until the transaction ends; return them by id, without those that have been deleted."""
    if not feed_ids:
        return {}
    rows = connection.execute(_select_feeds(connection.dialect.name), {"feed_ids": sorted(feed_ids)})
    return {feed_id: LockedFeed(*schedule) for feed_id, *schedule in rows.all()}


def count_instruction(connection: Connection, feed_ids: Collection[int]) -> None:
    """Lock feeds and count an operator's instruction: polls under way then leave the schedule alone."""
    lock_feeds(connection, feed_ids)
    mine = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
    connection.execute(update(ScheduleRow).where(mine).values(instructions=ScheduleRow.instructions + 1))


def count_edition(connection: Connection, feed_id: int) -> None:
    """Raise the edition of a locked feed: what was prepared from an older edition must be prepared again."""
    connection.execute(
        update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(edition=ScheduleRow.edition + 1)
    )


def wake_hosts(connection: Connection, at: datetime, feed_ids: Collection[int]) -> None:
    """Let the hosts of feeds that are due at ``at`` be claimed then; a leased one finds them when its lease ends."""
    named = select(ScheduleRow.host_id).where(is_one_of(connection, ScheduleRow.feed_id, feed_ids))
    locked = select(HostRow.id).where(HostRow.id.in_(named)).order_by(HostRow.id).with_for_update()
    hosts = connection.execute(locked).scalars().all()
    is_asleep = HostRow.lease_token.is_(None) & or_(HostRow.claimable_at.is_(None), HostRow.claimable_at > at)
    soonest = case((HostRow.next_request_at > at, HostRow.next_request_at), else_=at)
    connection.execute(
        update(HostRow)
        .where(is_one_of(connection, HostRow.id, hosts), ~IS_MAILBOX)
        # Leased hosts are locked too: the end of their lease then waits for us and sees what is due.
        .values(claimable_at=case((is_asleep, soonest), else_=HostRow.claimable_at))
    )


def lock_hosts(connection: Connection, host_ids: Collection[int]) -> dict[int, str | None]:
    """Lock hosts until the transaction ends, so that nobody takes one over; return the tokens of their leases."""
    if not host_ids:
        return {}
    rows = connection.execute(_select_hosts(connection.dialect.name), {"host_ids": sorted(host_ids)})
    return dict(rows.all())


def release_hosts(connection: Connection, releases: Sequence[HostRelease]) -> None:
    """End those leases of locked hosts that are still ours."""
    changed = [
        {"id": each.host_id, "lease_token": each.token, **REFUSALS.write(each.refusals)}
        for each in releases
        if each.refusals
    ]
    # First, while the leases last.
    _NOTE_REFUSALS.execute(connection, changed)
    rows = [
        {"id": each.host_id, "lease_token": each.token, "next_request_at": each.next_request_at} for each in releases
    ]
    _RELEASE.execute(connection, rows)
    # Only hosts that were isolated are looked at: no other one can have a suspect.
    if isolated := [release.host_id for release in releases if release.is_isolated]:
        waiting = and_(ScheduleRow.claim_attempts > 0, ScheduleRow.next_poll_at.is_not(None))
        suspect = exists().where(ScheduleRow.host_id == HostRow.id, waiting)
        connection.execute(update(HostRow).where(HostRow.id.in_(isolated), ~suspect).values(isolated=False))
