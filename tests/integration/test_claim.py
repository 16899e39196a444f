import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, select, update

from tests.stores import url_of
from worker.claim.due import ClaimTerms, request_polls
from worker.claim.leasing import claim_due_hosts, claim_isolated_hosts, claim_named_feeds, count_claimable_hosts
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.locks import HostRelease
from worker.database.outbox_tables import EventRow
from worker.manage.feeds import NewFeed, add_feeds, pause_feed
from worker.store.polls import store_polls
from worker.values.due_feeds import ClaimedHost, FeedState

TERMS = ClaimTerms(lease=timedelta(seconds=90), gap=timedelta(seconds=1), parallel=1, hosts=50, feeds_per_host=20)
CLAIMER = Path(__file__).with_name("claimer.py")
ROOT = Path(__file__).parents[2]


def _add(connection: Connection, now: datetime, *urls: str) -> None:
    add_feeds(connection, now, [NewFeed(url) for url in urls])


def _claim(connection: Connection, now: datetime) -> list[ClaimedHost]:
    return claim_due_hosts(connection, now, TERMS)


def _release(connection: Connection, host: ClaimedHost, now: datetime) -> None:
    store_polls(connection, [], [HostRelease(host.host_id, host.token, now, host.is_isolated)], now)


def _urls(hosts: list[ClaimedHost]) -> list[list[str]]:
    return [[feed.url for feed in host.feeds] for host in hosts]


def test_a_new_feed_is_claimed_at_once(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/feed")
    assert _urls(_claim(connection, now)) == [["https://a.example/feed"]]


def test_feeds_of_one_host_are_claimed_together(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1", "https://a.example/2", "https://b.example/1")
    assert sorted(map(sorted, _urls(_claim(connection, now)))) == [
        ["https://a.example/1", "https://a.example/2"],
        ["https://b.example/1"],
    ]


def test_a_leased_host_is_not_claimed_again(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/feed")
    _claim(connection, now)
    assert _claim(connection, now + timedelta(seconds=89)) == []


def test_an_expired_lease_is_taken_over(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/feed")
    (first,) = _claim(connection, now)
    (second,) = _claim(connection, now + timedelta(seconds=91))
    assert second.token != first.token


def test_a_released_host_waits_for_its_next_request(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    (host,) = _claim(connection, now)
    _release(connection, host, now + timedelta(seconds=5))
    assert _claim(connection, now + timedelta(seconds=4)) == []
    assert len(_claim(connection, now + timedelta(seconds=6))) == 1


def test_a_lease_that_was_taken_over_cannot_be_released(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    (late,) = _claim(connection, now)
    later = now + timedelta(seconds=91)
    _claim(connection, later)
    _release(connection, late, later)
    assert _claim(connection, later + timedelta(seconds=1)) == []


def test_a_paused_feed_is_not_claimed(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    pause_feed(connection, connection.execute(select(FeedRow.id)).scalar_one())
    assert [host.feeds for host in _claim(connection, now)] in ([], [()])


def test_only_feeds_that_had_begun_are_counted_when_a_lease_expires(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1", "https://a.example/2", "https://b.example/1")
    _claim(connection, now)
    _claim(connection, now + timedelta(seconds=91))
    losses = select(FeedRow.url, ScheduleRow.claim_attempts).join(ScheduleRow)
    counted = {row.url: row.claim_attempts for row in connection.execute(losses)}
    assert sorted(counted.values()) == [0, 1, 1]
    assert counted["https://b.example/1"] == 1


def test_a_claim_that_is_given_back_counts_nothing(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    for hours in range(5):
        (host,) = _claim(connection, now + timedelta(hours=hours))
        _release(connection, host, now + timedelta(hours=hours))
    assert connection.execute(select(ScheduleRow.claim_attempts)).scalar_one() == 0


def _expire(connection: Connection, now: datetime, times: int) -> datetime:
    for _ in range(times):
        now += timedelta(seconds=91)
        claim_isolated_hosts(connection, now, TERMS) or _claim(connection, now)
    return now


def test_a_feed_whose_lease_expired_three_times_is_claimed_alone(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    later = _expire(connection, now, 4) + timedelta(seconds=91)
    assert _claim(connection, later) == []
    (host,) = claim_isolated_hosts(connection, later, TERMS)
    assert host.is_isolated


def test_a_feed_whose_lease_expired_five_times_alone_is_quarantined(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    # Of the third loss it is given back, to be claimed alone.
    _expire(connection, now, 9)
    assert connection.execute(select(FeedRow.state)).scalar_one() == FeedState.ACTIVE
    _expire(connection, now + timedelta(hours=1), 1)
    state, reason = connection.execute(select(FeedRow.state, FeedRow.state_reason)).one()
    assert state == FeedState.QUARANTINED
    assert "feedmill resume" in reason
    assert connection.execute(select(EventRow.kind)).scalars().all() == ["feed quarantined"]


def test_isolation_ends_when_the_feed_has_been_polled(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    later = _expire(connection, now, 4) + timedelta(seconds=91)
    (host,) = claim_isolated_hosts(connection, later, TERMS)
    connection.execute(update(ScheduleRow).values(claim_attempts=0))
    _release(connection, host, later)
    assert connection.execute(select(HostRow.isolated)).scalar_one() is False


def test_a_named_feed_is_claimed_before_it_is_due(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    connection.execute(update(ScheduleRow).values(next_poll_at=now + timedelta(hours=1)))
    connection.execute(update(HostRow).values(claimable_at=now + timedelta(hours=1)))
    (feed_id,) = connection.execute(select(FeedRow.id)).scalars()
    assert _urls(claim_named_feeds(connection, now, TERMS, [feed_id], force=False)) == [["https://a.example/1"]]


def test_naming_a_feed_never_breaks_an_active_lease(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    (host,) = _claim(connection, now)
    assert claim_named_feeds(connection, now, TERMS, [host.feeds[0].feed_id], force=True) == []


@pytest.mark.parametrize(("force", "claimed"), [(False, 0), (True, 1)])
def test_only_force_overrules_a_host_that_asked_to_be_left_alone(
    connection: Connection, now: datetime, force: bool, claimed: int
) -> None:
    _add(connection, now, "https://a.example/1")
    connection.execute(update(HostRow).values(next_request_at=(at := now + timedelta(hours=1)), held_until=at))
    (feed_id,) = connection.execute(select(FeedRow.id)).scalars()
    assert len(claim_named_feeds(connection, now, TERMS, [feed_id], force=force)) == claimed


def test_a_requested_feed_is_polled_before_others_of_its_host(connection: Connection, now: datetime) -> None:
    _add(connection, now - timedelta(hours=2), "https://a.example/1", "https://a.example/2")
    wanted = connection.execute(select(FeedRow.id).where(FeedRow.url == "https://a.example/2")).scalar_one()
    request_polls(connection, now, [wanted])
    (host,) = _claim(connection, now)
    assert host.feeds[0].url == "https://a.example/2"


def _set_gap(connection: Connection, seconds: float) -> None:
    connection.execute(update(HostRow).values(gap=timedelta(seconds=seconds)))


@pytest.mark.parametrize(("gap", "claimed"), [(0.5, 20), (1, 20), (10, 3), (15, 2), (60, 1)])
def test_no_more_feeds_of_a_host_are_claimed_than_its_own_gap_lets_begin(
    connection: Connection, now: datetime, gap: float, claimed: int
) -> None:
    _add(connection, now, *(f"https://a.example/{number}" for number in range(30)))
    _set_gap(connection, gap)
    (host,) = _claim(connection, now)
    assert (len(host.feeds), host.gap) == (claimed, timedelta(seconds=gap))


def test_late_in_a_task_no_more_is_claimed_than_can_still_begin(connection: Connection, now: datetime) -> None:
    _add(connection, now, *(f"https://a.example/{number}" for number in range(30)))
    (host,) = claim_due_hosts(connection, now, replace(TERMS, begin_within=timedelta(seconds=4)))
    assert len(host.feeds) == 5


def test_a_named_feed_is_not_claimed_while_the_gap_of_its_host_is_longer_than_a_task(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "https://a.example/1")
    _set_gap(connection, 600)
    connection.execute(update(HostRow).values(next_request_at=now + timedelta(seconds=500)))
    (feed_id,) = connection.execute(select(FeedRow.id)).scalars()
    for force in (False, True):
        assert claim_named_feeds(connection, now, TERMS, [feed_id], force=force) == []


def test_a_named_feed_waits_for_the_gap_of_its_host(connection: Connection, now: datetime) -> None:
    _add(connection, now, "https://a.example/1")
    _set_gap(connection, 10)
    connection.execute(update(HostRow).values(next_request_at=now + timedelta(seconds=8)))
    (feed_id,) = connection.execute(select(FeedRow.id)).scalars()
    (host,) = claim_named_feeds(connection, now, TERMS, [feed_id], force=False)
    assert host.next_request_at == now + timedelta(seconds=8)


def test_the_tick_counts_no_further_than_it_can_use(connection: Connection, now: datetime) -> None:
    _add(connection, now, *(f"https://h{number}.example/" for number in range(30)))
    assert count_claimable_hosts(connection, now, 10) == 10


def test_four_claimers_at_once_claim_each_feed_exactly_once_whatever_their_clocks_say(store: Engine) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        _add(connection, now, *(f"https://h{number % 200}.example/{number}" for number in range(400)))
    command = [sys.executable, str(CLAIMER), url_of(store)]
    claimers = [
        subprocess.Popen(
            [*command, hours_off],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
        )
        for hours_off in ("24", "-24", "0", "0")
    ]
    for claimer in claimers:
        assert claimer.stdout
        assert claimer.stdout.readline() == "ready\n"
    for claimer in claimers:
        assert claimer.stdin
        claimer.stdin.write("go\n")
        claimer.stdin.flush()
    outputs = [claimer.communicate(timeout=240)[0] for claimer in claimers]
    assert [claimer.returncode for claimer in claimers] == [0] * 4
    claimed = [line.split()[1] for output in outputs for line in output.splitlines()]
    with reading(store) as connection:
        every = [str(feed_id) for feed_id in connection.execute(select(FeedRow.id)).scalars()]
    assert sorted(claimed) == sorted(every)
