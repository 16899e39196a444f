"""Which entries of a document are new or edited, by what is known of its feed before anything is locked.

What comes of it is decided later, under the locks of the transaction that writes it; the edition of the feed tells
whether what was read here still holds then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from worker.basics.stopping import is_interruption
from worker.dedupe.place import without_shared_links
from worker.normalise.article import normalise
from worker.normalise.identity import FeedContext, is_unnumbered
from worker.normalise.language import Detect
from worker.normalise.sanitise import POLICY_VERSION
from worker.parse import PARSE_VERSION
from worker.pipeline.answered import Answered, conclude_read, join_notes
from worker.recognise.audit import note_shared_names
from worker.recognise.keys import key_entries, recognise
from worker.store.known import ArticleNames, find_guid_rule, find_outdone, find_present_sightings, find_sightings
from worker.store.locked import Locked
from worker.values.articles import KnownArticle, Sighting
from worker.values.decisions import Brought
from worker.values.due_feeds import Document
from worker.values.entries import GuidRule, KeyedEntry, ParsedDocument, Recognised, Sighted
from worker.values.outcomes import PollResult

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Identified:
    """A document's new and edited entries, made comparable, and what was known of its feed when that was done."""

    rule: GuidRule
    edition: int
    """Of what is known of the feed's entries: another one, and all this is to be done again."""
    sighted: Mapping[bytes, Sighted]
    recognised: Recognised
    sightings: tuple[Sighting, ...]
    entries: int
    """How many the document has, each once."""
    note: str | None = None


def identify(
    connection: Connection, feed_id: int, parsed: ParsedDocument, context: FeedContext, now: datetime
) -> Identified:
    """Return what a document's entries are by what is known of its feed: nothing, where that has been deleted."""
    rule, edition = find_guid_rule(connection, feed_id)
    present = find_present_sightings(connection, feed_id)
    keyed = key_entries(parsed.entries, f"{parsed.parser} {PARSE_VERSION} {POLICY_VERSION}", rule.policy, present)
    unknown = {entry.guid_hash for entry in keyed} - present.keys()
    sighted = present | find_sightings(connection, feed_id, unknown)
    # Saying the same once more, a file may outdo another one that has been shown since: they speak with one voice.
    again = find_outdone(connection, feed_id) if context.is_file and sighted else ()
    recognised = recognise(keyed, sighted, again)
    sightings = tuple(_normalise(recognised.fresh, context, now))
    unnumbered = sum(is_unnumbered(each.entry) for each in recognised.fresh)
    note = join_notes(
        note_shared_names(keyed, rule.policy), f"versions that are no numbers: {unnumbered}" if unnumbered else None
    )
    return Identified(rule, edition, sighted, recognised, sightings, len(keyed), note)


def _normalise(fresh: Sequence[KeyedEntry], context: FeedContext, now: datetime) -> Iterator[Sighting]:
    for keyed in fresh:
        try:
            yield normalise(keyed, context, now)
        except Exception as error:
            if is_interruption(error):
                raise
            # Tried again when the document next changes. One bad entry never costs its neighbours.
            _LOG.exception("entry not normalised", feed_url=context.feed_url, guid=keyed.guid)


# --- Embargoes: what may not be published yet is not stored either, and is looked for again.


def hold_back(parsed: ParsedDocument, now: datetime) -> ParsedDocument:
    """Return the document without the entries that are embargoed at ``now``; ``skipped`` says until when."""
    ends = [entry.embargoed_until for entry in parsed.entries]
    reasons = tuple(f"it is embargoed until {end:%Y-%m-%d %H:%M} UTC" for end in ends if end and end > now)
    if not reasons:
        return parsed
    free = tuple(entry for entry, end in zip(parsed.entries, ends, strict=True) if not (end and end > now))
    return replace(parsed, entries=free, skipped=parsed.skipped + reasons)


# --- Documents before they are stored: their entries made comparable, and which articles they may speak of.


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document with what is to be stored of it, as far as that is known before anything is locked."""

    answered: Answered
    parsed: ParsedDocument
    """Without what is embargoed."""
    result: PollResult
    """What the poll writes but for what its entries decide."""
    identified: Identified

    @property
    def feed_id(self) -> int:
        """The feed whose document it is."""
        return self.answered.feed.feed_id

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """Its new and edited entries."""
        return self.identified.sightings


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


def names_of(prepared: Sequence[PreparedDocument]) -> ArticleNames:
    """Return by what the articles may be meant that documents speak of."""
    sightings = [sighting for each in prepared for sighting in each.sightings]
    known = [each.identified.sighted.get(sighting.guid_hash) for each in prepared for sighting in each.sightings]
    left = [seen for each in prepared for seen in _renamed(each)]
    return ArticleNames(
        article_ids=frozenset(seen.article_id for seen in (*known, *left) if seen),
        match_keys=frozenset(sighting.article.match_key for sighting in sightings if sighting.article.match_key),
        of_files=frozenset(name for sighting in sightings for name in sighting.names),
    )


def brought_by(prepared: PreparedDocument, locked: Locked, known: Sequence[KnownArticle]) -> Brought:
    """Return what a document brought, for what its poll may still say of its feed; ``known`` are the articles meant."""
    answered, identified = prepared.answered, prepared.identified
    return Brought(
        feed_id=answered.feed.feed_id,
        read_at=read_at(answered),
        said_at=answered.said_at or answered.started_at,
        sightings=tuple(without_shared_links(identified.sightings, identified.recognised.unchanged, known)),
        sighted=identified.sighted,
        left=_renamed(prepared) if is_current(answered, locked) else (),
        is_of_file=answered.feed.host_id is None,
        is_newest=locked.holds_lease(answered.feed.host_id, answered.token),
        is_current=is_current(answered, locked),
        confirmed_at=locked.feeds[answered.feed.feed_id].last_success_at if answered.feed.host_id else None,
    )


def read_at(answered: Answered) -> datetime:
    """Return when a document was read; a saved one of a polled feed was when it was made, whenever it is found."""
    return (None if _is_of_its_feed(answered) else answered.said_at) or answered.started_at


def is_current(answered: Answered, locked: Locked) -> bool:
    """Say whether the document is what its feed holds now: not a late worker's, nor a saved one of a polled feed."""
    return answered.feed.host_id is None or locked.holds_lease(answered.feed.host_id, answered.token)


def _renamed(prepared: PreparedDocument) -> tuple[Sighted, ...]:
    """Return the sightings of entries that left in this very document: some may only have changed their guids."""
    identified = prepared.identified
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
