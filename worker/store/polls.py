"""Writing polls: sightings that left or came back, schedules, what documents say of their feeds, and the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from worker.database.feed_tables import PollRow
from worker.database.locks import HostRelease, release_hosts
from worker.database.many_rows import insert_many
from worker.store.feed_state import note_readings, put_off_polls, store_feeds, store_schedules
from worker.store.outlines import store_outlines
from worker.store.poll_locks import Locked, lock_polls
from worker.store.sightings import confirm_sightings, store_departures
from worker.values.outcomes import PollRecord, PollResult, PutOff

_INSERT_POLLS = insert_many(PollRow, [name for name in PollRow.__table__.columns.keys() if name != "id"])  # noqa: SIM118 -- a collection of columns


def store_polls(
    connection: Connection,
    results: Sequence[PollResult],
    releases: Sequence[HostRelease],
    now: datetime,
    put_off: Sequence[PutOff] = (),
) -> Locked:
    """Write polls that brought no entries, put others off and end leases, in one transaction; return its locks."""
    locked = lock_polls(connection, results, releases, put_off)
    write_polls(connection, locked, results, now)
    put_off_polls(connection, [each for each in put_off if locked.may_decide(each)])
    release_hosts(connection, releases)
    return locked


def write_polls(connection: Connection, locked: Locked, results: Sequence[PollResult], now: datetime) -> None:
    """Write polls in the transaction that has locked their feeds.

    A poll that may not decide leaves the feed as it is; one whose feed has been deleted leaves nothing at all.
    """
    stored = [result for result in results if result.record.feed_id in locked.feeds]
    confirm_sightings(connection, stored)
    confirmed = {feed_id: feed.last_success_at for feed_id, feed in locked.feeds.items()}
    store_departures(connection, stored, confirmed, now)
    deciding = [result for result in stored if locked.may_decide(result)]
    store_schedules(connection, locked, deciding)
    if len(deciding) < len(stored):
        note_readings(connection, locked, [result for result in stored if not locked.may_decide(result)])
    store_feeds(connection, deciding, now)
    store_outlines(connection, [(each.record.feed_id, each.outline) for each in stored if each.outline])
    _INSERT_POLLS.execute(connection, [_ledger_row(result.record) for result in stored if result.is_in_ledger])


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
