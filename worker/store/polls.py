"""Writing polls: articles, schedules, the ledger and the ends of leases, in the caller's one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, bindparam, insert, select

from worker.database.article_tables import SightingRow
from worker.database.feed_tables import PollRow, ScheduleRow
from worker.store.articles import store_articles, store_departures
from worker.store.feeds import store_feed
from worker.store.leases import HostRelease, holds_lease, release_hosts
from worker.store.moves import move_feed
from worker.store.schedules import lock_schedules, store_schedules
from worker.values import Action, Finding, Outcome, PollRecord, PollResult


class StaleDecisionError(Exception):
    """Another poll of the same feed wrote first: decide again from what the store holds now."""


def store_polls(
    connection: Connection, results: Sequence[PollResult], releases: Sequence[HostRelease], now: datetime
) -> list[PollRecord]:
    """Write polls and end leases, all together; return the ledger's rows as written.

    A poll whose lease has been taken over adds what it found, but leaves the schedule to the new holder.
    StaleDecisionError means that nothing must be committed and the poll decided again.
    """
    # One order for all transactions, so that those which share feeds wait for each other.
    results = sorted(results, key=lambda result: result.record.feed_id)
    lock_schedules(connection, [result.record.feed_id for result in results])
    records = [_store_document(connection, result, now) for result in results]
    stored = [replace(result, record=record) for result, record in zip(results, records, strict=True)]
    store_schedules(connection, stored)
    for result in stored:
        store_feed(connection, result, now)
    if records:
        connection.execute(_insert_poll(), [_ledger_row(record) for record in records])
    for result in stored:
        if result.moves_to and holds_lease(connection, result.host_id, result.token):
            move_feed(connection, now, result.record.feed_id, result.moves_to)
    release_hosts(connection, releases)
    return records


def _store_document(connection: Connection, result: PollResult, now: datetime) -> PollRecord:
    """Write what the document brought; return the record with what was truly new."""
    if not (result.placements or result.returned or result.left):
        return result.record
    _refuse_stale(connection, result)
    store_departures(connection, result, now)
    new, updated = store_articles(connection, result, now)
    outcome = Outcome.NEW if new or updated else Outcome.UNCHANGED
    return replace(result.record, new=new, updated=updated, outcome=outcome)


def _refuse_stale(connection: Connection, result: PollResult) -> None:
    # The row is locked until the commit: two polls of one feed (a late worker beside the lease's new holder) go one
    # after the other, and the second sees what the first sighted.
    feed_id = result.record.feed_id
    connection.execute(_lock_schedule(), {"feed_id": feed_id})
    unseen = [
        placed.article.guid_hash
        for placed in result.placements
        if placed.action is Action.CREATE and placed.finding is not Finding.GUID_REUSED
    ]
    if unseen and connection.execute(_any_sighting(), {"feed_id": feed_id, "guid_hashes": unseen}).first():
        raise StaleDecisionError


@cache
def _lock_schedule() -> Select[int]:
    return select(ScheduleRow.feed_id).where(ScheduleRow.feed_id == bindparam("feed_id")).with_for_update()


@cache
def _any_sighting() -> Select[int]:
    is_one = SightingRow.guid_hash.in_(bindparam("guid_hashes", expanding=True))
    return select(SightingRow.id).where(SightingRow.feed_id == bindparam("feed_id"), is_one).limit(1)


@cache
def _insert_poll() -> Insert:
    return insert(PollRow)


def _ledger_row(record: PollRecord) -> dict[str, Any]:
    return {
        "feed_id": record.feed_id,
        "started_at": record.started_at,
        "duration": record.duration,
        "outcome": record.outcome,
        "http_status": record.http_status,
        "error_class": record.error.error_class if record.error else None,
        "error": record.error.sentence if record.error else None,
        "bytes": record.bytes_received,
        "entries": record.entries,
        "new": record.new,
        "updated": record.updated,
        "parser": record.parser,
        "next_poll_at": record.next_poll.at,
        "next_poll_reason": record.next_poll.reason,
        "note": record.note,
    }
