"""Names that are one server: those of one registered domain at one address share a row, which is leased in their place.

Lease, gap and refusals of that row are then theirs, and a claim reads it like any other. It is called
``*.domain:port@address``. A name joins it when it is found at an address at which another name of its domain is known,
and leaves it when it is found elsewhere: where it says that it is counts for nothing, for it may list a stranger's
address. A name that its operator chose a gap or a number of requests for stays apart.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select, update

from worker.basics.urls import host_key
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.host_rows import add_hosts
from worker.database.locks import lock_feeds
from worker.database.statements import is_one_of
from worker.database.value_columns import REFUSALS
from worker.values.due_feeds import NO_REFUSALS

_SHARED = "*."
"""How the name of a row begins that names share: no hostname begins so."""
# As many as one transaction moves; the others follow as they are polled.
_MOST_RELATIVES = 50


@dataclass(frozen=True, slots=True)
class FoundName:
    """Where a host's name was found when it was asked."""

    name: str
    """``hostname:port``."""
    address: str
    """That which was dialled, and answered."""
    feed_id: int | None = None
    """The feed that was polled there; None where a redirect led there."""


def note_addresses(connection: Connection, now: datetime, found: FoundName) -> None:
    """Let a name share the row of those of its domain that are known at its address, or leave it."""
    host = connection.execute(select(HostRow).where(HostRow.name == found.name)).first()
    if host is None or not host.has_siblings or _is_apart(host):
        return
    has_left = bool(host.shares_with) and not _is_at(connection, host.shares_with, found.address)
    is_new = has_left or (host.shares_with is None and host.address != found.address)
    relatives = _find_relatives(connection, host, found.address) if is_new else ()
    _lock_feeds_first(connection, found, [host.id, *(each.id for each in relatives)] if relatives else [])
    if has_left:
        _change(connection, [host.id], shares_with=None, address=None)
    if relatives:
        _join(connection, host, relatives)
    elif is_new:
        _change(connection, [host.id], address=found.address)
    if found.feed_id:
        _bring_home(connection, now, found.feed_id, add_hosts(connection, [found.name])[found.name])


def leave_shared(connection: Connection, host_ids: Collection[int]) -> None:
    """Let names, each with all its feeds, be asked as hosts of their own again."""
    members = {host.name: host for host in _read(connection, host_ids) if host.shares_with}
    shared_ids = {host.shares_with for host in members.values()}
    of_shared = select(FeedRow.id, FeedRow.url).join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
    feeds: dict[str, list[int]] = {name: [] for name in members}
    for feed in connection.execute(of_shared.where(ScheduleRow.host_id.in_(shared_ids)).order_by(FeedRow.id)):
        if (name := host_key(feed.url)) in feeds:
            feeds[name].append(feed.id)
    lock_feeds(connection, [feed_id for each in feeds.values() for feed_id in each])
    ids = sorted({*shared_ids, *(host.id for host in members.values())})
    locked = dict(zip(ids, _lock(connection, ids), strict=True))
    for name, host in members.items():
        shared = locked[host.shares_with]
        # Whoever holds the shared row may be polling one of these feeds.
        not_before = shared.lease_until if shared.lease_token else shared.next_request_at
        _change(connection, [host.id], shares_with=None, address=None, next_request_at=not_before)
        _move_feeds(connection, feeds[name], host.id)


def _is_apart(host: Row[Any]) -> bool:
    return host.gap is not None or host.parallel is not None


def _is_at(connection: Connection, host_id: int, address: str) -> bool:
    (host,) = _read(connection, [host_id])
    return bool(host.address == address)


def _read(connection: Connection, host_ids: Collection[int]) -> Sequence[Row[Any]]:
    return connection.execute(select(HostRow).where(HostRow.id.in_(host_ids)).order_by(HostRow.id)).all()


def _lock(connection: Connection, host_ids: Collection[int]) -> list[Row[Any]]:
    """Lock hosts in the order of their ids; return them in the order in which they are named."""
    locked = select(HostRow).where(HostRow.id.in_(host_ids)).order_by(HostRow.id).with_for_update()
    rows = {row.id: row for row in connection.execute(locked)}
    return [rows[host_id] for host_id in host_ids]


def _change(connection: Connection, host_ids: Collection[int], **values: Any) -> None:
    connection.execute(update(HostRow).where(HostRow.id.in_(host_ids)).values(**values))


def _find_relatives(connection: Connection, host: Row[Any], address: str) -> Sequence[Row[Any]]:
    """Return the hosts that a name may share a row with: first the row that others share."""
    return connection.execute(
        select(HostRow)
        .where(HostRow.domain == host.domain, HostRow.has_siblings.is_(True), HostRow.address == address)
        .where(HostRow.shares_with.is_(None), HostRow.id != host.id)
        .where(HostRow.gap.is_(None), HostRow.parallel.is_(None))
        # What a wildcard chose for one of them alone would be lost.
        .where(HostRow.wildcard_gap.is_not_distinct_from(host.wildcard_gap))
        .where(HostRow.wildcard_parallel.is_not_distinct_from(host.wildcard_parallel))
        .order_by(HostRow.name)
        .limit(_MOST_RELATIVES)
    ).all()


def _lock_feeds_first(connection: Connection, found: FoundName, host_ids: Collection[int]) -> None:
    """Lock the feed that was polled and those of hosts, for feeds are locked before hosts."""
    of_hosts = select(ScheduleRow.feed_id).where(ScheduleRow.host_id.in_(host_ids))
    feed_ids = {*connection.execute(of_hosts).scalars()} if host_ids else set()
    lock_feeds(connection, feed_ids | ({found.feed_id} if found.feed_id else set()))


def _join(connection: Connection, host: Row[Any], relatives: Sequence[Row[Any]]) -> None:
    """Let a host and its relatives, their feeds locked, share a row; leased ones follow when they are next polled."""
    address = relatives[0].address
    name = f"{_SHARED}{host.domain}@{address}"
    shared_id = add_hosts(connection, [name])[name]
    members = [host.id, *(each.id for each in relatives if each.id != shared_id)]
    shared, *locked = _lock(connection, [shared_id, *members])
    joining = [each for each in locked if not each.lease_token and not each.isolated and not each.shares_with]
    # Without an address a name is looked at again.
    _change(connection, [each.id for each in locked if each not in joining], address=None)
    most_refused = max((shared, *joining), key=lambda each: each.failures)
    moments = [each.next_request_at for each in (shared, *joining) if each.next_request_at]
    _change(
        connection,
        [shared_id],
        address=address,
        next_request_at=max(moments, default=None),
        **{name: getattr(most_refused, name) for name in REFUSALS.names.values()},
    )
    ids = [each.id for each in joining]
    _change(connection, ids, shares_with=shared_id, address=address, claimable_at=None, **REFUSALS.write(NO_REFUSALS))
    moving = select(ScheduleRow.feed_id, ScheduleRow.host_id).where(ScheduleRow.host_id.in_(ids))
    moved = {row.feed_id: row.host_id for row in connection.execute(moving)}
    # A name without feeds keeps when it was last asked, and is forgotten some time after that.
    _change(connection, {*moved.values()}, next_request_at=None)
    _move_feeds(connection, [*moved], shared_id)


def _bring_home(connection: Connection, now: datetime, feed_id: int, host_id: int) -> None:
    """Let a locked feed be polled under the row that is leased for its host now, unless it is due and may be polled."""
    elsewhere = ScheduleRow.feed_id == feed_id, ScheduleRow.host_id != host_id, ScheduleRow.next_poll_at > now
    if connection.execute(select(ScheduleRow.feed_id).where(*elsewhere)).first():
        _lock(connection, [host_id])
        _move_feeds(connection, [feed_id], host_id)


def _move_feeds(connection: Connection, feed_ids: Collection[int], host_id: int) -> None:
    """Give locked feeds to another locked row, which can be claimed when the first of its feeds is due."""
    mine = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
    connection.execute(update(ScheduleRow).where(mine).values(host_id=host_id))
    due = select(func.min(ScheduleRow.next_poll_at)).where(ScheduleRow.host_id == HostRow.id).scalar_subquery()
    claimable_at = case((due < HostRow.next_request_at, HostRow.next_request_at), else_=due)
    # A leased row finds them when its lease ends.
    is_free = HostRow.id == host_id, HostRow.lease_token.is_(None)
    connection.execute(update(HostRow).where(*is_free).values(claimable_at=claimable_at))
