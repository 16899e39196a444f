"""Polling what somebody names."""

import threading
import time
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from tests.documents import item, rss
from tests.polling import add, count, poll, titles
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.manage.feeds import pause_feed, remove_feed
from worker.pipeline import poll_by_name, poll_named, poll_requested, request_named
from worker.pipeline.tools import Tools


def _ids(tools: Tools) -> list[int]:
    with reading(tools.engine) as connection:
        return list(connection.execute(select(FeedRow.id).order_by(FeedRow.id)).scalars())


def test_naming_a_feed_polls_it_before_it_is_due(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    add(tools, url)
    poll(tools)
    publisher.serve("/feed", rss([item("two"), item("one")]))
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.record
    assert polled.record.new == 1


def test_naming_an_unknown_url_adds_the_feed_there(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.is_kept
    assert (count(tools, FeedRow), titles(tools)) == (1, ["one"])


def test_naming_an_unknown_url_without_a_feed_adds_nothing(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/page", b"<html></html>", "text/html")
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert not polled.is_kept
    assert count(tools, FeedRow) == 0


def test_a_removed_feed_that_is_named_and_fails_is_removed_again_and_its_articles_stay(
    tools: Tools, publisher: Publisher
) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    add(tools, url)
    poll(tools)
    with writing(tools.engine) as connection:
        remove_feed(connection, 1, articles=False)
    publisher.on("/feed", Answer(status=404))
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.why_not_added
    (by_id,) = poll_by_name(tools, ["1"], lambda: False)
    assert by_id.refusal == "1 was removed: `feedmill feeds --state removed` lists such feeds."
    assert titles(tools) == ["one"]


def test_each_name_of_a_feed_is_told_what_became_of_it(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    polled = list(poll_by_name(tools, [url, f"{url}#again"], lambda: False))
    assert [(each.name, each.is_kept) for each in polled] == [(url, True), (f"{url}#again", True)]
    assert len(publisher.requests) == 1


def test_an_unknown_url_without_a_feed_is_forgotten_under_all_its_names(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/page", b"<html></html>", "text/html")
    polled = list(poll_by_name(tools, [url, f"{url}#again"], lambda: False))
    assert [each.is_kept for each in polled] == [False, False]
    assert count(tools, FeedRow) == 0


def test_a_paused_feed_says_how_to_resume_it(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([]))
    add(tools, url)
    with writing(tools.engine) as connection:
        pause_feed(connection, connection.execute(select(FeedRow.id)).scalar_one())
    (polled,) = poll_by_name(tools, [url], lambda: False)
    assert polled.refusal
    assert "feedmill resume" in polled.refusal
    assert publisher.requests == []


def test_what_a_task_has_no_time_for_is_polled_by_the_next_tick(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    request_named(tools.engine, _ids(tools))
    hurried = replace(tools, limits=replace(tools.limits, stop_claiming=timedelta(0)))
    assert list(poll_requested(hurried, _ids(tools), lambda: False)) == []
    assert len(poll(tools)) == 1


def test_a_long_list_ends_with_the_time_of_one_task(tools: Tools) -> None:
    limits = replace(tools.limits, stop_claiming=timedelta(seconds=1))
    one_by_one = replace(tools, slots=1, hanging=0, terms=replace(tools.terms, hosts=1), limits=limits)
    may_answer = threading.Event()
    with Publisher("127.0.0.2") as slow, Publisher("127.0.0.3") as other:
        add(tools, slow.on("/feed", Answer(rss([]), hold=may_answer)), other.serve("/feed", rss([])))
        request_named(tools.engine, _ids(tools))
        turns: list[float] = []

        def stop() -> bool:
            # Asked on every turn; it only lets the first host answer once the time to claim is over.
            turns.append(time.monotonic())
            if turns[-1] - turns[0] > 1.1:
                may_answer.set()
            return False

        (record,) = poll_requested(one_by_one, _ids(tools), stop)
        assert record.url == slow.url("/feed")
        assert other.requests == []
        assert [record.url for record in poll(tools)] == [other.url("/feed")]


def test_a_request_that_a_tick_has_answered_is_not_polled_again(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    request_named(tools.engine, _ids(tools))
    poll(tools)
    assert list(poll_requested(tools, _ids(tools), lambda: False)) == []
    assert len(publisher.requests) == 1


def test_a_request_that_waits_is_answered_though_the_feed_was_not_due(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    request_named(tools.engine, _ids(tools))
    (record,) = poll_requested(tools, _ids(tools), lambda: False)
    assert record.error is None


def test_more_feeds_can_be_requested_than_a_statement_has_parameters(tools: Tools) -> None:
    request_named(tools.engine, range(1, 300_000))


def test_all_that_are_named_are_polled_though_one_host_has_more_than_a_claim_takes(
    tools: Tools, publisher: Publisher
) -> None:
    few = replace(tools, terms=replace(tools.terms, feeds_per_host=4))
    names = [publisher.serve(f"/{number}", rss([])) for number in range(10)]
    assert [named.refusal for named in poll_by_name(few, names, lambda: False)] == [None] * 10
    assert len(publisher.requests) == 10


def test_all_feeds_of_one_host_are_polled_though_they_are_more_than_a_window_takes_hosts(
    tools: Tools, publisher: Publisher
) -> None:
    urls = [publisher.serve_validated(f"/{number}", b"", etag='"1"') for number in range(92)]
    add(tools, *urls)
    with writing(tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(etag='"1"'))
    feed_ids = range(1, 93)
    polled = [record.feed_id for record in poll_named(tools, feed_ids, lambda: False, force=True)]
    assert sorted(polled) == list(feed_ids)


def test_all_that_are_named_are_polled_though_their_hosts_gaps_outlast_a_window(
    tools: Tools, publisher: Publisher
) -> None:
    limits = replace(tools.limits, stop_claiming=timedelta(seconds=0.5))
    hurried = replace(tools, limits=limits, terms=replace(tools.terms, gap=timedelta(seconds=0.3)))
    names = [publisher.serve(f"/{number}", rss([])) for number in range(5)]
    assert [named.refusal for named in poll_by_name(hurried, names, lambda: False)] == [None] * 5
    assert len(publisher.requests) == 5


def test_what_is_left_because_another_worker_holds_its_host_is_told_at_once(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as other:
        urls = publisher.serve("/feed", rss([])), other.serve("/feed", rss([]))
        add(tools, *urls)
        with writing(tools.engine) as connection:
            until = read_clock(connection).now() + timedelta(minutes=5)
            held = update(HostRow).where(HostRow.name == other.url("").partition("//")[2])
            connection.execute(held.values(lease_token="theirs", lease_until=until, claimable_at=until))
        polled, left = poll_by_name(tools, urls, lambda: False)
        with reading(tools.engine) as connection:
            is_still_held = read_clock(connection).now() < until
    assert (polled.name, left.name, left.record) == (*urls, None)
    assert left.refusal
    assert "the next free worker polls it" in left.refusal
    assert is_still_held
