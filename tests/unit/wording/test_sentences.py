from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from worker.values.outcomes import Outcome
from worker.values.promised import Poll
from worker.wording.sentences import (
    describe_poll,
    explain_backfill,
    explain_feed,
    explain_hints,
    explain_lateness,
    explain_poll,
    next_poll,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WELL = {
    "state": "active",
    "next_poll_at": NOW + 12 * MINUTE,
    "next_poll_reason": "every 1h, until its rhythm is known",
    "left_alone_until": None,
    "request": None,
    "last_attempt_at": NOW - 48 * MINUTE,
    "last_success_at": NOW - 48 * MINUTE,
    "error": None,
    "quality": "healthy",
    "quality_reason": None,
    "quality_since": NOW - timedelta(days=9),
    "leased_until": None,
    "claimable_at": NOW - 5 * MINUTE,
    "last_poll_at": NOW - MINUTE,
    "ahead": 0,
}
FAILING = WELL | {
    "error": "h.example answered 503 (Service Unavailable)",
    "last_success_at": NOW - timedelta(days=2),
    "next_poll_reason": "4th failure in a row (http 5xx): in 40m",
}
LATE = WELL | {"next_poll_at": NOW - 7 * MINUTE}
POLL: dict[str, Any] = {
    "outcome": "new",
    "http_status": 200,
    "duration": timedelta(milliseconds=310),
    "entries": 20,
    "new": 3,
    "updated": 1,
    "error": None,
    "note": None,
    "next_poll_reason": "every 1h, until its rhythm is known",
}


def test_a_feed_that_answers_is_told_in_one_line() -> None:
    assert explain_feed(WELL, NOW) == ["answered 48m ago; every 1h, until its rhythm is known"]


def test_a_failure_is_told_and_so_is_why_the_next_poll_is_when_it_is() -> None:
    assert explain_feed(FAILING, NOW) == [
        "h.example answered 503 (Service Unavailable) (48m ago; last success 2d ago)",
        "4th failure in a row (http 5xx): in 40m",
    ]


def test_what_is_wrong_with_a_feed_that_answers_is_a_line_of_its_own() -> None:
    silent = WELL | {"quality": "silent", "quality_reason": "nothing new since 2026-11-01"}
    assert explain_feed(silent, NOW) == [
        "answered 48m ago; every 1h, until its rhythm is known",
        "silent since 2026-11-15 12:00 UTC (9d ago): nothing new since 2026-11-01",
    ]


@pytest.mark.parametrize("quality", ["healthy", "new", None])
def test_listings_do_not_tell_what_is_well(quality: str | None) -> None:
    assert len(explain_feed(WELL | {"quality": quality, "quality_reason": "too few"}, NOW)) == 1


def test_a_feed_that_never_succeeded_is_told_apart() -> None:
    assert "(48m ago; never succeeded)" in explain_feed(FAILING | {"last_success_at": None}, NOW)[0]


def test_a_host_that_wants_to_be_left_alone_is_part_of_the_reason() -> None:
    waiting = WELL | {"next_poll_at": NOW - MINUTE, "left_alone_until": NOW + 50 * MINUTE}
    assert next_poll(waiting, NOW) == "in 50m"
    assert explain_feed(waiting, NOW)[-1].endswith(
        "its host asked to be left alone until 2026-11-24 12:50 UTC (in 50m)"
    )


def test_a_feed_that_is_not_polled_says_in_which_state_it_is() -> None:
    stopped = WELL | {"state": "paused", "next_poll_at": None, "next_poll_reason": "paused by its operator"}
    assert next_poll(stopped, NOW) == "paused"
    assert next_poll(WELL | {"next_poll_at": None}, NOW) == "never"


def test_a_feed_whose_time_has_come_is_due() -> None:
    assert [next_poll(row, NOW) for row in (WELL, LATE)] == ["in 12m", "due"]


def test_a_poll_says_what_it_found() -> None:
    assert explain_poll(POLL) == ["new: 3 new, 1 updated of 20 entries (200, 310ms)", POLL["next_poll_reason"]]
    assert explain_poll(POLL | {"outcome": "unchanged", "new": 0, "updated": 0})[0] == (
        "unchanged: none new of 20 entries (200, 310ms)"
    )
    assert explain_poll(POLL | {"outcome": "unchanged", "entries": None, "http_status": 304})[0] == (
        "unchanged (304, 310ms)"
    )


def test_a_poll_that_failed_says_how_and_the_note_is_kept() -> None:
    failed = POLL | {"outcome": "transient", "error": "h answered 503", "http_status": 503, "note": "a note"}
    assert explain_poll(failed) == ["transient: h answered 503 (310ms)", "a note", POLL["next_poll_reason"]]


def test_a_feed_that_is_not_due_is_not_late() -> None:
    assert explain_lateness(WELL, NOW) is None
    assert explain_lateness(WELL | {"next_poll_at": None}, NOW) is None


def test_a_late_feed_is_explained_by_what_holds_it_up() -> None:
    since = "due since 2026-11-24 11:53 UTC (7m ago)"
    explained = [
        explain_lateness(LATE | facts, NOW)
        for facts in (
            {"leased_until": NOW + MINUTE},
            {"left_alone_until": NOW + 50 * MINUTE},
            {"claimable_at": NOW + timedelta(seconds=30), "ahead": 1200},
            {"last_poll_at": NOW - timedelta(hours=3)},
            {"last_poll_at": None},
        )
    ]
    assert explained == [
        f"{since}; a worker is polling its host now, until 2026-11-24 12:01 UTC (in 1m) at the latest",
        f"{since}, but its host asked to be left alone until 2026-11-24 12:50 UTC (in 50m)",
        f"{since}; its host may be asked again in 30s, after 1,200 feeds of its host due before it",
        f"{since}; it waits for a worker (the last poll of any feed was 3h ago)",
        f"{since}; it waits for a worker (no feed has been polled yet)",
    ]


def test_hints_are_told_by_the_names_that_publishers_know() -> None:
    hints = {"ttl": 3600, "update_period": 7200, "skip_hours": [0, 1, 13], "skip_days": [5, 6]}
    assert explain_hints(hints) == ("ttl 1h, sy:updatePeriod 2h, skipHours 00, 01, 13 UTC, skipDays Saturday, Sunday")
    assert explain_hints(None) == ""


def test_reading_a_file_has_neither_a_status_nor_a_duration() -> None:
    read = POLL | {"http_status": None, "duration": timedelta(0), "entries": 1, "new": 1, "updated": 0}
    assert explain_poll(read)[0] == "new: 1 new, 0 updated of 1 entry (file)"


def test_reading_a_mailbox_has_a_duration_alone() -> None:
    read = POLL | {"http_status": None, "duration": timedelta(seconds=2), "entries": 1, "new": 1, "updated": 0}
    assert explain_poll(read)[0] == "new: 1 new, 0 updated of 1 entry (2s)"


def test_a_poll_is_told_with_its_note_or_why_it_failed() -> None:
    poll = Poll(
        feed_id=1,
        url="http://news.example/feed",
        started_at=NOW,
        duration=timedelta(0),
        outcome=Outcome.NEW,
        new=1200,
        updated=0,
        entries=1201,
        http_status=200,
        error_class=None,
        error=None,
        bytes_received=0,
        note="1 entry left out",
        next_poll_at=NOW + timedelta(minutes=5),
        next_poll_reason="the shortest interval",
    )
    told = "1,200 new, 0 updated (1 entry left out); next in 5m: the shortest interval"
    assert describe_poll(poll) == f"http://news.example/feed  {told}"
    failed = replace(poll, outcome=Outcome.PERMANENT, note=None, error="it is gone", next_poll_at=None)
    assert describe_poll(failed) == "http://news.example/feed  permanent (it is gone); the shortest interval"


def test_a_back_fill_says_what_came_of_it_and_when_it_goes_on_or_why_it_ended() -> None:
    row = {"is_asked": False, "begun_at": NOW - timedelta(hours=2), "documents": 1, "articles": 12, "reason": None}
    begun = "for a gap 2026-11-24 10:00 UTC (2h ago): 1 document, 12 new articles"
    goes_on = row | {"next_read_at": NOW + timedelta(minutes=5), "outcome": None}
    assert explain_backfill(goes_on, NOW) == f"{begun}; it goes on 2026-11-24 12:05 UTC (in 5m)"
    assert explain_backfill(goes_on | {"reason": "the host answered 500"}, NOW) == (
        f"{begun}; it goes on 2026-11-24 12:05 UTC (in 5m), after: the host answered 500"
    )
    assert explain_backfill(goes_on, NOW + timedelta(minutes=6)).endswith(
        "; it has waited for a worker since 2026-11-24 12:05 UTC (1m ago)"
    )
    ended = row | {"next_read_at": None, "outcome": "filled", "reason": "it came to entries that were known"}
    assert explain_backfill(ended, NOW) == f"{begun}; filled: it came to entries that were known"
    assert explain_backfill(None, NOW) is None
