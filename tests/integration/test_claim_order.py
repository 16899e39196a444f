"""Which hosts and feeds a claim takes: those it may, the longest due first, no more than its terms say."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from worker.claim.due import ClaimTerms, request_polls
from worker.claim.leasing import (
    claim_as_guest,
    claim_due_hosts,
    claim_isolated_hosts,
    claim_named_feeds,
    claim_requested_feeds,
    count_claimable_hosts,
    find_next_claim,
)
from worker.claim.lost_workers import ALONE_FROM
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.locks import HostRelease
from worker.manage.feeds import NewFeed, add_feeds, add_file_feeds, pause_feed
from worker.store.polls import store_polls
from worker.values.due_feeds import ClaimedHost

SECOND, INSTANT = timedelta(seconds=1), timedelta(milliseconds=1)
TERMS = ClaimTerms(lease=90 * SECOND, gap=10 * SECOND, parallel=1, hosts=50, feeds_per_host=20)


def _add(connection: Connection, now: datetime, *names: str) -> None:
    """Add feeds called ``host/path``, due now."""
    add_feeds(connection, now, [NewFeed(f"https://{name}") for name in names])


def _set_host(connection: Connection, name: str, **values: object) -> None:
    connection.execute(update(HostRow).where(HostRow.name == f"{name}:443").values(**values))


def _set_due(connection: Connection, name: str, at: datetime | None) -> None:
    feed = select(FeedRow.id).where(FeedRow.url == f"https://{name}")
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id.in_(feed)).values(next_poll_at=at))


def _feed_id(connection: Connection, name: str) -> int:
    return connection.execute(select(FeedRow.id).where(FeedRow.url == f"https://{name}")).scalar_one()


def _feeds(hosts: list[ClaimedHost]) -> list[list[str]]:
    return [[feed.url.removeprefix("https://") for feed in host.feeds] for host in hosts]


def test_the_hosts_that_have_been_claimable_the_longest_are_claimed_first(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "a.example/1", "b.example/1", "c.example/1")
    _set_host(connection, "c.example", claimable_at=now - 2 * SECOND)
    _set_host(connection, "b.example", claimable_at=now - SECOND)
    two = replace(TERMS, hosts=2)
    assert sorted(_feeds(claim_due_hosts(connection, now, two))) == [["b.example/1"], ["c.example/1"]]
    assert _feeds(claim_due_hosts(connection, now, two)) == [["a.example/1"]]


def test_the_feeds_of_a_host_come_in_the_order_in_which_they_are_due(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.example/1", "a.example/2", "a.example/3")
    _set_due(connection, "a.example/2", now - 2 * SECOND)
    _set_due(connection, "a.example/3", now - SECOND)
    fast = replace(TERMS, gap=timedelta(0))
    assert _feeds(claim_due_hosts(connection, now, replace(fast, feeds_per_host=2))) == [["a.example/2", "a.example/3"]]


def test_requested_feeds_go_first_however_many_others_have_been_due_for_longer(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now - SECOND, *(f"a.example/{number}" for number in range(1, 7)))
    _set_due(connection, "a.example/3", now - 2 * SECOND)
    request_polls(connection, now, [_feed_id(connection, f"a.example/{number}") for number in (5, 6)])
    three = replace(TERMS, gap=timedelta(0), feeds_per_host=3)
    assert _feeds(claim_due_hosts(connection, now, three)) == [["a.example/5", "a.example/6", "a.example/3"]]


def test_of_more_requested_feeds_than_can_be_claimed_those_are_that_were_asked_for_first(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now - SECOND, "a.example/1", "a.example/2", "a.example/3")
    for number, at in ((2, now), (3, now - INSTANT)):
        request_polls(connection, at, [_feed_id(connection, f"a.example/{number}")])
    assert _feeds(claim_due_hosts(connection, now, replace(TERMS, feeds_per_host=1))) == [["a.example/3"]]


def test_what_becomes_due_at_this_very_moment_is_claimed_and_what_is_due_later_is_not(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "a.example/1", "a.example/2", "b.example/1")
    _set_due(connection, "a.example/2", now + INSTANT)
    _set_host(connection, "b.example", claimable_at=now + INSTANT)
    assert _feeds(claim_due_hosts(connection, now, TERMS)) == [["a.example/1"]]


def test_a_lease_is_taken_over_at_the_very_moment_it_ends_by_tick_or_by_name(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "a.example/1")
    (host,) = claim_due_hosts(connection, now, TERMS)
    named = [host.feeds[0].feed_id]
    for at, claimed in ((90 * SECOND - INSTANT, 0), (90 * SECOND, 1)):
        assert count_claimable_hosts(connection, now + at, 10) == claimed
        assert len(claim_named_feeds(connection, now + at, TERMS, named, force=True)) == claimed
    assert len(claim_due_hosts(connection, now + 180 * SECOND, TERMS)) == 1


def test_a_host_that_was_given_back_may_be_asked_by_name_at_once(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.example/1")
    (host,) = claim_due_hosts(connection, now, TERMS)
    store_polls(connection, [], [HostRelease(host.host_id, host.token, now)], now)
    assert len(claim_named_feeds(connection, now, TERMS, [host.feeds[0].feed_id], force=False)) == 1


def test_one_feed_of_one_isolated_host_is_claimed_at_a_time(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.example/1", "a.example/2", "b.example/1", "c.example/1")
    for name in ("a.example", "b.example"):
        _set_host(connection, name, isolated=True)
    connection.execute(update(ScheduleRow).values(claim_attempts=ALONE_FROM))
    assert _feeds(claim_isolated_hosts(connection, now - SECOND, TERMS)) == []
    assert _feeds(claim_isolated_hosts(connection, now, TERMS)) == [["a.example/1"]]
    assert _feeds(claim_isolated_hosts(connection, now, TERMS)) == [["b.example/1"]]
    assert _feeds(claim_isolated_hosts(connection, now, TERMS)) == []
    assert _feeds(claim_due_hosts(connection, now, TERMS)) == [["c.example/1"]]


def test_only_the_named_feeds_of_a_host_are_claimed(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.example/1", "a.example/2", "b.example/1")
    named = [_feed_id(connection, "a.example/2")]
    assert _feeds(claim_named_feeds(connection, now, TERMS, named, force=False)) == [["a.example/2"]]


def test_of_the_named_feeds_only_those_whose_request_is_unanswered_are_claimed(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "a.example/1", "b.example/1", "c.example/1")
    named = [_feed_id(connection, name) for name in ("a.example/1", "b.example/1")]
    request_polls(connection, now, [named[0], _feed_id(connection, "c.example/1")])
    assert _feeds(claim_requested_feeds(connection, now, TERMS, named, force=False)) == [["a.example/1"]]


@pytest.mark.parametrize(("wish", "claimed"), [(10 * SECOND, 1), (10 * SECOND + INSTANT, 0)])
def test_what_is_left_of_a_wish_is_waited_for_when_it_is_no_longer_than_a_gap(
    connection: Connection, now: datetime, wish: timedelta, claimed: int
) -> None:
    _add(connection, now, "a.example/1")
    _set_host(connection, "a.example", next_request_at=now + wish, held_until=now + wish)
    named = [_feed_id(connection, "a.example/1")]
    assert len(claim_named_feeds(connection, now, TERMS, named, force=False)) == claimed


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(("gap_left", "claimed"), [(20 * SECOND, 1), (20 * SECOND + INSTANT, 0)])
def test_a_named_feed_waits_for_its_hosts_gap_only_as_long_as_it_may_begin(
    connection: Connection, now: datetime, gap_left: timedelta, claimed: int, force: bool
) -> None:
    _add(connection, now, "a.example/1")
    _set_host(connection, "a.example", next_request_at=now + gap_left)
    named = [_feed_id(connection, "a.example/1")]
    assert len(claim_named_feeds(connection, now, TERMS, named, force=force)) == claimed


@pytest.mark.parametrize(("asked_from", "waits"), [(3600 * SECOND, 10 * SECOND), (4 * SECOND, 4 * SECOND)])
def test_force_overrules_a_wish_but_keeps_the_gap(
    connection: Connection, now: datetime, asked_from: timedelta, waits: timedelta
) -> None:
    _add(connection, now, "a.example/1")
    _set_host(connection, "a.example", next_request_at=now + asked_from, held_until=now + asked_from)
    (host,) = claim_named_feeds(connection, now, TERMS, [_feed_id(connection, "a.example/1")], force=True)
    assert host.next_request_at == now + waits


def test_a_host_is_leased_for_a_question_unless_somebody_holds_it_or_it_may_kill_workers(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "held.example/1", "isolated.example/1")
    _set_host(connection, "isolated.example", isolated=True, claimable_at=now)
    claim_due_hosts(connection, now, TERMS)
    later = now + 90 * SECOND

    def claim(at: datetime, *names: str) -> list[tuple[str, tuple[object, ...]]]:
        return [(host.name, host.feeds) for host in claim_as_guest(connection, at, TERMS, names)[1]]

    assert claim(later - INSTANT, "held.example:443") == []
    assert claim(later, "isolated.example:443") == []
    free = ["held.example:443", "new.example:443"]
    assert sorted(claim(later, *free)) == [(name, ()) for name in free]
    assert claim(later, *free) == []


def test_a_request_is_for_active_feeds_only(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.example/1", "a.example/2")
    paused = _feed_id(connection, "a.example/1")
    pause_feed(connection, paused)
    request_polls(connection, now, [paused, _feed_id(connection, "a.example/2")])
    requested = select(FeedRow.url, ScheduleRow.next_poll_at, ScheduleRow.next_poll_reason).join(ScheduleRow)
    found = connection.execute(requested.where(ScheduleRow.requested_at == now)).all()
    assert found == [("https://a.example/2", now, "requested")]
    assert connection.execute(select(ScheduleRow.next_poll_at).where(ScheduleRow.feed_id == paused)).scalar() is None


def test_a_seed_file_cannot_be_asked_for(connection: Connection, now: datetime) -> None:
    (feed_id,) = add_file_feeds(connection, now, ["file:///seeds/one.txt"]).values()
    before = connection.execute(select(ScheduleRow)).all()
    request_polls(connection, now, [feed_id])
    assert connection.execute(select(ScheduleRow)).all() == before


def test_the_next_claim_is_of_the_first_host_that_nobody_holds_and_that_has_a_feed_due_by_then(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "held.example/1")
    claim_due_hosts(connection, now, replace(TERMS, lease=SECOND))
    _add(connection, now, "late.example/1", "a.example/1", "b.example/1")
    _set_due(connection, "late.example/1", now + INSTANT)
    for name, seconds in (("late.example", 2), ("a.example", 3), ("b.example", 4)):
        _set_host(connection, name, claimable_at=now + seconds * SECOND)
    assert find_next_claim(connection, now, now + 4 * SECOND) == now + 3 * SECOND
    assert find_next_claim(connection, now, now + 3 * SECOND) is None
    assert find_next_claim(connection, now - INSTANT, now + 4 * SECOND) is None
