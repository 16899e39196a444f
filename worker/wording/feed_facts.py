"""What is said of one feed, fact by fact: how it is doing, when it is polled next and why, and if it is late, why."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from worker.basics.codec import unpack
from worker.basics.moments import moment_from_now
from worker.basics.units import show_duration
from worker.database.value_columns import read_request_settings
from worker.values.due_feeds import FeedOptions
from worker.wording import sentences


def describe_feed(
    feed: Mapping[Any, Any], now: datetime, backfill: Mapping[Any, Any] | None = None
) -> Mapping[str, str | None]:
    """Return the facts of a feed by their labels, in the order in which they are told; None where there is none.

    ``feed`` holds what may make it late, as ``look.feed_listing.find_feed_with_host`` finds it; ``backfill`` is the
    newest reading of its older documents.
    """
    options = unpack(FeedOptions, feed["options"]) or FeedOptions()
    failing = f"{_polls(feed['attempts'])}, since {moment_from_now(feed['failing_since'], now)}"
    move = f"{feed['moved_to']}: {_polls(feed['moved_polls'])}, since {moment_from_now(feed['moved_since'], now)}"
    success = moment_from_now(feed["last_success_at"], now)
    return {
        "Feed": feed["url"],
        "Title": feed["title"],
        "Tags": ", ".join(feed["tags"]),
        "State": feed["state"],
        "Quality": sentences.explain_quality(feed, now),
        # A feed that is known from saved documents alone was never tried.
        "Last success": success or ("never" if feed["last_attempt_at"] else None),
        "Failing": failing if feed["attempts"] else None,
        "Last failure": feed["error"],
        "Next poll": moment_from_now(sentences.expected_at(feed), now) or "never",
        "Why then": feed["next_poll_reason"],
        "Late": sentences.explain_lateness(feed, now),
        "Requests": sentences.explain_request(read_request_settings(feed["request"])),
        "Operator's interval": show_duration(options.interval) if options.interval else None,
        "Entries known by": f"{options.guid_policy}, as its operator chose" if options.guid_policy else None,
        "Publisher's hints": sentences.explain_hints(feed["hints"]),
        "Gaps": sentences.explain_gaps(feed["gaps"]),
        "Older documents": sentences.explain_backfill(backfill, now),
        "Hub": sentences.explain_hub(feed, now),
        "Redirected to": move if feed["moved_to"] else None,
        "Host": feed["host"],
    }


def _polls(count: int) -> str:
    return "the last poll" if count == 1 else f"{count} polls in a row"
