"""Preparing a document to be stored: which of its entries are new or edited, and what they look like as articles.

This happens before anything is locked. Later ``conclude`` decides under locks what follows from it; the feed's edition
tells it whether what was read here still holds.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from worker.basics.faults import read_each
from worker.basics.log_lines import get_logger
from worker.dedupe.identity import without_shared_links
from worker.dedupe.renamed import without_unlike
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.normalise.language import Detect
from worker.normalise.match_keys import is_unnumbered, name_path
from worker.parse import read_whole
from worker.pipeline.prepared_document import READING, PreparedDocument, list_renamed, may_leave_unread
from worker.pipeline.results import Answered, conclude_read, join_notes
from worker.recognise.keys import hash_guid, hash_within, key_entries, key_within, note_shared_names, recognise
from worker.store.documents import pack_document
from worker.store.known import (
    ArticleNames,
    find_guid_rules,
    find_lengths,
    find_present_sightings,
    find_sightings,
    find_sightings_named,
    find_sightings_not_shown,
)
from worker.store.poll_locks import Locked
from worker.values.articles import KnownArticle
from worker.values.decisions import Brought
from worker.values.entries import (
    NO_SLICE,
    GuidRule,
    KeyedEntry,
    KnownSighting,
    ParsedDocument,
)
from worker.values.frozen import dataclass, replace
from worker.wire.dispatch import DISPATCH_GUID

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _KeyedDocument:
    """A document whose entries have their keys, and the sightings that were needed for that."""

    answered: Answered
    parsed: ParsedDocument
    released: ParsedDocument
    """Without its embargoed entries."""
    rule: GuidRule
    edition: int
    marks: Any
    keyed: tuple[KeyedEntry, ...]
    present: Mapping[bytes, KnownSighting]
    """What the feed's newest document had; nothing where entries were left unread because they came again."""

    @property
    def feed_id(self) -> int:
        """The feed whose document it is."""
        return self.answered.feed.feed_id

    def find_missing(self) -> set[bytes]:
        """Return the keys of the sightings that are still to be looked up: of its entries, and of those gone."""
        before = self.parsed.before.entries if self.parsed.before else ()
        keys = {each.guid_hash for each in before}.difference(each.guid_hash for each in self.parsed.repeated)
        keys.update(each.guid_hash for each in self.keyed)
        if path := self.answered.file_in_feed:
            # A file of several may have been a single dispatch.
            keys.add(hash_within(hash_guid(DISPATCH_GUID), path))
        return keys - self.present.keys()


def prepare_documents(
    connection: Connection, read: Sequence[tuple[Answered, ParsedDocument]], now: datetime, detect: Detect | None
) -> list[PreparedDocument]:
    """Return documents with their new and edited entries made comparable; all are new where their feed was deleted."""
    rules = find_guid_rules(connection, [answered.feed.feed_id for answered, _ in read])
    # One file of a folder says nothing of what the folder's feed has besides.
    whole = [each.feed.feed_id for each, parsed in read if not (parsed.before or each.file_in_feed)]
    present = {**find_present_sightings(connection, whole), **_find_read_always(connection, read)}
    documents = []
    for answered, parsed in read:
        feed_id, released = answered.feed.feed_id, hold_back(parsed, now)
        (rule, edition, marks), sighted = rules[feed_id], present.get(feed_id, {})
        settings_hash = answered.seed_state.settings_hash if answered.seed_state else None
        reading = f"{parsed.parser} {READING}{settings_hash.hex() if settings_hash else ''}"
        keyed = key_entries(released.entries, reading, rule.policy, sighted)
        if answered.file_in_feed:
            keyed = key_within(keyed, answered.file_in_feed)
        documents.append(_KeyedDocument(answered, parsed, released, rule, edition, marks, keyed, sighted))
    missing = [each.find_missing() for each in documents]
    pairs = [(each.feed_id, key) for each, keys in zip(documents, missing, strict=True) for key in keys]
    found = find_sightings(connection, pairs)
    prepared = []
    for each, keys in zip(documents, missing, strict=True):
        seen = found.get(each.feed_id, {})
        if each.answered.file_in_feed:
            # What other files of its folder have is none of its sightings.
            seen = {key: seen[key] for key in keys & seen.keys()} or _find_several(connection, each)
        prepared.append(_prepare(connection, each, seen, now, detect))
    return [
        each if may_leave_unread(each) else prepare_documents(connection, [_read_whole(each)], now, detect)[0]
        for each in prepared
    ]


def _find_read_always(
    connection: Connection, read: Sequence[tuple[Answered, ParsedDocument]]
) -> Mapping[int, Mapping[bytes, KnownSighting]]:
    """Return the sightings of entries that are read though they may have come again: these tell their keys."""
    outlined = (
        (answered.feed.feed_id, each) for answered, parsed in read if parsed.before for each in parsed.before.entries
    )
    keys = [(feed_id, each.guid_hash) for feed_id, each in outlined if each.slice_hash == NO_SLICE]
    return find_sightings(connection, keys) if keys else {}


def _find_several(connection: Connection, document: _KeyedDocument) -> Mapping[bytes, KnownSighting]:
    """Return what a file of a folder had that was several dispatches and is a single one now."""
    answered, entries = document.answered, document.parsed.entries
    path, place = answered.file_in_feed, answered.path
    if not (answered.is_edited_file and path and place) or [each.guid for each in entries] != [DISPATCH_GUID]:
        return {}
    found = find_sightings_named(connection, document.feed_id, f"{name_path(place)} ")
    # Another file's path may begin like this one's.
    return {key: seen for key, seen in found.items() if key == hash_within(hash_guid(seen.guid), path)}


def _prepare(
    connection: Connection,
    document: _KeyedDocument,
    found: Mapping[bytes, KnownSighting],
    now: datetime,
    detect: Detect | None,
) -> PreparedDocument:
    answered, parsed, released, keyed = document.answered, document.parsed, document.released, document.keyed
    context = _context_of(answered, parsed, detect)
    sighted = {**document.present, **found}
    # All files are one publisher: an unchanged file may have to be shown again in place of another file.
    not_shown = find_sightings_not_shown(connection, answered.feed.feed_id, sighted) if context.is_file else ()
    recognised = recognise(keyed, sighted, not_shown)
    sightings, unfit = read_each(recognised.fresh, lambda each: normalise(each, context, now), lambda each: each.guid)
    faults = (*parsed.faults, *unfit)
    for fault in faults:
        _LOG.error("entry not read", feed_url=context.feed_url, entry=fault.entry, exception=fault.trace)
    unnumbered = sum(is_unnumbered(each.entry) for each in recognised.fresh)
    note = join_notes(
        note_shared_names(keyed, document.rule.policy),
        f"versions that are no numbers: {unnumbered}" if unnumbered else None,
    )
    is_whole = len(released.entries) == len(parsed.entries) and not faults
    result = conclude_read(answered, replace(released, faults=faults), now, is_whole=is_whole)
    return PreparedDocument(
        answered,
        released,
        result,
        document.rule,
        document.edition,
        keyed,
        sighted,
        recognised,
        sightings,
        note,
        packed=pack_document(answered.document) if answered.is_to_keep else None,
        marks=document.marks,
    )


def _read_whole(prepared: PreparedDocument) -> tuple[Answered, ParsedDocument]:
    """Return the document with the entries that were left unread because they came again."""
    return prepared.answered, read_whole(prepared.answered.document, prepared.parsed)


def hold_back(parsed: ParsedDocument, now: datetime) -> ParsedDocument:
    """Return the document without the entries that are embargoed at ``now``: what may not be published is not stored.

    ``skipped`` says until when; the entries are found again when the document is read after that.
    """
    held = [entry for entry in parsed.entries if entry.embargoed_until and entry.is_embargoed(now)]
    if not held:
        return parsed
    reasons = tuple(f"it is embargoed until {entry.embargo_end:%Y-%m-%d %H:%M} UTC" for entry in held)
    free = tuple(entry for entry in parsed.entries if not entry.is_embargoed(now))
    return replace(parsed, entries=free, skipped=parsed.skipped + reasons)


def _context_of(answered: Answered, parsed: ParsedDocument, detect: Detect | None) -> FeedContext:
    feed = answered.feed
    return FeedContext(
        feed_url=feed.url,
        document_url=answered.document.url,
        site_url=parsed.site_url or feed.site_url,
        language=parsed.language,
        said_at=answered.said_at or answered.started_at,
        detect=detect,
        path=answered.path,
        format=parsed.format,
        agency=parsed.agency,
    )


def find_article_names(connection: Connection, prepared: Sequence[PreparedDocument]) -> ArticleNames:
    """Return the ids, match keys and file names by which to look up every article the documents may be about.

    The article of an entry that left is read only where the entry may be a new one under another guid.
    """
    sightings = [(each, sighting) for each in prepared for sighting in each.sightings]
    known = [each.sighted.get(sighting.guid_hash) for each, sighting in sightings]
    left = [(each, list_renamed(each)) for each in prepared]
    # Whatever a file had may be one dispatch of several now.
    polled = {seen.article_id for each, gone in left if each.answered.feed.host_id for seen in gone}
    lengths = find_lengths(connection, polled)
    renamed = [seen for each, gone in left for seen in without_unlike(each.list_unknown(), gone, lengths)]
    return ArticleNames(
        article_ids=frozenset(seen.article_id for seen in (*known, *renamed) if seen),
        match_keys=frozenset(sighting.article.match_key for _, sighting in sightings if sighting.article.match_key),
        of_files=frozenset(name for _, sighting in sightings for name in sighting.names),
    )


def gather_brought(prepared: PreparedDocument, locked: Locked, known: Sequence[KnownArticle]) -> Brought:
    """Return what a document brought; what left the feed only where the document is the feed's present one.

    ``known`` are the stored articles that the document may be about.
    """
    answered, feed = prepared.answered, prepared.answered.feed
    is_now, last = is_current(answered, locked), locked.feeds[feed.feed_id].last_success_at
    # An entry that is not stored again may share its link with others all the same.
    read, left_out = (*prepared.sightings, *prepared.pruned), {each.guid_hash for each in prepared.pruned}
    told_apart = without_shared_links(read, prepared.recognised.unchanged, known)
    return Brought(
        feed_id=feed.feed_id,
        read_at=decide_read_at(answered),
        said_at=answered.said_at or answered.started_at,
        sightings=tuple(each for each in told_apart if each.guid_hash not in left_out),
        sighted=prepared.sighted,
        left=list_renamed(prepared) if is_now else (),
        is_of_file=feed.host_id is None,
        is_newest=locked.holds_lease(feed.host_id, answered.token),
        # What a hub brings is in the feed, whatever it leaves out.
        is_current=is_now or (answered.is_pushed and (last is None or answered.started_at > last)),
        confirmed_at=last if feed.host_id else None,
    )


def decide_read_at(answered: Answered) -> datetime:
    """Return when a document was read; one of a polled feed that no poll brought counts as read when it was made."""
    return (None if answered.is_of_its_feed else answered.said_at) or answered.started_at


def is_current(answered: Answered, locked: Locked) -> bool:
    """Say whether the document is the feed's present one: not a late worker's, nor a saved one of a polled feed."""
    return answered.feed.host_id is None or locked.holds_lease(answered.feed.host_id, answered.token)
