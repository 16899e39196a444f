"""Managing feeds."""

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, update

from tests.documents import item, rss
from tests.plans import recording
from tests.polling import add, count, poll, titles
from tests.seeds import place
from tests.servers.messages import Answer, Request
from tests.servers.publisher import Publisher
from tests.waiting import PATIENCE
from worker.basics.codec import unpack
from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.locks import HostRelease
from worker.database.schema import migrate
from worker.manage.feeds import (
    NewFeed,
    add_feeds,
    choose_guid_policy,
    find_feed,
    is_removed,
    list_feeds_to_export,
    pause_feed,
    remove_feed,
    resume_feed,
)
from worker.manage.intervals import choose_interval
from worker.outbox import follow_changes
from worker.pipeline.tools import Tools, make_tools
from worker.seeds.ingest import ingest
from worker.settings import Settings
from worker.store.polls import store_polls
from worker.values.due_feeds import FeedOptions, FeedState
from worker.values.entries import GuidPolicy

TERMS = ClaimTerms(lease=timedelta(seconds=90), gap=timedelta(0), parallel=1, hosts=50, feeds_per_host=5)


def _only_feed(connection: Connection) -> int:
    return connection.execute(select(FeedRow.id)).scalar_one()


def _now(store: Engine) -> datetime:
    with reading(store) as connection:
        return read_clock(connection).now()


@pytest.mark.parametrize(
    "spelling", ["https://A.example/feed", "https://a.example:443/feed", "https://a.example/x/../feed#top"]
)
def test_two_spellings_of_a_url_are_one_feed(store: Engine, spelling: str) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        assert add_feeds(connection, now, [NewFeed("https://a.example/feed")]) == 1
        assert add_feeds(connection, now, [NewFeed(spelling)]) == 0
        found = find_feed(connection, spelling)
        assert found
        assert found.url == "https://a.example/feed"


def test_a_list_of_feeds_that_are_known_writes_nothing(store: Engine) -> None:
    feeds = [NewFeed("https://a.example/feed"), NewFeed("https://b.example/feed")]
    with writing(store) as connection:
        add_feeds(connection, read_clock(connection).now(), feeds)
    with recording(store) as statements, writing(store) as connection:
        assert add_feeds(connection, read_clock(connection).now(), feeds) == 0
    assert not [statement for statement in statements if not statement.startswith("SELECT")]


def test_a_feed_added_while_its_host_is_leased_is_polled_after_the_lease(store: Engine) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed("https://a.example/1")])
        (host,) = claim_due_hosts(connection, now, TERMS)
        connection.execute(update(ScheduleRow).values(next_poll_at=now + timedelta(hours=1)))
        add_feeds(connection, now, [NewFeed("https://a.example/2")])
        store_polls(connection, [], [HostRelease(host.host_id, host.token, now)], now)
        (again,) = claim_due_hosts(connection, now + timedelta(seconds=1), TERMS)
    assert [feed.url for feed in again.feeds] == ["https://a.example/2"]


@pytest.mark.parametrize("_round", range(5))
def test_a_feed_added_at_the_very_moment_a_lease_ends_is_not_forgotten(store: Engine, _round: int) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed("https://a.example/1")])
        (host,) = claim_due_hosts(connection, now, TERMS)
        connection.execute(update(ScheduleRow).values(next_poll_at=None))
    started, may_commit = threading.Event(), threading.Event()

    def add_slowly() -> None:
        with writing(store) as connection:
            add_feeds(connection, now, [NewFeed("https://a.example/2")])
            started.set()
            may_commit.wait(0.3)

    def release() -> None:
        with writing(store) as connection:
            store_polls(connection, [], [HostRelease(host.host_id, host.token, now)], now)
        may_commit.set()

    adding, releasing = threading.Thread(target=add_slowly), threading.Thread(target=release)
    adding.start()
    started.wait(PATIENCE)
    releasing.start()
    adding.join()
    releasing.join()
    with reading(store) as connection:
        claimable_at = connection.execute(select(HostRow.claimable_at)).scalar_one()
    assert claimable_at is not None
    assert claimable_at <= _now(store)


@pytest.mark.parametrize("status", [200, 500])
def test_a_feed_that_is_paused_while_it_is_polled_stays_paused(tools: Tools, publisher: Publisher, status: int) -> None:
    def respond(_request: Request) -> Answer:
        with writing(tools.engine) as connection:
            pause_feed(connection, _only_feed(connection))
        return Answer(rss([item("one")]), status=status)

    add(tools, publisher.on("/feed", respond))
    poll(tools)
    with reading(tools.engine) as connection:
        stored = connection.execute(select(ScheduleRow)).one()
    assert (stored.next_poll_at, stored.next_poll_reason) == (None, "paused by its operator")


def test_a_resumed_feed_is_due_at_once(store: Engine) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed("https://a.example/1")])
        feed_id = _only_feed(connection)
        pause_feed(connection, feed_id)
        for host in claim_due_hosts(connection, now, TERMS):
            store_polls(connection, [], [HostRelease(host.host_id, host.token, now)], now)
        resume_feed(connection, now, feed_id)
        (host,) = claim_due_hosts(connection, now, TERMS)
    assert len(host.feeds) == 1


def test_a_removed_feed_keeps_its_articles_and_comes_back_when_it_is_added(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    add(tools, url)
    poll(tools)
    with writing(tools.engine) as connection:
        remove_feed(connection, _only_feed(connection), articles=False)
        assert find_feed(connection, url) is None
    assert titles(tools) == ["one"]
    add(tools, url)
    with reading(tools.engine) as connection:
        assert find_feed(connection, url)


def test_a_removed_feed_stays_removed_though_a_seed_file_names_it(tools: Tools, tmp_path: Path) -> None:
    outlines = '<opml version="2.0"><body><outline xmlUrl="https://a.example/feed"/></body></opml>'
    opml = place(tmp_path / "feeds.opml", outlines)
    (first,) = ingest(tools, [opml], 1_000_000)
    assert first.feeds == 1
    with writing(tools.engine) as connection:
        remove_feed(connection, _only_feed(connection), articles=False)
    (second,) = ingest(tools, [opml], 1_000_000)
    assert second.feeds == 0
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.state)).scalar_one() == FeedState.REMOVED


def test_removing_with_articles_spares_those_that_another_feed_carries(tools: Tools, publisher: Publisher) -> None:
    shared = publisher.url("/shared")
    first = publisher.serve("/1", rss([item("both", link=shared), item("only here")]))
    second = publisher.serve("/2", rss([item("both", guid="other", link=shared)]))
    add(tools, first)
    poll(tools)
    add(tools, second)
    poll(tools)
    with writing(tools.engine) as connection:
        feed = find_feed(connection, first)
        assert feed
        remove_feed(connection, feed.feed_id, articles=True)
    assert titles(tools) == ["both"]
    assert (count(tools, FeedRow), count(tools, SightingRow), count(tools, ArticleRow)) == (1, 1, 1)


def test_an_article_that_stays_has_the_guid_of_the_feed_that_it_belongs_to_now(
    tools: Tools, publisher: Publisher
) -> None:
    for guid in ("first", "other", "third"):
        add(tools, publisher.serve(f"/{guid}", rss([item("both", guid=guid, link=publisher.url("/shared"))])))
        poll(tools)
    with writing(tools.engine) as connection:
        remove_feed(connection, 1, articles=True)
        assert connection.execute(select(ArticleRow.feed_id, ArticleRow.guid)).all() == [(2, "other")]


def test_a_deleted_feed_never_shares_its_id_with_a_later_one(store: Engine) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed("https://a.example/1")])
        deleted = _only_feed(connection)
        remove_feed(connection, deleted, articles=True)
        add_feeds(connection, now, [NewFeed("https://a.example/2")])
        assert _only_feed(connection) > deleted


def test_the_removal_of_articles_is_told_to_those_who_follow(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    add(tools, url)
    poll(tools)
    with writing(tools.engine) as connection:
        remove_feed(connection, _only_feed(connection), articles=True)
    changes = [change for change in follow_changes(tools.engine, 0, lambda: False) if "removed" in change["kind"]]
    assert [(change["kind"], change["article_id"], change["details"]) for change in changes] == [
        ("article removed", 1, {"title": "one", "url": "http://127.0.0.1/one", "feed_url": url})
    ]


@pytest.mark.parametrize("policy", ["guid", "guid and link", "link"])
def test_by_what_entries_are_known_is_chosen_beside_the_interval_and_taken_back(tools: Tools, policy: str) -> None:
    add(tools, "https://a.example/feed")
    with writing(tools.engine) as connection:
        choose_interval(connection, read_clock(connection).now(), 1, timedelta(hours=2), tools.bounds)
        choose_guid_policy(connection, 1, GuidPolicy(policy))
        stored = connection.execute(select(FeedRow.options)).scalar_one()
        assert unpack(FeedOptions, stored) == FeedOptions(timedelta(hours=2), GuidPolicy(policy))
        choose_guid_policy(connection, 1, None)
        assert connection.execute(select(FeedRow.options)).scalar_one() == {"interval": 7200}


@pytest.mark.parametrize("options", ["[]", '"x"', '{"interval": "often"}', '{"interval": 1e99}', '{"guid_policy": []}'])
def test_options_that_mean_nothing_count_as_not_chosen(tools: Tools, publisher: Publisher, options: str) -> None:
    add(tools, publisher.serve("/1", rss([item("one")])), publisher.serve("/2", rss([item("two")])))
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).where(FeedRow.id == 1).values(options=json.loads(options)))
    assert [record.new for record in poll(tools)] == [1, 1]


def test_options_that_are_no_json_stop_no_other_feed(tmp_path: Path, publisher: Publisher) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/store.db")
    migrate(engine)
    tools = make_tools(Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0)), engine)
    add(tools, publisher.serve("/1", rss([item("one")])), publisher.serve("/2", rss([item("two")])))
    with writing(engine) as connection:
        connection.exec_driver_sql("""UPDATE feeds SET options = '{}{"guid_policy": "guid"}' WHERE id = 1""")
    assert [record.new for record in poll(tools)] == [1, 1]
    tools.close()
    engine.dispose()


@pytest.mark.parametrize("name", ["9" * 19, "9" * 23, "9" * 5000, "٣" * 30])
def test_a_number_that_no_id_can_be_names_no_feed(store: Engine, name: str) -> None:
    with reading(store) as connection:
        assert find_feed(connection, name) is None
        assert not is_removed(connection, name)


def test_outlines_are_the_polled_feeds_that_are_not_removed(tools: Tools, tmp_path: Path) -> None:
    dispatch = place(tmp_path / "dispatch.txt", "LONDON (Reuters) - All is well.")
    list(ingest(tools, [dispatch], 1_000_000))
    add(tools, "https://a.example/1", "https://a.example/2")
    with writing(tools.engine) as connection:
        feed = find_feed(connection, "https://a.example/2")
        assert feed
        remove_feed(connection, feed.feed_id, articles=False)
        assert [feed.url for _, feed in list_feeds_to_export(connection)] == ["https://a.example/1"]
