from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, update

from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, PollRow, ScheduleRow
from worker.look.health import Health, read_health
from worker.manage.feeds import NewFeed, add_feeds, pause_feed, remove_feed

HOUR = timedelta(hours=1)


def _set(connection: Connection, feed_ids: list[int], **values: object) -> None:
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id.in_(feed_ids)).values(**values))


@pytest.fixture
def health(store: Engine) -> Health:
    """Eight feeds on four hosts: of each kind that matters one or two."""
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now - HOUR, [NewFeed(f"https://h{number % 4}.example/{number}") for number in range(8)])
        _set(connection, list(range(1, 9)), next_poll_at=now + HOUR, last_attempt_at=now, last_success_at=now)
        connection.execute(update(HostRow).values(claimable_at=now - HOUR))
        _set(connection, [1, 2], error_class="dns", attempts=1, failures=0)
        _set(connection, [3], error_class="http 4xx", attempts=4, failures=4, last_success_at=None)
        _set(connection, [4], next_poll_at=now - timedelta(seconds=30))
        _set(connection, [5], next_poll_at=now - timedelta(minutes=10))
        _set(connection, [6], error_class="http 4xx", attempts=1, failures=1)
        pause_feed(connection, 6)
        remove_feed(connection, 7, articles=False)
        connection.execute(update(HostRow).where(HostRow.id == 4).values(failures=3, held_until=now + HOUR))
        connection.execute(update(HostRow).where(HostRow.id == 3).values(failures=3, held_until=now - HOUR))
        _poll(connection, now, feed_id=1, seconds=9)
        _poll(connection, now, feed_id=3, seconds=1)
        _poll(connection, now - 2 * HOUR, feed_id=8, seconds=99)
        # A file of a feed's was read.
        _poll(connection, now + timedelta(minutes=1), feed_id=2, seconds=50, http_status=None)
    with reading(store) as connection:
        return read_health(connection, now)


def _poll(connection: Connection, at: datetime, feed_id: int, seconds: int, http_status: int | None = 200) -> None:
    row = {"outcome": "unchanged", "http_status": http_status, "bytes": 0, "new": 0, "updated": 0}
    connection.execute(
        insert(PollRow).values(feed_id=feed_id, started_at=at, duration=timedelta(seconds=seconds), **row)
    )


def test_feeds_are_counted_by_state(health: Health) -> None:
    assert health.feeds == {"active": 6, "paused": 1, "removed": 1}


def test_a_feed_is_due_at_its_time_and_late_two_minutes_after(health: Health) -> None:
    assert (health.due, health.late) == (2, 1)


def test_failing_feeds_are_counted_by_class_without_those_that_are_not_polled(health: Health) -> None:
    assert health.failing == {"dns": 2, "http 4xx": 1}


def test_failures_that_may_be_our_own_networks_are_told_apart(health: Health) -> None:
    assert health.uncounted == 2


def test_feeds_that_never_succeeded_are_counted(health: Health) -> None:
    assert health.never_succeeded == 1


def test_hosts_that_are_left_alone_now_are_counted(health: Health) -> None:
    assert health.hosts_left_alone == 1


def test_the_slowest_hosts_are_those_of_the_last_hour(health: Health) -> None:
    assert list(health.slowest_hosts.values()) == [9.0, 1.0]
    assert health.polls_last_hour == {"unchanged": 2}


def test_reading_a_file_is_no_poll(health: Health) -> None:
    assert health.last_poll_at
    assert health.last_poll_at <= health.at
