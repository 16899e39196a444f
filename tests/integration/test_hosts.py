"""How hosts are treated: one thing at a time, with a gap, left alone when they ask, given back when we stop."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, select, update

from tests.documents import item, rss
from tests.polling import add, poll, schedule
from tests.servers.publisher import Answer, Publisher
from tests.waiting import wait_for
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.pipeline import poll_due
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings
from worker.values.due_feeds import FeedState
from worker.values.outcomes import Outcome, PollRecord


def test_a_busy_host_is_left_alone_with_all_its_feeds(tools: Tools, publisher: Publisher) -> None:
    busy = Answer(status=429, headers={"Retry-After": "3600"})
    add(tools, *(publisher.on(f"/{number}", busy) for number in range(9)))
    records = poll(tools)
    # Three feeds in a row tell that it is the host that is busy.
    assert len(records) == len(publisher.requests) == 3
    assert "Retry-After of 1h" in records[0].next_poll.reason


def test_a_feed_that_is_gone_is_stopped(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/feed", Answer(status=410))
    add(tools, publisher.url("/feed"))
    poll(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.state)).scalar_one() == FeedState.GONE
    _make_due_hosts_only(tools)
    assert poll(tools) == []


def _make_due_hosts_only(tools: Tools) -> None:
    with writing(tools.engine) as connection:
        connection.execute(update(HostRow).values(claimable_at=read_clock(connection).now() - timedelta(seconds=1)))


def test_a_hanging_feed_does_not_hold_up_its_neighbours(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as other:
        add(tools, publisher.hang("/hangs"), other.serve("/feed", rss([item("one")])))
        records = poll(tools)
    assert [record.outcome for record in records] == [Outcome.NEW, Outcome.TRANSIENT]


@pytest.mark.parametrize(("hanging", "is_at_once"), [(2, True), (0, False)])
def test_hosts_that_hang_give_their_slots_to_others_as_far_as_there_is_room_for_them(
    tools: Tools, publisher: Publisher, hanging: int, *, is_at_once: bool
) -> None:
    few = replace(tools, slots=2, hanging=hanging)
    with Publisher("127.0.0.2") as second, Publisher("127.0.0.3") as third:
        add(few, publisher.hang("/hangs"), second.hang("/hangs"))
        add(few, third.serve("/feed", rss([item("one")])))
        records = poll(few)
    (answered,) = (record for record in records if record.outcome is Outcome.NEW)
    hung = [record for record in records if record.outcome is Outcome.TRANSIENT]
    assert len(hung) == 2
    assert (answered.started_at < min(record.started_at + record.duration for record in hung)) is is_at_once


def test_one_host_is_asked_one_thing_at_a_time(tools: Tools, publisher: Publisher) -> None:
    in_flight = []
    most = []
    lock = threading.Lock()

    def respond(_request: object) -> Answer:
        with lock:
            in_flight.append(1)
            most.append(len(in_flight))

        def body() -> Iterator[bytes]:
            yield rss([])
            with lock:
                in_flight.pop()

        return Answer(body(), framing="chunked", pace=0.02)

    for number in range(10):
        publisher.on(f"/{number}", respond)
    add(tools, *(publisher.url(f"/{number}") for number in range(10)))
    assert len(poll(tools)) == 10
    assert max(most) == 1


def test_the_gap_between_two_requests_to_a_host_is_kept(store: Engine, publisher: Publisher) -> None:
    chosen = Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(seconds=0.3))
    tools = make_tools(chosen, store)
    try:
        add(tools, *(publisher.serve(f"/{number}", rss([])) for number in range(3)))
        records = sorted(poll(tools), key=lambda record: record.started_at)
    finally:
        tools.close()
    gaps = [later.started_at - former.started_at for former, later in pairwise(records)]
    assert min(gaps) >= timedelta(seconds=0.3)


def test_what_does_not_fit_between_the_gaps_is_given_back_uncounted(tools: Tools, publisher: Publisher) -> None:
    gap, stop_claiming = timedelta(seconds=0.5), timedelta(seconds=2)
    may_answer = threading.Event()
    add(tools, *(publisher.on(f"/{number}", Answer(rss([]), hold=may_answer)) for number in range(3)))
    _choose(tools, gap=gap)
    turns: list[float] = []

    def stop() -> bool:
        # Asked on every turn; three would fit, did the first one not take as long as there is.
        turns.append(time.monotonic())
        if turns[-1] - turns[0] > 2.1:
            may_answer.set()
        return False

    hasty = replace(tools, limits=replace(tools.limits, stop_claiming=stop_claiming))
    assert len(list(poll_due(hasty, stop))) == 1
    with reading(tools.engine) as connection:
        rest = connection.execute(select(ScheduleRow).where(ScheduleRow.last_attempt_at.is_(None))).all()
        host = connection.execute(select(HostRow)).one()
        now = read_clock(connection).now()
    assert [(each.claim_attempts, each.failures, each.next_poll_at < now) for each in rest] == [(0, 0, True)] * 2
    assert (host.lease_token, host.claimable_at - now <= gap) == (None, True)


def test_a_host_that_allows_two_requests_gets_two_at_a_time_and_never_three(tools: Tools, publisher: Publisher) -> None:
    release = threading.Event()
    for number in range(5):
        publisher.on(f"/{number}", Answer(rss([]), hold=release))
    add(tools, *(publisher.url(f"/{number}") for number in range(5)))
    _choose(tools, parallel=2)
    polls = poll_due(tools, lambda: False)
    polling = threading.Thread(target=lambda: polled.extend(polls))
    polled: list[PollRecord] = []
    polling.start()
    try:
        wait_for(lambda: len(publisher.requests) == 2, "two are in flight")
        with pytest.raises(AssertionError):
            wait_for(lambda: len(publisher.requests) > 2, "a third one begins", seconds=0.5)
    finally:
        release.set()
        polling.join()
    assert len(polled) == 5


def test_no_feed_is_asked_again_before_its_failure_is_stored(tools: Tools, publisher: Publisher) -> None:
    for number in range(3):
        publisher.on(f"/{number}", Answer(status=500))
    # The last to end, in a commit of its own, while those before it wait for the shared one.
    publisher.serve("/last", rss([item("one")]))
    add(tools, *(publisher.url(f"/{number}") for number in range(3)), publisher.url("/last"))
    assert len(poll(tools)) == len(publisher.requests) == 4


def test_a_host_is_asked_over_one_connection(tools: Tools, publisher: Publisher) -> None:
    add(tools, *(publisher.serve(f"/{number}", rss([item(f"n{number}")])) for number in range(20)))
    assert len(poll(tools)) == 20
    assert publisher.connections == 1


def _choose(tools: Tools, **chosen: object) -> None:
    with writing(tools.engine) as connection:
        connection.execute(update(HostRow).values(**chosen))


def test_stopping_gives_back_what_has_not_ended_uncounted(store: Engine, publisher: Publisher) -> None:
    tools = make_tools(Settings(allow_hosts=("127.0.0.0/8",)), store)
    try:
        add(tools, publisher.hang("/feed"))
        assert list(poll_due(tools, lambda: bool(publisher.requests))) == []
    finally:
        tools.close()
    stored = schedule(tools)
    with reading(tools.engine) as connection:
        assert connection.execute(select(HostRow.lease_token)).scalar_one() is None
    assert (stored.failures, stored.claim_attempts, stored.last_attempt_at) == (0, 0, None)


def test_a_caller_that_loses_interest_leaves_no_lease_behind(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as other:
        publisher.hang("/hangs")
        add(tools, publisher.url("/hangs"), other.serve("/feed", rss([item("one")])))
        polls = poll_due(tools, lambda: False)
        next(polls)
        polls.close()
    with reading(tools.engine) as connection:
        assert connection.execute(select(HostRow.lease_token)).scalars().all() == [None, None]


def test_no_slot_is_lost_over_many_polls(tools: Tools, publisher: Publisher) -> None:
    few = replace(tools, slots=2)
    add(few, *(publisher.serve(f"/{number}", rss([item(f"n{number}")])) for number in range(20)))
    assert len(poll(few)) == 20
