"""What polls write about feeds: when they are due next, how the last poll ended, what their documents say of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, update

from worker.basics.codec import pack
from worker.database.backfill_rows import begin_backfill, may_look_for_sitemap
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.many_rows import ManyRows, replaced, update_many
from worker.database.outbox_tables import EventKind, write_events
from worker.database.value_columns import GUID_RULE, MOVE
from worker.errors import PollError
from worker.store.feed_hubs import note_push, wake_subscriptions
from worker.store.poll_locks import Locked
from worker.values.backfills import fill_by_sitemap, fill_gap
from worker.values.due_feeds import NO_VALIDATORS, FeedState
from worker.values.outcomes import Gap, Outcome, PollRecord, PollResult, PutOff

_ENDINGS = {FeedState.GONE: EventKind.FEED_GONE, FeedState.QUARANTINED: EventKind.FEED_QUARANTINED}
_ATTEMPT = replaced("last_attempt_at", "next_poll_at", "next_poll_reason", "interval") | {
    "requested_at": "NULL",
    # Its worker is alive: whatever killed others, it was not this poll.
    "claim_attempts": "0",
}
_UPDATE_AFTER_FAILURE = update_many(
    ScheduleRow,
    ["feed_id"],
    _ATTEMPT | replaced("failures", "attempts", "failing_since", "error_class", "error", "held_until"),
)
_READING = {
    "last_success_at": "coalesce({last_success_at}, schedules.last_success_at)",
    # What was prepared from an older edition must be prepared again.
    "edition": "schedules.edition + {edition}",
}
_VALIDATORS = ("etag", "last_modified", "body_hash")
_UPDATE_AFTER_SUCCESS = update_many(
    ScheduleRow,
    ["feed_id"],
    _ATTEMPT
    | {"failures": "0", "attempts": "0"}
    | dict.fromkeys(("failing_since", "error_class", "error", "held_until"), "NULL")
    | replaced(*_VALIDATORS)
    | _READING
    | {"last_changed_at": "coalesce({last_changed_at}, schedules.last_changed_at)"},
)
_PUT_OFF = update_many(ScheduleRow, ["feed_id"], replaced("next_poll_at", "next_poll_reason"))
_NOTE_READING = update_many(ScheduleRow, ["feed_id"], _READING)
_FORGET_VALIDATORS = update_many(ScheduleRow, ["feed_id"], _READING | dict.fromkeys(_VALIDATORS, "NULL"))


def store_schedules(connection: Connection, locked: Locked, results: Sequence[PollResult]) -> None:
    """Write when each feed is due next and how its poll ended, for polls that may decide about their feeds."""
    succeeded = [_columns_after_success(result, locked) for result in results if not result.record.error]
    _UPDATE_AFTER_SUCCESS.execute(connection, succeeded)
    records = [result.record for result in results]
    failed = [_columns_after_failure(record, record.error) for record in records if record.error]
    _UPDATE_AFTER_FAILURE.execute(connection, failed)


def _columns_after_success(result: PollResult, locked: Locked) -> dict[str, Any]:
    record = result.record
    read_at = record.started_at if result.host_id is None else locked.read_at(result)
    # Where other documents were stored since the claim it is None: validators would hide what this poll did not read.
    validators = result.validators if read_at else NO_VALIDATORS
    return _columns_after_attempt(record) | {
        "last_changed_at": record.started_at if record.outcome is Outcome.NEW else None,
        "last_success_at": read_at,
        "edition": int(result.is_document),
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "body_hash": result.body_hash if read_at else None,
    }


def _columns_after_failure(record: PollRecord, error: PollError) -> dict[str, Any]:
    streak = record.next_poll.streak
    return _columns_after_attempt(record) | {
        "failures": streak.failures,
        "attempts": streak.attempts,
        "failing_since": streak.since,
        "error_class": error.error_class,
        "error": error.sentence,
        "held_until": record.next_poll.at if record.next_poll.is_asked_for else None,
    }


def _columns_after_attempt(record: PollRecord) -> dict[str, Any]:
    return {
        "feed_id": record.feed_id,
        "last_attempt_at": record.started_at,
        "next_poll_at": record.next_poll.at,
        "next_poll_reason": record.next_poll.reason,
        "interval": record.next_poll.interval,
    }


def note_readings(connection: Connection, locked: Locked, results: Sequence[PollResult]) -> None:
    """For polls that may not decide: record when they read, and forget validators where they stored a newer document.

    Without validators the next poll fetches the document whole.
    """
    newer, others = [], []
    for result in results:
        read_at, edition = locked.read_at(result), int(result.is_document)
        row = {"feed_id": result.record.feed_id, "last_success_at": read_at, "edition": edition}
        if result.is_document and not (result.is_outdated or result.is_partial):
            newer.append(row)
        elif read_at or edition:
            others.append(row)
    _FORGET_VALIDATORS.execute(connection, newer)
    _NOTE_READING.execute(connection, others)


def put_off_polls(connection: Connection, put_off: Sequence[PutOff]) -> None:
    """Write when to poll feeds whose polls were given up: they are not counted, and what is requested stays so."""
    rows = ({"feed_id": each.feed_id, "next_poll_at": each.at, "next_poll_reason": each.reason} for each in put_off)
    _PUT_OFF.execute(connection, rows)


def store_feeds(connection: Connection, results: Iterable[PollResult], now: datetime) -> None:
    """Write what polls learnt of their feeds, where that differs from what is stored, and events of feeds that end."""
    learnt: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for result in results:
        facts, next_poll = _learnt_columns(result), result.record.next_poll
        if result.gap:
            _note_gap(connection, result.record.feed_id, result.gap, now)
        if result.is_push_changed or result.missed:
            note_push(connection, result, now)
        if facts:
            learnt[tuple(facts)].append(facts | {"id": result.record.feed_id})
        if next_poll.ends_as:
            change = {"feed_id": result.record.feed_id, "details": {"reason": next_poll.reason}}
            write_events(connection, now, _ENDINGS[next_poll.ends_as], [change])
            wake_subscriptions(connection, result.feed_id, now)
    for names, rows in learnt.items():
        _update_feeds(names).execute(connection, rows)


def _note_gap(connection: Connection, feed_id: int, gap: Gap, now: datetime) -> None:
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(gaps=FeedRow.gaps + 1))
    if gap.older_url:
        begin_backfill(connection, feed_id, fill_gap(gap.older_url, gap.since, now))
    elif gap.robots_url and may_look_for_sitemap(connection, feed_id, now):
        begin_backfill(connection, feed_id, fill_by_sitemap(gap.robots_url, gap.since, now))


@cache
def _update_feeds(names: tuple[str, ...]) -> ManyRows:
    # IS DISTINCT FROM, in words that older versions of SQLite understand.
    differs = " OR ".join(
        f"feeds.{name} <> {{{name}}} OR (feeds.{name} IS NULL) <> ({{{name}}} IS NULL)" for name in names
    )
    return update_many(FeedRow, ["id"], replaced(*names), f"({differs})")


def _learnt_columns(result: PollResult) -> dict[str, Any]:
    facts = _read_columns(result)
    if result.rhythm is not None:
        facts["rhythm"] = pack(result.rhythm.rounded())
    if result.marks is not None:
        facts["marks"] = pack(result.marks.rounded())
    if result.is_move_changed:
        facts |= MOVE.write(result.move) if result.move else {"moved_to": None, "moved_polls": 0, "moved_since": None}
    if rule := result.guid_rule:
        facts |= GUID_RULE.write(rule)
    if result.record.next_poll.ends_as:
        facts |= {"state": result.record.next_poll.ends_as, "state_reason": result.record.next_poll.reason}
    return facts


def _read_columns(result: PollResult) -> dict[str, Any]:
    """Return what a document says of its feed."""
    facts: dict[str, Any] = {}
    if result.title:
        facts["title"] = result.title
    if result.site_url:
        facts["site_url"] = result.site_url
    if result.hints is not None:
        facts["hints"] = pack(result.hints)
    return facts
