"""Which hub a feed names (WebSub), what it failed to bring, and how long its feed is left to it."""

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
# Articles that should have come: fewer than nearly any document holds.
_SILENT_FOR = 6.0
LEFT_TO_HUB = "pushed by its hub (WebSub)"
"""Why a feed is polled seldom."""


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
