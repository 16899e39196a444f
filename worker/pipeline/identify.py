"""Which articles a document's entries are: recognised, normalised and deduped against what the store holds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from worker.dedupe import dedupe, without_shared_links
from worker.normalise import POLICY_VERSION, FeedContext, normalise
from worker.parse import PARSE_VERSION
from worker.recognise import audit_guids, key_entries, recognise
from worker.store import find_guid_rule, find_known_articles, find_sightings
from worker.values import (
    Article,
    DueFeed,
    Finding,
    GuidRule,
    KeyedEntry,
    ParsedDocument,
    Placement,
)

_LOG = structlog.get_logger(__name__)
# What a reader of the ledger is told of entries that are not named as they should be.
_NOTES = {
    Finding.RENAMED: "entries known again under other guids",
    Finding.GUID_REUSED: "new entries under guids of other articles",
    Finding.URL_REUSED: "new entries at URLs of other articles",
    Finding.CONFLICT: "entries whose URL names another article than their guid, which wins",
}


@dataclass(frozen=True, slots=True)
class Identified:
    """A document's new and edited entries, placed; what came and went; and what the audit of its guids found."""

    placements: tuple[Placement, ...]
    returned: tuple[int, ...]
    left: tuple[int, ...]
    published: tuple[datetime | None, ...]
    """When the entries were published that the feed had not carried before."""
    guid_rule: GuidRule | None
    """Null where it stays as it is."""
    note: str | None


def identify(
    connection: Connection, feed: DueFeed, parsed: ParsedDocument, context: FeedContext, now: datetime
) -> Identified:
    """Place a document's entries."""
    rule = find_guid_rule(connection, feed.feed_id)
    keyed = key_entries(parsed.entries, f"{parsed.parser} {PARSE_VERSION} {POLICY_VERSION}", rule.policy)
    sighted = find_sightings(connection, feed.feed_id, [entry.guid_hash for entry in keyed])
    recognised = recognise(keyed, sighted)
    articles = without_shared_links(list(_normalise(recognised.fresh, context, now)), recognised.unchanged)
    unknown = [article for article in articles if article.guid_hash not in sighted]
    left = recognised.left if _may_be_renamed(unknown, len(keyed), feed.last_success_at) else ()
    named = {seen.article_id for article in articles if (seen := sighted.get(article.guid_hash))}
    named |= {seen.article_id for seen in left}
    known = find_known_articles(connection, feed.feed_id, articles, named)
    placements = dedupe(articles, feed.feed_id, sighted, known, left)
    renamed = {placed.article.guid_hash for placed in placements if placed.finding is Finding.RENAMED}
    carried = sum(not seen.left for seen in sighted.values())
    audited = audit_guids(rule, parsed.entries, renamed=len(renamed), carried=carried)
    return Identified(
        placements=placements,
        returned=tuple(seen.sighting_id for seen in recognised.unchanged if seen.left),
        left=tuple(seen.sighting_id for seen in recognised.left),
        published=tuple(article.published_at for article in unknown if article.guid_hash not in renamed),
        guid_rule=audited if audited != rule else None,
        note=_note(placements),
    )


def _may_be_renamed(unknown: Sequence[Article], entries: int, last_success_at: datetime | None) -> bool:
    """Say whether unknown entries may be known ones under other guids: what was published since cannot be.

    Unless most of them are unknown: some feeds give every entry a new date each time they are asked.
    """
    if 2 * len(unknown) >= entries:
        return bool(unknown)
    return any(
        article.published_at is None or last_success_at is None or article.published_at <= last_success_at
        for article in unknown
    )


def _normalise(fresh: Sequence[KeyedEntry], context: FeedContext, now: datetime) -> Iterator[Article]:
    for keyed in fresh:
        try:
            yield normalise(keyed, context, now)
        except Exception:  # noqa: BLE001 -- logged with its traceback; tried again when the document next changes
            # One bad entry never costs its neighbours.
            _LOG.exception("entry not normalised", feed_url=context.feed_url, guid=keyed.guid)


def _note(placements: Sequence[Placement]) -> str | None:
    times = Counter(placed.finding for placed in placements if placed.finding)
    return "; ".join(f"{note}: {times[finding]}" for finding, note in _NOTES.items() if times[finding]) or None
