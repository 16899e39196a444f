"""How a back-fill goes on after each document, and why it ends."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.backfill.progress import (
    OlderDocument,
    after_document,
    after_failure_to_read,
    is_wanted,
    let_polls_go_first,
    put_off,
)
from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.values.backfills import Backfill, BackfillEnd, fill_gap, read_history
from worker.values.entries import Entry
from worker.values.schedules import Bounds

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
GAP = timedelta(seconds=2)
BOUNDS = Bounds(timedelta(hours=1), timedelta(minutes=5), timedelta(days=1))
FEED = "https://news.example/feed"


def _entries(*dates: str) -> tuple[Entry, ...]:
    return tuple(Entry(guid=f"{number}", published=date or None) for number, date in enumerate(dates))


FRESH = _entries("2026-12-01T10:00:00Z", "2026-12-01T09:00:00Z")
OF_GAP = fill_gap("https://news.example/archive/3", NOW - timedelta(days=2), NOW)
ASKED = read_history(FEED, None, 100, NOW)


def _read(
    before: Backfill = OF_GAP,
    older: str | None = "https://news.example/archive/2",
    entries: Sequence[Entry] = FRESH,
    **differing: object,
) -> Backfill:
    served = before.next_url
    document = OlderDocument(FEED, served, older, entries, keys=(b"one", b"two"), bytes_received=700, articles=2)
    return after_document(before, replace(document, **differing), NOW, GAP)  # type: ignore[arg-type]  # any field


def _end(after: Backfill) -> tuple[BackfillEnd | None, str | None]:
    assert (after.next_read_at is None) == (after.outcome is not None)
    return after.outcome, after.reason


def test_the_document_that_is_named_is_read_next_after_the_gap_of_the_host() -> None:
    after = _read()
    assert (after.next_url, after.next_read_at) == ("https://news.example/archive/2", NOW + GAP)
    assert (after.documents, after.entries, after.articles, after.bytes_received) == (1, 2, 2, 700)
    assert _end(after) == (None, None)


def test_it_is_filled_where_it_comes_to_known_entries_but_not_what_was_asked_for() -> None:
    assert _end(_read(has_known=True)) == (BackfillEnd.FILLED, "it came to entries that were known")
    assert _end(_read(ASKED, has_known=True)) == (None, None)


def test_it_is_filled_where_most_entries_are_from_before_the_poll_before_the_gap() -> None:
    # That poll was on the 29th at noon; a day is allowed for entries that are published late.
    old, pinned = "2026-11-28T11:59:00Z", "2026-11-28T12:01:00Z"
    assert _end(_read(entries=_entries(old, old, pinned))) == (
        BackfillEnd.FILLED,
        "it came to entries from before 2026-11-28 12:00 UTC",
    )
    assert _end(_read(entries=_entries(old, pinned))) == (None, None)


def test_only_entries_of_the_time_that_is_to_be_filled_are_wanted() -> None:
    dated, late, undated = _entries("2026-11-28T12:00:00Z", "2026-11-28T11:59:00Z", "")
    assert [is_wanted(each, OF_GAP) for each in (dated, late, undated)] == [True, False, False]
    assert all(is_wanted(each, ASKED) for each in (dated, late, undated))


@pytest.mark.parametrize(
    ("older", "differing", "reason"),
    [
        (None, {}, "it came to the oldest document, and to no entry that was known"),
        ("https://news.example/archive/3", {}, "it leads in a circle (https://news.example/archive/3)"),
        ("https://other.example/2", {}, "it leads to another site (https://other.example/2)"),
        (
            "https://news.example/archive/2",
            {"entries": _entries("", "")},
            "its entries have no dates, so nobody can tell which are wanted",
        ),
    ],
)
def test_a_gap_is_given_up_where_older_documents_lead_nowhere(
    older: str | None, differing: dict[str, object], reason: str
) -> None:
    assert _end(_read(older=older, **differing)) == (BackfillEnd.GIVEN_UP, reason)


def test_a_feed_may_keep_its_older_documents_elsewhere_and_these_name_others_beside_them() -> None:
    first = _read(ASKED, "https://archives.example/3")
    second = _read(first, "https://archives.example/2", keys=(b"three",))
    assert second.next_url == "https://archives.example/2"
    assert _end(_read(second, "https://third.example/1", keys=(b"four",)))[1] == (
        "it leads to another site (https://third.example/1)"
    )


def test_a_host_that_serves_the_same_entries_for_ever_is_found_out() -> None:
    first = _read(older="https://news.example/archive/2")
    again = _read(first, older="https://news.example/archive/1", keys=(b"two", b"one"))
    assert _end(again) == (BackfillEnd.GIVEN_UP, "the same entries came again (https://news.example/archive/2)")


def test_empty_pages_are_no_entries_that_came_again() -> None:
    first = _read(older="https://news.example/archive/2", entries=(), keys=())
    assert _end(_read(first, older="https://news.example/archive/1", entries=(), keys=())) == (None, None)


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        (replace(OF_GAP, documents=99), "it has read 100 documents, the most that it may"),
        (replace(OF_GAP, entries=19_999), "it has read 20,001 entries in 700 bytes, more than it may"),
        (replace(OF_GAP, bytes_received=200_000_000), "it has read 2 entries in 200,000,700 bytes, more than it may"),
        (replace(OF_GAP, begun_at=NOW - timedelta(days=15)), "it has gone on for 14d, as long as it may"),
    ],
)
def test_a_chain_without_end_is_given_up(before: Backfill, reason: str) -> None:
    assert _end(_read(before)) == (BackfillEnd.GIVEN_UP, reason)


def test_what_was_asked_for_ends_well_with_the_oldest_document() -> None:
    assert _end(_read(ASKED, None)) == (BackfillEnd.GIVEN_UP, "the feed does not say where older entries are")
    second = _read(_read(ASKED), None, keys=(b"three",))
    assert _end(second) == (BackfillEnd.FILLED, "it came to the oldest document")


def test_what_was_asked_for_ends_well_with_as_many_older_documents_as_were_asked_for() -> None:
    first = _read(replace(ASKED, most_documents=1))
    assert (first.documents, _end(first)) == (0, (None, None))
    assert _end(_read(first, "https://news.example/archive/1", keys=(b"three",))) == (
        BackfillEnd.FILLED,
        "it read as many documents as it was to (1)",
    )


def test_a_passing_failure_is_tried_again_by_the_rules_for_polls_a_few_times() -> None:
    error = TransientError(ErrorClass.HTTP_5XX, "the host answered 500", http_status=500)
    after, waits = OF_GAP, []
    for _ in range(4):
        after = after_failure_to_read(after, error, NOW, BOUNDS, spread=0.0)
        waits.append(after.next_read_at - NOW if after.next_read_at else None)
    assert waits == [timedelta(minutes=minutes) for minutes in (5, 10, 20, 40)]
    assert (after.attempts, after.reason) == (4, "the host answered 500")
    after = after_failure_to_read(after, error, NOW, BOUNDS, spread=0.0)
    assert _end(after) == (
        BackfillEnd.GIVEN_UP,
        "https://news.example/archive/3 could not be read: the host answered 500",
    )
    assert _read(replace(OF_GAP, attempts=4)).attempts == 0


def test_a_publisher_who_names_a_time_is_asked_again_then() -> None:
    error = TransientError(ErrorClass.HTTP_429, "too many", http_status=429, retry_after=timedelta(hours=3))
    assert after_failure_to_read(OF_GAP, error, NOW, BOUNDS, spread=0.0).next_read_at == NOW + timedelta(hours=3)


@pytest.mark.parametrize(
    "error",
    [
        PermanentError(ErrorClass.HTTP_4XX, "the host answered 404", http_status=404),
        PermanentError(ErrorClass.HTTP_410, "the host answered 410", http_status=410),
        PermanentError(ErrorClass.NOT_A_FEED, "the host served an HTML page, not a feed"),
        RejectedError(ErrorClass.TOO_BIG, "the document is too large"),
    ],
)
def test_a_lasting_failure_is_not_tried_again(error: PollError) -> None:
    after = after_failure_to_read(OF_GAP, error, NOW, BOUNDS, spread=0.0)
    assert _end(after)[0] is BackfillEnd.GIVEN_UP
    assert error.sentence in str(after.reason)


def test_polls_of_the_host_come_first_for_ten_minutes() -> None:
    waiting = let_polls_go_first(OF_GAP, "news.example:443", NOW)
    assert waiting
    assert (waiting.waits, waiting.next_read_at) == (1, NOW + timedelta(seconds=30))
    assert waiting.reason == "news.example:443 has polls to make"
    assert let_polls_go_first(replace(OF_GAP, waits=19), "news.example:443", NOW)
    assert let_polls_go_first(replace(OF_GAP, waits=20), "news.example:443", NOW) is None
    assert _read(replace(OF_GAP, waits=20)).waits == 0


def test_a_busy_host_is_waited_for_uncounted_but_not_for_ever() -> None:
    busy = TransientError(ErrorClass.BUSY, "it is being polled at the moment")
    after = after_failure_to_read(OF_GAP, busy, NOW, BOUNDS, spread=0.0)
    assert (after.attempts, after.next_read_at) == (0, NOW + timedelta(seconds=30))
    assert put_off(OF_GAP, "is left alone", NOW, NOW + timedelta(hours=1)).next_read_at == NOW + timedelta(hours=1)
    assert _end(put_off(OF_GAP, "it is busy", NOW + timedelta(days=15))) == (
        BackfillEnd.GIVEN_UP,
        "it is busy, for 14d",
    )
