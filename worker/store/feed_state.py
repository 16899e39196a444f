"""What polls write about feeds: when they are due next, how the last poll ended, what their documents say of them."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Update, bindparam, case, func, null, or_, update
from sqlalchemy.orm import Mapped

from worker.basics.codec import pack
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.outbox_tables import EventKind, write_events
from worker.database.types import UtcDateTime
from worker.database.value_columns import GUID_RULE, MOVE
from worker.store.poll_locks import Locked
from worker.values.due_feeds import FeedState, Validators
from worker.values.outcomes import Outcome, PollResult


def _moment_or(kept: Mapped[datetime | None], name: str) -> ColumnElement[datetime | None]:
    return func.coalesce(bindparam(name, type_=UtcDateTime()), kept)


_ENDINGS = {FeedState.GONE: EventKind.FEED_GONE, FeedState.QUARANTINED: EventKind.FEED_QUARANTINED}
_IS_NEW = bindparam("b_is_new", type_=Boolean())
_LAST_SUCCESS_AT = _moment_or(ScheduleRow.last_success_at, "b_read_at")
_VALIDATORS = (ScheduleRow.etag, ScheduleRow.last_modified, ScheduleRow.body_hash)
_UPDATE = update(ScheduleRow).where(ScheduleRow.feed_id == bindparam("b_feed_id"))
_UPDATE_AFTER_SUCCESS = _UPDATE.values(
    last_changed_at=_moment_or(ScheduleRow.last_changed_at, "b_changed_at"), last_success_at=_LAST_SUCCESS_AT
)
_UPDATE_AFTER_READING = _UPDATE.values(
    {column.key: case((_IS_NEW, null()), else_=column) for column in _VALIDATORS}
    | {"last_success_at": _LAST_SUCCESS_AT}
)


def store_schedules(connection: Connection, locked: Locked, results: Sequence[PollResult]) -> None:
    """Write when each feed is due next and how its poll ended, where that poll may decide about the feed."""
    deciding = [result for result in results if locked.may_decide(result)]
    if succeeded := [_columns_after_success(result, locked) for result in deciding if not result.record.error]:
        connection.execute(_UPDATE_AFTER_SUCCESS, succeeded)
    if failed := [_schedule_columns(result) for result in deciding if result.record.error]:
        connection.execute(_UPDATE, failed)
    _note_readings(connection, locked, [result for result in results if not locked.may_decide(result)])


def _columns_after_success(result: PollResult, locked: Locked) -> dict[str, Any]:
    record = result.record
    read_at = record.started_at if result.host_id is None else locked.read_at(result)
    # Where other documents were stored since the claim it is None: validators would hide what this poll did not read.
    validators = result.validators if read_at else Validators()
    return _schedule_columns(result) | {
        "b_changed_at": record.started_at if record.outcome is Outcome.NEW else None,
        "b_read_at": read_at,
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "body_hash": result.body_hash if read_at else None,
    }


def _schedule_columns(result: PollResult) -> dict[str, Any]:
    record = result.record
    return {
        "b_feed_id": record.feed_id,
        "requested_at": None,
        "last_attempt_at": record.started_at,
        "next_poll_at": record.next_poll.at,
        "next_poll_reason": record.next_poll.reason,
        "interval": record.next_poll.interval,
        "failures": record.next_poll.streak.failures,
        "attempts": record.next_poll.streak.attempts,
        "failing_since": record.next_poll.streak.since,
        # Its worker is alive: whatever killed others, it was not this poll.
        "claim_attempts": 0,
        "error_class": record.error.error_class if record.error else None,
        "error": record.error.sentence if record.error else None,
    }


def _note_readings(connection: Connection, locked: Locked, results: Sequence[PollResult]) -> None:
    """For polls that may not decide: record when they read, and forget validators where they stored a newer document.

    Without validators the next poll fetches the document whole.
    """
    rows = [
        {
            "b_feed_id": result.record.feed_id,
            "b_read_at": locked.read_at(result),
            "b_is_new": result.is_document and not result.is_outdated,
        }
        for result in results
    ]
    if some := [row for row in rows if row["b_read_at"] or row["b_is_new"]]:
        connection.execute(_UPDATE_AFTER_READING, some)


def store_feed(connection: Connection, result: PollResult, now: datetime) -> None:
    """Write what a poll learnt of its feed, if that differs from what is stored, and an event if polling it ends."""
    facts = _learnt_columns(result)
    if facts:
        feed_id, next_poll = result.record.feed_id, result.record.next_poll
        connection.execute(_update_feed(tuple(facts)), facts | {"b_feed_id": feed_id})
        if next_poll.ends_as:
            change = {"feed_id": feed_id, "details": {"reason": next_poll.reason}}
            write_events(connection, now, _ENDINGS[next_poll.ends_as], [change])


@cache
def _update_feed(names: tuple[str, ...]) -> Update:
    values = {name: bindparam(name, type_=FeedRow.__table__.c[name].type) for name in names}
    differs = or_(*(FeedRow.__table__.c[name].is_distinct_from(value) for name, value in values.items()))
    return update(FeedRow).where(FeedRow.id == bindparam("b_feed_id"), differs).values(values)


def _learnt_columns(result: PollResult) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if result.title:
        facts["title"] = result.title
    if result.site_url:
        facts["site_url"] = result.site_url
    if result.hints is not None:
        facts["hints"] = pack(result.hints)
    if result.rhythm is not None:
        facts["rhythm"] = pack(result.rhythm.rounded())
    if result.is_move_changed:
        facts |= MOVE.write(result.move) if result.move else {"moved_to": None, "moved_polls": 0, "moved_since": None}
    if rule := result.guid_rule:
        facts |= GUID_RULE.write(rule)
    if result.record.next_poll.ends_as:
        facts |= {"state": result.record.next_poll.ends_as, "state_reason": result.record.next_poll.reason}
    return facts
