"""Preparing a document to be stored: which of its entries are new or edited, and what they look like as articles.

This happens before anything is locked. Later ``conclude`` decides under locks what follows from it; the feed's edition
tells it whether what was read here still holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from worker.basics.stopping import is_interruption
from worker.dedupe.identity import without_shared_links
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.normalise.language import Detect
from worker.normalise.match_keys import is_unnumbered
from worker.normalise.sanitise import POLICY_VERSION
from worker.parse import PARSE_VERSION
from worker.pipeline.results import Answered, conclude_read, join_notes
from worker.recognise.keys import key_entries, note_shared_names, recognise
from worker.store.known import (
    ArticleNames,
    find_guid_rule,
    find_present_sightings,
    find_sightings,
    find_sightings_not_shown,
)
from worker.store.poll_locks import Locked
from worker.values.articles import KnownArticle, Sighting
from worker.values.decisions import Brought
from worker.values.due_feeds import Document
from worker.values.entries import GuidRule, KeyedEntry, KnownSighting, ParsedDocument, Recognised
from worker.values.outcomes import PollResult

_LOG = structlog.get_logger(__name__)


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
    sighted: Mapping[bytes, KnownSighting]
    """Stored sightings of the feed, by guid hash."""
    recognised: Recognised
    sightings: tuple[Sighting, ...]
    """The new and edited entries, made comparable."""
    entries: int
    """How many entries the document has, repeated ones counted once."""
    note: str | None

    @property
    def feed_id(self) -> int:
        """The feed whose document it is."""
        return self.answered.feed.feed_id


def prepare_document(
    connection: Connection, answered: Answered, parsed: ParsedDocument, now: datetime, detect: Detect | None
) -> PreparedDocument:
    """Return a document with its new and edited entries made comparable; all are new where its feed was deleted."""
    feed_id = answered.feed.feed_id
    context = _context_of(answered, parsed, detect)
    released = hold_back(parsed, now)
    rule, edition = find_guid_rule(connection, feed_id)
    present = find_present_sightings(connection, feed_id)
    keyed = key_entries(released.entries, f"{parsed.parser} {PARSE_VERSION} {POLICY_VERSION}", rule.policy, present)
    sighted = present | find_sightings(connection, feed_id, {entry.guid_hash for entry in keyed} - present.keys())
    # All files are one publisher: an unchanged file may have to be shown again in place of another file.
    not_shown = find_sightings_not_shown(connection, feed_id) if context.is_file and sighted else ()
    recognised = recognise(keyed, sighted, not_shown)
    sightings = tuple(_normalise(recognised.fresh, context, now))
    unnumbered = sum(is_unnumbered(each.entry) for each in recognised.fresh)
    note = join_notes(
        note_shared_names(keyed, rule.policy), f"versions that are no numbers: {unnumbered}" if unnumbered else None
    )
    result = conclude_read(answered, released, now, is_whole=len(released.entries) == len(parsed.entries))
    return PreparedDocument(answered, released, result, rule, edition, sighted, recognised, sightings, len(keyed), note)


def hold_back(parsed: ParsedDocument, now: datetime) -> ParsedDocument:
    """Return the document without the entries that are embargoed at ``now``: what may not be published is not stored.

    ``skipped`` says until when; the entries are found again when the document is read after that.
    """
    ends = [entry.embargoed_until for entry in parsed.entries]
    reasons = tuple(f"it is embargoed until {end:%Y-%m-%d %H:%M} UTC" for end in ends if end and end > now)
    if not reasons:
        return parsed
    free = tuple(entry for entry, end in zip(parsed.entries, ends, strict=True) if not (end and end > now))
    return replace(parsed, entries=free, skipped=parsed.skipped + reasons)


def _context_of(answered: Answered, parsed: ParsedDocument, detect: Detect | None) -> FeedContext:
    feed, document = answered.feed, answered.fetched.answer
    assert isinstance(document, Document), "only a document can be parsed"
    return FeedContext(
        feed_url=feed.url,
        document_url=document.url,
        site_url=parsed.site_url or feed.site_url,
        language=parsed.language,
        said_at=answered.said_at or answered.started_at,
        detect=detect,
        path=answered.path,
    )


def _normalise(fresh: Sequence[KeyedEntry], context: FeedContext, now: datetime) -> Iterator[Sighting]:
    for keyed in fresh:
        try:
            yield normalise(keyed, context, now)
        except Exception as error:
            if is_interruption(error):
                raise
            # One bad entry never costs its neighbours; it is tried again when the document next changes.
            _LOG.exception("entry not normalised", feed_url=context.feed_url, guid=keyed.guid)


def collect_article_names(prepared: Sequence[PreparedDocument]) -> ArticleNames:
    """Return the ids, match keys and file names by which to look up every article the documents may be about."""
    sightings = [(each, sighting) for each in prepared for sighting in each.sightings]
    known = [each.sighted.get(sighting.guid_hash) for each, sighting in sightings]
    left = [seen for each in prepared for seen in _renamed(each)]
    return ArticleNames(
        article_ids=frozenset(seen.article_id for seen in (*known, *left) if seen),
        match_keys=frozenset(sighting.article.match_key for _, sighting in sightings if sighting.article.match_key),
        of_files=frozenset(name for _, sighting in sightings for name in sighting.names),
    )


def gather_brought(prepared: PreparedDocument, locked: Locked, known: Sequence[KnownArticle]) -> Brought:
    """Return what a document brought; what left the feed only where the document is the feed's present one.

    ``known`` are the stored articles that the document may be about.
    """
    answered, feed = prepared.answered, prepared.answered.feed
    is_now = is_current(answered, locked)
    return Brought(
        feed_id=feed.feed_id,
        read_at=decide_read_at(answered),
        said_at=answered.said_at or answered.started_at,
        sightings=tuple(without_shared_links(prepared.sightings, prepared.recognised.unchanged, known)),
        sighted=prepared.sighted,
        left=_renamed(prepared) if is_now else (),
        is_of_file=feed.host_id is None,
        is_newest=locked.holds_lease(feed.host_id, answered.token),
        is_current=is_now,
        confirmed_at=locked.feeds[feed.feed_id].last_success_at if feed.host_id else None,
    )


def decide_read_at(answered: Answered) -> datetime:
    """Return when a document was read; a saved document of a polled feed counts as read when it was made."""
    return (None if answered.is_of_its_feed else answered.said_at) or answered.started_at


def is_current(answered: Answered, locked: Locked) -> bool:
    """Say whether the document is the feed's present one: not a late worker's, nor a saved one of a polled feed."""
    return answered.feed.host_id is None or locked.holds_lease(answered.feed.host_id, answered.token)


def _renamed(prepared: PreparedDocument) -> tuple[KnownSighting, ...]:
    """Return the sightings that are gone from this document and may be in it under other guids."""
    if not prepared.answered.is_of_its_feed:
        return ()
    unknown = [sighting for sighting in prepared.sightings if sighting.guid_hash not in prepared.sighted]
    is_possible = _may_be_renamed(unknown, prepared.entries, prepared.answered.feed.last_success_at)
    return prepared.recognised.left if is_possible else ()


def _may_be_renamed(unknown: Sequence[Sighting], entries: int, last_success_at: datetime | None) -> bool:
    """Say whether unknown entries may be known ones under other guids; one published since the last poll cannot be.

    Dates count for nothing where most entries are unknown: some feeds date every entry anew each time they are asked.
    """
    if 2 * len(unknown) >= entries:
        return bool(unknown)
    dates = (sighting.article.published_at for sighting in unknown)
    return any(at is None or last_success_at is None or at <= last_success_at for at in dates)
