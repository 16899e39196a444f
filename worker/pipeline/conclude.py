"""Storing polls that ended: what follows from documents is decided and written under one set of locks.

``results`` says what each poll is to write; this module writes it.

read documents → ``prepare_documents`` → lock feeds, hosts and articles → ``decide`` → write polls, articles and events
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from worker.basics.codec import unpack
from worker.basics.publishers import publisher_of
from worker.basics.urls import absolute_url, same_site
from worker.database.conflicts import retry_conflicts, write
from worker.database.engine import reading, writing
from worker.database.locks import HostRelease
from worker.database.seed_files import remember_seed_file
from worker.dedupe.identity import decide_articles
from worker.manage.deletion import reconsider_articles
from worker.normalise.language import Detect
from worker.normalise.sanitise import POLICY_VERSION
from worker.pipeline.keeping import keep_read, keep_unread
from worker.pipeline.prepare import (
    decide_read_at,
    find_article_names,
    gather_brought,
    is_current,
    prepare_documents,
)
from worker.pipeline.prepared_document import PreparedDocument, complete_outline
from worker.pipeline.pruned_entries import without_pruned
from worker.pipeline.results import Answered, bounds_of, conclude_document, join_notes
from worker.quality.marks import follow_marks, mark_entry
from worker.recognise.audit import audit_guids
from worker.recognise.gaps import is_gap
from worker.store.decided_articles import StaleDecisionError, store_decision
from worker.store.feed_moves import move_feed
from worker.store.known import lock_articles
from worker.store.poll_locks import Locked, lock_polls
from worker.store.polls import store_polls, write_polls
from worker.values.articles import Finding, Sighting
from worker.values.decisions import DocumentOutcome
from worker.values.entries import KnownBy, ParsedDocument
from worker.values.feed_quality import DocumentMarks, Marks
from worker.values.frozen import replace
from worker.values.outcomes import GAP_NOTE, Gap, NextPoll, Outcome, PollRecord, PollResult, PutOff
from worker.wire.store_links import link_stored, lock_brought_keys, lock_known_keys

# Programs that store documents of their own find all they need for it here.
__all__ = ["FEED_DELETED", "Answered", "bounds_of", "store_documents", "store_prepared", "store_results"]

FEED_DELETED = "its feed was deleted meanwhile: nothing of it was stored"
"""The note on a document whose feed is no longer there when the document is stored."""
# How the ledger counts entries whose guids or URLs are not what they should be.
_NOTES = {
    Finding.RENAMED: "entries known again under other guids",
    Finding.GUID_REUSED: "new entries under guids of other articles",
    Finding.URL_REUSED: "new entries at URLs of other articles",
    Finding.CONFLICT: "entries whose URL names another article than their guid, which wins",
    Finding.UNNUMBERED: "versions of newsroom items that nobody numbered: their times say which is shown",
}


def store_documents(
    engine: Engine,
    read: Sequence[tuple[Answered, ParsedDocument]],
    now: datetime,
    detect: Detect | None = None,
    then: Callable[[Connection, Sequence[PreparedDocument]], object] = lambda *_: None,
) -> list[PollRecord]:
    """Decide and write polls that read documents, all in one transaction, which does last what ``then`` is.

    A single document is decided again when another poll wrote first; several are not (StaleDecisionError): the caller
    may store them one by one.
    """

    def prepare_and_store() -> list[PollRecord]:
        with reading(engine) as connection:
            prepared = prepare_documents(connection, read, now, detect)
        with writing(engine) as connection:
            records = store_prepared(connection, prepared, now)
            then(connection, prepared)
            return records

    return retry_conflicts(prepare_and_store, also=(StaleDecisionError,) if len(read) == 1 else ())


def store_results(
    engine: Engine,
    results: Sequence[PollResult],
    releases: Sequence[HostRelease],
    now: datetime,
    put_off: Sequence[PutOff] = (),
) -> list[PollRecord]:
    """Write polls that brought no entries, polls that are put off, and ends of leases, in one transaction."""

    def store(connection: Connection) -> list[PollRecord]:
        locked = store_polls(connection, results, releases, now, put_off)
        keep_unread(connection, results, locked)
        _move_feeds(connection, locked, results, now)
        return [result.record for result in results]

    return write(engine, store, also=(StaleDecisionError,))


def store_prepared(connection: Connection, prepared: Sequence[PreparedDocument], now: datetime) -> list[PollRecord]:
    """Decide and write what documents brought, under the locks of this transaction.

    StaleDecisionError means that nothing may be committed: what was prepared or found no longer holds.
    """
    # Locked in one order: wire keys and names, feeds, hosts, articles. Only lock_known_keys comes late, with the
    # wire keys that the store has of these articles: a deadlock there is retried.
    lock_brought_keys(connection, [sighting for each in prepared for sighting in each.sightings])
    locked = lock_polls(connection, [each.result for each in prepared])
    _refuse_stale(prepared, locked)
    known = lock_articles(connection, find_article_names(connection, prepared))
    lock_known_keys(connection, known)
    # Looked up only now: what is pruned from here on is none of these articles, nor any that these feeds carry.
    prepared = without_pruned(connection, prepared)
    present = [each for each in prepared if each.feed_id in locked.feeds]
    decision = decide_articles([gather_brought(each, locked, known) for each in present], known)
    store_decision(connection, decision, POLICY_VERSION, now)
    outcomes = dict(zip(map(id, present), decision.outcomes, strict=True))
    stored = {(each.feed_id, each.sighting.guid_hash) for each in decision.sightings}
    results = [
        _with_outline(_conclude(each, outcomes.get(id(each)), locked, now), each, stored, locked) for each in prepared
    ]
    write_polls(connection, locked, results, now)
    keep_read(connection, present, locked)
    _remember_files(connection, present, now)
    link_stored(connection, decision, now)
    _move_feeds(connection, locked, results, now)
    return [result.record for result in results]


def _refuse_stale(prepared: Sequence[PreparedDocument], locked: Locked) -> None:
    times = Counter((each.feed_id, each.answered.file_in_feed) for each in prepared)
    for each in prepared:
        feed = locked.feeds.get(each.feed_id)
        # Of two documents of one feed the second must be prepared after the first is stored. Files of a folder know
        # nothing of one another.
        if feed and (each.edition != feed.edition or times[each.feed_id, each.answered.file_in_feed] > 1):
            raise StaleDecisionError


def _conclude(prepared: PreparedDocument, outcome: DocumentOutcome | None, locked: Locked, now: datetime) -> PollResult:
    """Return what a document's poll writes; ``outcome`` is what it brought, None where its feed was deleted."""
    result = prepared.result
    if outcome is None:
        return replace(result, record=replace(result.record, note=FEED_DELETED, next_poll=NextPoll(None, FEED_DELETED)))
    placed = [each for each in outcome.placements if each.finding is Finding.RENAMED]
    renamed = {each.sighting.guid_hash: each.sighting.known_by for each in placed}
    known = prepared.sighted.keys() | renamed.keys()
    arrived = [each for each in prepared.sightings if each.guid_hash not in known]
    # An entry that is known by its words has another key after each edit: that says nothing about the feed's guids.
    by_guid = sum(known_by is not KnownBy.WORDS for known_by in renamed.values())
    rule = audit_guids(prepared.rule, prepared.parsed.entries, renamed=by_guid, carried=prepared.carried)
    record = replace(
        result.record,
        new=outcome.new,
        updated=outcome.updated,
        outcome=Outcome.NEW if outcome.new or outcome.updated else Outcome.UNCHANGED,
        note=join_notes(result.record.note, prepared.note, _note_findings(outcome)),
    )
    result = replace(result, record=record, guid_rule=rule if rule != prepared.rule else None)
    result = _with_gap(_with_departures(result, prepared, locked), prepared, arrived)
    if not locked.holds_lease(result.host_id, result.token):
        result = replace(result, read_again=prepared.list_unchanged(), read_at=decide_read_at(prepared.answered))
    published = [each.article.published_at for each in arrived]
    return _with_marks(conclude_document(prepared.answered, result, published, now), prepared, arrived, by_guid)


def _with_outline(
    result: PollResult, prepared: PreparedDocument, stored: Collection[tuple[int, bytes]], locked: Locked
) -> PollResult:
    """Add the outline of a document that is the feed's newest, unless its entries get other keys from now on."""
    is_same_policy = result.guid_rule is None or result.guid_rule.policy is prepared.rule.policy
    if is_same_policy and locked.holds_lease(result.host_id, result.token):
        return replace(result, outline=complete_outline(prepared, stored))
    return result


def _note_findings(outcome: DocumentOutcome) -> str | None:
    times = Counter(placed.finding for placed in outcome.placements if placed.finding)
    refreshed = f"articles of which other fields than the words changed: {outcome.refreshed}"
    found = (f"{note}: {times[finding]}" for finding, note in _NOTES.items() if times[finding])
    return join_notes(*found, refreshed if outcome.refreshed else None)


def _with_departures(result: PollResult, prepared: PreparedDocument, locked: Locked) -> PollResult:
    """Add which sightings have left the feed with this document, and which have come back."""
    answered = prepared.answered
    is_now, last = is_current(answered, locked), locked.feeds[prepared.feed_id].last_success_at
    if not is_now and last and decide_read_at(answered) <= last:
        return replace(result, is_outdated=True)
    # An edited entry is back even where what it says is older than what it said before.
    edited = (prepared.sighted.get(sighting.guid_hash) for sighting in prepared.sightings)
    seen_again = (*filter(None, edited), *prepared.recognised.unchanged)
    return replace(
        result,
        returned=tuple(seen.sighting_id for seen in seen_again if seen.has_left),
        left=tuple(seen.sighting_id for seen in prepared.recognised.left) if is_now else (),
    )


def _with_gap(result: PollResult, prepared: PreparedDocument, arrived: Sequence[Sighting]) -> PollResult:
    """Add that entries were missed since the poll before, if they were; ``arrived`` are the feed's new entries."""
    if not arrived or not result.left or not prepared.is_next_in_turn:
        return result
    entries, carried = len(prepared.keyed) + len(prepared.parsed.repeated), prepared.carried
    if not is_gap(entries, carried, arrived, prepared.recognised.left):
        return result
    note = f"{GAP_NOTE}{entries} entries are new and none of the {carried} before is left"
    gap = Gap(prepared.answered.feed.last_success_at, prepared.parsed.older_url, _find_robots(prepared))
    return replace(result, gap=gap, record=replace(result.record, note=join_notes(result.record.note, note)))


def _find_robots(prepared: PreparedDocument) -> str | None:
    """Return where a feed's site names its sitemaps; None for a sitemap, and where nobody vouches for the feed."""
    feed_url, site_url = prepared.answered.feed.url, prepared.parsed.site_url
    if prepared.parsed.format == "sitemap" or publisher_of(feed_url) is None:
        return None
    return absolute_url("/robots.txt", site_url if same_site(site_url, feed_url) else feed_url)


def _with_marks(
    result: PollResult, prepared: PreparedDocument, arrived: Sequence[Sighting], renamed: int
) -> PollResult:
    """Add the feed's marks after a poll that brought something new; what was saved or is a file says nothing of it."""
    if not (arrived or renamed) or prepared.answered.token is None:
        return result
    entries = {each.guid_hash: each.entry for each in prepared.recognised.fresh}
    now = result.record.started_at
    document = DocumentMarks(
        [mark_entry(entries[each.guid_hash], each.article, now) for each in arrived],
        renamed,
        result.record.lost,
        result.gap is not None,
    )
    feed, marks = prepared.answered.feed, unpack(Marks, prepared.marks)
    followed = follow_marks(marks, document, feed.last_success_at, now, result.rhythm or feed.rhythm)
    return replace(result, marks=followed)


def _remember_files(connection: Connection, stored: Sequence[PreparedDocument], now: datetime) -> None:
    """Note which seed files were read: what they brought is not stored again until they change."""
    for each in stored:
        uri, state = each.answered.seed_uri, each.answered.seed_state
        if uri and state and not each.result.record.lost:
            remember_seed_file(connection, uri, state, each.feed_id, now)


def _move_feeds(connection: Connection, locked: Locked, results: Sequence[PollResult], now: datetime) -> None:
    """Move the feeds whose polls believe a permanent redirect and may decide.

    Where two feeds become one, their articles are decided again.
    """
    for result in results:
        if result.moves_to and locked.may_decide(result):
            moved = move_feed(connection, now, result.record.feed_id, result.moves_to)
            reconsider_articles(connection, moved.article_ids, now)
