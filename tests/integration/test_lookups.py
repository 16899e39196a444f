"""Asking hosts for what is no poll: as politely as for polls, whatever happens meanwhile."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update

from tests.documents import item, page, rss
from tests.polling import add, hosts, now_of, poll, schedule, titles
from tests.servers.messages import Answer, Request
from tests.servers.publisher import Publisher
from worker.claim.leasing import claim_as_guest
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import HostRow
from worker.database.locks import HostRelease
from worker.discovery.adding import AddedFeed, add_by_url
from worker.errors import ErrorClass
from worker.pipeline.tools import Tools
from worker.store.polls import store_polls

FEED = rss([item("one")])


def _add(tools: Tools, url: str) -> AddedFeed:
    return add_by_url(tools, url, lambda: False)


def test_the_first_poll_comes_a_gap_after_the_look(tools: Tools, publisher: Publisher) -> None:
    gap = timedelta(seconds=0.5)
    slow = replace(tools, terms=replace(tools.terms, gap=gap))
    bodies = {"/": page("/feed"), "/feed": FEED}
    arrived: list[datetime] = []

    def respond(request: Request) -> Answer:
        arrived.append(now_of(tools))
        return Answer(bodies[request.path])

    for path in bodies:
        publisher.on(path, respond)
    _add(slow, publisher.url("/"))
    poll(slow)
    assert titles(tools) == ["one"]
    assert len(arrived) == 3
    assert all(later - earlier >= gap for earlier, later in pairwise(arrived))


def test_a_feed_that_asks_to_be_left_alone_while_we_look_is_added_and_not_polled_before(
    tools: Tools, publisher: Publisher
) -> None:
    _add(tools, publisher.on("/feed", Answer(status=429, headers={"Retry-After": "3600"})))
    stored = schedule(tools)
    assert stored.next_poll_at > now_of(tools) + timedelta(minutes=59)
    assert (stored.next_poll_reason, stored.held_until) == ("the publisher's Retry-After of 1h", stored.next_poll_at)
    assert hosts(tools)[0].claimable_at == stored.next_poll_at
    assert poll(tools) == []


def test_a_host_that_refuses_all_that_we_look_at_is_left_alone(tools: Tools, publisher: Publisher) -> None:
    for number in range(4):
        added = _add(tools, publisher.on(f"/{number}", Answer(status=429, headers={"Retry-After": "3600"})))
    (host,) = hosts(tools)
    assert host.held_until > now_of(tools) + timedelta(minutes=59)
    assert (host.failures, host.lease_token) == (3, None)
    assert host.claimable_at == host.next_request_at == host.held_until
    assert added.unseen
    assert "is not to be asked again before" in added.unseen.sentence
    assert [request.path for request in publisher.requests] == ["/0", "/1", "/2"]


def test_a_host_that_a_worker_polls_is_waited_for(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.url("/known"))
    (row,) = hosts(tools)
    with writing(tools.engine) as connection:
        now = read_clock(connection).now()
        _, (host,) = claim_as_guest(connection, now, tools.terms, [row.name])

    def give_back() -> None:
        with writing(tools.engine) as connection:
            store_polls(connection, [], [HostRelease(host.host_id, host.token, now)], now)

    url = publisher.serve("/feed", FEED)
    worker = threading.Timer(0.3, give_back)
    worker.start()
    added = _add(tools, url)
    worker.join()
    assert (added.feed.url, added.unseen) == (url, None)


def test_a_host_that_is_never_given_back_is_not_asked(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", FEED)
    add(tools, publisher.url("/known"))
    (row,) = hosts(tools)
    with writing(tools.engine) as connection:
        claim_as_guest(connection, read_clock(connection).now(), tools.terms, [row.name])
    added = add_by_url(tools, url, stop=lambda: True)
    assert added.unseen
    assert added.unseen.error_class is ErrorClass.BUSY
    assert "is being polled at the moment" in added.unseen.sentence
    assert publisher.requests == []


def test_no_other_worker_gets_the_host_while_we_look(tools: Tools, publisher: Publisher) -> None:
    seen: list[object] = []

    def respond(_request: object) -> Answer:
        with writing(tools.engine) as connection:
            (name,) = connection.execute(select(HostRow.name)).scalars()
            seen.extend(claim_as_guest(connection, read_clock(connection).now(), tools.terms, [name])[1])
        return Answer(FEED)

    publisher.on("/feed", respond)
    _add(tools, publisher.url("/feed"))
    assert seen == []
    assert len(publisher.requests) == 1
    assert [host.lease_token for host in hosts(tools)] == [None]


def test_a_host_whose_feed_may_be_killing_workers_is_not_asked_beside_it(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.url("/suspect"))
    with writing(tools.engine) as connection:
        connection.execute(update(HostRow).values(isolated=True))
    assert add_by_url(tools, publisher.url("/feed"), stop=lambda: True).unseen
    assert publisher.requests == []


def test_a_look_that_is_interrupted_gives_its_host_back(tools: Tools, publisher: Publisher) -> None:
    publisher.hang("/feed")
    asked = iter([False, False])

    def stop() -> bool:
        if (answer := next(asked, None)) is None:
            raise KeyboardInterrupt
        return answer

    with pytest.raises(KeyboardInterrupt):
        add_by_url(tools, publisher.url("/feed"), stop)
    assert [host.lease_token for host in hosts(tools)] == [None]
    assert tools.transfers.in_flight == 0
