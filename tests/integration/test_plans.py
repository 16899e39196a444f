"""What polls, looks and listings cost does not grow with the store: none of them reads a large table whole."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, update

from tests.documents import PARAGRAPHS, item, rss
from tests.large_stores import ROWS, fill
from tests.looks import MINUTE, OLD, list_everything
from tests.plans import find_scans, recording
from tests.polling import add, now_of
from tests.seeds import place
from tests.servers.publisher import Answer, Publisher
from tests.websub import pushing
from worker.backfill.sitemaps import find_stored, read_carried
from worker.claim.families import FoundName, note_addresses
from worker.claim.leasing import claim_due_hosts, claim_isolated_hosts
from worker.database.article_tables import ArticleRow
from worker.database.backfill_rows import (
    find_newest_backfill,
    find_next_backfill,
    list_due_backfills,
    may_look_for_sitemap,
)
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.host_rows import add_hosts
from worker.database.schema import migrate
from worker.discovery.lost_feeds import list_lost_feeds
from worker.errors import ErrorClass
from worker.manage.feeds import find_feed, pause_feed, remove_feed, resume_feed
from worker.manage.webhooks import is_any_webhook_due
from worker.outbox import number_events, read_changes
from worker.pipeline import count_poll_tasks, poll_all_due, poll_named, poll_requested, request_named
from worker.pipeline.reparse import RereadTools, reparse
from worker.pipeline.tickets import ask_for_polls, wait_for_answers
from worker.pipeline.tools import Tools
from worker.quality.judging import judge_some
from worker.retention.pruning import prune_some
from worker.seeds.seed_folder import ingest_seed_folder
from worker.settings import Settings
from worker.store.known import was_any_sighted_before
from worker.stories.grouping import group_waiting
from worker.values.due_feeds import Streak
from worker.values.entries import Entry
from worker.websub.subscribing import keep_subscriptions

# Ids of the feeds that are polled, and of their host.
POLLED, HOST = range(ROWS + 1, ROWS + 6), 1 + ROWS // 2
ALLOWED = {
    " ILIKE ": "words are looked for in every title",
    "SELECT hosts.id, hosts.name FROM hosts WHERE (hosts.name LIKE": "a person names a host without its port",
    "SELECT count(schedules.host_id)": "`status` counts feeds, files and those due, of millions a sample",
    "SELECT feeds.quality, count(*)": "`status` counts feeds by quality, from an index of that alone",
    "SELECT count(*) AS count_1 FROM articles": "`status` counts the articles, and those of the last hour",
    "SELECT count(*) AS count_1 FROM stories": "`metrics` counts the stories, of very many about",
    "SELECT count(*) FILTER (WHERE anon_1.outcome": "`status` counts the last hour's polls, of more it takes a sample",
    "SELECT hosts.name, avg(": "`status` joins 10,000 polls with their hosts, here nearly as many",
    "SELECT schedules.feed_id FROM schedules WHERE schedules.next_poll_at IS NOT NULL": "`poll --force` polls all",
    "SELECT feeds.url, feeds.title, feeds.site_url": "`export` writes all feeds",
    "SELECT feeds.id, feeds.url, feeds.site_url FROM": "a task looks now and then for what has been failing",
}


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """A store with very many rows of everything."""
    engine = open_store(store_url)
    migrate(engine)
    fill(engine)
    yield engine
    engine.dispose()


def test_no_statement_reads_a_large_table_from_end_to_end(tools: Tools, publisher: Publisher, tmp_path: Path) -> None:
    with recording(tools.engine) as statements:
        _poll(replace(tools, keeps_documents=True), publisher)
        _poll_by_name(tools)
        _keep_up(tools, tmp_path)
        judge_some(tools.engine, lambda: False, most=20)
        _keep_subscriptions(tools, publisher)
        with writing(tools.engine) as connection:
            _take_over(connection, tools, now_of(tools))
        with writing(tools.engine) as connection:
            _instruct(connection, now_of(tools))
        with reading(tools.engine) as connection:
            list_everything(connection, now_of(tools))
            # No index has it.
            connection.execute(select(ArticleRow.id).where(ArticleRow.url == "nowhere")).all()
    scans = find_scans(tools.engine, statements, ROWS // 2)
    found = [(table, statement) for table, statement in scans if not any(part in statement for part in ALLOWED)]
    assert [(table, statement.partition(" =")[0]) for table, statement in found] == [
        ("articles", "SELECT articles.id FROM articles WHERE articles.url")
    ]


def _poll(tools: Tools, publisher: Publisher) -> None:
    """Poll feeds that bring what is new, unchanged or a copy, move, are merged, fail, or cannot be reached."""
    urls = [
        publisher.serve_validated("/a", rss([item("one"), item("two", PARAGRAPHS[0])])),
        publisher.serve("/b", rss([item("one"), item("three", f"{PARAGRAPHS[0]} As told before.")])),
        publisher.redirect("/merged", publisher.url("/b")),
        publisher.redirect("/moved", publisher.serve("/new", rss([item("four")]))),
        "http://127.0.0.9:1/",
    ]
    add(tools, *urls)
    for body in (b"", rss([item("one", "Other words."), item("five")]), b"no feed"):
        if body:
            publisher.on("/a", Answer(body))
        list(poll_all_due(tools, lambda: False))
        with writing(tools.engine) as connection:
            now = now_of(tools)
            moved = update(FeedRow).where(FeedRow.id.in_(POLLED), FeedRow.moved_to.is_not(None))
            connection.execute(moved.values(moved_polls=2, moved_since=now - timedelta(days=8)))
            connection.execute(
                update(ScheduleRow).where(ScheduleRow.feed_id.in_(POLLED)).values(next_poll_at=now - MINUTE)
            )
            hosts = update(HostRow).where(HostRow.id.in_([HOST, HOST + 1]))
            connection.execute(hosts.values(claimable_at=now - MINUTE, next_request_at=now - MINUTE))


def _poll_by_name(tools: Tools) -> None:
    list(poll_named(tools, POLLED, lambda: False, force=True))
    request_named(tools.engine, POLLED)
    list(poll_requested(tools, POLLED, lambda: False))
    wait_for_answers(tools.engine, ask_for_polls(tools.engine, [str(OLD)]).ticket_id, timedelta(0), lambda: True)
    count_poll_tasks(tools.engine, 50, 4)
    now = now_of(tools)
    failed = Streak(attempts=1, last_class=ErrorClass.CONNECT, last_at=now - 12 * MINUTE)
    tools.outages.explains(failed, now)


def _keep_up(tools: Tools, folder: Path) -> None:
    """Do what is done between polls: read seeds, group, number, pass on and forget, look for lost feeds."""
    place(folder / "seeds" / "x.txt", "date 2026-07-10\n\nLONDON, July 10 (Reuters) - It is open.\n\nIt was shut.")
    place(folder / "seeds" / "y.xml", rss([item("one"), item("six")]))
    assert all(seed.new for seed in ingest_seed_folder(tools, Settings(seeds_dir=folder / "seeds")))
    assert sum(group_waiting(tools.engine, lambda: False))
    assert number_events(tools.engine)
    # Few documents are as old as that.
    chosen = Settings(retain_articles=timedelta(days=1), retain_documents=49 * MINUTE)
    assert prune_some(tools.engine, chosen, lambda: False).documents
    reread = RereadTools(tools.engine, tools.parser, None, is_rehearsal=False)
    assert sum(feed.documents for feed in reparse(reread, POLLED, None))
    with reading(tools.engine) as connection:
        assert read_changes(connection, ROWS)
        is_any_webhook_due(connection, now_of(tools))
        list_lost_feeds(connection, now_of(tools), 10)
        _look_for_missed(connection, now_of(tools))


def _look_for_missed(connection: Connection, now: datetime) -> None:
    assert may_look_for_sitemap(connection, OLD, now + timedelta(days=8))
    assert find_newest_backfill(connection, OLD)
    assert list_due_backfills(connection, now, 1) == []
    assert find_next_backfill(connection, now + MINUTE) is None
    assert not was_any_sighted_before(connection, OLD, [b"of no entry"], now)
    assert find_stored(connection, [Entry(link="https://h.example/7")]) == set()
    read_carried(connection, OLD)


def _keep_subscriptions(tools: Tools, publisher: Publisher) -> None:
    """Learn of a hub, ask it, be verified, take what it delivers, and learn of another one."""
    with pushing(tools, publisher) as feed:
        add(tools, feed.url)
        feed.serve([item("seven")])
        list(poll_all_due(tools, lambda: False))
        assert feed.ask()
        assert feed.hub.verify().ok
        assert feed.push([item("eight")])
        assert feed.hub.deny(feed.url, "").ok
        list(keep_subscriptions(tools, None, lambda: False))


def _take_over(connection: Connection, tools: Tools, now: datetime) -> None:
    """Claim hosts of which one has very many feeds due, and whose leases ran out."""
    lost = {"lease_token": "lost", "lease_until": now, "claimable_at": now}
    connection.execute(update(HostRow).where(HostRow.id.in_([1, 2])).values(lost))
    assert 1 in {host.host_id for host in claim_due_hosts(connection, now + 30 * MINUTE, tools.terms)}
    claim_isolated_hosts(connection, now + 30 * MINUTE, tools.terms)


def _instruct(connection: Connection, now: datetime) -> None:
    # Both are of a domain that all hosts but those that are polled are of.
    note_addresses(connection, now, FoundName("h3.example:443", "a5", 3 + ROWS // 2))
    add_hosts(connection, ["new.blogs.example:443"])
    pause_feed(connection, OLD)
    resume_feed(connection, now, OLD)
    for feed_id, articles in ((OLD + 1, True), (OLD + 2, False)):
        remove_feed(connection, feed_id, articles=articles)
    find_feed(connection, f"https://h{OLD}.example/")
