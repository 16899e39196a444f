"""A feed's own interval: what setting it does to the next poll."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Row, select, update

from tests.documents import item, rss
from tests.polling import add, poll
from tests.servers.publisher import Answer, Publisher
from worker.claim.due import request_polls
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.manage.feeds import pause_feed
from worker.manage.intervals import choose_interval
from worker.pipeline.tools import Tools

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def _choose(tools: Tools, interval: timedelta | None, *, later: timedelta = timedelta(0)) -> None:
    with writing(tools.engine) as connection:
        now = read_clock(connection).now() + later
        choose_interval(connection, now, 1, interval, tools.bounds)


def _stored(tools: Tools) -> Row[tuple[ScheduleRow, datetime | None, object]]:
    with reading(tools.engine) as connection:
        return connection.execute(
            select(ScheduleRow, HostRow.claimable_at, FeedRow.options)
            .join(HostRow, HostRow.id == ScheduleRow.host_id)
            .join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
        ).one()


@pytest.fixture
def polled(tools: Tools, publisher: Publisher) -> Publisher:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    return publisher


@pytest.mark.parametrize("interval", [MINUTE, 30 * MINUTE, 12 * HOUR])
def test_the_next_poll_is_the_interval_after_the_last_one_and_says_why(
    tools: Tools, polled: Publisher, interval: timedelta
) -> None:
    _choose(tools, interval)
    stored = _stored(tools)
    assert stored.next_poll_at == stored.last_attempt_at + interval
    assert stored.next_poll_reason.endswith("as its operator chose")
    assert stored.interval == interval


def test_an_interval_that_is_over_already_makes_the_feed_due_now(tools: Tools, polled: Publisher) -> None:
    _choose(tools, 5 * MINUTE, later=20 * MINUTE)
    stored = _stored(tools)
    assert stored.next_poll_at - stored.last_attempt_at >= 20 * MINUTE
    assert stored.claimable_at == stored.next_poll_at


def test_its_host_is_claimed_in_time(tools: Tools, polled: Publisher) -> None:
    _choose(tools, 5 * MINUTE)
    stored = _stored(tools)
    assert stored.claimable_at == stored.next_poll_at


def test_polls_keep_to_the_interval_from_then_on(tools: Tools, polled: Publisher) -> None:
    _choose(tools, 5 * MINUTE)
    with writing(tools.engine) as connection:
        past = read_clock(connection).now() - timedelta(seconds=1)
        connection.execute(update(ScheduleRow).values(next_poll_at=past))
        connection.execute(update(HostRow).values(claimable_at=past))
    (record,) = poll(tools)
    assert record.next_poll.interval == 5 * MINUTE


def test_default_forgets_the_choice(tools: Tools, polled: Publisher) -> None:
    _choose(tools, 5 * MINUTE)
    _choose(tools, None)
    stored = _stored(tools)
    assert stored.options is None
    assert "operator" not in stored.next_poll_reason
    assert stored.next_poll_at - stored.last_attempt_at >= HOUR


def test_what_the_publisher_asks_for_still_counts(tools: Tools, polled: Publisher) -> None:
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(hints={"ttl": 10_800}))
    _choose(tools, 5 * MINUTE)
    assert _stored(tools).next_poll_reason == "the publisher's ttl of 3h"


def test_a_failing_feed_is_not_tried_again_any_earlier(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.on("/feed", Answer(status=500, headers={"Retry-After": "7200"})))
    poll(tools)
    before = _stored(tools)
    _choose(tools, 5 * MINUTE)
    after = _stored(tools)
    assert (after.next_poll_at, after.next_poll_reason) == (before.next_poll_at, before.next_poll_reason)
    assert after.options == {"interval": 300.0}


def test_a_paused_feed_stays_paused_and_a_new_or_requested_one_due(tools: Tools, polled: Publisher) -> None:
    with writing(tools.engine) as connection:
        request_polls(connection, read_clock(connection).now(), [1])
    requested_at = _stored(tools).next_poll_at
    _choose(tools, 5 * MINUTE)
    assert _stored(tools).next_poll_at == requested_at
    with writing(tools.engine) as connection:
        pause_feed(connection, 1)
    _choose(tools, 6 * MINUTE)
    assert _stored(tools).next_poll_at is None
