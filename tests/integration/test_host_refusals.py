"""Refusals (403, 429, 503): the feed waits, and its host too once it has refused one feed after the other."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from tests.documents import item, rss
from tests.polling import add, hosts, now_of, poll, poll_again, schedule
from tests.servers.publisher import Answer, Publisher
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.pipeline import poll_by_name, poll_requested, request_named
from worker.pipeline.tools import Tools

BUSY = Answer(status=429)


def _let_the_hold_pass(tools: Tools) -> None:
    """As if the time had come: the host may be asked again, its feeds that were not polled are due."""
    with writing(tools.engine) as connection:
        past = read_clock(connection).now() - timedelta(seconds=1)
        connection.execute(update(HostRow).values(claimable_at=past, next_request_at=past, held_until=past))


def _schedule_of(tools: Tools, url: str) -> Row[Any]:
    with reading(tools.engine) as connection:
        return connection.execute(select(ScheduleRow).join(FeedRow).where(FeedRow.url == url)).one()


def _add(tools: Tools, publisher: Publisher, feeds: int, answer: Answer | list[Answer]) -> None:
    add(tools, *(publisher.on(f"/{number}", answer) for number in range(feeds)))


def test_one_bad_route_waits_as_it_asks_and_its_neighbours_are_polled(tools: Tools, publisher: Publisher) -> None:
    bad = publisher.on("/bad", Answer(status=503, headers={"Retry-After": "86400"}))
    add(tools, bad)
    _add(tools, publisher, 9, Answer(rss([item("one")])))
    assert sorted(record.http_status or 0 for record in poll(tools)) == [200] * 9 + [503]
    (host,) = hosts(tools)
    assert (host.failures, host.held_until) == (0, None)
    assert _schedule_of(tools, bad).next_poll_at - now_of(tools) > timedelta(hours=23)


def test_a_host_that_refuses_three_feeds_in_a_row_is_held_and_its_other_feeds_are_not_asked(
    tools: Tools, publisher: Publisher
) -> None:
    _add(tools, publisher, 9, BUSY)
    assert len(poll(tools)) == len(publisher.requests) == 3
    (host,) = hosts(tools)
    assert (host.failures, host.held_until) == (3, host.next_request_at)
    assert timedelta(minutes=59) < host.held_until - now_of(tools) <= timedelta(hours=1)
    # The feeds that were not asked are due: it is the host that waits.
    assert host.claimable_at == host.next_request_at
    assert poll(tools) == []


def test_refusals_are_counted_from_visit_to_visit_whichever_worker_makes_them(
    tools: Tools, publisher: Publisher
) -> None:
    counted = []
    for number in range(3):
        add(tools, publisher.on(f"/{number}", BUSY))
        poll(tools)
        counted.append((hosts(tools)[0].failures, hosts(tools)[0].refused_feeds))
    assert counted == [(1, [1]), (2, [1, 2]), (3, [1, 2])]


def test_a_feed_that_is_refused_poll_after_poll_holds_no_other(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 1, BUSY)
    for _ in range(4):
        poll_again(tools)
    (host,) = hosts(tools)
    assert (host.failures, host.held_until) == (1, None)


def test_when_a_hold_is_over_one_feed_is_asked_and_its_refusal_doubles_it(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 9, BUSY)
    asked, holds = [], []
    for _ in range(3):
        asked.append(len(poll(tools)))
        holds.append(round((hosts(tools)[0].held_until - now_of(tools)) / timedelta(hours=1)))
        _let_the_hold_pass(tools)
    assert (asked, holds) == ([3, 1, 1], [1, 2, 4])


def test_when_a_hold_is_over_one_good_answer_releases_the_host(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 9, BUSY)
    poll(tools)
    _let_the_hold_pass(tools)
    for number in range(9):
        publisher.serve(f"/{number}", rss([item("one")]))
    assert len(poll(tools)) == 6
    (host,) = hosts(tools)
    assert (host.failures, host.refused_feeds, host.held_until) == (0, None, None)


def test_a_feed_that_is_missing_does_not_end_the_refusals_of_its_host(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 2, BUSY)
    poll(tools)
    add(tools, publisher.on("/gone", Answer(status=404)))
    poll(tools)
    assert hosts(tools)[0].failures == 2


def test_a_single_feed_of_a_host_waits_alone(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 1, Answer(status=429, headers={"Retry-After": "7200"}))
    (record,) = poll(tools)
    (host,) = hosts(tools)
    assert host.held_until is None
    stored = schedule(tools)
    assert stored.held_until == stored.next_poll_at == record.next_poll.at == host.claimable_at


@pytest.mark.parametrize("status", [404, 500])
def test_retry_after_of_a_failure_that_is_no_refusal_says_nothing_of_the_host(
    tools: Tools, publisher: Publisher, status: int
) -> None:
    _add(tools, publisher, 4, Answer(status=status, headers={"Retry-After": "7200"}))
    records = poll(tools)
    assert [record.next_poll.interval for record in records] == [timedelta(hours=2)] * 4
    assert hosts(tools)[0].failures == 0


def test_a_named_feed_that_asked_to_be_left_alone_is_polled_when_its_wait_is_over_or_by_force(
    tools: Tools, publisher: Publisher
) -> None:
    _add(tools, publisher, 1, BUSY)
    poll(tools)
    waits_until = schedule(tools).held_until
    publisher.serve("/0", rss([item("one")]))
    named = [publisher.url("/0")]
    (without,) = poll_by_name(tools, named, lambda: False)
    assert without.record is None
    stored = schedule(tools)
    assert stored.next_poll_at == waits_until
    assert stored.next_poll_reason == "requested, but its publisher asked to be left alone until then"
    (forced,) = poll_by_name(tools, named, lambda: False, force=True)
    assert forced.record
    assert forced.record.new == 1


def test_force_asks_a_host_that_is_held_and_a_good_answer_releases_it(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 4, BUSY)
    poll(tools)
    publisher.serve("/3", rss([item("one")]))
    named = [publisher.url("/3")]
    (without,) = poll_by_name(tools, named, lambda: False)
    (forced,) = poll_by_name(tools, named, lambda: False, force=True)
    assert without.record is None
    assert forced.record
    assert forced.record.new == 1
    assert hosts(tools)[0].held_until is None


@pytest.mark.parametrize("force", [False, True])
def test_a_poll_asked_for_through_the_queue_waits_for_the_publisher_unless_it_is_forced(
    tools: Tools, publisher: Publisher, *, force: bool
) -> None:
    _add(tools, publisher, 1, BUSY)
    poll(tools)
    request_named(tools.engine, [1], force=force)
    assert len(list(poll_requested(tools, [1], lambda: False, force=force))) == force
    assert bool(schedule(tools).requested_at) is not force


def test_other_hosts_are_asked_while_one_is_left_alone(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 4, BUSY)
    poll(tools)
    with Publisher("127.0.0.2") as other:
        add(tools, other.serve("/feed", rss([item("one")])))
        assert [record.http_status for record in poll(tools)] == [200]


def test_a_refusal_behind_a_redirect_counts_for_the_host_that_it_leads_to(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as target:
        target.on("/feed", BUSY)
        add(tools, publisher.redirect("/a", target.url("/feed"), status=302))
        poll(tools)
    assert [(host.name, host.failures) for host in hosts(tools)] == [(publisher.authority, 0), (target.authority, 1)]


def test_a_page_that_is_no_feed_waits_as_long_as_its_head_asks(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", b"<html><body>Back soon</body></html>", "text/html", Retry_After="7200"))
    (record,) = poll(tools)
    assert record.next_poll.interval == timedelta(hours=2)
