"""Storing polls: what documents brought is decided and written under one set of locks, all together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from worker.database.conflicts import retry_conflicts, write
from worker.database.engine import reading, writing
from worker.database.locks import HostRelease
from worker.database.seed_files import remember_seed_file
from worker.dedupe.place import decide_articles
from worker.manage.deletion import reconsider_articles
from worker.normalise.language import Detect
from worker.normalise.sanitise import POLICY_VERSION
from worker.pipeline.answered import Answered, bounds_of, conclude_document, hash_body, join_notes
from worker.pipeline.identify import (
    Identified,
    PreparedDocument,
    brought_by,
    is_current,
    names_of,
    prepare_document,
    read_at,
)
from worker.recognise.audit import audit_guids
from worker.store.known import lock_articles
from worker.store.locked import Locked, lock_polls
from worker.store.moves import move_feed
from worker.store.polls import store_polls, write_polls
from worker.store.sightings import StaleDecisionError, store_decision
from worker.values.articles import Finding
from worker.values.decisions import DocumentOutcome
from worker.values.entries import KnownBy, ParsedDocument
from worker.values.outcomes import NextPoll, Outcome, PollRecord, PollResult
from worker.wire.linking import link_stored, lock_sent, lock_stored

# --- Moving feeds to the URLs that permanent redirects lead to, in the transaction of the poll that believes them.


def move_feeds(connection: Connection, locked: Locked, results: Sequence[PollResult], now: datetime) -> None:
    """Move the feeds whose polls say so and may decide; where two become one, decide again what their articles show."""
    for result in results:
        if result.moves_to and locked.may_decide(result):
            moved = move_feed(connection, now, result.record.feed_id, result.moves_to)
            reconsider_articles(connection, moved.article_ids, now)


# --- What becomes of a document's poll once it is decided what the document brought.

# What a reader of the ledger is told of entries that are not named as they should be.
_NOTES = {
    Finding.RENAMED: "entries known again under other guids",
    Finding.GUID_REUSED: "new entries under guids of other articles",
    Finding.URL_REUSED: "new entries at URLs of other articles",
    Finding.CONFLICT: "entries whose URL names another article than their guid, which wins",
    Finding.UNNUMBERED: "versions of newsroom items that nobody numbered: their times say which is shown",
}
DELETED = "its feed was deleted meanwhile: nothing of it was stored"
"""What is noted of a document whose feed is no longer there when it is stored."""


def conclude_outcome(
    prepared: PreparedDocument, outcome: DocumentOutcome | None, locked: Locked, now: datetime
) -> PollResult:
    """Return what a poll writes, now that it is known what its document brought: None where its feed was deleted."""
    result, identified = prepared.result, prepared.identified
    if outcome is None:
        return replace(result, record=replace(result.record, note=DELETED, next_poll=NextPoll(None, DELETED)))
    known = identified.sighted
    renamed = {
        placed.sighting.guid_hash: placed.sighting.known_by
        for placed in outcome.placements
        if placed.finding is Finding.RENAMED
    }
    arrived = [
        sighting.article.published_at
        for sighting in identified.sightings
        if sighting.guid_hash not in known and sighting.guid_hash not in renamed
    ]
    carried = sum(not seen.left for seen in known.values())
    # What is known by its words has another name after each edit: that says nothing of the feed's guids.
    by_guid = sum(known_by is not KnownBy.WORDS for known_by in renamed.values())
    rule = audit_guids(identified.rule, prepared.parsed.entries, renamed=by_guid, carried=carried)
    record = replace(
        result.record,
        new=outcome.new,
        updated=outcome.updated,
        outcome=Outcome.NEW if outcome.new or outcome.updated else Outcome.UNCHANGED,
        note=join_notes(result.record.note, identified.note, _note(outcome)),
    )
    result = replace(result, record=record, guid_rule=rule if rule != identified.rule else None)
    result = _with_departures(result, prepared.answered, identified, locked)
    if not locked.holds_lease(result.host_id, result.token):
        unchanged = tuple(seen.sighting_id for seen in identified.recognised.unchanged)
        result = replace(result, read_again=unchanged, read_at=read_at(prepared.answered))
    return conclude_document(prepared.answered, result, arrived, now)


def _with_departures(result: PollResult, answered: Answered, identified: Identified, locked: Locked) -> PollResult:
    """Return what a poll writes, with which sightings its document had no more, and which again."""
    is_now, last = is_current(answered, locked), locked.feeds[answered.feed.feed_id].last_success_at
    if not is_now and last and read_at(answered) <= last:
        return replace(result, is_outdated=True)
    # An edited one may say what is older than what it said before; it is there again all the same.
    edited = (identified.sighted.get(sighting.guid_hash) for sighting in identified.sightings)
    again = (*filter(None, edited), *identified.recognised.unchanged)
    left = identified.recognised.left if is_now else ()
    return replace(
        result,
        returned=tuple(seen.sighting_id for seen in again if seen.left),
        left=tuple(seen.sighting_id for seen in left),
    )


def _note(outcome: DocumentOutcome) -> str | None:
    times = Counter(placed.finding for placed in outcome.placements if placed.finding)
    refreshed = (
        f"articles of which other fields than the words changed: {outcome.refreshed}" if outcome.refreshed else None
    )
    return join_notes(*(f"{note}: {times[finding]}" for finding, note in _NOTES.items() if times[finding]), refreshed)


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
    decision = decide_articles([brought_by(each, locked, known) for each in present], known)
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
