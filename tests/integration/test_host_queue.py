"""Waking hosts: one is claimable as early as its feeds are due, but never against its own wish or beside a lease."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select, update

from worker.claim.due import ClaimTerms, request_polls
from worker.claim.leasing import claim_due_hosts
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.locks import wake_hosts
from worker.manage.feeds import NewFeed, add_feeds, resume_feed

MINUTE, HOUR, INSTANT = timedelta(minutes=1), timedelta(hours=1), timedelta(milliseconds=1)
TERMS = ClaimTerms(lease=HOUR, gap=timedelta(0), parallel=1, hosts=50, feeds_per_host=5)


@pytest.fixture
def connection(store: Engine) -> Iterator[Connection]:
    """A store with one feed, whose host is asleep."""
    with writing(store) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed("https://a.example/1")])
        connection.execute(update(ScheduleRow).values(next_poll_at=None))
        connection.execute(update(HostRow).values(claimable_at=None))
        yield connection


def _set(connection: Connection, **values: object) -> None:
    connection.execute(update(HostRow).values(**values))


def _claimable_at(connection: Connection) -> datetime | None:
    return connection.execute(select(HostRow.claimable_at)).scalar_one()


def _feed_id(connection: Connection) -> int:
    return connection.execute(select(FeedRow.id).order_by(FeedRow.id).limit(1)).scalar_one()


def _add(connection: Connection, now: datetime) -> None:
    add_feeds(connection, now, [NewFeed("https://a.example/2")])


def _request(connection: Connection, now: datetime) -> None:
    request_polls(connection, now, [_feed_id(connection)])


def _resume(connection: Connection, now: datetime) -> None:
    resume_feed(connection, now, _feed_id(connection))


WAKING = pytest.mark.parametrize("wake", [_add, _request, _resume])


@WAKING
@pytest.mark.parametrize("asleep_until", [None, 24 * HOUR])
def test_a_woken_host_keeps_its_wish_to_be_left_alone(
    connection: Connection,
    now: datetime,
    wake: Callable[[Connection, datetime], None],
    asleep_until: timedelta | None,
) -> None:
    _set(connection, next_request_at=now + HOUR, claimable_at=asleep_until and now + asleep_until)
    wake(connection, now)
    assert claim_due_hosts(connection, now + HOUR - INSTANT, TERMS) == []
    assert len(claim_due_hosts(connection, now + HOUR, TERMS)) == 1


@WAKING
def test_a_wish_that_is_over_holds_up_nobody(
    connection: Connection, now: datetime, wake: Callable[[Connection, datetime], None]
) -> None:
    _set(connection, next_request_at=now - MINUTE)
    wake(connection, now)
    assert len(claim_due_hosts(connection, now, TERMS)) == 1


@WAKING
def test_a_leased_host_is_left_to_its_lease(
    connection: Connection, now: datetime, wake: Callable[[Connection, datetime], None]
) -> None:
    _set(connection, claimable_at=now)
    (host,) = claim_due_hosts(connection, now, TERMS)
    wake(connection, now + MINUTE)
    assert claim_due_hosts(connection, now + HOUR - INSTANT, TERMS) == []
    (successor,) = claim_due_hosts(connection, now + HOUR, TERMS)
    assert successor.token != host.token


def test_a_host_is_woken_for_the_moment_its_feed_is_due(connection: Connection, now: datetime) -> None:
    wake_hosts(connection, now + MINUTE, [_feed_id(connection)])
    assert _claimable_at(connection) == now + MINUTE


@pytest.mark.parametrize("already", [-MINUTE, timedelta(0), MINUTE])
def test_a_host_that_wakes_earlier_anyway_is_not_put_off(
    connection: Connection, now: datetime, already: timedelta
) -> None:
    _set(connection, claimable_at=now + already)
    wake_hosts(connection, now + 2 * MINUTE, [_feed_id(connection)])
    assert _claimable_at(connection) == now + already


def test_only_hosts_of_the_named_feeds_are_woken(connection: Connection, now: datetime) -> None:
    add_feeds(connection, now, [NewFeed("https://b.example/1")])
    _set(connection, claimable_at=None)
    wake_hosts(connection, now, [_feed_id(connection)])
    woken = select(HostRow.name).where(HostRow.claimable_at.is_not(None))
    assert connection.execute(woken).scalars().all() == ["a.example:443"]
