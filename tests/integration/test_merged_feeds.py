"""Merging a feed that moves with the one that lives at its new address: whose state and schedule hold then."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.documents import item, rss
from tests.grouping import wait_until_blocked
from tests.polling import add, make_due, now_of, poll
from tests.seeds import place
from tests.servers.publisher import Answer, Publisher
from worker.database.backfill_rows import begin_backfill, list_due_backfills, note_progress
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.document_tables import DocumentRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedAliasRow, FeedRow, HostRow, ScheduleRow
from worker.database.file_tables import SeedFileRow
from worker.database.locks import lock_feeds
from worker.database.outbox_tables import EventRow
from worker.manage.feeds import find_feed, remove_feed
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest
from worker.store.decided_articles import StaleDecisionError
from worker.store.feed_moves import move_feed
from worker.values.backfills import fill_gap
from worker.values.due_feeds import FeedState

WEEK = timedelta(days=7)


@pytest.fixture
def moved(publisher: Publisher) -> str:
    """The old URL of a feed that has moved for good to ``/new``."""
    publisher.serve("/new", rss([item("one")]))
    return publisher.redirect("/old", publisher.url("/new"))


def _merge_into(tools: Tools, publisher: Publisher, moved: str, feed: dict[str, Any], schedule: dict[str, Any]) -> Any:
    """Merge a feed into one that is known and differs by ``feed`` and ``schedule``; what that one is afterwards."""
    add(tools, moved)
    poll(tools)
    make_due(tools)
    poll(tools)
    add(tools, publisher.url("/new"))
    with writing(tools.engine) as connection:
        target = select(FeedRow.id).where(FeedRow.url == publisher.url("/new")).scalar_subquery()
        connection.execute(update(FeedRow).where(FeedRow.id == target).values(feed))
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == target).values(schedule))
        week_ago = read_clock(connection).now() - WEEK
        connection.execute(update(FeedRow).where(FeedRow.url == moved).values(moved_since=week_ago))
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id != target).values(next_poll_at=week_ago))
        connection.execute(update(HostRow).values(claimable_at=week_ago))
    poll(tools)
    with reading(tools.engine) as connection:
        return connection.execute(select(FeedRow.state, FeedRow.state_reason, ScheduleRow).join(ScheduleRow)).one()


@pytest.mark.parametrize("state", [FeedState.GONE, FeedState.QUARANTINED, FeedState.REMOVED])
def test_a_feed_that_had_ended_is_polled_at_once_and_counted_anew_when_another_moves_there(
    tools: Tools, publisher: Publisher, moved: str, state: FeedState
) -> None:
    # Three polls are led there, and the fourth is its own.
    publisher.on("/new", [Answer(rss([item("one")]))] * 3 + [Answer(status=500)])
    failing = {"failures": 12, "attempts": 14, "failing_since": now_of(tools) - WEEK, "next_poll_at": None}
    merged = _merge_into(tools, publisher, moved, {"state": state, "state_reason": "it had ended"}, failing)
    assert (merged.state, merged.state_reason) == (FeedState.ACTIVE, None)
    assert (merged.failures, merged.attempts, merged.failing_since >= merged.last_attempt_at) == (1, 1, True)


@pytest.mark.parametrize("state", [FeedState.ACTIVE, FeedState.PAUSED])
def test_a_feed_that_is_polled_or_paused_keeps_its_schedule_when_another_moves_there(
    tools: Tools, publisher: Publisher, moved: str, state: FeedState
) -> None:
    later = now_of(tools) + WEEK
    kept = {"failures": 2, "attempts": 3, "failing_since": later - 2 * WEEK, "next_poll_at": later}
    merged = _merge_into(tools, publisher, moved, {"state": state}, kept)
    assert merged.state == state
    assert {name: getattr(merged, name) for name in kept} == kept


def test_a_merge_is_told_with_the_feed_that_it_goes_on_as(tools: Tools, publisher: Publisher, moved: str) -> None:
    merged = _merge_into(tools, publisher, moved, {"state": FeedState.PAUSED}, {"next_poll_at": None})
    with reading(tools.engine) as connection:
        told = connection.execute(select(EventRow).where(EventRow.kind == "feed moved")).one()
    assert told.feed_id != merged.feed_id
    assert told.details == {"from": moved, "to": publisher.url("/new"), "merged_into": merged.feed_id}


def test_the_host_of_a_feed_that_is_polled_again_after_a_merge_is_woken(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as other:
        target = other.serve("/new", rss([item("one")]))
        add(tools, publisher.redirect("/old", target), target)
        with writing(tools.engine) as connection:
            feed = find_feed(connection, target)
            assert feed
            remove_feed(connection, feed.feed_id, articles=False)
            connection.execute(update(HostRow).where(HostRow.name == other.authority).values(claimable_at=None))
            since = read_clock(connection).now() - WEEK
            moving = {"moved_to": target, "moved_polls": 2, "moved_since": since}
            connection.execute(update(FeedRow).where(FeedRow.id != feed.feed_id).values(moving))
        assert [record.url for record in poll(tools)] == [target, target]


def test_two_feeds_that_move_to_one_url_at_once_become_one(postgres_tools: Tools) -> None:
    tools, new, also = postgres_tools, "https://c.example/feed", (StaleDecisionError,)
    olds = ["https://a.example/feed", "https://b.example/feed"]
    add(tools, *olds)

    with ThreadPoolExecutor() as pool:
        with writing(tools.engine) as connection:
            move_feed(connection, now_of(tools), 1, new)
            moving = pool.submit(write, tools.engine, lambda other: move_feed(other, now_of(tools), 2, new), also)
            wait_until_blocked(tools.engine)
        moving.result(10)
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.id, FeedRow.url)).all() == [(1, new)]
        aliases = select(FeedAliasRow.url, FeedAliasRow.feed_id).order_by(FeedAliasRow.url)
        assert connection.execute(aliases).all() == [(url, 1) for url in olds]


def test_seed_files_of_a_feed_that_is_merged_are_remembered(tools: Tools, tmp_path: Path) -> None:
    head = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://a.example/feed"/>'
    saved = place(tmp_path / "saved.xml", rss([item("one")], head=head))
    add(tools, "https://a.example/feed", "https://b.example/feed")
    list(ingest(tools, [saved], 1_000_000))
    with writing(tools.engine) as connection:
        lock_feeds(connection, [1, 2])
        move_feed(connection, read_clock(connection).now(), 1, "https://b.example/feed")
        assert connection.execute(select(SeedFileRow.feed_id)).scalars().all() == [2]


def _merge(tools: Tools, old: str, new: str) -> None:
    with writing(tools.engine) as connection:
        move_feed(connection, now_of(tools), find_feed(connection, old).feed_id, new)


def test_a_document_counts_as_served_until_its_feed_was_merged(tools: Tools, publisher: Publisher) -> None:
    keeping = replace(tools, keeps_documents=True)
    for name in ("old", "new"):
        add(keeping, publisher.serve(f"/{name}", rss([item(name)])))
    poll(keeping)
    make_due(keeping)
    poll(keeping)
    with reading(tools.engine) as connection:
        last = connection.execute(select(ScheduleRow.last_success_at).where(ScheduleRow.feed_id == 1)).scalar_one()
    _merge(tools, publisher.url("/old"), publisher.url("/new"))
    with reading(tools.engine) as connection:
        served = connection.execute(select(DocumentRow.served_at).where(DocumentRow.feed_id == 2)).scalars().all()
    assert (len(served), last in served) == (2, True)


def test_what_a_feed_missed_is_still_looked_for_once_it_is_merged(tools: Tools) -> None:
    old, new = "https://news.example/old", "https://news.example/new"
    add(tools, old)
    add(tools, new)
    now = now_of(tools)
    with writing(tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(last_success_at=now))
        begin_backfill(connection, 1, fill_gap("https://news.example/page-2", now, now))
        (late,) = list_due_backfills(connection, now, 1)
    _merge(tools, old, new)
    with writing(tools.engine) as connection:
        # A worker that was reading it for the old feed has stored nothing.
        note_progress(connection, late, replace(late.backfill, next_url="https://news.example/page-3"))
        (due,) = list_due_backfills(connection, now, 1)
    assert (due.feed.feed_id, due.backfill.next_url) == (2, "https://news.example/page-2")
