"""What becomes of a document's poll once it is decided what the document brought."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from worker.pipeline.answered import Answered, conclude_document, join_notes
from worker.pipeline.identify import Identified
from worker.pipeline.prepared import PreparedDocument, is_current, read_at
from worker.recognise.audit import audit_guids
from worker.store.locked import Locked
from worker.values import DocumentOutcome, Finding, KnownBy, NextPoll, Outcome, PollResult

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
