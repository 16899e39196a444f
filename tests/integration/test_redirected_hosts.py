"""Redirects to other hosts: each is asked under its own lease, at its own pace, and answers for itself."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, select, update

from tests.documents import item, rss
from tests.polling import add, count, hold, hosts, make_due, now_of, poll
from tests.servers.messages import Request
from tests.servers.publisher import Answer, Publisher
from worker.claim.leasing import claim_as_guest, claim_due_hosts
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, PollRow, ScheduleRow
from worker.pipeline import poll_by_name, poll_due
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings
from worker.values.outcomes import Outcome, PollRecord

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def redirectors() -> Iterator[Sequence[Publisher]]:
    with ExitStack() as stack:
        yield [stack.enter_context(Publisher(f"127.0.1.{number}")) for number in range(1, 6)]


class _Counting:
    """Answers well after a while; tells how many requests were in flight at once, and when each began and ended."""

    def __init__(self) -> None:
        self.most = 0
        self.began: list[float] = []
        self.ended: list[float] = []
        self._in_flight = 0
        self._lock = threading.Lock()

    def __call__(self, _request: Request) -> Answer:
        with self._lock:
            self._in_flight += 1
            self.most = max(self.most, self._in_flight)
            self.began.append(time.monotonic())
        return Answer(self._body(), framing="chunked", pace=0.02)

    def _body(self) -> Iterator[bytes]:
        yield rss([item("one")])
        with self._lock:
            self._in_flight -= 1
            self.ended.append(time.monotonic())


def _redirect_all(tools: Tools, redirectors: Sequence[Publisher], to: str) -> None:
    add(tools, *(each.redirect("/feed", to, status=302) for each in redirectors))


def test_a_host_that_many_redirect_to_is_asked_one_thing_at_a_time_with_its_gap_between(
    store: Engine, publisher: Publisher, redirectors: Sequence[Publisher]
) -> None:
    gap = timedelta(seconds=0.2)
    tools = make_tools(Settings(allow_hosts=("127.0.0.0/8",), host_gap=gap), store)
    counting = _Counting()
    try:
        _redirect_all(tools, redirectors, publisher.on("/target", counting))
        records = poll(tools)
    finally:
        tools.close()
    assert [record.http_status for record in records] == [200] * 5
    assert counting.most == 1
    waits = [began - ended for ended, began in zip(counting.ended, counting.began[1:], strict=False)]
    assert min(waits) >= 0.19


def test_two_workers_ask_a_host_that_many_redirect_to_one_thing_at_a_time(
    tools: Tools, publisher: Publisher, redirectors: Sequence[Publisher]
) -> None:
    counting = _Counting()
    _redirect_all(tools, redirectors, publisher.on("/target", counting))
    # Each takes only some of the redirectors.
    others = make_tools(Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0)), tools.engine)
    workers = [replace(each, terms=replace(each.terms, hosts=2), slots=3) for each in (tools, others)]
    polled: list[PollRecord] = []
    threads = [threading.Thread(target=lambda each=each: polled.extend(poll(each))) for each in workers]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        others.close()
    assert [record.http_status for record in polled] == [200] * 5
    assert counting.most == 1


def test_a_redirect_to_another_port_is_one_to_another_host(tools: Tools, publisher: Publisher) -> None:
    with Publisher() as secure:
        add(tools, publisher.redirect("/feed", secure.serve("/feed", rss([item("one")])), status=302))
        poll(tools)
    assert {host.name for host in hosts(tools)} == {publisher.authority, secure.authority}
    assert all(host.next_request_at and host.lease_token is None for host in hosts(tools))


def test_redirects_lead_from_host_to_host_and_back(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as second, Publisher("127.0.0.3") as third:
        home = publisher.serve("/home", rss([item("one")]))
        target = second.redirect("/b", third.redirect("/c", home, status=302), status=302)
        add(tools, publisher.redirect("/feed", target, status=302))
        (record,) = poll(tools)
    assert record.outcome is Outcome.NEW
    assert [host.lease_token for host in hosts(tools)] == [None] * 3


def test_the_redirector_is_asked_for_other_feeds_while_one_waits_for_the_target(
    tools: Tools, publisher: Publisher
) -> None:
    with Publisher("127.0.0.2") as target:
        add(tools, target.url("/own"), publisher.redirect("/a", target.url("/a"), status=302))
        add(tools, publisher.serve("/b", rss([item("one")])))
        may_answer = threading.Event()
        target.on("/own", Answer(rss([]), hold=may_answer))
        target.serve("/a", rss([item("two")]))

        def stop() -> bool:
            if publisher.requests_of("/b"):
                may_answer.set()
            return False

        records = list(poll_due(tools, stop))
    assert [record.outcome for record in records].count(Outcome.NEW) == 2


def _lease(tools: Tools, name: str) -> None:
    with writing(tools.engine) as connection:
        claim_as_guest(connection, read_clock(connection).now(), tools.terms, [name])


def _schedule(tools: Tools, url: str) -> ScheduleRow:
    with reading(tools.engine) as connection:
        return connection.execute(select(ScheduleRow).join(FeedRow).where(FeedRow.url == url)).one()


def _poll_once(tools: Tools, stop: Callable[[], bool]) -> tuple[list[PollRecord], datetime | None]:
    """Return what was polled in one window, and by when those are to have their turn that were put off."""
    records: list[PollRecord] = []

    def poll_and_keep() -> Iterator[PollRecord]:
        ends.append((yield from poll_due(tools, stop)))

    ends: list[datetime | None] = []
    records += poll_and_keep()
    return records, ends[0]


def test_a_poll_whose_target_another_worker_holds_is_put_off_uncounted(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as target:
        url = publisher.redirect("/feed", target.serve("/feed", rss([item("one")])), status=302)
        add(tools, url)
        _lease(tools, target.authority)
        assert list(poll_due(tools, lambda: bool(publisher.requests))) == []
        assert target.requests == []
    waiting = _schedule(tools, url)
    assert waiting.next_poll_reason == f"waits for its turn at {target.authority}, where a redirect leads"
    assert 50 * SECOND < waiting.next_poll_at - now_of(tools) <= MINUTE
    assert (waiting.attempts, waiting.claim_attempts, waiting.last_attempt_at) == (0, 0, None)
    assert count(tools, PollRow) == 0
    assert {host.name: bool(host.lease_token) for host in hosts(tools)} == {
        publisher.authority: False,
        target.authority: True,
    }


def test_a_target_that_another_worker_gives_back_in_time_is_asked(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as target:
        add(tools, publisher.redirect("/feed", target.serve("/feed", rss([item("one")])), status=302))
        _lease(tools, target.authority)

        def stop() -> bool:
            if publisher.requests:
                with writing(tools.engine) as connection:
                    of_target = update(HostRow).where(HostRow.name == target.authority)
                    connection.execute(of_target.values(lease_token=None, lease_until=None))
            return False

        (record,) = poll_due(tools, stop)
    assert record.outcome is Outcome.NEW


def test_polls_behind_a_target_that_is_left_alone_are_put_off_until_it_may_be_asked_a_gap_apart(
    tools: Tools, publisher: Publisher, redirectors: Sequence[Publisher]
) -> None:
    _redirect_all(tools, redirectors, publisher.serve("/feed", rss([item("one")])))
    with writing(tools.engine) as connection:
        _, (host,) = claim_as_guest(connection, read_clock(connection).now(), tools.terms, [publisher.authority])
        held_until = read_clock(connection).now() + HOUR
        held = {"next_request_at": held_until, "held_until": held_until, "failures": 3, "gap": 5 * SECOND}
        free = {"lease_token": None, "lease_until": None, "claimable_at": None}
        connection.execute(update(HostRow).where(HostRow.id == host.host_id).values(**held, **free))
    assert poll(tools) == []
    assert publisher.requests == []
    moments = sorted(_schedule(tools, each.url("/feed")).next_poll_at for each in redirectors)
    assert moments[0] == held_until + 5 * SECOND
    assert [later - former for former, later in pairwise(moments)] == [5 * SECOND] * 4
    kept = next(host for host in hosts(tools) if host.name == publisher.authority)
    assert (kept.held_until, kept.next_request_at, kept.lease_token) == (held_until, held_until, None)


def test_a_poll_that_waits_for_nothing_but_a_targets_gap_says_by_when_it_has_its_turn(
    store: Engine, publisher: Publisher, redirectors: Sequence[Publisher]
) -> None:
    tools = make_tools(Settings(allow_hosts=("127.0.0.0/8",), host_gap=5 * SECOND), store)

    def is_begun() -> bool:
        return bool(publisher.requests) and all(each.requests for each in redirectors)

    try:
        _redirect_all(tools, redirectors, publisher.serve("/feed", rss([])))
        records, put_off_until = _poll_once(tools, is_begun)
        moments = {_schedule(tools, each.url("/feed")).next_poll_at for each in redirectors}
        assert len(records) < len(redirectors)
        assert put_off_until == max(at for at in moments if at - now_of(tools) < MINUTE)
    finally:
        tools.close()


def test_force_asks_a_target_that_wants_to_be_left_alone(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as target:
        url = publisher.redirect("/feed", target.serve("/feed", rss([item("one")])), status=302)
        add(tools, url)
        add(tools, target.url("/own"))
        hold(tools, target.authority)
        (without,) = poll_by_name(tools, [url], lambda: False)
        (forced,) = poll_by_name(tools, [url], lambda: False, force=True)
    assert without.record is None
    assert forced.record
    assert forced.record.outcome is Outcome.NEW


def test_an_address_that_may_not_be_dialled_leaves_no_host_behind(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.redirect("/feed", "http://10.0.0.1/feed", status=302))
    (record,) = poll(tools)
    assert record.outcome is Outcome.REJECTED
    assert [host.name for host in hosts(tools)] == [publisher.authority]


def test_a_target_of_its_own_feeds_is_asked_for_them_too(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as target:
        add(tools, target.serve("/own", rss([item("one")])))
        add(tools, publisher.redirect("/feed", target.serve("/feed", rss([item("two")])), status=302))
        for _ in range(2):
            assert len(poll(tools)) == 2
            make_due(tools)


def test_a_worker_that_dies_while_it_is_a_hosts_guest_is_not_held_against_that_hosts_feeds(
    tools: Tools, publisher: Publisher
) -> None:
    add(tools, publisher.url("/feed"))
    _lease(tools, publisher.authority)
    with writing(tools.engine) as connection:
        later = read_clock(connection).now() + tools.terms.lease + SECOND
        (host,) = claim_due_hosts(connection, later, tools.terms)
    assert len(host.feeds) == 1
    assert _schedule(tools, publisher.url("/feed")).claim_attempts == 0
