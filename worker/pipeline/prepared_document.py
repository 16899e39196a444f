"""A document that is prepared to be stored, and what its entries' bytes are worth: which may stay unread.

An entry that came again byte for byte says what it said. But it may share a name or a link with a new one: then the
whole document is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.dedupe.identity import hash_page
from worker.normalise.sanitise import POLICY_VERSION
from worker.parse import PARSE_VERSION
from worker.pipeline.results import Answered
from worker.values.articles import Placement, Sighting
from worker.values.entries import (
    GuidRule,
    KeyedEntry,
    KnownBy,
    KnownSighting,
    Outline,
    OutlinedEntry,
    ParsedDocument,
    Recognised,
)
from worker.values.outcomes import PollResult

READING = f"{PARSE_VERSION} {POLICY_VERSION}"
"""The versions of the rules by which entries are read and made comparable."""


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document with its new and edited entries made comparable, and what the store held of its feed then."""

    answered: Answered
    parsed: ParsedDocument
    """Without its embargoed entries."""
    result: PollResult
    """What the poll writes, except for what the entries decide."""
    rule: GuidRule
    edition: int
    """The feed's edition: once the feed has another one, the document must be prepared again."""
    keyed: tuple[KeyedEntry, ...]
    """The distinct entries that were read."""
    sighted: Mapping[bytes, KnownSighting]
    """Stored sightings of the feed, by guid hash; none of entries that were not read because they came again."""
    recognised: Recognised
    sightings: tuple[Sighting, ...]
    """The new and edited entries, made comparable."""
    note: str | None

    @property
    def feed_id(self) -> int:
        """The feed whose document it is."""
        return self.answered.feed.feed_id

    def list_unchanged(self) -> tuple[bytes, ...]:
        """Return the keys of entries that say what they said before."""
        fresh = {each.guid_hash for each in self.recognised.fresh}
        read = (each.guid_hash for each in self.keyed if each.guid_hash not in fresh)
        return (*read, *(each.guid_hash for each in self.parsed.repeated))

    @property
    def carried(self) -> int:
        """How many entries the feed's document before this one had."""
        before = self.parsed.before
        return len(before.entries) if before else sum(not seen.has_left for seen in self.sighted.values())


def may_leave_unread(prepared: PreparedDocument) -> bool:
    """Say whether a document's entries that came again have no bearing on the others, and can stay unread.

    They have where they share a name or a link with others, and where what the store knows of the feed has changed
    since its last document.
    """
    before, keyed = prepared.parsed.before, prepared.keyed
    if before is None:
        return True
    keys = {each.guid_hash for each in prepared.parsed.repeated}
    pages = {each.page_hash for each in prepared.parsed.repeated}
    return (
        before.edition == prepared.edition
        and _are_plainly_known(prepared)
        and keys.isdisjoint(each.guid_hash for each in keyed)
        and pages.isdisjoint(hash_page(each.article.url) for each in prepared.sightings)
    )


def _are_plainly_known(prepared: PreparedDocument) -> bool:
    """Say whether each entry is known by the plainest name, which no other shares."""
    plainest = KnownBy(prepared.rule.policy.value)
    is_each_known = len(prepared.keyed) == len(prepared.parsed.entries)
    return is_each_known and all(each.known_by is plainest for each in prepared.keyed)


def complete_outline(prepared: PreparedDocument, placements: Sequence[Placement]) -> Outline | None:
    """Return the outline of a document that is about to be stored, with the keys of its entries.

    None where bytes alone will not do: entries that share names, are embargoed, or could not be made comparable.
    """
    outline, urls = prepared.parsed.outline, _urls_by_key(prepared)
    is_whole = prepared.result.body_hash and len(prepared.sightings) == len(prepared.recognised.fresh)
    are_kept = all(placed.sighting.guid_hash in urls for placed in placements)
    if outline is None or not (is_whole and are_kept and _are_plainly_known(prepared)):
        return None
    keys = iter(prepared.keyed)
    entries = (each if each.guid_hash else _complete(each, next(keys).guid_hash, urls) for each in outline.entries)
    return Outline(outline.frame, tuple(entries), prepared.edition + 1, READING)


def _complete(entry: OutlinedEntry, key: bytes, urls: Mapping[bytes, str | None]) -> OutlinedEntry:
    return OutlinedEntry(entry.slice_hash, key, hash_page(urls[key]))


def _urls_by_key(prepared: PreparedDocument) -> dict[bytes, str | None]:
    stored = {key: seen.original_url for key, seen in prepared.sighted.items()}
    return stored | {each.guid_hash: each.article.original_url for each in prepared.sightings}


def list_renamed(prepared: PreparedDocument) -> tuple[KnownSighting, ...]:
    """Return the sightings that are gone from this document and may be in it under other guids."""
    if not prepared.answered.is_of_its_feed:
        return ()
    unknown = [sighting for sighting in prepared.sightings if sighting.guid_hash not in prepared.sighted]
    entries = len(prepared.keyed) + len(prepared.parsed.repeated)
    is_possible = _may_be_renamed(unknown, entries, prepared.answered.feed.last_success_at)
    return prepared.recognised.left if is_possible else ()


def _may_be_renamed(unknown: Sequence[Sighting], entries: int, last_success_at: datetime | None) -> bool:
    """Say whether unknown entries may be known ones under other guids; one published since the last poll cannot be.

    Dates count for nothing where most entries are unknown: some feeds date every entry anew each time they are asked.
    """
    if 2 * len(unknown) >= entries:
        return bool(unknown)
    dates = (sighting.article.published_at for sighting in unknown)
    return any(at is None or last_success_at is None or at <= last_success_at for at in dates)
