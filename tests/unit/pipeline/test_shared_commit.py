from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine

from worker.database.locks import HostRelease
from worker.pipeline.results import Answered
from worker.pipeline.shared_commit import ReadDocument, ReadDocuments, SharedCommit, in_bunches
from worker.values.due_feeds import Document, DueFeed, Fetched, FetchRequest
from worker.values.entries import Entry, OutlinedEntry, ParsedDocument
from worker.values.outcomes import NextPoll, Outcome, PollRecord, PollResult
from worker.values.schedules import Bounds

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RELEASE = HostRelease(1, "token", NOW)


def _read(entries: int, body: bytes = b"", release: HostRelease | None = RELEASE) -> ReadDocument:
    url = "https://a.example/feed"
    fetched = Fetched(FetchRequest(1, url), Document(url, body), timedelta(0))
    answered = Answered(DueFeed(1, 1, url), "token", NOW, fetched, Bounds(HOUR, HOUR, HOUR))
    return ReadDocument(answered, ParsedDocument("rss", "expat", (Entry(),) * entries), release)


def _waiting(*read: ReadDocument) -> ReadDocuments:
    waiting = ReadDocuments()
    for each in read:
        waiting.add(each)
    return waiting


@pytest.mark.parametrize(
    ("entries", "bunches"),
    [
        ([], []),
        ([0], [[0]]),
        ([200, 200], [[200, 200]]),
        ([200, 201], [[200], [201]]),
        ([2000], [[2000]]),
        ([2000, 1], [[2000], [1]]),
        ([1, 2000, 1], [[1], [2000], [1]]),
        ([300, 300, 100, 1], [[300], [300, 100], [1]]),
    ],
)
def test_documents_share_a_commit_up_to_four_hundred_entries_or_are_one_document(
    entries: list[int], bunches: list[list[int]]
) -> None:
    read = [_read(number) for number in entries]
    found = list(in_bunches(read))
    assert [[len(each.parsed.entries) for each in bunch] for bunch in found] == bunches
    assert [each for bunch in found for each in bunch] == read


def test_entries_that_came_again_unread_keep_no_document_from_a_commit() -> None:
    again = tuple(OutlinedEntry(bytes([place]) * 8, b"guid") for place in range(19))
    one_new = replace(_read(1), parsed=ParsedDocument("rss", "expat", (Entry(),), repeated=again))
    assert one_new.parsed.size == 20
    assert [len(bunch) for bunch in in_bunches([one_new] * 50)] == [50]


@pytest.mark.parametrize(
    ("read", "is_due"),
    [
        ([], False),
        ([_read(20)], False),
        ([_read(1) for _ in range(49)], False),
        ([_read(1) for _ in range(50)], True),
        ([_read(399)], False),
        ([_read(399), _read(1)], True),
        ([_read(1, b" " * 8_000_000)], True),
        # Its host's lease goes on: another poll may end it, and the feed would be claimed again.
        ([_read(1), _read(1, release=None)], True),
    ],
)
def test_documents_are_due_when_many_wait_or_one_may_not(read: list[ReadDocument], is_due: bool) -> None:
    assert _waiting(*read).is_due is is_due


def test_what_one_commit_does_not_take_goes_on_waiting() -> None:
    read = [_read(300), _read(100), _read(1)]
    waiting = _waiting(*read)
    assert waiting.first_bunch() == read[:2]
    for each in read[:2]:
        waiting.remove(each)
    assert list(waiting) == read[2:]
    assert not waiting.is_due


def test_a_commit_is_due_when_fifty_polls_wait_and_not_when_none_does() -> None:
    # Nothing is committed: the engine stays unused.
    shared = SharedCommit(create_engine("sqlite://"))
    assert not shared
    assert not shared.is_due
    for _ in range(49):
        shared.add(None, RELEASE)
    shared.add(None, None)
    assert (len(shared), shared.is_due) == (49, False)
    shared.add(None, RELEASE)
    assert (len(shared), shared.is_due) == (50, True)


def test_a_poll_and_the_end_of_its_lease_are_counted_as_one() -> None:
    shared = SharedCommit(create_engine("sqlite://"))
    next_poll = NextPoll(NOW, "soon")
    record = PollRecord(1, "https://a.example/feed", NOW, timedelta(0), Outcome.UNCHANGED, next_poll)
    for _ in range(49):
        shared.add(PollResult(record, 1, "token"), RELEASE)
    assert not shared.is_due
    shared.add(PollResult(record, 1, "token"), RELEASE)
    assert shared.is_due
