"""Writing schedules: the hot half of a feed, under the lease that the poll ran under."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Connection, Select, Update, bindparam, case, exists, null, select, update

from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.types import UtcDateTime
from worker.values import Outcome, PollResult


def lock_schedules(connection: Connection, feed_ids: Sequence[int]) -> None:
    """Lock the schedules that a transaction is going to write, in their one order, whatever it writes into which."""
    if feed_ids:
        connection.execute(_lock(), {"feed_ids": feed_ids})


def store_schedules(connection: Connection, results: Sequence[PollResult]) -> None:
    """Write when each feed is due next and how its poll ended.

    A document of a polled feed that came from a file, under no lease, leaves the feed's schedule alone.
    """
    for is_leased in (True, False):
        mine = [result for result in results if is_leased == (result.token is not None) == (result.host_id is not None)]
        for rows in (
            [_success(result) for result in mine if not result.record.error],
            [_failure(result) for result in mine if result.record.error],
        ):
            if rows:
                connection.execute(_update(tuple(rows[0]), is_leased=is_leased), rows)


@cache
def _lock() -> Select[int]:
    mine = ScheduleRow.feed_id.in_(bindparam("feed_ids", expanding=True))
    return select(ScheduleRow.feed_id).where(mine).order_by(ScheduleRow.feed_id).with_for_update()


@cache
def _update(names: tuple[str, ...], *, is_leased: bool) -> Update:
    statement = update(ScheduleRow).where(ScheduleRow.feed_id == bindparam("b_feed_id"))
    if is_leased:
        # The fence: a worker whose lease was taken over never writes over its successor's decision.
        mine = (HostRow.id == ScheduleRow.host_id) & (HostRow.lease_token == bindparam("b_token"))
        statement = statement.where(exists().where(mine))
    started = bindparam("b_started_at", type_=UtcDateTime())
    # A request made while the poll ran has not been answered by it.
    asked_since = ScheduleRow.requested_at > started
    values: dict[str, Any] = {name: bindparam(name) for name in names if not name.startswith("b_")}
    # Whoever paused or removed the feed while it was polled had the last word.
    is_stopped = ScheduleRow.next_poll_at.is_(None)
    values["next_poll_at"] = case(
        (asked_since, ScheduleRow.requested_at), (is_stopped, ScheduleRow.next_poll_at), else_=values["next_poll_at"]
    )
    values["next_poll_reason"] = case((is_stopped, ScheduleRow.next_poll_reason), else_=values["next_poll_reason"])
    values["requested_at"] = case((asked_since, ScheduleRow.requested_at), else_=null())
    values["last_attempt_at"] = started
    if "body_hash" in names:
        changed = bindparam("b_changed", type_=Boolean())
        values["last_changed_at"] = case((changed, started), else_=ScheduleRow.last_changed_at)
        values["last_success_at"] = started
    return statement.values(values)


def _common(result: PollResult) -> dict[str, Any]:
    record = result.record
    row = {
        "b_feed_id": record.feed_id,
        "b_started_at": record.started_at,
        "next_poll_at": record.next_poll.at,
        "next_poll_reason": record.next_poll.reason,
        "interval": record.next_poll.interval,
        "failures": record.next_poll.streak.failures,
        "attempts": record.next_poll.streak.attempts,
        "failing_since": record.next_poll.streak.since,
        # The worker lived to tell: whatever killed others, it was not this poll.
        "claim_attempts": 0,
        "error_class": record.error.error_class if record.error else None,
        "error": record.error.sentence if record.error else None,
    }
    return row if result.token is None else row | {"b_token": result.token}


def _failure(result: PollResult) -> dict[str, Any]:
    return _common(result)


def _success(result: PollResult) -> dict[str, Any]:
    return _common(result) | {
        "b_changed": result.record.outcome is Outcome.NEW,
        "etag": result.validators.etag,
        "last_modified": result.validators.last_modified,
        "body_hash": result.body_hash,
    }
