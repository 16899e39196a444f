"""Polling names of one domain that one server has: they are asked as one host, from the first window on."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.documents import item, rss
from tests.polling import add, hosts, make_due, poll
from tests.servers.messages import Request
from tests.servers.publisher import Answer, Publisher
from worker.claim.leasing import claim_due_hosts
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.pipeline.tools import Tools

USERS = [f"user{number}" for number in range(6)]


@pytest.fixture
def add_users(tools: Tools, publisher: Publisher) -> Callable[[], str]:
    """Add a feed of each user at names of one domain; the function returns the name of the row that they will share."""

    def add_all() -> str:
        add(tools, *(publisher.url(f"/{user}", f"{user}.blogs.localhost") for user in USERS))
        return f"*.blogs.localhost:{publisher.port}@127.0.0.1"

    return add_all


def _leased(tools: Tools) -> set[str]:
    with reading(tools.engine) as connection:
        query = select(HostRow.name).join(ScheduleRow, ScheduleRow.host_id == HostRow.id)
        return set(connection.execute(query).scalars())


def test_names_that_are_met_in_one_window_are_asked_one_after_the_other(
    tools: Tools, publisher: Publisher, add_users: Callable[[], str]
) -> None:
    lock, in_flight, most = threading.Lock(), [0], [0]

    def respond(request: Request) -> Answer:
        def body() -> Iterator[bytes]:
            with lock:
                in_flight[0] += 1
                most[0] = max(most[0], in_flight[0])
            yield rss([item(request.path)])
            with lock:
                in_flight[0] -= 1

        return Answer(body(), framing="chunked", pace=0.02)

    for user in USERS:
        publisher.on(f"/{user}", respond)
    shared = add_users()
    assert len(poll(tools)) == len(USERS)
    assert most == [1]
    assert _leased(tools) == {shared}


def test_after_that_no_two_workers_ask_them_at_once(
    tools: Tools, publisher: Publisher, add_users: Callable[[], str]
) -> None:
    for user in USERS:
        publisher.serve(f"/{user}", rss([item(user)]))
    shared = add_users()
    poll(tools)
    make_due(tools)
    with writing(tools.engine) as connection:
        now = read_clock(connection).now()
        # Rows without feeds were made claimable too.
        (host,) = (each for each in claim_due_hosts(connection, now, tools.terms) if each.feeds)
        assert claim_due_hosts(connection, now, tools.terms) == []
    assert (host.name, len(host.feeds)) == (shared, len(USERS))


def test_three_refusals_of_some_names_hold_all_that_are_met_with_them(
    tools: Tools, publisher: Publisher, add_users: Callable[[], str]
) -> None:
    for user in USERS:
        publisher.on(f"/{user}", Answer(status=429, headers={"Retry-After": "3600"}))
    shared = add_users()
    assert len(poll(tools)) == len(publisher.requests) == 3
    # Those that were not asked are hosts of their own still, and left alone all the same.
    leased = _leased(tools)
    (row,) = (host for host in hosts(tools) if host.name == shared)
    assert all(host.next_request_at >= row.held_until for host in hosts(tools) if host.name in leased)
    assert row.failures == 3
    assert row.claimable_at >= row.held_until > row.next_request_at - timedelta(seconds=1)


def test_a_name_that_a_redirect_leads_to_goes_at_the_pace_of_its_siblings(
    tools: Tools, publisher: Publisher, add_users: Callable[[], str]
) -> None:
    for user in USERS:
        publisher.serve(f"/{user}", rss([item(user)]))
    shared = add_users()
    poll(tools)
    with Publisher("127.0.0.2") as elsewhere:
        target = publisher.url("/user0", "user0.blogs.localhost")
        add(tools, elsewhere.redirect("/feed", target, status=302))
        with writing(tools.engine) as connection:
            connection.execute(HostRow.__table__.update().values(next_request_at=None))
        (record,) = poll(tools)
    assert record.http_status == 200
    assert {host.name for host in hosts(tools) if host.next_request_at} == {shared, elsewhere.authority}
