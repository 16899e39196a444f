"""Suspects: feeds that were in flight when a worker was lost are cleared in minutes, and none is falsely accused."""

from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from tests.documents import item, rss
from tests.polling import add
from tests.servers.publisher import Publisher
from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts, claim_isolated_hosts
from worker.claim.lost_workers import ALONE_FROM, COMPANY
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.locks import HostRelease
from worker.manage.feeds import NewFeed, add_feeds
from worker.pipeline import poll_due
from worker.pipeline.tools import Tools
from worker.store.polls import store_polls
from worker.values.due_feeds import ClaimedHost, FeedState

LEASE = timedelta(seconds=90)
TERMS = ClaimTerms(lease=LEASE, gap=timedelta(0), parallel=1, hosts=50, feeds_per_host=20)
MANY = 3 * COMPANY


def _add(connection: Connection, now: datetime, number: int) -> None:
    add_feeds(connection, now, [NewFeed(f"https://h{each}.example/") for each in range(number)])


def _losses(connection: Connection) -> set[int]:
    return set(connection.execute(select(ScheduleRow.claim_attempts)).scalars())


def _poll_well(connection: Connection, hosts: list[ClaimedHost], now: datetime) -> None:
    for host in hosts:
        well = {"claim_attempts": 0, "next_poll_at": now + timedelta(days=1)}
        connection.execute(update(ScheduleRow).where(ScheduleRow.host_id == host.host_id).values(well))
        store_polls(connection, [], [HostRelease(host.host_id, host.token, now, host.is_isolated)], now)


def test_many_that_were_in_flight_together_are_polled_again_a_few_at_a_time(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, MANY)
    assert len(claim_due_hosts(connection, now, TERMS)) == MANY
    later = now + LEASE
    assert claim_due_hosts(connection, later, TERMS) == []
    companies = [claim_isolated_hosts(connection, later, TERMS) for _ in range(4)]
    assert [len(company) for company in companies] == [COMPANY, COMPANY, COMPANY, 0]
    for company in companies:
        _poll_well(connection, company, later)
    assert _losses(connection) == {0}
    assert connection.execute(select(HostRow.id).where(HostRow.isolated)).all() == []


def test_however_often_many_are_lost_together_none_is_held_to_have_done_it(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, MANY)
    for loss in range(10):
        claim_due_hosts(connection, now + loss * LEASE, TERMS)
        connection.execute(update(HostRow).values(isolated=False))
    assert _losses(connection) == {1}


def test_what_loses_its_worker_again_and_again_is_alone_from_the_third_time(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, MANY)
    claim_due_hosts(connection, now, TERMS)
    killer, companies = 1, []
    for loss in range(1, 5):
        later = now + loss * LEASE
        claim_due_hosts(connection, later, TERMS)
        while claimed := claim_isolated_hosts(connection, later, TERMS):
            companies += [len(claimed)] if killer in {host.host_id for host in claimed} else []
            _poll_well(connection, [host for host in claimed if host.host_id != killer], later)
    assert companies == [COMPANY, 1, 1]
    assert _losses(connection) == {0, ALONE_FROM}


def test_while_all_lose_their_workers_none_is_quarantined(connection: Connection, now: datetime) -> None:
    _add(connection, now, 5)
    for loss in range(40):
        later = now + loss * LEASE
        claim_isolated_hosts(connection, later, TERMS) or claim_due_hosts(connection, later, TERMS)
    assert set(connection.execute(select(FeedRow.state)).scalars()) == {FeedState.ACTIVE}


def test_one_that_loses_worker_after_worker_while_others_are_polled_well_is_quarantined(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, 5)
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == 3).values(claim_attempts=ALONE_FROM))
    connection.execute(update(HostRow).where(HostRow.id == 3).values(isolated=True))
    for loss in range(6):
        later = now + loss * LEASE
        claim_isolated_hosts(connection, later, TERMS)
        _poll_well(connection, claim_due_hosts(connection, later, TERMS), later)
    states = connection.execute(select(FeedRow.state).order_by(FeedRow.id)).scalars().all()
    assert [feed_id for feed_id, state in enumerate(states, 1) if state == FeedState.QUARANTINED] == [3]


@pytest.mark.parametrize("losses", [1, ALONE_FROM])
def test_one_task_clears_many_suspects(tools: Tools, losses: int) -> None:
    with ExitStack() as stack:
        publishers = [stack.enter_context(Publisher(f"127.0.0.{number}")) for number in range(2, 22)]
        add(tools, *(publisher.serve("/feed", rss([item("one")])) for publisher in publishers))
        with writing(tools.engine) as connection:
            connection.execute(update(ScheduleRow).values(claim_attempts=losses))
            connection.execute(update(HostRow).values(isolated=True))
        assert len(list(poll_due(tools, lambda: False))) == len(publishers)
    with reading(tools.engine) as connection:
        assert _losses(connection) == {0}
        assert connection.execute(select(HostRow.id).where(HostRow.isolated)).all() == []
