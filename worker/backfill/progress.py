"""How a back-fill goes on after each document, or each failure to read one, and when it ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

import xxhash

from worker.basics.field_rules import moment_of
from worker.basics.units import show_duration
from worker.basics.urls import same_site
from worker.errors import ErrorClass, PollError, TransientError
from worker.schedule.failure import after_failure, is_refusal
from worker.values.backfills import Backfill, BackfillEnd, Source
from worker.values.due_feeds import Streak
from worker.values.entries import Entry
from worker.values.schedules import Bounds

# Beyond these it is given up, whoever asked for it. A document with many entries counts as several.
_MOST_ENTRIES = 20_000
_MOST_BYTES = 200_000_000
_LONGEST = timedelta(days=14)
_MOST_ATTEMPTS = 5
# When to look again where a host is busy with its polls, which come first.
_LOOK_AGAIN = timedelta(seconds=30)
# Ten minutes: one document in that time takes nothing from a host whose polls never end.
_MOST_WAITS = 20
_HASH_BYTES = 8
_OLDEST_IS_NEW = "it came to the oldest document, and to no entry that was known"


@dataclass(frozen=True, slots=True)
class OlderDocument:
    """What one document held, read for a back-fill."""

    feed_url: str
    served_from: str
    """Its URL, after redirects."""
    older_url: str | None
    entries: Sequence[Entry]
    keys: Sequence[bytes] = ()
    """The keys of those that are wanted."""
    bytes_received: int = 0
    articles: int = 0
    """How many new articles came of them."""
    has_known: bool = False
    """Whether one of them was known before the back-fill began."""

    def is_newest(self, backfill: Backfill) -> bool:
        """Say whether it is the feed's own one, which leads to older ones, and is its polls' to read."""
        return backfill.next_url == self.feed_url


def is_wanted(entry: Entry, backfill: Backfill) -> bool:
    """Say whether an entry is of the time that is to be filled; of one without a date nobody can tell."""
    moment = moment_of(entry)
    return backfill.since is None or (moment is not None and moment >= backfill.since)


def after_document(before: Backfill, document: OlderDocument, now: datetime, gap: timedelta) -> Backfill:
    """Return the back-fill after one more document, with the next one, to be read after a gap, or with its end."""
    read = replace(
        before,
        documents=before.documents + (not document.is_newest(before)),
        entries=before.entries + len(document.entries),
        articles=before.articles + document.articles,
        bytes_received=before.bytes_received + document.bytes_received,
        attempts=0,
        waits=0,
        reason=None,
        seen=before.seen + _hash_text(before.next_url) + _hash_keys(document.keys),
    )
    if filled := next(_why_filled(before, document), None):
        return _ended(read, BackfillEnd.FILLED, filled)
    if given_up := next(chain(_why_at_an_end(before, read, document), _why_too_long(read, now)), None):
        return _ended(read, BackfillEnd.GIVEN_UP, given_up)
    assert document.older_url, "without one it has ended"
    return replace(read, next_url=document.older_url, next_read_at=now + gap)


def _why_filled(before: Backfill, document: OlderDocument) -> Iterator[str]:
    if document.has_known and not before.is_asked:
        yield "it came to entries that were known"
    if before.since and _is_mostly_older(document.entries, before.since):
        yield f"it came to entries from before {before.since:%Y-%m-%d %H:%M} UTC"
    if before.is_asked and not document.is_newest(before):
        if not document.older_url:
            yield "it came to the oldest document"
        if before.documents + 1 >= before.most_documents:
            yield f"it read as many documents as it was to ({before.most_documents:,})"


def _is_mostly_older(entries: Sequence[Entry], since: datetime) -> bool:
    # One old date may be a slip, or that of an entry which is pinned to each page.
    moments = [moment for entry in entries if (moment := moment_of(entry))]
    return 2 * sum(moment < since for moment in moments) > len(moments)


def _why_at_an_end(before: Backfill, read: Backfill, document: OlderDocument) -> Iterator[str]:
    if before.since and document.entries and not any(map(moment_of, document.entries)):
        yield "its entries have no dates, so nobody can tell which are wanted"
    if document.older_url is None:
        yield "the feed does not say where older entries are" if before.is_asked else _OLDEST_IS_NEW
    elif not _may_lead_to(document.older_url, before, document):
        yield f"it leads to another site ({document.older_url})"
    elif _was_seen(_hash_text(document.older_url), read.seen):
        yield f"it leads in a circle ({document.older_url})"
    if _was_seen(_hash_keys(document.keys), before.seen):
        yield f"the same entries came again ({before.next_url})"


def _why_too_long(read: Backfill, now: datetime) -> Iterator[str]:
    if read.documents >= read.most_documents:
        yield f"it has read {read.documents:,} documents, the most that it may"
    if read.entries > _MOST_ENTRIES or read.bytes_received > _MOST_BYTES:
        yield f"it has read {read.entries:,} entries in {read.bytes_received:,} bytes, more than it may"
    if now - read.begun_at > _LONGEST:
        yield f"it has gone on for {show_duration(_LONGEST)}, as long as it may"


def _may_lead_to(older_url: str, before: Backfill, document: OlderDocument) -> bool:
    """Say whether a document may name that one: the feed's own any, others one of its site, or of theirs."""
    sites = (document.feed_url, document.served_from)
    return document.is_newest(before) or any(same_site(older_url, each) for each in sites)


def after_robots(before: Backfill, sitemap_url: str | None, now: datetime, gap: timedelta) -> Backfill:
    """Return the back-fill after the site's robots.txt, which names a news sitemap or none."""
    before = replace(before, seen=before.seen + _hash_text(before.next_url), attempts=0, waits=0, reason=None)
    if sitemap_url is None:
        return _ended(before, BackfillEnd.GIVEN_UP, "the feed names no older documents, and its site no news sitemap")
    return replace(before, next_url=sitemap_url, next_read_at=now + gap, source=Source.SITEMAP)


def after_sitemap(before: Backfill, document: OlderDocument, *, is_of_feed: bool) -> Backfill:
    """Return the back-fill after a news sitemap: it was filled from it, if that lists what the feed carries."""
    outcome, reason = BackfillEnd.GIVEN_UP, "the news sitemap of its site lists other news than the feed"
    if is_of_feed:
        outcome, reason = BackfillEnd.FILLED, "the news sitemap of its site lists what it carries"
    seen = before.seen + _hash_text(before.next_url)
    read = replace(before, documents=1, entries=len(document.entries), articles=document.articles, seen=seen)
    return _ended(replace(read, bytes_received=document.bytes_received), outcome, reason)


def after_failure_to_read(before: Backfill, error: PollError, now: datetime, bounds: Bounds, spread: float) -> Backfill:
    """Return the back-fill after a document could not be read: tried again by the rules for polls, or given up."""
    if error.error_class is ErrorClass.BUSY:
        return put_off(before, error.sentence, now)
    failed = replace(before, attempts=before.attempts + 1, reason=error.sentence)
    may_mend = isinstance(error, TransientError) or is_refusal(error)
    if not may_mend or failed.attempts >= _MOST_ATTEMPTS:
        return _ended(failed, BackfillEnd.GIVEN_UP, f"{before.next_url} could not be read: {error.sentence}")
    streak = Streak(attempts=failed.attempts, failures=failed.attempts, since=now)
    return replace(failed, next_read_at=after_failure(now, bounds, error, streak, spread).at)


def let_polls_go_first(before: Backfill, host: str, now: datetime) -> Backfill | None:
    """Return the back-fill that waits for the polls of a host; None where it has waited for them long enough."""
    if before.waits >= _MOST_WAITS:
        return None
    return replace(put_off(before, f"{host} has polls to make", now), waits=before.waits + 1)


def put_off(before: Backfill, reason: str, now: datetime, until: datetime | None = None) -> Backfill:
    """Return the back-fill that waits, uncounted, because its host is busy: a little, or ``until`` it may be asked."""
    if now - before.begun_at > _LONGEST:
        return _ended(before, BackfillEnd.GIVEN_UP, f"{reason}, for {show_duration(_LONGEST)}")
    return replace(before, next_read_at=max(until or now, now + _LOOK_AGAIN), reason=reason)


def _ended(before: Backfill, outcome: BackfillEnd, reason: str) -> Backfill:
    return replace(before, next_read_at=None, outcome=outcome, reason=reason)


def _hash_text(text: str) -> bytes:
    return xxhash.xxh3_64_digest(text.encode(errors="surrogatepass"))


def _hash_keys(keys: Sequence[bytes]) -> bytes:
    return xxhash.xxh3_64_digest(b"".join(sorted(keys))) if keys else b""


def _was_seen(hashed: bytes, seen: bytes) -> bool:
    return hashed in {seen[start : start + _HASH_BYTES] for start in range(0, len(seen), _HASH_BYTES)}
