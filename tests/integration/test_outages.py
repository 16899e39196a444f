"""What the ledger says of a window of five minutes: an outage of ours, or failures of hosts."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, insert, select

from worker.database.engine import writing
from worker.database.feed_tables import FeedRow, PollRow
from worker.errors import ErrorClass
from worker.manage.feeds import NewFeed, add_feeds
from worker.store.network_outages import Outages
from worker.values.due_feeds import Streak

BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, INSTANT = timedelta(minutes=1), timedelta(microseconds=1)
WITHIN, AFTER = BEGAN + 2 * MINUTE, BEGAN + 10 * MINUTE
CUT_OFF = Streak(attempts=1, last_class=ErrorClass.CONNECT, last_at=WITHIN)


def _poll(store: Engine, hosts: Iterable[int], error_class: ErrorClass | None = None, at: datetime = WITHIN) -> None:
    """Write polls of hosts into the ledger, one feed of each."""
    urls = [f"https://h{number}.example/feed" for number in hosts]
    with writing(store) as connection:
        add_feeds(connection, BEGAN, [NewFeed(url) for url in urls])
        polled = {"started_at": at, "duration": timedelta(0), "outcome": "", "error_class": error_class}
        polled |= {"bytes": 0, "new": 0, "updated": 0}
        feed_ids = connection.execute(select(FeedRow.id).where(FeedRow.url.in_(urls))).scalars().all()
        connection.execute(insert(PollRow), [polled | {"feed_id": feed_id} for feed_id in feed_ids])


@pytest.mark.parametrize(("answered", "cut_off", "was_outage"), [(9, 11, True), (10, 10, False), (11, 9, False)])
def test_it_was_an_outage_when_more_than_half_of_the_hosts_were_out_of_reach(
    store: Engine, answered: int, cut_off: int, was_outage: bool
) -> None:
    _poll(store, range(answered))
    _poll(store, range(answered, answered + cut_off), ErrorClass.CONNECT)
    assert Outages(store).explains(CUT_OFF, AFTER) is was_outage


@pytest.mark.parametrize(("hosts", "was_outage"), [(0, False), (19, False), (20, True)])
def test_fewer_than_twenty_hosts_say_nothing(store: Engine, hosts: int, was_outage: bool) -> None:
    if hosts:
        _poll(store, range(hosts), ErrorClass.DNS)
    assert Outages(store).explains(CUT_OFF, AFTER) is was_outage


def test_a_host_is_one_host_however_often_it_was_polled(store: Engine) -> None:
    for _ in range(2):
        _poll(store, range(19), ErrorClass.DNS)
    assert not Outages(store).explains(CUT_OFF, AFTER)


def test_a_host_that_answered_often_outweighs_no_others(store: Engine) -> None:
    _poll(store, range(11), ErrorClass.CONNECT)
    for _ in range(2):
        _poll(store, range(11, 20))
    assert Outages(store).explains(CUT_OFF, AFTER)


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (BEGAN - INSTANT, False),
        (BEGAN, True),
        (BEGAN + 5 * MINUTE - INSTANT, True),
        (BEGAN + 5 * MINUTE, False),
    ],
)
def test_a_window_is_five_full_minutes_and_its_end_is_the_next_ones(store: Engine, at: datetime, counts: bool) -> None:
    _poll(store, range(20), ErrorClass.TIMEOUT)
    _poll(store, range(20, 40), at=at)
    assert Outages(store).explains(CUT_OFF, AFTER) is not counts


@pytest.mark.parametrize(("at", "was_outage"), [(BEGAN, True), (BEGAN + 5 * MINUTE, False)])
def test_a_failure_is_judged_by_the_window_that_it_fell_into(store: Engine, at: datetime, was_outage: bool) -> None:
    _poll(store, range(20), ErrorClass.TIMEOUT, at=BEGAN)
    failed = Streak(attempts=1, last_class=ErrorClass.CONNECT, last_at=at)
    assert Outages(store).explains(failed, AFTER) is was_outage


def test_a_host_that_answered_with_a_failure_of_its_own_was_in_reach(store: Engine) -> None:
    _poll(store, range(11), ErrorClass.CONNECT)
    _poll(store, range(11, 22), ErrorClass.HTTP_5XX)
    assert not Outages(store).explains(CUT_OFF, AFTER)


def test_a_host_that_answered_only_once_was_in_reach(store: Engine) -> None:
    _poll(store, range(20), ErrorClass.CONNECT)
    _poll(store, range(10), at=WITHIN + MINUTE)
    assert not Outages(store).explains(CUT_OFF, AFTER)


@pytest.mark.parametrize("last_class", [ErrorClass.HTTP_5XX, ErrorClass.PARSE, None])
def test_what_the_host_itself_said_was_no_outage_though_most_others_were_out_of_reach(
    store: Engine, last_class: ErrorClass | None
) -> None:
    _poll(store, range(20), ErrorClass.CONNECT)
    failed = Streak(attempts=1, last_class=last_class, last_at=WITHIN)
    assert not Outages(store).explains(failed, AFTER)


def test_a_feed_that_was_never_polled_was_in_no_outage(store: Engine) -> None:
    assert not Outages(store).explains(Streak(last_class=ErrorClass.CONNECT), AFTER)


def test_a_window_that_is_not_over_is_judged_again(store: Engine) -> None:
    outages = Outages(store)
    _poll(store, range(19), ErrorClass.CONNECT)
    assert not outages.explains(CUT_OFF, BEGAN + 4 * MINUTE)
    _poll(store, [19], ErrorClass.CONNECT)
    assert outages.explains(CUT_OFF, AFTER)


def test_what_was_found_of_a_window_that_is_over_outlives_its_polls(store: Engine) -> None:
    outages = Outages(store)
    _poll(store, range(20), ErrorClass.CONNECT)
    assert outages.explains(CUT_OFF, AFTER)
    with writing(store) as connection:
        connection.execute(delete(PollRow))
    assert outages.explains(CUT_OFF, AFTER)


@pytest.mark.parametrize(("cut_off", "was_outage"), [(range(9, 20), True), (range(11, 20), False)])
def test_an_outage_of_most_of_a_busy_window_is_found_wherever_in_it_it_was(
    store: Engine, cut_off: range, was_outage: bool
) -> None:
    for number in range(20):
        hosts = range(number * 60, (number + 1) * 60)
        error_class = ErrorClass.CONNECT if number in cut_off else None
        _poll(store, hosts, error_class, BEGAN + number * 15 * timedelta(seconds=1))
    assert Outages(store).explains(CUT_OFF, AFTER) is was_outage
