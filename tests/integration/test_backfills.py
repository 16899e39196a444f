"""Gaps are filled from the older documents that a feed names (RFC 5005), in the background, exactly once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import select, update

from tests.older_documents import document_at, entry_at, named, read, rows
from tests.polling import add, count, hold, make_due, now_of, poll, poll_again, titles
from tests.servers.messages import Answer, Request
from tests.servers.publisher import Publisher
from worker.backfill.older_documents import read_older
from worker.claim.leasing import claim_as_guest
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.backfill_rows import BackfillRow, list_due_backfills, take_backfill
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, PollRow, ScheduleRow
from worker.pipeline.tools import Tools
from worker.retention.pruning import prune
from worker.settings import Settings


def _make_gap(tools: Tools, publisher: Publisher, older: str | None = "/archive/3") -> None:
    """Poll a feed of n1 to n5, and again when it has n36 to n40: n6 to n35 came and went between the two."""
    at = now_of(tools)
    add(tools, publisher.serve("/feed", document_at(named(1, 5), at)))
    poll(tools)
    publisher.serve("/feed", document_at(named(36, 40), at, older))
    assert poll_again(tools).new == 5


def _archive(tools: Tools, publisher: Publisher) -> None:
    """Serve the entries of the gap in three archives, the oldest of which reaches back to known ones."""
    at = now_of(tools)
    publisher.serve("/archive/3", document_at(named(26, 35), at, "/archive/2"))
    publisher.serve("/archive/2", document_at(named(16, 25), at, "/archive/1"))
    publisher.serve("/archive/1", document_at(named(4, 15), at, "/archive/0"))


def _paths(publisher: Publisher) -> list[str]:
    return [request.target for request in publisher.requests if request.path != "/feed"]


def test_a_gap_is_filled_from_archives_until_they_come_to_known_entries(tools: Tools, publisher: Publisher) -> None:
    _archive(tools, publisher)
    _make_gap(tools, publisher)
    assert [step.new for step in read(tools)] == [10, 10, 10]
    assert titles(tools) == sorted(named(1, 40))
    assert _paths(publisher) == ["/archive/3", "/archive/2", "/archive/1"]
    (row,) = rows(tools)
    assert (row.outcome, row.reason) == ("filled", "it came to entries that were known")
    assert (row.documents, row.entries, row.articles, row.next_read_at) == (3, 32, 30, None)
    assert read(tools) == []


def test_what_it_stores_has_left_the_feed_and_changes_nothing_of_its_polls(tools: Tools, publisher: Publisher) -> None:
    _archive(tools, publisher)
    _make_gap(tools, publisher)
    facts = select(FeedRow.rhythm, FeedRow.gaps, FeedRow.guid_renamings, ScheduleRow.next_poll_at)
    facts = facts.add_columns(ScheduleRow.etag, ScheduleRow.body_hash, ScheduleRow.last_success_at)
    facts = facts.join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
    with reading(tools.engine) as connection:
        before = connection.execute(facts).one()
    read(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(facts).one() == before
        present = select(ArticleRow.title).join(SightingRow, SightingRow.article_id == ArticleRow.id)
        present = present.where(SightingRow.left_at.is_(None))
        assert sorted(connection.execute(present).scalars()) == named(36, 40)
    # Reading older documents is no poll, and the next poll finds neither a gap nor anything new.
    assert count(tools, PollRow) == 2
    assert poll_again(tools).new == 0
    assert len(rows(tools)) == 1


def test_a_worker_that_is_killed_half_way_leaves_the_rest_to_another(tools: Tools, publisher: Publisher) -> None:
    _archive(tools, publisher)
    _make_gap(tools, publisher)
    steps = read_older(tools, lambda: False)
    assert next(steps).new == 10
    steps.close()
    now = now_of(tools)
    with writing(tools.engine) as connection:
        (due,) = list_due_backfills(connection, now, 10)
        # A worker takes the next document, and is never heard of again.
        assert take_backfill(connection, due, now + timedelta(minutes=1))
        assert not take_backfill(connection, due, now + timedelta(minutes=2))
    assert read(tools) == []
    with writing(tools.engine) as connection:
        connection.execute(update(BackfillRow).values(next_read_at=now))
    assert [step.new for step in read(tools)] == [10, 10]
    assert _paths(publisher) == ["/archive/3", "/archive/2", "/archive/1"]
    assert titles(tools) == sorted(named(1, 40))


def test_older_words_never_replace_newer_ones_nor_does_an_archive_bring_back_what_left(
    tools: Tools, publisher: Publisher
) -> None:
    _make_gap(tools, publisher)
    at = now_of(tools) + timedelta(hours=1)
    words = document_at(["n36", "n5", "n35"], at).replace(b"<title>n", b"<title>edited n")
    publisher.serve("/archive/3", words)
    assert [step.new for step in read(tools)] == [1]
    assert titles(tools) == sorted([*named(1, 5), *named(36, 40), "edited n35"])
    with reading(tools.engine) as connection:
        present = connection.execute(select(SightingRow.guid).where(SightingRow.left_at.is_(None))).scalars()
        assert sorted(present) == named(36, 40)


def test_entries_from_before_the_poll_before_the_gap_are_not_brought(tools: Tools, publisher: Publisher) -> None:
    _make_gap(tools, publisher)
    at = now_of(tools)
    both = entry_at("missed", at - timedelta(hours=1)) + entry_at("of last year", at - timedelta(days=365))
    publisher.serve("/archive/3", document_at([], at).replace(b"</channel>", both.encode() + b"</channel>"))
    assert [step.new for step in read(tools)] == [1]
    assert "missed" in titles(tools)


def test_the_first_sight_of_a_feed_begins_nothing(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", document_at(named(1, 5), now_of(tools), "/archive/3")))
    poll(tools)
    assert rows(tools) == []


def test_polls_come_first(tools: Tools, publisher: Publisher) -> None:
    _archive(tools, publisher)
    _make_gap(tools, publisher)
    make_due(tools)
    (step,) = read(tools)
    assert step.after.reason == f"{publisher.authority} has polls to make"
    assert step.after.next_read_at > now_of(tools)
    assert _paths(publisher) == []
    poll(tools)
    with writing(tools.engine) as connection:
        connection.execute(update(BackfillRow).values(next_read_at=now_of(tools)))
    assert [step.new for step in read(tools)] == [10, 10, 10]


def test_a_host_that_another_worker_holds_or_that_asked_to_be_left_alone_is_not_asked(
    tools: Tools, publisher: Publisher
) -> None:
    _make_gap(tools, publisher)
    with writing(tools.engine) as connection:
        claim_as_guest(connection, now_of(tools), tools.terms, [publisher.authority])
    (step,) = read(tools)
    assert step.after.reason == f"{publisher.authority} is being polled at the moment"
    with writing(tools.engine) as connection:
        connection.execute(update(HostRow).values(lease_token=None, lease_until=None))
        connection.execute(update(BackfillRow).values(next_read_at=now_of(tools)))
    hold(tools, publisher.authority)
    (step,) = read(tools)
    assert step.after.reason == f"{publisher.authority} is left alone"
    assert step.after.next_read_at > now_of(tools) + timedelta(minutes=59)
    assert step.after.attempts == 0
    assert _paths(publisher) == []


def test_requests_keep_the_gap_of_the_host(tools: Tools, publisher: Publisher) -> None:
    _make_gap(tools, publisher)
    gap, at = timedelta(milliseconds=150), now_of(tools)
    arrived: list[float] = []

    def serve(path: str, names: Sequence[str], older: str) -> None:
        def respond(_: Request) -> Answer:
            arrived.append(monotonic())
            return Answer(document_at(names, at, older))

        publisher.on(path, respond)

    serve("/archive/3", named(20, 35), "/archive/2")
    serve("/archive/2", named(4, 19), "/archive/1")
    slow = replace(tools, terms=replace(tools.terms, gap=gap))
    assert [step.new for step in read(slow)] == [16, 14]
    assert arrived[1] - arrived[0] >= gap.total_seconds()


def test_a_feed_that_names_the_document_of_another_site_does_not_come_to_speak_of_its_articles(
    tools: Tools, publisher: Publisher
) -> None:
    at = now_of(tools)
    elsewhere = publisher.url("/theirs", host="localhost")
    story = entry_at("theirs", at).replace(
        "<title>", f"<link>{publisher.url('/story', host='localhost')}</link><title>"
    )
    document = document_at([], at).replace(b"</channel>", story.encode() + b"</channel>")
    publisher.serve("/theirs", document)
    _make_gap(tools, publisher, older=elsewhere)
    assert [step.new for step in read(tools)] == [1]
    with reading(tools.engine) as connection:
        assert connection.execute(select(ArticleRow.match_key).where(ArticleRow.title == "theirs")).scalar_one() is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(status=410), "410"),
        (Answer(b"<!doctype html><html><p>Moved</html>"), "the host served an HTML page, not a feed"),
    ],
)
def test_an_archive_that_is_gone_or_none_ends_it_and_leaves_the_feed_as_it_is(
    tools: Tools, publisher: Publisher, answer: Answer, reason: str
) -> None:
    _make_gap(tools, publisher)
    publisher.on("/archive/3", answer)
    (step,) = read(tools)
    assert (step.after.outcome, step.was_read) == ("given up", False)
    assert reason in str(step.after.reason)
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.state)).scalar_one() == "active"
    assert poll_again(tools).error is None


def test_back_fills_are_remembered_as_long_as_polls(tools: Tools, publisher: Publisher) -> None:
    _make_gap(tools, publisher)
    prune(tools.engine, Settings())
    assert len(rows(tools)) == 1
    with writing(tools.engine) as connection:
        connection.execute(update(BackfillRow).values(begun_at=now_of(tools) - Settings().retain_polls))
    assert prune(tools.engine, Settings()).backfills == 1
