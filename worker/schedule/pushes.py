"""Which hub pushes a feed's documents, whether it is to be trusted, and when its lease is renewed (WebSub)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from worker.basics.link_field import read_links
from worker.basics.urls import absolute_url, is_feed_url
from worker.schedule.rhythm import expected_rate
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.values.hubs import Push
from worker.values.schedules import Bounds, Rhythm

# A hub may take so long to bring what was published; what a poll finds first is missed after that.
_PUSHED_WITHIN = timedelta(minutes=15)
WANTED_LEASE = timedelta(days=10)
"""What a hub is asked for: it may give another."""
_LONGEST_LEASE = timedelta(days=30)
_RENEW_AFTER, _JITTER = 0.75, 0.1
_SOONEST_RENEWAL = timedelta(minutes=5)
# Articles that should have come: fewer than nearly any document holds.
_SILENT_FOR = 6.0
LEFT_TO_HUB = "pushed by its hub (WebSub)"
"""Why a feed is polled seldom."""
_FIRST_RETRY, _LONGEST_RETRY = timedelta(minutes=5), timedelta(days=1)
_MOST_DOUBLINGS = 16
# Each push that was missed makes one more proof necessary, up to this many.
_MOST_PROOFS = 20


def find_push(feed_url: str, document: Document, parsed: ParsedDocument) -> Push | None:
    """Return the hub that a feed's answer names, in its header or else in its document; None where it names none.

    WebSub, section 4: what the header says wins. Without a ``self`` link the feed is called by its own URL, as in
    PubSubHubbub before it; where redirects lead to may change from poll to poll.
    """
    # Most feeds name none, and this is asked of every document.
    link = document.link if document.link and "hub" in document.link.lower() else ""
    if not (link or parsed.hub_urls):
        return None
    links = [*read_links(link)]
    hubs = [target for relations, target in links if "hub" in relations] or parsed.hub_urls
    named = [target for relations, target in links if "self" in relations] or [parsed.self_url or ""]
    found = (absolute_url(url, document.url) for url in hubs if url)
    hub_url = next((url for url in found if url and is_feed_url(url)), None)
    if hub_url is None:
        return None
    topic = absolute_url(named[0], document.url) if named[0] else None
    return Push(hub_url, topic if topic and is_feed_url(topic) else feed_url)


def is_same_push(known: Push | None, named: Push | None) -> bool:
    """Say whether a feed's hub and its name there are as they were."""
    return (known and replace(known, until=None)) == named


def count_missed(push: Push | None, published: Sequence[datetime | None], now: datetime) -> int:
    """Return how many entries a poll found that a trusted hub should have brought before; ``published`` are theirs."""
    if push is None or push.until is None or push.until <= now:
        return 0
    return sum(not (at and at > now - _PUSHED_WITHIN) for at in published)


def is_left_to_hub(now: datetime, bounds: Bounds) -> bool:
    """Say whether a feed's hub is trusted to bring what is new; an interval that the operator chose stays."""
    return not bounds.is_fixed and bounds.pushed_until is not None and bounds.pushed_until > now


def wait_for_hub(now: datetime, bounds: Bounds, rhythm: Rhythm | None) -> timedelta:
    """Return how long a hub may be silent until its feed is polled: while few articles should have come, at most a day.

    The hub of a busy feed that ceases to push without a word must not cost what the feed no longer holds a day later.
    """
    silence = timedelta(hours=_SILENT_FOR / expected_rate(rhythm, now)) if rhythm else bounds.longest
    left = bounds.pushed_until - now if bounds.pushed_until else timedelta(0)
    return min(max(silence, bounds.interval), bounds.longest, left)


def is_trusted(proofs: int, missed: int) -> bool:
    """Say whether a hub that has brought ``proofs`` pushes with news since the last miss is trusted to bring all."""
    return proofs > min(missed, _MOST_PROOFS)


def lease_of(seconds: str | None) -> timedelta | None:
    """Return the lease that a hub gives, of at most 30 days; a day where it does not say, None where that is no number.

    Only PubSubHubbub before 0.4 let hubs leave it out.
    """
    if seconds is None:
        return timedelta(days=1)
    if not (seconds.isascii() and seconds.isdigit()) or not int(seconds[:12]):
        return None
    return min(timedelta(seconds=int(seconds[:8])), _LONGEST_LEASE)


def renew_at(now: datetime, lease: timedelta, spread: float) -> datetime:
    """Return when to renew a lease that begins now: after about four fifths of it (``spread``, 0 to 1)."""
    return now + max(lease * (_RENEW_AFTER + _JITTER * spread), _SOONEST_RENEWAL)


def retry_at(now: datetime, failures: int, wish: timedelta | None, spread: float) -> datetime:
    """Return when to ask a hub again after failures in a row, never sooner than it wishes; the wait doubles, to a day.

    ``spread`` (0 to 1) is the jitter, up to half of the wait.
    """
    wait = min(_FIRST_RETRY * 2.0 ** min(max(failures - 1, 0), _MOST_DOUBLINGS), _LONGEST_RETRY)
    return now + max(wait * (1 + spread / 2), wish or timedelta(0))
