"""Reading a kept document again: what its former reading missed or misread is stored as it is read today.

It takes the way of a poll's document, with what was known when the document was read: the same keys, moments and
embargoes. What the feed has said since stays, as do its schedule, its validators and the ledger.

kept document → ``prepare_again`` → lock feed and articles → ``find_misread`` → ``decide`` → write articles and events
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, Engine, select

from worker.basics.faults import read_each
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.locks import LockedFeed, count_edition, lock_feeds
from worker.dedupe.identity import decide_articles, without_shared_links
from worker.dedupe.misread import find_misread
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.normalise.language import Detect
from worker.normalise.sanitise import POLICY_VERSION
from worker.pipeline.prepare import hold_back
from worker.pipeline.prepared_document import READING
from worker.pipeline.pruned_entries import find_pruned_entries, list_unknown
from worker.recognise.keys import key_entries
from worker.store.decided_articles import StaleDecisionError, store_decision
from worker.store.known import (
    ArticleNames,
    find_present_sightings,
    find_sightings,
    find_sightings_of_document,
    lock_articles,
)
from worker.values.articles import KnownArticle, Sighting
from worker.values.decisions import Brought, DecidedArticle, Decision
from worker.values.entries import Entry, Fault, KeyedEntry, KnownSighting, ParsedDocument
from worker.values.kept_documents import KeptDocument
from worker.values.reread import ChangeKind, RereadArticle
from worker.wire.store_links import link_stored, lock_brought_keys, lock_known_keys


@dataclass(frozen=True, slots=True)
class Reread:
    """What came of reading one document again."""

    articles: tuple[RereadArticle, ...] = ()
    unseen: frozenset[bytes] = frozenset()
    """The keys of entries that are read otherwise without any effect on what articles show."""
    judged: Mapping[bytes, bytes] = field(default_factory=dict)
    """By key, the fingerprints of the entries that are stored now as they are read today."""
    faults: Sequence[Fault] = ()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A document with its entries made comparable as they are read today, and what the store held of its feed then."""

    kept: KeptDocument
    edition: int
    keyed: tuple[KeyedEntry, ...]
    """The entries that had to be looked at."""
    sightings: tuple[Sighting, ...]
    sighted: Mapping[bytes, KnownSighting]
    left: tuple[KnownSighting, ...]
    """What the document may have brought, and has not as it is read today."""
    unchanged: tuple[KnownSighting, ...]
    faults: tuple[Fault, ...]


def reread_document(
    engine: Engine, kept: KeptDocument, parsed: ParsedDocument, judged: Mapping[bytes, bytes], detect: Detect | None
) -> Reread:
    """Store what a document's former reading missed or misread; StaleDecisionError: try again.

    ``judged`` holds, by key, the fingerprints of entries that were looked at in documents before this one.
    """
    with reading(engine) as connection:
        prepared = _prepare_again(connection, kept, parsed, judged, detect)
    if not prepared or not prepared.sightings:
        return Reread(faults=prepared.faults if prepared else ())
    with writing(engine) as connection:
        return _store_misread(connection, prepared)


def _prepare_again(
    connection: Connection,
    kept: KeptDocument,
    parsed: ParsedDocument,
    judged: Mapping[bytes, bytes],
    detect: Detect | None,
) -> _Prepared | None:
    """Return a document prepared to be stored; None where its feed has been deleted."""
    facts = select(FeedRow.url, FeedRow.site_url, ScheduleRow.edition).join_from(FeedRow, ScheduleRow)
    feed = connection.execute(facts.where(FeedRow.id == kept.feed_id)).one_or_none()
    if feed is None:
        return None
    # What was embargoed then was read again once the embargo had ended, and counts as read at that time.
    released = hold_back(parsed, kept.read_at)
    keyed, found, left = _key_again(connection, kept, released.entries, f"{parsed.parser} {READING}")
    context = FeedContext(
        feed_url=feed.url,
        document_url=kept.document.url,
        site_url=parsed.site_url or feed.site_url,
        language=parsed.language,
        said_at=kept.read_at,
        detect=detect,
        format=parsed.format,
    )
    # The newest document also says which entries are still there.
    fresh = tuple(each for each in keyed if kept.is_newest or judged.get(each.guid_hash) != each.fingerprint)
    # A date is judged by the moment at which it was read.
    sightings, unfit = read_each(fresh, lambda each: normalise(each, context, kept.read_at), lambda each: each.guid)
    others = {each.guid_hash for each in keyed} - {each.guid_hash for each in fresh}
    unchanged = tuple(found[key] for key in others if key in found)
    sighted = {**left, **found}
    return _Prepared(
        kept, feed.edition, fresh, sightings, sighted, tuple(left.values()), unchanged, (*parsed.faults, *unfit)
    )


def _key_again(
    connection: Connection, kept: KeptDocument, entries: Sequence[Entry], read_by: str
) -> tuple[tuple[KeyedEntry, ...], Mapping[bytes, KnownSighting], Mapping[bytes, KnownSighting]]:
    """Return a document's entries with their keys, the sightings that have these, and those that the document lacks.

    A name that entries share now was perhaps one entry's own then. So where a key is not known, the names count that
    entries had when the document was read.
    """

    def key(beside: Mapping[bytes, KnownSighting]) -> tuple[tuple[KeyedEntry, ...], Mapping[bytes, KnownSighting]]:
        keyed = key_entries(entries, read_by, kept.guid_policy, beside)
        keys = [(kept.feed_id, each.guid_hash) for each in keyed]
        return keyed, find_sightings(connection, keys).get(kept.feed_id, {})

    keyed, found = key(find_present_sightings(connection, [kept.feed_id]).get(kept.feed_id, {}))
    if len(found) == len(keyed):
        return keyed, found, {}
    brought = find_sightings_of_document(connection, kept.feed_id, kept.read_at, kept.served_at)
    keyed, found = key({name: replace(seen, has_left=False) for name, seen in brought.items()})
    keys = {each.guid_hash for each in keyed}
    missing = sorted((seen.sighting_id, name) for name, seen in brought.items() if name not in keys)
    # Where an edit changed the key of an entry, its former sighting left as this document was stored.
    newest = {brought[name].article_id: name for _, name in missing}
    return keyed, found, {name: brought[name] for name in newest.values()}


def _store_misread(connection: Connection, prepared: _Prepared) -> Reread:
    # Locked in the order of polls.
    kept = prepared.kept
    lock_brought_keys(connection, prepared.sightings)
    feed = lock_feeds(connection, [kept.feed_id]).get(kept.feed_id)
    if feed is None:
        return Reread()
    if feed.edition != prepared.edition:
        raise StaleDecisionError
    known = lock_articles(connection, _collect_names(prepared))
    lock_known_keys(connection, known)
    unknown = list_unknown(kept.feed_id, prepared.sightings, prepared.keyed, prepared.sighted)
    # Looked up as late as for a poll.
    (pruned,) = find_pruned_entries(connection, [unknown])
    brought = _gather_brought(prepared, feed, known, pruned)
    misread = find_misread(brought, kept.served_at, known)
    judged = {each.guid_hash: each.fingerprint for each in prepared.keyed if each.guid_hash not in misread.outdated}
    if not misread.sightings:
        return Reread(judged=judged, faults=prepared.faults)
    decision = decide_articles([replace(brought, sightings=misread.sightings, left=())], known)
    now = read_clock(connection).now()
    store_decision(connection, decision, POLICY_VERSION, now)
    # Polls that have looked up these entries decide again.
    count_edition(connection, kept.feed_id)
    link_stored(connection, decision, now)
    articles = tuple(_list_changes(connection, decision, kept.feed_id))
    return Reread(articles, _find_unseen(decision) - misread.back, judged, prepared.faults)


def _find_unseen(decision: Decision) -> frozenset[bytes]:
    """Return the keys of a decision's entries that change nothing of what articles show."""
    told = {each.article_id for each in decision.articles if each.before is None or each.changed_fields}
    return frozenset(each.sighting.guid_hash for each in decision.sightings if each.article_id not in told)


def _collect_names(prepared: _Prepared) -> ArticleNames:
    articles = [each.article for each in prepared.sightings]
    return ArticleNames(
        article_ids=frozenset(seen.article_id for seen in prepared.sighted.values()),
        match_keys=frozenset(article.match_key for article in articles if article.match_key),
        of_files=frozenset(name for each in prepared.sightings for name in each.names),
    )


def _gather_brought(
    prepared: _Prepared, feed: LockedFeed, known: Sequence[KnownArticle], pruned: frozenset[bytes]
) -> Brought:
    kept = prepared.kept
    # An entry of a pruned article may share its link with others all the same.
    told_apart = without_shared_links(prepared.sightings, prepared.unchanged, known)
    return Brought(
        feed_id=kept.feed_id,
        read_at=kept.read_at,
        said_at=kept.read_at,
        sightings=tuple(each for each in told_apart if each.guid_hash not in pruned),
        sighted=prepared.sighted,
        left=prepared.left,
        is_newest=False,
        is_current=kept.is_newest,
        is_reread=True,
        confirmed_at=feed.last_success_at,
    )


def _list_changes(connection: Connection, decision: Decision, feed_id: int) -> Iterator[RereadArticle]:
    """Yield the articles that a decision creates or changes, with the ids that new ones got."""
    keys = {each.article_id: each.sighting.guid_hash for each in decision.sightings}
    changed = [each for each in decision.articles if each.before is None or each.changed_fields]
    created = [(feed_id, keys[each.article_id]) for each in changed if each.before is None]
    stored = find_sightings(connection, created).get(feed_id, {})
    for each in changed:
        key = keys.get(each.article_id, b"")
        article_id = each.article_id if each.before else stored[key].article_id
        yield RereadArticle(_kind_of(each), key, article_id, each.after.title, each.after.url, _compare(each))


def _kind_of(each: DecidedArticle) -> ChangeKind:
    if each.before is None:
        return ChangeKind.CREATED
    return ChangeKind.REVISED if each.is_revised else ChangeKind.REFRESHED


def _compare(each: DecidedArticle) -> dict[str, tuple[object, object]]:
    return {name: (getattr(each.before, name), getattr(each.after, name)) for name in each.changed_fields}
