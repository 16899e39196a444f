"""Repairing the store after the database's clock was set back: moments written while it was ahead are brought to now.

Otherwise a feed that was polled "tomorrow" would wait until tomorrow is over, and nothing would show it.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, and_, case, func, or_, select, update

from worker.basics.log_lines import get_logger
from worker.basics.units import show_duration
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import IS_MAILBOX, HostRow, PollRow, ScheduleRow
from worker.database.locks import lock_feeds
from worker.database.outbox_tables import WebhookRow
from worker.database.statements import is_one_of
from worker.database.task_turns import find_last_turn, note_turn
from worker.values.due_feeds import LONGEST_HOLD
from worker.values.outcomes import WAITS_FOR_TURN

TICK = "tick"
_MENDING = "mend a step of the clock"
# A smaller step does less harm than mending it costs.
_SMALLEST_STEP = timedelta(minutes=1)
_LOG = get_logger("feedmill")


def mend_clock_step(engine: Engine, lease: timedelta, gap: timedelta) -> None:
    """Make due what was put off, if the clock has been set back since the last tick or poll.

    ``lease`` is the longest time for which a host can be leased, ``gap`` the usual one between two requests to it.
    """
    ahead = _find_step(engine)
    if ahead >= _SMALLEST_STEP and (note := write(engine, lambda connection: _mend(connection, ahead, lease, gap))):
        _LOG.warning("clock set back", note=note)


def _find_step(engine: Engine) -> timedelta:
    """Return how far ahead of now the newest tick or poll began."""
    newest = select(PollRow.started_at).order_by(PollRow.started_at.desc()).limit(1)
    with reading(engine) as connection:
        begun = [at for at in (find_last_turn(connection, TICK), connection.execute(newest).scalar()) if at]
        now = read_clock(connection).now()
    return max(begun, default=now) - now


def _mend(connection: Connection, ahead: timedelta, lease: timedelta, gap: timedelta) -> str | None:
    """Make feeds, hosts and webhooks due again; return a note of how many there were, None for none."""
    now = read_clock(connection).now()
    feeds, hosts = _make_feeds_due(connection, now), _end_leases(connection, now, lease)
    _end_waits(connection, now, gap)
    webhooks = _make_webhooks_due(connection, now + ahead - _SMALLEST_STEP, now)
    if not feeds and not hosts and not webhooks:
        return None
    note = (
        f"the database's clock was set back by {show_duration(ahead)}; what it had put off is due now "
        f"(feeds: {feeds}, leases: {hosts}, webhooks: {webhooks})"
    )
    note_turn(connection, _MENDING, note, now)
    return note


def _make_feeds_due(connection: Connection, now: datetime) -> int:
    """Make feeds due that were polled, requested, put off or added while the clock was ahead; mend their moments."""
    waits_for_turn = ScheduleRow.next_poll_reason.startswith(WAITS_FOR_TURN, autoescape=True)
    is_later = or_(
        ScheduleRow.last_attempt_at > now,
        ScheduleRow.requested_at > now,
        and_(waits_for_turn, ScheduleRow.next_poll_at > now),
        and_(ScheduleRow.last_attempt_at.is_(None), ScheduleRow.next_poll_at > now + _SMALLEST_STEP),
    )
    feed_ids = connection.execute(select(ScheduleRow.feed_id).where(is_later)).scalars().all()
    lock_feeds(connection, feed_ids)
    found = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
    moments = (
        ScheduleRow.last_attempt_at,
        ScheduleRow.last_success_at,
        ScheduleRow.last_changed_at,
        ScheduleRow.failing_since,
        ScheduleRow.requested_at,
        ScheduleRow.held_until,
    )
    values: dict[Any, Any] = {moment: case((moment > now, now), else_=moment) for moment in moments}
    values[ScheduleRow.next_poll_at] = case(
        (ScheduleRow.next_poll_at.is_not(None), now), else_=ScheduleRow.next_poll_at
    )
    connection.execute(update(ScheduleRow).where(found & is_later).values(values))
    of_feeds = update(HostRow).where(HostRow.id.in_(select(ScheduleRow.host_id).where(found)))
    connection.execute(of_feeds.where(HostRow.next_request_at > now).values(next_request_at=now, held_until=None))
    is_asleep = HostRow.lease_token.is_(None) & (HostRow.claimable_at > now)
    connection.execute(of_feeds.where(is_asleep).values(claimable_at=now))
    return len(feed_ids)


def _end_leases(connection: Connection, now: datetime, lease: timedelta) -> int:
    """End the leases that reach further than any can; no worker is blamed for their loss."""
    too_long = update(HostRow).where(HostRow.lease_until > now + lease + _SMALLEST_STEP)
    free = {
        "lease_token": None,
        "lease_until": None,
        "expired_token": None,
        "next_request_at": None,
        "held_until": None,
    }
    claimable_at = case((IS_MAILBOX, None), else_=now)
    return connection.execute(too_long.values(claimable_at=claimable_at, **free)).rowcount


def _end_waits(connection: Connection, now: datetime, gap: timedelta) -> None:
    """Let hosts be asked that would wait for longer than any can: redirects led there while the clock was ahead."""
    is_held = and_(HostRow.held_until > now, HostRow.held_until <= now + LONGEST_HOLD)
    # No wait for a gap is longer than the gap.
    own_gap = func.coalesce(HostRow.gap, HostRow.wildcard_gap).label("own_gap")
    later = select(HostRow.id, HostRow.next_request_at, own_gap).where(HostRow.next_request_at > now + _SMALLEST_STEP)
    waiting = connection.execute(later.where(or_(HostRow.held_until.is_(None), ~is_held))).all()
    ids = [
        host.id
        for host in waiting
        if host.next_request_at > now + _SMALLEST_STEP + (gap if host.own_gap is None else host.own_gap)
    ]
    mine = update(HostRow).where(is_one_of(connection, HostRow.id, ids))
    connection.execute(mine.values(next_request_at=now, held_until=None))
    is_asleep = HostRow.lease_token.is_(None) & (HostRow.claimable_at > now)
    connection.execute(mine.where(is_asleep).values(claimable_at=now))


def _make_webhooks_due(connection: Connection, later: datetime, now: datetime) -> int:
    is_later = WebhookRow.next_attempt_at > later
    return connection.execute(update(WebhookRow).where(is_later).values(next_attempt_at=now)).rowcount
