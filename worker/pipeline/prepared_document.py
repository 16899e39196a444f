"""A document that is prepared to be stored, and what its entries' bytes are worth: which may stay unread.

An entry that came again byte for byte says what it said. But it may share a name or a link with a new one: then the
whole document is read.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from worker.dedupe.identity import NO_LINK, hash_link, hash_link_of
from worker.normalise.sanitise import POLICY_VERSION
from worker.parse import PARSE_VERSION
from worker.pipeline.results import Answered
from worker.recognise.audit import has_given_up_guids
from worker.recognise.keys import has_plain_key, hash_plain_key, is_nameless
from worker.values.articles import Sighting
from worker.values.entries import (
    NO_SLICE,
    GuidRule,
    KeyedEntry,
    KnownBy,
    KnownSighting,
    Outline,
    OutlinedEntry,
    ParsedDocument,
    Recognised,
)
from worker.values.frozen import dataclass
from worker.values.kept_documents import PackedDocument
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
    pruned: tuple[Sighting, ...] = ()
    """Entries that are not stored again: retention has pruned their articles."""
    packed: PackedDocument | None = None
    """Its bytes, where they are to be kept."""
    marks: Any = None
    """The feed's marks as they are stored: only a document that brought something new has a use for them."""

    @property
    def feed_id(self) -> int:
        """The feed whose document it is."""
        return self.answered.feed.feed_id

    def list_unchanged(self) -> tuple[bytes, ...]:
        """Return the keys of entries that say what they said before."""
        fresh = {each.guid_hash for each in self.recognised.fresh}
        read = (each.guid_hash for each in self.keyed if each.guid_hash not in fresh)
        return (*read, *(each.guid_hash for each in self.parsed.repeated))

    def list_unknown(self) -> list[Sighting]:
        """Return the entries that the feed was not seen to carry under their guids."""
        return [each for each in self.sightings if each.guid_hash not in self.sighted]

    @property
    def carried(self) -> int:
        """How many entries the feed's document before this one had."""
        before = self.parsed.before
        return len(before.entries) if before else sum(not seen.has_left for seen in self.sighted.values())

    @property
    def is_next_in_turn(self) -> bool:
        """Whether a poll read it as the one before was read: asked "has it changed?" wherever the host's answer allows.

        A poll that asks for all of a document finds what the host kept back for however long.
        """
        feed, request = self.answered.feed, self.answered.fetched.request
        return self.answered.token is not None and feed.body_hash is not None and request.validators == feed.validators


def may_leave_unread(prepared: PreparedDocument) -> bool:
    """Say whether a document's entries that came again have no bearing on the others, and can stay unread.

    They have where they share a name or a link with others, and where what the store knows of the feed has changed
    since its last document.
    """
    before, keyed = prepared.parsed.before, prepared.keyed
    if before is None:
        return True
    keys = {each.guid_hash for each in prepared.parsed.repeated}
    names = (hash_plain_key(each, prepared.rule.policy) for each in keyed if each.known_by is KnownBy.WORDS)
    links = {each.link_hash for each in prepared.parsed.repeated} - {NO_LINK}
    read_always = {each.guid_hash for each in before.entries if each.slice_hash == NO_SLICE}
    return (
        before.edition == prepared.edition
        and _are_plainly_known(prepared, read_always)
        # All of them without guids is the feed's habit; some may be a whim.
        and not has_given_up_guids(prepared.rule, prepared.parsed.entries)
        and keys.isdisjoint(each.guid_hash for each in keyed)
        and keys.isdisjoint(names)
        and links.isdisjoint(hash_link_of(each.article) for each in prepared.sightings)
    )


def _are_plainly_known(prepared: PreparedDocument, others: Collection[bytes]) -> bool:
    """Say whether each entry is known by its plainest name, which no other shares, or by one of these ``others``."""
    is_each_known = len(prepared.keyed) == len(prepared.parsed.entries)
    policy = prepared.rule.policy
    return is_each_known and all(has_plain_key(each, policy) or each.guid_hash in others for each in prepared.keyed)


def complete_outline(prepared: PreparedDocument, stored: Collection[tuple[int, bytes]]) -> Outline | None:
    """Return the outline of a document that is about to be stored, with the keys of its entries.

    ``stored`` are feed and key of the sightings that its commit writes.

    None where bytes alone will not do: entries that share names, are embargoed, or could not be made comparable.
    """
    outline = prepared.parsed.outline
    read = (*prepared.sightings, *prepared.pruned)
    is_whole = prepared.result.body_hash and len(read) == len(prepared.recognised.fresh)
    # What the entry says is not stored where its guid has come to name another article, or a newer version stands.
    are_kept = all((prepared.feed_id, each.guid_hash) in stored for each in prepared.sightings)
    nameless = {each.guid_hash for each in prepared.keyed if is_nameless(each.entry)}
    if outline is None or not (is_whole and are_kept and _are_plainly_known(prepared, nameless)):
        return None
    fresh = {each.guid_hash: hash_link_of(each.article) for each in read}
    keyed = iter(prepared.keyed)
    entries = []
    for entry in outline.entries:
        if entry.guid_hash:
            entries.append(entry)
        else:
            each = next(keyed)
            key, is_sure = each.guid_hash, has_plain_key(each, prepared.rule.policy)
            link = fresh.get(key) or hash_link(prepared.sighted[key].original_url)
            # By which name it is known depends on others that say the same.
            entries.append(OutlinedEntry(entry.slice_hash if is_sure else NO_SLICE, key, link))
    return Outline(outline.frame, tuple(entries), prepared.edition + 1, READING)


def list_renamed(prepared: PreparedDocument) -> tuple[KnownSighting, ...]:
    """Return the sightings that are gone from this document and may be in it under other guids."""
    if not prepared.answered.is_of_its_feed or prepared.answered.brings_only_new:
        return ()
    unknown = prepared.list_unknown()
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
