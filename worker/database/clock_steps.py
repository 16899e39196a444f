"""A database's clock that is set back: what was put off while it was ahead is due now.

Nothing else would notice: a feed that was polled tomorrow, as it seemed, is not polled before tomorrow is over.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, and_, case, or_, select, update

from worker.basics.measures import show_duration
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import HostRow, PollRow, ScheduleRow
from worker.database.locks import lock_feeds
from worker.database.outbox_tables import WebhookRow
from worker.database.statements import is_among
from worker.database.turns import find_turn, note_turn

TICK = "tick"
_MENDING = "mend a step of the clock"
# Smaller steps do less harm than mending them costs.
_LEAST = timedelta(minutes=1)
_OF_POLLS = (
    ScheduleRow.last_attempt_at,
    ScheduleRow.last_success_at,
    ScheduleRow.last_changed_at,
    ScheduleRow.failing_since,
    ScheduleRow.requested_at,
)
_LOG = structlog.get_logger("feedmill")


def mend_clock_step(engine: Engine, lease: timedelta) -> None:
    """Make due what a clock that was ahead put off, where it was set back since the last tick or poll.

    ``lease`` is how long hosts are leased: none can be leased for longer.
    """
    ahead = _find_step(engine)
    if ahead >= _LEAST:
        _mend(engine, ahead, lease)


def _find_step(engine: Engine) -> timedelta:
    """Return how far ahead the clock was when a tick, or a poll, was last begun."""
    newest = select(PollRow.started_at).order_by(PollRow.started_at.desc()).limit(1)
    with reading(engine) as connection:
        begun = [at for at in (find_turn(connection, TICK), connection.execute(newest).scalar()) if at]
        now = read_clock(connection).now()
    return max(begun, default=now) - now


def _mend(engine: Engine, ahead: timedelta, lease: timedelta) -> None:
    def work(connection: Connection) -> str | None:
        now = read_clock(connection).now()
        feeds, hosts = _make_feeds_due(connection, now), _end_leases(connection, now, lease)
        webhooks = _make_webhooks_due(connection, now + ahead - _LEAST, now)
        if not feeds and not hosts and not webhooks:
            return None
        note = (
            f"the database's clock was set back by {show_duration(ahead)}; what it had put off is due now "
            f"(feeds: {feeds}, leases: {hosts}, webhooks: {webhooks})"
        )
        note_turn(connection, _MENDING, note, now)
        return note

    if note := write(engine, work):
        _LOG.warning("clock set back", note=note)


def _make_feeds_due(connection: Connection, now: datetime) -> int:
    """Make feeds due that were polled, or added, while the clock was ahead, and forget that they were polled later."""
    is_later = or_(
        ScheduleRow.last_attempt_at > now,
        and_(ScheduleRow.last_attempt_at.is_(None), ScheduleRow.next_poll_at > now + _LEAST),
    )
    feed_ids = connection.execute(select(ScheduleRow.feed_id).where(is_later)).scalars().all()
    lock_feeds(connection, feed_ids)
    mine = is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids) & is_later
    is_polled = ScheduleRow.next_poll_at.is_not(None)
    hosts = select(ScheduleRow.host_id).where(is_among(connection.dialect.name, ScheduleRow.feed_id, feed_ids))
    connection.execute(
        update(ScheduleRow)
        .where(mine)
        .values(
            {moment: case((moment > now, now), else_=moment) for moment in _OF_POLLS}
            | {ScheduleRow.next_poll_at: case((is_polled, now), else_=ScheduleRow.next_poll_at)}
        )
    )
    connection.execute(
        update(HostRow).where(HostRow.id.in_(hosts), HostRow.next_request_at > now).values(next_request_at=now)
    )
    connection.execute(
        update(HostRow)
        .where(HostRow.id.in_(hosts), HostRow.lease_token.is_(None), HostRow.claimable_at > now)
        .values(claimable_at=now)
    )
    return len(feed_ids)


def _end_leases(connection: Connection, now: datetime, lease: timedelta) -> int:
    """End leases that reach further than any can; nobody is to blame that they did not end by themselves."""
    ended = connection.execute(
        update(HostRow)
        .where(HostRow.lease_until > now + lease + _LEAST)
        .values(lease_token=None, lease_until=None, expired_token=None, next_request_at=None, claimable_at=now)
    )
    return ended.rowcount


def _make_webhooks_due(connection: Connection, later: datetime, now: datetime) -> int:
    made = connection.execute(update(WebhookRow).where(WebhookRow.next_attempt_at > later).values(next_attempt_at=now))
    return made.rowcount
