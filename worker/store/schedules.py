"""Writing schedules: the hot half of a feed, by the polls that may decide about it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Connection, Update, bindparam, case, null, update

from worker.database.feed_tables import ScheduleRow
from worker.database.types import UtcDateTime
from worker.values import Outcome, PollResult


def store_schedules(connection: Connection, results: Sequence[PollResult]) -> None:
    """Write when each feed is due next and how its poll ended; all of them may decide that."""
    for rows in (
        [_success(result) for result in results if not result.record.error],
        [_failure(result) for result in results if result.record.error],
    ):
        if rows:
            connection.execute(_update(tuple(rows[0])), rows)


@cache
def _update(names: tuple[str, ...]) -> Update:
    started = bindparam("b_started_at", type_=UtcDateTime())
    values: dict[str, Any] = {name: bindparam(name) for name in names if not name.startswith("b_")}
    values["requested_at"] = null()
    values["last_attempt_at"] = started
    if "body_hash" in names:
        changed = bindparam("b_changed", type_=Boolean())
        values["last_changed_at"] = case((changed, started), else_=ScheduleRow.last_changed_at)
        values["last_success_at"] = started
    return update(ScheduleRow).where(ScheduleRow.feed_id == bindparam("b_feed_id")).values(values)


def _common(result: PollResult) -> dict[str, Any]:
    record = result.record
    return {
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


def _failure(result: PollResult) -> dict[str, Any]:
    return _common(result)


def _success(result: PollResult) -> dict[str, Any]:
    return _common(result) | {
        "b_changed": result.record.outcome is Outcome.NEW,
        "etag": result.validators.etag,
        "last_modified": result.validators.last_modified,
        "body_hash": result.body_hash,
    }
