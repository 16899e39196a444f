from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine

from worker.database.locks import HostRelease
from worker.pipeline.results import Answered
from worker.pipeline.shared_commit import ReadDocument, SharedCommit, in_bunches
from worker.values.due_feeds import Document, DueFeed, Fetched, FetchRequest
from worker.values.entries import Entry, ParsedDocument
from worker.values.schedules import Bounds

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RELEASE = HostRelease(1, "token", NOW)


def _read(entries: int) -> ReadDocument:
    url = "https://a.example/feed"
    fetched = Fetched(FetchRequest(1, url), Document(url, b""), timedelta(0))
    answered = Answered(DueFeed(1, 1, url), "token", NOW, fetched, Bounds(HOUR, HOUR, HOUR))
    return ReadDocument(answered, ParsedDocument("rss", "expat", (Entry(),) * entries), None)


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
