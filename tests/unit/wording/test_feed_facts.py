from datetime import UTC, datetime, timedelta
from typing import Any

from worker.basics.moments import in_utc
from worker.wording.feed_facts import describe_feed

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED: dict[str, Any] = {
    "url": "https://a.example/feed",
    "title": "Rain",
    "tags": ["Weather", "Wires"],
    "state": "active",
    "quality": "healthy",
    "quality_since": None,
    "quality_reason": None,
    "next_poll_at": NOW + 2 * HOUR,
    "next_poll_reason": "about 3 articles a day",
    "left_alone_until": None,
    "leased_until": None,
    "claimable_at": None,
    "last_poll_at": None,
    "ahead": 0,
    "attempts": 0,
    "failing_since": None,
    "error": None,
    "last_attempt_at": NOW - HOUR,
    "last_success_at": NOW - HOUR,
    "moved_to": None,
    "moved_polls": 0,
    "moved_since": None,
    "request": None,
    "options": None,
    "hints": None,
    "gaps": 0,
    "hub_url": None,
    "host": "a.example:443",
}


def _facts(**changes: Any) -> dict[str, str]:
    """What is told of a feed that differs from the usual one in this."""
    with in_utc():
        return {label: said for label, said in describe_feed(FEED | changes, NOW).items() if said}


def test_a_feed_that_does_well_is_told_in_few_facts() -> None:
    assert _facts() == {
        "Feed": "https://a.example/feed",
        "Title": "Rain",
        "Tags": "Weather, Wires",
        "State": "active",
        "Quality": "healthy",
        "Last success": "2026-12-01 11:00 UTC (1h ago)",
        "Next poll": "2026-12-01 14:00 UTC (in 2h)",
        "Why then": "about 3 articles a day",
        "Host": "a.example:443",
    }


def test_a_feed_that_fails_says_since_when_and_how() -> None:
    facts = _facts(attempts=3, failing_since=NOW - 2 * HOUR, error="a.example answered 500", last_success_at=None)
    assert facts["Failing"] == "3 polls in a row, since 2026-12-01 10:00 UTC (2h ago)"
    assert (facts["Last failure"], facts["Last success"]) == ("a.example answered 500", "never")


def test_a_feed_that_is_not_polled_is_never_polled_next_and_never_late() -> None:
    facts = _facts(state="paused", next_poll_at=None, last_attempt_at=None, last_success_at=None)
    assert (facts["Next poll"], facts.get("Late"), facts.get("Last success")) == ("never", None, None)


def test_what_an_operator_chose_and_where_it_is_redirected_is_told() -> None:
    options = {"interval": 3600.0, "guid_policy": "link"}
    facts = _facts(options=options, moved_to="https://b.example/", moved_polls=1, moved_since=NOW - HOUR)
    assert facts["Operator's interval"] == "1h"
    assert facts["Entries known by"] == "link, as its operator chose"
    assert facts["Redirected to"] == "https://b.example/: the last poll, since 2026-12-01 11:00 UTC (1h ago)"
