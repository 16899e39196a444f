"""Writing schedules: the hot half of a feed, by the polls that may decide about it."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Connection, Update, bindparam, case, func, null, or_, update

from worker.basics.codec import pack
from worker.database.codecs import GUID_RULE, MOVE
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.outbox_tables import EventKind, tell
from worker.database.types import UtcDateTime
from worker.store.locked import Locked
from worker.values.due_feeds import Validators
from worker.values.outcomes import Outcome, PollResult


def store_schedules(connection: Connection, locked: Locked, results: Sequence[PollResult]) -> None:
    """Write when each feed is due next and how its poll ended, as far as that poll may decide."""
    deciding = [result for result in results if locked.may_decide(result)]
    for rows in (
        [_success(result, locked) for result in deciding if not result.record.error],
        [_common(result) for result in deciding if result.record.error],
    ):
        if rows:
            connection.execute(_update_schedule(tuple(rows[0])), rows)
    _note_readings(connection, locked, [result for result in results if not locked.may_decide(result)])


def _note_readings(connection: Connection, locked: Locked, results: Sequence[PollResult]) -> None:
    """Note what was read by polls that decide nothing: the next one must not take it for what it read itself."""
    rows = [
        {
            "b_feed_id": result.record.feed_id,
            "b_read_at": locked.read_at(result),
            "b_is_new": result.is_document and not result.is_outdated,
        }
        for result in results
    ]
    if some := [row for row in rows if row["b_read_at"] or row["b_is_new"]]:
        connection.execute(_note(), some)


@cache
def _note() -> Update:
    is_new = bindparam("b_is_new", type_=Boolean())
    validators = (ScheduleRow.etag, ScheduleRow.last_modified, ScheduleRow.body_hash)
    values: dict[str, Any] = {column.key: case((is_new, null()), else_=column) for column in validators}
    values["last_success_at"] = _last_success_at()
    return update(ScheduleRow).where(ScheduleRow.feed_id == bindparam("b_feed_id")).values(values)


def _last_success_at() -> Any:
    return func.coalesce(bindparam("b_read_at", type_=UtcDateTime()), ScheduleRow.last_success_at)


@cache
def _update_schedule(names: tuple[str, ...]) -> Update:
    started = bindparam("b_started_at", type_=UtcDateTime())
    values: dict[str, Any] = {name: bindparam(name) for name in names if not name.startswith("b_")}
    values["requested_at"] = null()
    values["last_attempt_at"] = started
    if "body_hash" in names:
        changed = bindparam("b_changed", type_=Boolean())
        values["last_changed_at"] = case((changed, started), else_=ScheduleRow.last_changed_at)
        values["last_success_at"] = _last_success_at()
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


def _success(result: PollResult, locked: Locked) -> dict[str, Any]:
    record = result.record
    read_at = record.started_at if result.host_id is None else locked.read_at(result)
    # Without it documents were stored meanwhile that may not say what this poll left unread: the next one reads all.
    validators = result.validators if read_at else Validators()
    return _common(result) | {
        "b_changed": record.outcome is Outcome.NEW,
        "b_read_at": read_at,
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "body_hash": result.body_hash if read_at else None,
    }


# --- Writing what a poll tells of the feed itself: title, publisher's hints, rhythm, redirects, and how polling
# ends.


def store_feed(connection: Connection, result: PollResult, now: datetime) -> None:
    """Write the facts that differ from those that are stored; a poll that says nothing of the feed writes nothing."""
    facts = _facts(result)
    if facts:
        feed_id, ending = result.record.feed_id, result.record.next_poll.ends_as
        connection.execute(_update_feed(tuple(facts)), facts | {"b_feed_id": feed_id})
        if ending:
            details = {"reason": result.record.next_poll.reason}
            tell(connection, now, EventKind(f"feed {ending}"), [{"feed_id": feed_id, "details": details}])


@cache
def _update_feed(names: tuple[str, ...]) -> Update:
    values = {name: bindparam(name, type_=FeedRow.__table__.c[name].type) for name in names}
    differs = or_(*(FeedRow.__table__.c[name].is_distinct_from(value) for name, value in values.items()))
    return update(FeedRow).where(FeedRow.id == bindparam("b_feed_id"), differs).values(values)


def _facts(result: PollResult) -> dict[str, Any]:
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
