"""One process polling a real publisher into a real store."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, func, select, update

from tests.documents import item, rss
from tests.servers.publisher import Answer, Publisher
from worker.database.article_tables import ArticleRow, EventRow, RevisionRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, FeedState, HostRow, PollRow, ScheduleRow
from worker.feeds import NewFeed, add_feeds, pause_feed
from worker.pipeline import poll_all_due, poll_by_name, poll_due
from worker.settings import Settings
from worker.tools import Tools, make_tools
from worker.values import Outcome, PollRecord


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def tools(store: Engine) -> Iterator[Tools]:
    chosen = Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0), fetch_timeout=timedelta(seconds=5))
    tools = make_tools(chosen, store)
    yield tools
    tools.close()


def _add(tools: Tools, *urls: str) -> None:
    with writing(tools.engine) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed(url) for url in urls])


def _make_due(tools: Tools) -> None:
    with writing(tools.engine) as connection:
        past = read_clock(connection).now() - timedelta(seconds=1)
        connection.execute(update(ScheduleRow).where(ScheduleRow.host_id.is_not(None)).values(next_poll_at=past))
        connection.execute(update(HostRow).values(claimable_at=past, next_request_at=past))


def _poll(tools: Tools) -> list[PollRecord]:
    return list(poll_all_due(tools, lambda: False))


def _poll_again(tools: Tools) -> PollRecord:
    _make_due(tools)
    (record,) = _poll(tools)
    return record


def _titles(tools: Tools) -> list[str]:
    with reading(tools.engine) as connection:
        return sorted(connection.execute(select(ArticleRow.title)).scalars())


def _count(tools: Tools, table: type) -> int:
    with reading(tools.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _schedule(tools: Tools) -> ScheduleRow:
    with reading(tools.engine) as connection:
        return connection.execute(select(ScheduleRow)).one()


def test_a_poll_stores_articles_sightings_revisions_events_and_its_own_row(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher.serve("/feed", rss([item("one"), item("two")])))
    (record,) = _poll(tools)
    assert (record.outcome, record.new, record.entries) == (Outcome.NEW, 2, 2)
    assert [_count(tools, table) for table in (ArticleRow, SightingRow, RevisionRow, EventRow, PollRow)] == [
        2,
        2,
        2,
        2,
        1,
    ]


def test_a_document_served_twice_is_parsed_once(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher.serve("/feed", rss([item("one")])))
    _poll(tools)
    record = _poll_again(tools)
    assert (record.outcome, record.http_status, record.parser) == (Outcome.UNCHANGED, 200, None)


def test_validators_are_sent_back_byte_for_byte(tools: Tools, publisher: Publisher) -> None:
    modified = "Mon, 23 Nov 2026 07:30:00 GMT"
    publisher.on("/feed", Answer(rss([item("one")]), headers={"ETag": 'W/"odd etag"', "Last-Modified": modified}))
    _add(tools, publisher.url("/feed"))
    _poll(tools)
    publisher.on("/feed", Answer(status=304))
    record = _poll_again(tools)
    sent = publisher.requests[-1].headers
    assert (record.outcome, record.http_status) == (Outcome.UNCHANGED, 304)
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"odd etag"', modified)


def test_only_the_new_entry_of_a_changed_document_is_stored(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher.serve("/feed", rss([item("one")])))
    _poll(tools)
    publisher.serve("/feed", rss([item("two"), item("one")]))
    assert _poll_again(tools).new == 1
    assert _titles(tools) == ["one", "two"]


def test_an_edited_entry_is_a_revision(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher.serve("/feed", rss([item("one", "First words.")])))
    _poll(tools)
    publisher.serve("/feed", rss([item("one", "Other words.")]))
    record = _poll_again(tools)
    assert (record.new, record.updated) == (0, 1)
    with reading(tools.engine) as connection:
        assert connection.execute(select(ArticleRow.text, ArticleRow.revision)).one() == ("Other words.", 2)
        kept = connection.execute(select(RevisionRow.number, RevisionRow.text).order_by(RevisionRow.number)).all()
    assert kept == [(1, "First words."), (2, None)]


def test_an_edit_taken_back_shows_the_first_revision_again(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher.serve("/feed", rss([item("one", "First words.")])))
    _poll(tools)
    for words in ("Other words.", "First words."):
        publisher.serve("/feed", rss([item("one", words)]))
        _poll_again(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(ArticleRow.text, ArticleRow.revision)).one() == ("First words.", 1)
        kept = connection.execute(select(RevisionRow.number, RevisionRow.text).order_by(RevisionRow.number)).all()
    assert kept == [(1, None), (2, "Other words.")]


def test_an_entry_that_leaves_and_returns_is_not_new(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher.serve("/feed", rss([item("one")])))
    _poll(tools)
    publisher.serve("/feed", rss([item("two")]))
    _poll_again(tools)
    with reading(tools.engine) as connection:
        left = select(SightingRow.guid).where(SightingRow.left_at.is_not(None))
        assert connection.execute(left).scalars().all() == ["one"]
    publisher.serve("/feed", rss([item("two"), item("one")]))
    assert _poll_again(tools).new == 0
    with reading(tools.engine) as connection:
        assert connection.execute(left).scalars().all() == []


def test_two_feeds_of_one_site_share_an_article(tools: Tools, publisher: Publisher) -> None:
    page = publisher.url("/page-1")
    first = publisher.serve("/a", rss([item("one", guid="a1", link=page)]))
    second = publisher.serve("/b", rss([item("one", guid="b1", link=page)]))
    _add(tools, first)
    _poll(tools)
    _add(tools, second)
    _poll(tools)
    assert (_titles(tools), _count(tools, SightingRow)) == (["one"], 2)


def test_a_link_blog_never_rewrites_the_publishers_article(tools: Tools, publisher: Publisher) -> None:
    page = "https://news.example/page-1"
    with Publisher("127.0.0.2") as blog:
        _add(tools, publisher.serve("/a", rss([item("one", guid="a1", link=page)], site="https://news.example/")))
        _add(tools, blog.serve("/b", rss([item("look at this", guid="b1", link=page)], site="https://blog.example/")))
        _poll(tools)
    assert _titles(tools) == ["look at this", "one"]


def test_a_failure_is_stored_with_its_class_and_backs_off(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(status=500))
    _add(tools, publisher.url("/feed"))
    (record,) = _poll(tools)
    schedule = _schedule(tools)
    assert (record.outcome, schedule.failures, schedule.error_class) == (Outcome.TRANSIENT, 1, "http 5xx")
    assert timedelta(minutes=4) < schedule.next_poll_at - schedule.last_attempt_at < timedelta(minutes=6)


def test_success_clears_the_failures(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(status=500))
    _add(tools, publisher.url("/feed"))
    _poll(tools)
    publisher.serve("/feed", rss([item("one")]))
    _poll_again(tools)
    schedule = _schedule(tools)
    assert (schedule.failures, schedule.error_class, schedule.error) == (0, None, None)


def test_a_failure_keeps_the_validators_of_the_last_good_document(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(rss([item("one")]), headers={"ETag": '"good"'}))
    _add(tools, publisher.url("/feed"))
    _poll(tools)
    publisher.on("/feed", Answer(b"oops", status=500, headers={"ETag": '"bad"'}))
    _poll_again(tools)
    assert _schedule(tools).etag == '"good"'


def test_a_busy_host_is_left_alone_with_all_its_feeds(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/a", Answer(status=429, headers={"Retry-After": "3600"}))
    publisher.on("/b", Answer(status=429, headers={"Retry-After": "3600"}))
    _add(tools, publisher.url("/a"), publisher.url("/b"))
    records = _poll(tools)
    assert len(records) == len(publisher.requests) == 1
    assert "Retry-After of 1h" in records[0].next_poll.reason


def test_a_feed_that_is_gone_is_stopped(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(status=410))
    _add(tools, publisher.url("/feed"))
    _poll(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.state)).scalar_one() == FeedState.GONE
    _make_due_hosts_only(tools)
    assert _poll(tools) == []


def _make_due_hosts_only(tools: Tools) -> None:
    with writing(tools.engine) as connection:
        connection.execute(update(HostRow).values(claimable_at=read_clock(connection).now() - timedelta(seconds=1)))


def test_a_web_page_is_not_a_feed(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher.serve("/feed", b"<!DOCTYPE html><html><body>Hello</body></html>", "text/html"))
    (record,) = _poll(tools)
    assert (record.outcome, str(record.error)) == (
        Outcome.PERMANENT,
        "not a feed: the host served an HTML page, not a feed",
    )


def test_a_hanging_feed_does_not_hold_up_its_neighbours(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as other:
        _add(tools, publisher.hang("/hangs"), other.serve("/feed", rss([item("one")])))
        records = _poll(tools)
    assert [record.outcome for record in records] == [Outcome.NEW, Outcome.TRANSIENT]


def test_one_host_is_asked_one_thing_at_a_time(tools: Tools, publisher: Publisher) -> None:
    in_flight = []
    most = []
    lock = threading.Lock()

    def respond(_request: object) -> Answer:
        with lock:
            in_flight.append(1)
            most.append(len(in_flight))

        def body() -> Iterator[bytes]:
            yield rss([])
            with lock:
                in_flight.pop()

        return Answer(body(), framing="chunked", pace=0.02)

    for number in range(10):
        publisher.on(f"/{number}", respond)
    _add(tools, *(publisher.url(f"/{number}") for number in range(10)))
    assert len(_poll(tools)) == 10
    assert max(most) == 1


def test_the_gap_between_two_requests_to_a_host_is_kept(store: Engine, publisher: Publisher) -> None:
    chosen = Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(seconds=0.3))
    tools = make_tools(chosen, store)
    try:
        _add(tools, *(publisher.serve(f"/{number}", rss([])) for number in range(3)))
        records = sorted(_poll(tools), key=lambda record: record.started_at)
    finally:
        tools.close()
    gaps = [later.started_at - former.started_at for former, later in pairwise(records)]
    assert min(gaps) >= timedelta(seconds=0.3)


def test_stopping_gives_back_what_has_not_ended_uncounted(store: Engine, publisher: Publisher) -> None:
    tools = make_tools(Settings(allow_hosts=("127.0.0.0/8",)), store)
    try:
        _add(tools, publisher.hang("/feed"))
        assert list(poll_due(tools, lambda: bool(publisher.requests))) == []
    finally:
        tools.close()
    schedule = _schedule(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(HostRow.lease_token)).scalar_one() is None
    assert (schedule.failures, schedule.claim_attempts, schedule.last_attempt_at) == (0, 0, None)


def test_a_caller_that_loses_interest_leaves_no_lease_behind(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as other:
        publisher.hang("/hangs")
        _add(tools, publisher.url("/hangs"), other.serve("/feed", rss([item("one")])))
        polls = poll_due(tools, lambda: False)
        next(polls)
        polls.close()
    with reading(tools.engine) as connection:
        assert connection.execute(select(HostRow.lease_token)).scalars().all() == [None, None]


def test_naming_a_feed_polls_it_before_it_is_due(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    _add(tools, url)
    _poll(tools)
    publisher.serve("/feed", rss([item("two"), item("one")]))
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.record
    assert polled.record.new == 1


def test_naming_an_unknown_url_adds_the_feed_there(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.is_kept
    assert (_count(tools, FeedRow), _titles(tools)) == (1, ["one"])


def test_naming_an_unknown_url_without_a_feed_adds_nothing(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/page", b"<html></html>", "text/html")
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert not polled.is_kept
    assert _count(tools, FeedRow) == 0


def test_a_paused_feed_says_how_to_resume_it(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([]))
    _add(tools, url)
    with writing(tools.engine) as connection:
        pause_feed(connection, connection.execute(select(FeedRow.id)).scalar_one())
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.refusal
    assert "feedmill resume" in polled.refusal
    assert publisher.requests == []


def test_every_schedule_lies_in_the_future_after_a_poll(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher.serve("/a", rss([item("one")])), publisher.serve("/b", b"nonsense"), publisher.url("/none"))
    _poll(tools)
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
        assert all(at > now for at in connection.execute(select(ScheduleRow.next_poll_at)).scalars())


def test_an_empty_store_has_nothing_to_poll(tools: Tools) -> None:
    assert _poll(tools) == []


def test_no_slot_is_lost_over_many_polls(tools: Tools, publisher: Publisher) -> None:
    few = replace(tools, slots=2)
    _add(few, *(publisher.serve(f"/{number}", rss([item(f"n{number}")])) for number in range(20)))
    assert len(_poll(few)) == 20
