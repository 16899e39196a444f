"""Leases that ran out: which feeds are held to have killed their worker, and when suspicion ends."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, select, update

from worker.claim.due import ClaimTerms, request_polls
from worker.claim.leasing import claim_due_hosts, claim_isolated_hosts
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.locks import HostRelease
from worker.manage.feeds import NewFeed, add_feeds, pause_feed
from worker.store.polls import store_polls
from worker.values.due_feeds import ClaimedHost, FeedState

SECOND = timedelta(seconds=1)
LEASE = 90 * SECOND
TERMS = ClaimTerms(lease=LEASE, gap=SECOND, parallel=1, hosts=50, feeds_per_host=20)


@pytest.fixture
def connection(store: Engine) -> Iterator[Connection]:
    """A store with three feeds of one host, the third due first."""
    with writing(store) as connection:
        now = read_clock(connection).now()
        for number in (1, 2, 3):
            url = f"https://a.example/{number}"
            add_feeds(connection, now - number * SECOND, [NewFeed(url)])
        yield connection


def _lose(connection: Connection, now: datetime) -> None:
    """Let the worker that holds the host be lost, and another one notice."""
    claim_due_hosts(connection, now, TERMS)
    claim_due_hosts(connection, now + LEASE, TERMS)


def _suspects(connection: Connection) -> dict[str, int]:
    """How often a worker was lost over each feed, of those where one was."""
    losses = select(FeedRow.url, ScheduleRow.claim_attempts).join(ScheduleRow).where(ScheduleRow.claim_attempts > 0)
    return {row.url.removeprefix("https://a.example/"): row.claim_attempts for row in connection.execute(losses)}


def _suspect(connection: Connection, attempts: int, *feed_ids: int) -> None:
    counted = update(ScheduleRow).where(ScheduleRow.feed_id.in_(feed_ids))
    connection.execute(counted.values(claim_attempts=attempts))


def _claim_isolated(connection: Connection, now: datetime) -> ClaimedHost:
    connection.execute(update(HostRow).values(isolated=True))
    (host,) = claim_isolated_hosts(connection, now, TERMS)
    return host


def _release(connection: Connection, host: ClaimedHost, now: datetime) -> None:
    store_polls(connection, [], [HostRelease(host.host_id, host.token, now, host.is_isolated)], now)


def _is_isolated(connection: Connection) -> bool:
    return connection.execute(select(HostRow.isolated)).scalar_one()


def test_the_feed_that_was_due_the_longest_had_begun(connection: Connection, now: datetime) -> None:
    _lose(connection, now)
    assert _suspects(connection) == {"3": 1}


def test_a_feed_that_somebody_asked_for_had_begun_before_those_due_longer(
    connection: Connection, now: datetime
) -> None:
    request_polls(connection, now, [1])
    _lose(connection, now)
    assert _suspects(connection) == {"1": 1}


def test_as_many_feeds_had_begun_as_the_host_is_asked_for_at_a_time(connection: Connection, now: datetime) -> None:
    connection.execute(update(HostRow).values(parallel=2))
    _lose(connection, now)
    assert _suspects(connection) == {"2": 1, "3": 1}


def test_of_an_isolated_host_one_feed_had_begun_however_many_are_asked_for_at_a_time(
    connection: Connection, now: datetime
) -> None:
    connection.execute(update(HostRow).values(parallel=3))
    _claim_isolated(connection, now)
    claim_isolated_hosts(connection, now + LEASE, TERMS)
    assert _suspects(connection) == {"3": 1}


def test_a_feed_that_was_stopped_meanwhile_is_not_suspected(connection: Connection, now: datetime) -> None:
    claim_due_hosts(connection, now, TERMS)
    pause_feed(connection, 3)
    claim_due_hosts(connection, now + LEASE, TERMS)
    assert _suspects(connection) == {"2": 1}


def test_feeds_of_other_hosts_are_not_suspected(connection: Connection, now: datetime) -> None:
    _lose(connection, now)
    add_feeds(connection, now - 60 * SECOND, [NewFeed("https://b.example/")])
    claim_due_hosts(connection, now + LEASE, TERMS)
    assert _suspects(connection) == {"3": 1}


@pytest.mark.parametrize(("lost_before", "is_isolated"), [(1, False), (2, True)])
def test_a_host_is_isolated_when_the_third_worker_is_lost_over_one_feed(
    connection: Connection, now: datetime, lost_before: int, is_isolated: bool
) -> None:
    _suspect(connection, lost_before, 3)
    _lose(connection, now)
    assert _is_isolated(connection) is is_isolated


def test_a_host_is_isolated_alone(connection: Connection, now: datetime) -> None:
    add_feeds(connection, now, [NewFeed("https://b.example/")])
    _suspect(connection, 2, 3)
    _lose(connection, now)
    isolated = select(HostRow.name).where(HostRow.isolated)
    assert connection.execute(isolated).scalars().all() == ["a.example:443"]


def test_one_feed_is_quarantined_and_its_neighbours_are_polled_on(connection: Connection, now: datetime) -> None:
    request_polls(connection, now, [3])
    _suspect(connection, 7, 3)
    _claim_isolated(connection, now)
    (host,) = claim_isolated_hosts(connection, now + LEASE, TERMS)
    assert [feed.feed_id for feed in host.feeds] == [2]
    states = connection.execute(select(FeedRow.state).order_by(FeedRow.id)).scalars().all()
    assert states == [FeedState.ACTIVE, FeedState.ACTIVE, FeedState.QUARANTINED]
    stopped = connection.execute(select(ScheduleRow).where(ScheduleRow.feed_id == 3)).one()
    assert (stopped.next_poll_at, stopped.requested_at) == (None, None)
    assert stopped.next_poll_reason.startswith("quarantined: its polls ended with the loss of their worker 8 times")


def test_isolation_lasts_while_another_feed_of_the_host_is_suspected(connection: Connection, now: datetime) -> None:
    _suspect(connection, 3, 2)
    _release(connection, _claim_isolated(connection, now), now)
    assert _is_isolated(connection)


def test_a_suspect_that_is_not_polled_any_more_isolates_nobody(connection: Connection, now: datetime) -> None:
    _suspect(connection, 3, 2)
    pause_feed(connection, 2)
    _release(connection, _claim_isolated(connection, now), now)
    assert not _is_isolated(connection)


def test_a_suspect_of_another_host_isolates_only_that_one(connection: Connection, now: datetime) -> None:
    host = _claim_isolated(connection, now)
    add_feeds(connection, now, [NewFeed("https://b.example/")])
    connection.execute(update(HostRow).values(isolated=True))
    _suspect(connection, 3, 4)
    _release(connection, host, now)
    isolated = select(HostRow.name).where(HostRow.isolated)
    assert connection.execute(isolated).scalars().all() == ["b.example:443"]


def test_a_lease_that_ran_out_can_still_be_ended_while_nobody_took_it_over(
    connection: Connection, now: datetime
) -> None:
    (host,) = claim_due_hosts(connection, now, TERMS)
    _release(connection, host, now + 2 * LEASE)
    assert len(claim_due_hosts(connection, now + 2 * LEASE, TERMS)) == 1
    assert _suspects(connection) == {}
