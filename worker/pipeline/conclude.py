"""Storing documents: what was read of them is decided and written under one set of locks, all together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from worker.database.conflicts import retry_conflicts, write
from worker.database.engine import reading, writing
from worker.database.seed_files import remember_seed_file
from worker.dedupe import decide, without_shared_links
from worker.normalise import POLICY_VERSION, Detect, FeedContext
from worker.pipeline.answered import Answered, bounds_of, conclude_document, conclude_read, hash_body, join_notes
from worker.pipeline.embargo import hold_back
from worker.pipeline.identify import Identified, identify
from worker.pipeline.moving import move_feeds
from worker.pipeline.notices import link_stored, lock_sent
from worker.recognise import audit_guids
from worker.store import (
    HostRelease,
    Locked,
    Names,
    StaleDecisionError,
    lock_articles,
    lock_polls,
    store_decision,
    store_polls,
    write_polls,
)
from worker.values import (
    Brought,
    Document,
    DocumentOutcome,
    Finding,
    KnownArticle,
    KnownBy,
    NextPoll,
    Outcome,
    ParsedDocument,
    PollRecord,
    PollResult,
    Sighted,
    Sighting,
)

__all__ = [
    "Answered",
    "bounds_of",
    "hash_body",
    "prepare_document",
    "store_documents",
    "store_prepared",
    "store_results",
]

# What a reader of the ledger is told of entries that are not named as they should be.
_NOTES = {
    Finding.RENAMED: "entries known again under other guids",
    Finding.GUID_REUSED: "new entries under guids of other articles",
    Finding.URL_REUSED: "new entries at URLs of other articles",
    Finding.CONFLICT: "entries whose URL names another article than their guid, which wins",
    Finding.UNNUMBERED: "versions of newsroom items that nobody numbered: their times say which is shown",
}
_DELETED = "its feed was deleted while it was polled: nothing of it was stored"


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document with what is to be stored of it, as far as that is known before anything is locked."""

    answered: Answered
    parsed: ParsedDocument
    """Without what is embargoed."""
    result: PollResult
    """What the poll writes but for what its entries decide."""
    identified: Identified | None
    """None where the feed has been deleted."""


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


def prepare_document(
    connection: Connection, answered: Answered, parsed: ParsedDocument, now: datetime, detect: Detect | None
) -> PreparedDocument:
    """Return a document with its new and edited entries made comparable."""
    released = hold_back(parsed, now)
    feed, document = answered.feed, answered.fetched.answer
    assert isinstance(document, Document), "only a document can be parsed"
    context = FeedContext(
        feed_url=feed.url,
        document_url=document.url,
        site_url=parsed.site_url or feed.site_url,
        language=parsed.language,
        said_at=answered.said_at or answered.started_at,
        detect=detect,
        path=answered.path,
    )
    identified = identify(connection, feed.feed_id, released, context, now)
    is_whole = len(released.entries) == len(parsed.entries)
    result = conclude_read(answered, released, now, is_whole=is_whole)
    return PreparedDocument(answered, released, result, identified)


def store_prepared(connection: Connection, prepared: Sequence[PreparedDocument], now: datetime) -> list[PollRecord]:
    """Decide and write all that documents brought, in the transaction that locks what this rests on.

    StaleDecisionError means that nothing must be committed: what was prepared, or found, is no longer so.
    """
    # One order for all transactions: wires, feeds, hosts, articles, each kind by its ids.
    lock_sent(connection, [sighting for each in prepared for sighting in _sightings(each)])
    locked = lock_polls(connection, [each.result for each in prepared])
    _refuse_stale(prepared, locked)
    present = [each for each in prepared if each.result.record.feed_id in locked.feeds]
    known = lock_articles(connection, _names(present))
    decision = decide([_brought(each, locked, known) for each in present], known)
    store_decision(connection, decision, POLICY_VERSION, now)
    outcomes = dict(zip((each.result.record.feed_id for each in present), decision.outcomes, strict=True))
    results = [_conclude(each, outcomes.get(each.result.record.feed_id), locked, now) for each in prepared]
    write_polls(connection, locked, results, now)
    _remember_files(connection, present, now)
    link_stored(connection, decision, now)
    move_feeds(connection, locked, results, now)
    return [result.record for result in results]


def _refuse_stale(prepared: Sequence[PreparedDocument], locked: Locked) -> None:
    editions = Counter(each.result.record.feed_id for each in prepared)
    for each in prepared:
        feed = locked.feeds.get(each.result.record.feed_id)
        is_read_twice = editions[each.result.record.feed_id] > 1
        if feed and (is_read_twice or each.identified is None or each.identified.edition != feed.edition):
            raise StaleDecisionError


def _sightings(prepared: PreparedDocument) -> tuple[Sighting, ...]:
    return prepared.identified.sightings if prepared.identified else ()


def _names(prepared: Sequence[PreparedDocument]) -> Names:
    """Return by what the articles may be meant that documents speak of."""
    ids: set[int] = set()
    for each in prepared:
        assert each.identified, "a feed that is locked was there before"
        seen = (each.identified.sighted.get(sighting.guid_hash) for sighting in each.identified.sightings)
        ids.update(sighted.article_id for sighted in seen if sighted)
        ids.update(sighted.article_id for sighted in _renamed(each))
    sightings = [sighting for each in prepared for sighting in _sightings(each)]
    keys = frozenset(sighting.article.match_key for sighting in sightings if sighting.article.match_key)
    return Names(frozenset(ids), keys, frozenset(name for sighting in sightings for name in sighting.names))


def _renamed(prepared: PreparedDocument) -> tuple[Sighted, ...]:
    """Return the sightings of entries that left in this very document: some may only have changed their guids."""
    identified = prepared.identified
    assert identified, "a feed that is locked was there before"
    unknown = [sighting for sighting in identified.sightings if sighting.guid_hash not in identified.sighted]
    is_possible = _may_be_renamed(unknown, identified.entries, prepared.answered.feed.last_success_at)
    return identified.recognised.left if is_possible and _is_of_its_feed(prepared.answered) else ()


def _may_be_renamed(unknown: Sequence[Sighting], entries: int, last_success_at: datetime | None) -> bool:
    """Say whether unknown entries may be known ones under other guids: what was published since cannot be.

    Unless most of them are unknown: some feeds give every entry a new date each time they are asked.
    """
    if 2 * len(unknown) >= entries:
        return bool(unknown)
    dates = (sighting.article.published_at for sighting in unknown)
    return any(at is None or last_success_at is None or at <= last_success_at for at in dates)


def _is_of_its_feed(answered: Answered) -> bool:
    """Say whether the feed itself was read, and no saved document of it, which may be an old one."""
    return answered.token is not None or answered.feed.host_id is None


def _brought(prepared: PreparedDocument, locked: Locked, known: Sequence[KnownArticle]) -> Brought:
    answered, identified = prepared.answered, prepared.identified
    assert identified, "a feed that is locked was there before"
    return Brought(
        feed_id=answered.feed.feed_id,
        read_at=_read_at(answered),
        said_at=answered.said_at or answered.started_at,
        sightings=tuple(without_shared_links(identified.sightings, identified.recognised.unchanged, known)),
        sighted=identified.sighted,
        left=_renamed(prepared) if _is_current(answered, locked) else (),
        is_of_file=answered.feed.host_id is None,
        is_newest=locked.holds_lease(answered.feed.host_id, answered.token),
        is_current=_is_current(answered, locked),
        confirmed_at=locked.feeds[answered.feed.feed_id].last_success_at if answered.feed.host_id else None,
    )


def _read_at(answered: Answered) -> datetime:
    """Return when a document was read; a saved one of a polled feed was when it was made, whenever it is found."""
    is_saved = answered.token is None and answered.feed.host_id is not None
    return (answered.said_at if is_saved else None) or answered.started_at


def _is_current(answered: Answered, locked: Locked) -> bool:
    """Say whether the document is what its feed holds now: not a late worker's, nor a saved one of a polled feed."""
    return answered.feed.host_id is None or locked.holds_lease(answered.feed.host_id, answered.token)


def _conclude(prepared: PreparedDocument, outcome: DocumentOutcome | None, locked: Locked, now: datetime) -> PollResult:
    """Return what a poll writes, now that it is known what its document brought."""
    result, identified = prepared.result, prepared.identified
    if outcome is None or identified is None:
        return replace(result, record=replace(result.record, note=_DELETED, next_poll=NextPoll(None, _DELETED)))
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
    return conclude_document(prepared.answered, result, arrived, now)


def _with_departures(result: PollResult, answered: Answered, identified: Identified, locked: Locked) -> PollResult:
    """Return what a poll writes, with which sightings its document had no more, and which again."""
    is_current, last = _is_current(answered, locked), locked.feeds[answered.feed.feed_id].last_success_at
    if not is_current and last and _read_at(answered) <= last:
        return replace(result, is_outdated=True)
    # An edited one may say what is older than what it said before; it is there again all the same.
    edited = (identified.sighted.get(sighting.guid_hash) for sighting in identified.sightings)
    again = (*filter(None, edited), *identified.recognised.unchanged)
    left = identified.recognised.left if is_current else ()
    return replace(
        result,
        returned=tuple(seen.sighting_id for seen in again if seen.left),
        left=tuple(seen.sighting_id for seen in left),
    )


def _remember_files(connection: Connection, stored: Sequence[PreparedDocument], now: datetime) -> None:
    """Note which seed files have been read: not again, unless they change. What is embargoed is yet to be read."""
    for each in stored:
        uri, body_hash = each.answered.seed_uri, each.result.body_hash
        if uri and body_hash:
            remember_seed_file(connection, uri, body_hash, each.answered.feed.feed_id, now)


def _note(outcome: DocumentOutcome) -> str | None:
    times = Counter(placed.finding for placed in outcome.placements if placed.finding)
    refreshed = (
        f"articles of which other fields than the words changed: {outcome.refreshed}" if outcome.refreshed else None
    )
    return join_notes(*(f"{note}: {times[finding]}" for finding, note in _NOTES.items() if times[finding]), refreshed)
