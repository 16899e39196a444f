"""Documents of one feed that are stored in another order than they were read, and what polls leave unread by then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import PollRow, ScheduleRow
from worker.manage.feeds import NewFeed, add_feeds, pause_feed
from worker.pipeline.conclude import store_documents, store_results
from worker.pipeline.results import Answered, conclude_unchanged
from worker.values.due_feeds import ClaimedHost, Document, Fetched, FetchRequest, NotModified, Validators
from worker.values.entries import Entry, ParsedDocument
from worker.values.schedules import Bounds

URL = "https://a.example/feed"
NOON = datetime(2026, 7, 10, 12, tzinfo=UTC)
MINUTE, HOUR, DAY, NO_TIME = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(0)
TERMS = ClaimTerms(lease=timedelta(seconds=90), gap=NO_TIME, parallel=1, hosts=1, feeds_per_host=1)
BOUNDS = Bounds(HOUR, MINUTE, DAY)
NEW, NEWER = "A text.", "Another text altogether."


@pytest.fixture
def late(store: Engine) -> ClaimedHost:
    """A worker that claims the only feed at noon."""
    write(store, lambda connection: add_feeds(connection, NOON - HOUR, [NewFeed(URL)]))
    return _claim(store, NOON)


@pytest.fixture
def current(store: Engine, late: ClaimedHost) -> ClaimedHost:
    """Its successor, which finds the lease over."""
    return _claim(store, NOON + 2 * MINUTE)


def _claim(store: Engine, at: datetime) -> ClaimedHost:
    (host,) = write(store, lambda connection: claim_due_hosts(connection, at, TERMS))
    return host


def _answer(host: ClaimedHost, at: datetime, answer: Document | NotModified) -> Answered:
    feed = host.feeds[0]
    return Answered(feed, host.token, at, Fetched(FetchRequest(feed.feed_id, feed.url), answer, NO_TIME), BOUNDS)


def _read(store: Engine, host: ClaimedHost, at: datetime, *entries: Entry | str) -> None:
    """Store what a worker read of the feed: entries, or the text of its only one."""
    answered = _answer(host, at, Document(URL, repr(entries).encode(), validators=Validators(etag=f'"{at}"')))
    store_documents(store, [(answered, _parsed(entries))], at)


def _find_unchanged(store: Engine, host: ClaimedHost, at: datetime) -> None:
    store_results(store, [conclude_unchanged(_answer(host, at, NotModified(Validators(etag='"same"'))), at)], [], at)


def _ingest(store: Engine, host: ClaimedHost, said_at: datetime, *entries: Entry | str) -> None:
    """Store a saved document of the feed an hour after it was made."""
    answered = replace(
        _answer(host, said_at + HOUR, Document("file:///saved.xml", b"saved")), token=None, said_at=said_at
    )
    store_documents(store, [(answered, _parsed(entries))], said_at + HOUR)


def _parsed(entries: tuple[Entry | str, ...]) -> ParsedDocument:
    return ParsedDocument("rss", "expat", tuple(_entry(each) if isinstance(each, str) else each for each in entries))


def _entry(text: str, guid: str = "1", updated: datetime | None = None) -> Entry:
    return Entry(guid=guid, title="A title", content=text, updated=updated.isoformat() if updated else None)


def _texts(store: Engine) -> list[str]:
    with reading(store) as connection:
        return list(connection.execute(select(ArticleRow.text).order_by(ArticleRow.id)).scalars())


def _have_left(store: Engine) -> dict[str, bool]:
    with reading(store) as connection:
        return {row.guid: row.left_at is not None for row in connection.execute(select(SightingRow))}


def _schedule(store: Engine) -> ScheduleRow:
    with reading(store) as connection:
        return connection.execute(select(ScheduleRow)).one()


def _validators(store: Engine) -> tuple[str | None, bytes | None]:
    schedule = _schedule(store)
    return schedule.etag, schedule.body_hash


def test_an_older_saved_document_brings_no_words_back_that_were_edited_without_a_new_date(
    store: Engine, late: ClaimedHost
) -> None:
    edited, saved = (_entry(text, updated=NOON - 3 * HOUR) for text in (NEWER, NEW))
    _read(store, late, NOON, edited)
    _ingest(store, late, NOON - HOUR, saved)
    assert _texts(store) == [NEWER]


@pytest.mark.parametrize("is_stored_first", [True, False])
def test_a_document_saved_after_a_poll_began_is_newer_than_what_that_poll_read(
    store: Engine, late: ClaimedHost, *, is_stored_first: bool
) -> None:
    if is_stored_first:
        _ingest(store, late, NOON + MINUTE, NEWER)
    _read(store, late, NOON, NEW)
    if not is_stored_first:
        _ingest(store, late, NOON + MINUTE, NEWER)
    assert _texts(store) == [NEWER]


def test_what_was_stored_without_a_lease_is_not_what_the_next_poll_may_call_unchanged(
    store: Engine, late: ClaimedHost, current: ClaimedHost
) -> None:
    _read(store, late, NOON, NEW)
    _read(store, current, NOON + 2 * MINUTE, NEWER)
    assert _validators(store) != (None, None)
    again = _claim(store, NOON + 2 * DAY)
    _claim(store, NOON + 2 * DAY + HOUR)
    _read(store, again, NOON + 2 * DAY, NEW)
    assert _validators(store) == (None, None)


def test_what_was_stored_after_its_operator_spoke_is_not_what_the_next_poll_may_call_unchanged(
    store: Engine, late: ClaimedHost
) -> None:
    _read(store, late, NOON, NEW)
    write(store, lambda connection: pause_feed(connection, late.feeds[0].feed_id))
    _read(store, late, NOON + MINUTE, NEWER)
    assert _validators(store) == (None, None)


def test_a_late_document_that_is_older_than_the_newest_leaves_the_validators(
    store: Engine, late: ClaimedHost, current: ClaimedHost
) -> None:
    _read(store, current, NOON + 2 * MINUTE, NEWER)
    kept = _validators(store)
    _read(store, late, NOON, NEW)
    assert (_validators(store), None not in kept) == (kept, True)


def test_a_poll_that_read_nothing_has_the_next_one_read_what_others_stored_meanwhile(
    store: Engine, late: ClaimedHost, current: ClaimedHost
) -> None:
    _read(store, late, NOON, NEW)
    _find_unchanged(store, current, NOON + 2 * MINUTE)
    schedule = _schedule(store)
    assert (schedule.etag, schedule.body_hash, schedule.last_success_at) == (None, None, None)
    assert schedule.last_attempt_at == NOON + 2 * MINUTE


def test_a_poll_that_read_nothing_keeps_its_validators_where_nobody_stored_anything(
    store: Engine, late: ClaimedHost
) -> None:
    _find_unchanged(store, late, NOON)
    assert (_schedule(store).etag, _schedule(store).last_success_at) == ('"same"', NOON)


def test_what_a_poll_found_unchanged_outlasts_a_late_worker_though_its_operator_spoke_meanwhile(
    store: Engine, late: ClaimedHost
) -> None:
    _read(store, late, NOON, NEW)
    slow = _claim(store, NOON + 2 * DAY)
    successor = _claim(store, NOON + 3 * DAY)
    write(store, lambda connection: pause_feed(connection, late.feeds[0].feed_id))
    _find_unchanged(store, successor, NOON + 3 * DAY)
    _read(store, slow, NOON + 2 * DAY, NEWER)
    assert _texts(store) == [NEW]


def test_an_entry_that_returns_in_an_older_version_is_there_again(store: Engine, late: ClaimedHost) -> None:
    other = _entry("Something else.", guid="2")
    versions = {hour: _entry(text, updated=NOON - hour * HOUR) for hour, text in ((1, NEWER), (2, NEW))}
    _read(store, late, NOON, versions[1], other)
    _read(store, late, NOON + MINUTE, other)
    assert _have_left(store) == {"1": True, "2": False}
    _read(store, late, NOON + 2 * MINUTE, versions[2], other)
    assert _have_left(store) == {"1": False, "2": False}
    assert NEWER in _texts(store)


def test_an_older_saved_document_brings_no_words_back_of_an_entry_that_has_left(
    store: Engine, late: ClaimedHost
) -> None:
    other = _entry("Something else.", guid="2")
    _read(store, late, NOON, NEW, other)
    again = _claim(store, NOON + 2 * DAY)
    _find_unchanged(store, again, NOON + 2 * DAY)
    _read(store, again, NOON + 2 * DAY + MINUTE, other)
    _ingest(store, late, NOON + HOUR, NEWER)
    assert NEWER not in _texts(store)


def test_what_a_late_worker_read_after_the_newest_document_is_there_again(
    store: Engine, late: ClaimedHost, current: ClaimedHost
) -> None:
    _read(store, current, NOON + 2 * MINUTE, NEW, _entry("Something else.", guid="2"))
    _read(store, current, NOON + 3 * MINUTE, _entry("Something else.", guid="2"))
    _read(store, late, NOON, NEW)
    assert _have_left(store) == {"1": True, "2": False}
    _read(store, late, NOON + 4 * MINUTE, NEW)
    assert _have_left(store) == {"1": False, "2": False}


@pytest.fixture
def polls_of_a_clock_that_steps_back(store: Engine, late: ClaimedHost) -> list[datetime]:
    began = [NOON, NOON - HOUR, NOON - HOUR + MINUTE]
    for at, text in zip(began, ("First.", "Second.", "Third."), strict=True):
        _read(store, late, at, text)
    return began


def test_whoever_holds_the_lease_read_last_though_the_clock_stepped_back(
    store: Engine, polls_of_a_clock_that_steps_back: list[datetime]
) -> None:
    assert _texts(store) == ["Third."]


def test_a_revision_names_the_poll_that_brought_it_though_the_clock_stepped_back(
    store: Engine, polls_of_a_clock_that_steps_back: list[datetime]
) -> None:
    with reading(store) as connection:
        named = connection.execute(select(RevisionRow.polled_at).order_by(RevisionRow.number)).scalars().all()
        polls = connection.execute(select(PollRow.started_at).order_by(PollRow.id)).scalars().all()
    assert named == polls == polls_of_a_clock_that_steps_back
