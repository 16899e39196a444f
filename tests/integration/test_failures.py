"""Failing feeds: what is held against them, when they are given up, and how they come back."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from time import sleep
from time import time as clock_time

import pytest
from sqlalchemy import select, update

from tests.documents import item, rss
from tests.polling import add, hosts, make_due, now_of, poll, poll_again, schedule
from tests.servers.publisher import Answer, Publisher
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.errors import ErrorClass
from worker.manage.feeds import resume_feed
from worker.pipeline.tools import Tools
from worker.values.due_feeds import FeedState, Streak

# Seconds: windows by which outages are judged, and more than a test takes.
WINDOW, SPAN = 300, 20
# Nobody listens on the discard port; each address is a host of its own.
SILENT = [f"http://127.0.1.{number}:9/feed" for number in range(1, 26)]


@pytest.fixture
def answering() -> Iterator[Iterator[str]]:
    """As many feeds as are asked for, each on a host of its own that answers."""
    with ExitStack() as stack:
        publishers = (stack.enter_context(Publisher(f"127.0.2.{number}")) for number in range(1, 26))
        yield (publisher.serve("/feed", rss([item("one")])) for publisher in publishers)


@pytest.fixture
def _within_a_window() -> None:
    """Begin well before the next window of five minutes: of one that is halved none has enough hosts to judge by."""
    left = WINDOW - clock_time() % WINDOW
    if left < SPAN:
        sleep(left)


def _failures(tools: Tools, url: str) -> tuple[int, int]:
    """The failures of a feed that are held against it, and all in a row."""
    with reading(tools.engine) as connection:
        query = select(ScheduleRow.failures, ScheduleRow.attempts).join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
        row = connection.execute(query.where(FeedRow.url == url)).one()
    return row.failures, row.attempts


@pytest.mark.usefixtures("_within_a_window")
def test_a_host_out_of_reach_is_not_held_against_its_feed_at_once(tools: Tools) -> None:
    add(tools, SILENT[0])
    (record,) = poll(tools)
    assert _failures(tools, SILENT[0]) == (0, 1)
    assert "not held against it yet" in record.next_poll.reason


@pytest.mark.usefixtures("_within_a_window")
def test_it_is_held_against_it_when_other_hosts_were_in_reach(tools: Tools, answering: Iterator[str]) -> None:
    add(tools, SILENT[0], *islice(answering, 20))
    poll(tools)
    make_due(tools)
    poll(tools)
    assert _failures(tools, SILENT[0]) == (1, 2)


@pytest.mark.usefixtures("_within_a_window")
def test_it_is_held_against_it_when_too_few_hosts_were_polled_to_tell(tools: Tools) -> None:
    add(tools, *SILENT[:19])
    poll(tools)
    make_due(tools)
    poll(tools)
    assert _failures(tools, SILENT[0]) == (1, 2)


@pytest.mark.usefixtures("_within_a_window")
def test_an_outage_of_ours_is_held_against_nobody(tools: Tools, answering: Iterator[str]) -> None:
    add(tools, *SILENT[:13], *islice(answering, 12))
    poll(tools)
    make_due(tools)
    poll(tools)
    assert {_failures(tools, url) for url in SILENT[:13]} == {(0, 2)}


@pytest.mark.usefixtures("_within_a_window")
def test_what_many_feeds_of_one_host_tell_counts_once(tools: Tools, answering: Iterator[str]) -> None:
    dead = [f"http://127.0.1.1:9/{number}" for number in range(40)]
    add(tools, *dead, *islice(answering, 20))
    poll(tools)
    make_due(tools)
    poll(tools)
    assert _failures(tools, dead[0])[0] == 1


@pytest.mark.usefixtures("_within_a_window")
def test_an_outage_makes_nobody_wait_longer_than_usual(tools: Tools) -> None:
    add(tools, *SILENT)
    for _ in range(6):
        make_due(tools)
        poll(tools)
    with reading(tools.engine) as connection:
        rows = connection.execute(select(ScheduleRow.next_poll_at, ScheduleRow.last_attempt_at, ScheduleRow.attempts))
        assert all(row.next_poll_at - row.last_attempt_at < timedelta(hours=2) and row.attempts == 6 for row in rows)


def test_a_success_clears_the_record(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(status=500))
    add(tools, publisher.url("/feed"))
    poll(tools)
    publisher.serve("/feed", rss([item("one")]))
    poll_again(tools)
    stored = schedule(tools)
    assert (stored.failures, stored.attempts, stored.failing_since, stored.error_class) == (0, 0, None, None)


def _lose_workers(tools: Tools, times: int, *, isolated: bool = False) -> None:
    """As if the workers that polled the one feed had been lost so often."""
    with writing(tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(claim_attempts=times))
        connection.execute(update(HostRow).values(isolated=isolated))


@pytest.mark.parametrize("status", [200, 304, 404, 429, 500])
def test_a_poll_whose_worker_lived_clears_the_feed_of_lost_workers_however_it_ended(
    tools: Tools, publisher: Publisher, status: int
) -> None:
    add(tools, publisher.on("/feed", Answer(rss([item("one")]), status=status)))
    _lose_workers(tools, 2)
    (record,) = poll(tools)
    assert (record.http_status, schedule(tools).claim_attempts) == (status, 0)


@pytest.mark.parametrize("status", [200, 500])
def test_a_poll_ends_the_isolation_of_its_host(tools: Tools, publisher: Publisher, status: int) -> None:
    add(tools, publisher.on("/feed", Answer(rss([item("one")]), status=status)))
    _lose_workers(tools, 5, isolated=True)
    poll(tools)
    (host,) = hosts(tools)
    assert (host.isolated, host.lease_token, schedule(tools).claim_attempts) == (False, None, 0)


def test_a_worker_that_lost_its_lease_clears_nothing(tools: Tools, publisher: Publisher) -> None:
    def respond(_request: object) -> Answer:
        with writing(tools.engine) as connection:
            connection.execute(update(HostRow).values(lease_token="its successor's"))
        return Answer(status=500)

    add(tools, publisher.on("/feed", respond))
    _lose_workers(tools, 2)
    poll(tools)
    assert (schedule(tools).claim_attempts, schedule(tools).failures) == (2, 0)


@pytest.fixture
def hopeless(tools: Tools, publisher: Publisher) -> str:
    """A feed that has answered 404 for a month."""
    publisher.on("/feed", Answer(status=404))
    add(tools, publisher.url("/feed"))
    poll(tools)
    with writing(tools.engine) as connection:
        since = read_clock(connection).now() - timedelta(days=31)
        connection.execute(update(ScheduleRow).values(failing_since=since, failures=40, attempts=40))
    return publisher.url("/feed")


def test_a_feed_that_fails_for_a_month_is_given_up_with_the_reason(tools: Tools, hopeless: str) -> None:
    record = poll_again(tools)
    with reading(tools.engine) as connection:
        feed = connection.execute(select(FeedRow.state, FeedRow.state_reason)).one()
        event = connection.execute(select(EventRow.details).where(EventRow.kind == "feed quarantined")).scalar_one()
    assert (feed.state, schedule(tools).next_poll_at, record.next_poll.at) == (FeedState.QUARANTINED, None, None)
    assert feed.state_reason.startswith("given up after 41 failures in 31 days")
    assert event == {"reason": feed.state_reason}


def test_a_feed_that_was_given_up_can_be_resumed(tools: Tools, publisher: Publisher, hopeless: str) -> None:
    poll_again(tools)
    publisher.serve("/feed", rss([item("one")]))
    with writing(tools.engine) as connection:
        feed_id = connection.execute(select(FeedRow.id)).scalar_one()
        resume_feed(connection, read_clock(connection).now(), feed_id)
    (record,) = poll(tools)
    assert record.new == 1


def test_a_month_of_downtime_of_ours_is_no_month_of_failures(tools: Tools, hopeless: str) -> None:
    with writing(tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(failures=2, attempts=2))
    assert poll_again(tools).next_poll.at is not None


def test_of_windows_that_were_judged_only_the_newest_are_remembered(tools: Tools) -> None:
    now = now_of(tools)
    oldest = datetime.combine(now - timedelta(days=30), time(), UTC)
    windows = [oldest + number * timedelta(minutes=5) for number in range(2_020)]
    # To judge each by the ledger takes seconds; the last are enough to tell.
    tools.outages._known |= dict.fromkeys(windows[:-8], False)
    for at in windows[-8:]:
        tools.outages.explains(Streak(attempts=1, failures=1, last_class=ErrorClass.DNS, last_at=at), now)
    assert sorted(tools.outages._known) == windows[-2_016:]
