"""A host that refuses (429, 503) is left alone as a whole: how long, until when, and what does not count as that."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Row, select, update

from tests.documents import item, rss
from tests.polling import add, poll
from tests.servers.publisher import Answer, Publisher
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.pipeline import poll_by_name
from worker.pipeline.tools import Tools

BUSY = Answer(status=429)


def _hosts(tools: Tools) -> Sequence[Row[tuple[str, int, datetime | None, datetime | None]]]:
    with reading(tools.engine) as connection:
        return connection.execute(
            select(HostRow.name, HostRow.failures, HostRow.next_request_at, HostRow.claimable_at).order_by(HostRow.id)
        ).all()


def _now(tools: Tools) -> datetime:
    with reading(tools.engine) as connection:
        return read_clock(connection).now()


def _let_the_wait_pass(tools: Tools) -> None:
    """As if the time had come: the host may be asked again, its feeds that were not polled are due."""
    with writing(tools.engine) as connection:
        past = read_clock(connection).now() - timedelta(seconds=1)
        connection.execute(update(HostRow).values(claimable_at=past, next_request_at=past))


def _add(tools: Tools, publisher: Publisher, feeds: int, answer: Answer | list[Answer]) -> None:
    add(tools, *(publisher.on(f"/{number}", answer) for number in range(feeds)))


def test_refusals_in_a_row_lengthen_the_wait_though_each_feed_fails_for_the_first_time(
    tools: Tools, publisher: Publisher
) -> None:
    _add(tools, publisher, 4, BUSY)
    waits, failures = [], []
    for _ in range(4):
        (record,) = poll(tools)
        assert record.next_poll.interval
        waits.append(record.next_poll.interval)
        failures.append(record.next_poll.streak.attempts)
        _let_the_wait_pass(tools)
    assert failures == [1, 1, 1, 1]
    assert waits == [timedelta(minutes=minutes) for minutes in (15, 30, 60, 120)]
    assert _hosts(tools)[0].failures == 4
    assert len({request.path for request in publisher.requests}) == 4


def test_a_success_ends_the_refusals_of_the_host(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 3, BUSY)
    for _ in range(2):
        poll(tools)
        _let_the_wait_pass(tools)
    for number in range(3):
        publisher.serve(f"/{number}", rss([item("one")]))
    poll(tools)
    assert _hosts(tools)[0].failures == 0


def test_a_feed_that_is_missing_does_not_end_the_refusals_of_its_host(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 2, BUSY)
    poll(tools)
    _let_the_wait_pass(tools)
    for number in range(2):
        publisher.on(f"/{number}", Answer(status=404))
    poll(tools)
    assert _hosts(tools)[0].failures == 1


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_of_a_busy_host_is_for_all_its_feeds(tools: Tools, publisher: Publisher, status: int) -> None:
    _add(tools, publisher, 3, Answer(status=status, headers={"Retry-After": "7200"}))
    assert len(poll(tools)) == len(publisher.requests) == 1
    (host,) = _hosts(tools)
    assert host.next_request_at - _now(tools) > timedelta(minutes=119)
    # The two feeds that were not asked are due: it is the host that waits.
    assert host.claimable_at == host.next_request_at


@pytest.mark.parametrize("status", [404, 500])
def test_retry_after_of_one_feed_is_for_that_feed_alone(tools: Tools, publisher: Publisher, status: int) -> None:
    _add(tools, publisher, 3, Answer(status=status, headers={"Retry-After": "7200"}))
    records = poll(tools)
    assert len(records) == 3
    assert all(record.next_poll.interval == timedelta(hours=2) for record in records)
    assert _hosts(tools)[0].failures == 0
    assert _hosts(tools)[0].next_request_at <= _now(tools)


def test_force_asks_a_host_that_wants_to_be_left_alone(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 1, BUSY)
    poll(tools)
    publisher.serve("/0", rss([item("one")]))
    named = [publisher.url("/0")]
    (without,) = poll_by_name(tools, named, lambda: False)
    (forced,) = poll_by_name(tools, named, lambda: False, force=True)
    assert without.record is None
    assert forced.record
    assert forced.record.new == 1


def test_a_host_that_refused_us_is_asked_once_its_wait_has_been_forgotten(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 1, BUSY)
    poll(tools)
    publisher.serve("/0", rss([item("one")]))
    with writing(tools.engine) as connection:
        # As a lease leaves it that is ended after the database's clock was set back.
        connection.execute(update(HostRow).values(next_request_at=None))
    (named,) = poll_by_name(tools, [publisher.url("/0")], lambda: False)
    assert named.record
    assert named.record.new == 1


def test_other_hosts_are_asked_while_one_is_left_alone(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 2, BUSY)
    with Publisher("127.0.0.2") as other:
        add(tools, other.serve("/feed", rss([item("one")])))
        assert sorted(record.http_status or 0 for record in poll(tools)) == [200, 429]


def test_a_refusal_behind_a_redirect_counts_for_the_feeds_own_host(tools: Tools, publisher: Publisher) -> None:
    # Mostly the two are one server under two names; which of the two refused is not known here.
    with Publisher("127.0.0.2") as target:
        target.on("/feed", BUSY)
        add(tools, publisher.redirect("/a", target.url("/feed"), status=302), publisher.serve("/b", rss([])))
        poll(tools)
    assert _hosts(tools)[0].failures == 1


def test_a_feed_waits_until_its_host_may_be_asked_though_it_is_due(tools: Tools, publisher: Publisher) -> None:
    _add(tools, publisher, 2, BUSY)
    poll(tools)
    with reading(tools.engine) as connection:
        due = connection.execute(
            select(FeedRow.url).join(ScheduleRow).where(ScheduleRow.last_attempt_at.is_(None))
        ).scalars()
        assert len(due.all()) == 1
    assert poll(tools) == []
