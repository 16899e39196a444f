"""Storing polls: what documents brought is decided and written under one set of locks, all together."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from worker.database.conflicts import retry_conflicts, write
from worker.database.engine import reading, writing
from worker.database.leases import HostRelease
from worker.database.seed_files import remember_seed_file
from worker.dedupe.decide import decide
from worker.normalise.language import Detect
from worker.normalise.policy import POLICY_VERSION
from worker.pipeline.answered import Answered, bounds_of, hash_body
from worker.pipeline.moving import move_feeds
from worker.pipeline.outcomes import conclude_outcome
from worker.pipeline.prepared import PreparedDocument, brought_by, names_of, prepare_document
from worker.store.known import lock_articles
from worker.store.locked import Locked, lock_polls
from worker.store.polls import store_polls, write_polls
from worker.store.sightings import StaleDecisionError, store_decision
from worker.values import ParsedDocument, PollRecord, PollResult
from worker.wire.linking import link_stored, lock_sent, lock_stored

__all__ = [
    "Answered",
    "bounds_of",
    "hash_body",
    "prepare_document",
    "store_documents",
    "store_prepared",
    "store_results",
]


def store_documents(
    engine: Engine,
    read: Sequence[tuple[Answered, ParsedDocument]],
    now: datetime,
    detect: Detect | None = None,
) -> list[PollRecord]:
    """Decide and write polls that read documents, all together.

    One alone is decided again where another poll wrote first; of several that is left to the caller, who can part them.
    """

    def work() -> list[PollRecord]:
        with reading(engine) as connection:
            prepared = [prepare_document(connection, answered, parsed, now, detect) for answered, parsed in read]
        with writing(engine) as connection:
            return store_prepared(connection, prepared, now)

    return retry_conflicts(work, also=(StaleDecisionError,) if len(read) == 1 else ())


def store_results(
    engine: Engine, results: Sequence[PollResult], releases: Sequence[HostRelease], now: datetime
) -> list[PollRecord]:
    """Write polls that brought no entries, and ends of leases, in one transaction."""

    def work(connection: Connection) -> list[PollRecord]:
        locked = store_polls(connection, results, releases, now)
        move_feeds(connection, locked, results, now)
        return [result.record for result in results]

    return write(engine, work, also=(StaleDecisionError,))


def store_prepared(connection: Connection, prepared: Sequence[PreparedDocument], now: datetime) -> list[PollRecord]:
    """Decide and write all that documents brought, in the transaction that locks what this rests on.

    StaleDecisionError means that nothing must be committed: what was prepared, or found, is no longer so.
    """
    # One order for all transactions: wires, feeds, hosts, articles, each kind by its ids.
    lock_sent(connection, [sighting for each in prepared for sighting in each.sightings])
    locked = lock_polls(connection, [each.result for each in prepared])
    _refuse_stale(prepared, locked)
    present = [each for each in prepared if each.feed_id in locked.feeds]
    known = lock_articles(connection, names_of(present))
    lock_stored(connection, known)
    decision = decide([brought_by(each, locked, known) for each in present], known)
    store_decision(connection, decision, POLICY_VERSION, now)
    outcomes = dict(zip((each.feed_id for each in present), decision.outcomes, strict=True))
    results = [conclude_outcome(each, outcomes.get(each.feed_id), locked, now) for each in prepared]
    write_polls(connection, locked, results, now)
    _remember_files(connection, present, now)
    link_stored(connection, decision, now)
    move_feeds(connection, locked, results, now)
    return [result.record for result in results]


def _refuse_stale(prepared: Sequence[PreparedDocument], locked: Locked) -> None:
    times = Counter(each.feed_id for each in prepared)
    for each in prepared:
        feed = locked.feeds.get(each.feed_id)
        # Of two documents of one feed the second rests on what the first one writes.
        if feed and (each.identified.edition != feed.edition or times[each.feed_id] > 1):
            raise StaleDecisionError


def _remember_files(connection: Connection, stored: Sequence[PreparedDocument], now: datetime) -> None:
    """Note which seed files have been read: not again, unless they change. What is embargoed is yet to be read."""
    for each in stored:
        uri, body_hash = each.answered.seed_uri, each.result.body_hash
        if uri and body_hash:
            remember_seed_file(connection, uri, body_hash, each.feed_id, now)
