"""A feed that has been dead for long is looked for on its site's page."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.documents import item, page, rss
from tests.grouping import wait_until_blocked
from tests.polling import add, count, lose, make_due, now_of, poll, poll_again, titles
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from worker.basics.urls import feed_url_key
from worker.claim.leasing import claim_as_guest
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.discovery.lost_feeds import Sought, seek_feeds
from worker.manage.feeds import find_feed
from worker.pipeline.tools import Tools
from worker.values.due_feeds import FeedState
from worker.values.outcomes import Outcome


def _seek(tools: Tools) -> list[Sought]:
    return list(seek_feeds(tools, lambda: False))


def _lose(tools: Tools, publisher: Publisher, path: str = "/old", **differing: dict[str, Any]) -> str:
    """Lose a feed of the site whose page is ``/``; return its URL."""
    return lose(tools, publisher.on(path, Answer(status=404)), publisher.url("/"), **differing)


def _feed(tools: Tools) -> Any:
    columns = (FeedRow.id, FeedRow.url, FeedRow.state, FeedRow.state_reason, FeedRow.sought_at, ScheduleRow)
    with reading(tools.engine) as connection:
        return connection.execute(select(*columns).join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)).one()


def test_a_lost_feed_moves_to_where_its_site_has_it_now(tools: Tools, publisher: Publisher) -> None:
    old = _lose(tools, publisher)
    publisher.serve("/", page("/old", "/new"), "text/html")
    new = publisher.serve("/new", rss([item("one")]))
    (sought,) = _seek(tools)
    assert (sought.url, sought.found_url) == (old, new)
    # The dead URL itself is not asked once more, and nothing beside.
    assert [request.target for request in publisher.requests] == ["/", "/new"]
    feed = _feed(tools)
    assert (feed.url, feed.state, feed.failing_since, feed.failures) == (new, FeedState.ACTIVE, None, 0)
    assert feed.next_poll_at <= now_of(tools)
    assert feed.next_poll_reason == "found again on its site's page"
    with reading(tools.engine) as connection:
        found = find_feed(connection, old)
        assert found
        assert found.url == new
        event = connection.execute(select(EventRow.kind, EventRow.details)).one()
    assert event == ("feed moved", {"from": old, "to": new, "merged_into": None})
    poll(tools)
    assert titles(tools) == ["one"]


@pytest.mark.parametrize(
    "state", [{"state": FeedState.GONE}, {"state": FeedState.QUARANTINED, "state_reason": "given up after 30 failures"}]
)
def test_a_feed_that_was_given_up_is_looked_for_too(tools: Tools, publisher: Publisher, state: dict[str, Any]) -> None:
    since = now_of(tools) - timedelta(minutes=1)
    _lose(tools, publisher, feed=state, schedule={"next_poll_at": None, "failing_since": since, "failures": 1})
    publisher.serve("/", page("/new"), "text/html")
    new = publisher.serve("/new", rss([item("one")]))
    _seek(tools)
    feed = _feed(tools)
    assert (feed.url, feed.state, feed.state_reason) == (new, FeedState.ACTIVE, None)
    poll(tools)
    assert titles(tools) == ["one"]


def test_validators_of_the_old_document_are_never_sent_to_the_new_url(tools: Tools, publisher: Publisher) -> None:
    stale = {"etag": '"1"', "last_modified": "Mon, 23 Nov 2026 07:30:00 GMT", "body_hash": b"x"}
    _lose(tools, publisher, schedule=stale)
    publisher.serve("/", page("/new"), "text/html")
    publisher.serve_validated("/new", rss([item("one")]), etag='"1"')
    _seek(tools)
    assert [record.outcome for record in poll(tools)] == [Outcome.NEW]


def test_a_lost_feed_never_takes_the_place_of_one_that_is_known(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/known", rss([item("one")])))
    poll(tools)
    old = _lose(tools, publisher)
    publisher.serve("/", page("/known"), "text/html")
    (sought,) = _seek(tools)
    assert (sought.url, sought.found_url, count(tools, FeedRow)) == (old, None, 2)
    assert sought.reason == "its site names feed 1, which is another"


def test_a_lost_feed_stays_where_it_is_when_another_takes_its_new_url_meanwhile(
    postgres_tools: Tools, publisher: Publisher
) -> None:
    tools, new = postgres_tools, publisher.serve("/new", rss([item("one")]))
    add(tools, "https://other.example/feed")
    _lose(tools, publisher)
    publisher.serve("/", page("/new"), "text/html")
    with ThreadPoolExecutor() as pool:
        with writing(tools.engine) as connection:
            taken = update(FeedRow).where(FeedRow.id == 1).values(url=new, url_key=feed_url_key(new))
            connection.execute(taken)
            seeking = pool.submit(_seek, tools)
            wait_until_blocked(tools.engine)
        (sought,) = seeking.result(10)
    assert (sought.found_url, sought.reason) == (None, "its site names feed 1, which is another")


def test_a_feed_that_is_found_nowhere_stays_as_it_is_for_a_week(tools: Tools, publisher: Publisher) -> None:
    old = _lose(tools, publisher)
    publisher.serve("/", page(), "text/html")
    before = _feed(tools)
    (sought,) = _seek(tools)
    after = _feed(tools)
    assert (sought.found_url, sought.reason) == (None, "it is a web page, and no feed of its site was found")
    assert (after.url, after.next_poll_at, after.failures) == (old, before.next_poll_at, before.failures)
    assert after.sought_at is not None
    assert _seek(tools) == []
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(sought_at=after.sought_at - timedelta(days=7)))
    assert len(_seek(tools)) == 1


def test_a_site_that_names_only_the_dead_url_moves_nothing(tools: Tools, publisher: Publisher) -> None:
    old = _lose(tools, publisher)
    publisher.serve("/", page("/old"), "text/html")
    (sought,) = _seek(tools)
    assert (sought.found_url, _feed(tools).url) == (None, old)
    assert publisher.requests_of("/old") == []


def test_a_feed_that_is_back_at_its_own_url_is_left_to_its_next_poll(tools: Tools, publisher: Publisher) -> None:
    old = _lose(tools, publisher, feed={"site_url": publisher.url("/old")})
    publisher.serve("/old", rss([item("one")]))
    (sought,) = _seek(tools)
    assert (sought.found_url, _feed(tools).url, count(tools, EventRow)) == (None, old, 0)


def test_a_site_url_that_is_none_means_the_feeds_own_host(tools: Tools, publisher: Publisher) -> None:
    _lose(tools, publisher, feed={"site_url": "urn:site"})
    publisher.serve("/", page("/new"), "text/html")
    new = publisher.serve("/new", rss([]))
    _seek(tools)
    assert _feed(tools).url == new


def test_a_site_that_asked_to_be_left_alone_is_left_alone_till_another_time(tools: Tools, publisher: Publisher) -> None:
    _lose(tools, publisher)
    publisher.serve("/", page(), "text/html")
    with writing(tools.engine) as connection:
        later = read_clock(connection).now() + timedelta(hours=1)
        connection.execute(update(HostRow).values(next_request_at=later))
    assert _seek(tools) == []
    assert publisher.requests == []
    assert _feed(tools).sought_at is None
    with reading(tools.engine) as connection:
        assert connection.execute(select(HostRow.next_request_at, HostRow.lease_token)).one() == (later, None)
    make_due(tools)
    assert len(_seek(tools)) == 1


def test_a_leased_host_is_left_alone_till_another_time(tools: Tools, publisher: Publisher) -> None:
    _lose(tools, publisher)
    publisher.serve("/", page(), "text/html")
    with writing(tools.engine) as connection:
        (name,) = connection.execute(select(HostRow.name)).scalars()
        claim_as_guest(connection, read_clock(connection).now(), tools.terms, [name])
    assert _seek(tools) == []
    assert publisher.requests == []
    assert _feed(tools).sought_at is None


def test_a_site_on_another_host_is_asked_while_the_feeds_own_is_held(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as site:
        leased: list[list[str]] = []

        def respond(_request: object) -> Answer:
            with reading(tools.engine) as connection:
                names = select(HostRow.name).where(HostRow.lease_token.is_not(None)).order_by(HostRow.name)
                leased.append(list(connection.execute(names).scalars()))
            return Answer(page("/new"), headers={"Content-Type": "text/html"})

        site.on("/", respond)
        new = site.serve("/new", rss([item("one")]))
        _lose(tools, publisher, feed={"site_url": site.url("/")})
        (sought,) = _seek(tools)
    assert sought.found_url == new
    # No poll of the old URL can end, and stop the feed with a 410, while it moves.
    assert leased == [[publisher.authority, site.authority]]


def test_one_that_cannot_be_asked_does_not_hold_up_the_others(tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as busy:
        _lose(tools, busy)
        _lose(tools, publisher)
        publisher.serve("/", page(), "text/html")
        with writing(tools.engine) as connection:
            later = read_clock(connection).now() + timedelta(hours=1)
            connection.execute(update(HostRow).where(HostRow.name == busy.authority).values(next_request_at=later))
        (sought,) = _seek(tools)
    assert sought.url == publisher.url("/old")


def test_one_task_looks_for_twenty_at_most(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/", Answer(status=404))
    for number in range(22):
        _lose(tools, publisher, path=f"/{number}")
    assert len(_seek(tools)) == 20
    assert len(_seek(tools)) == 2


def test_one_task_begins_nothing_when_its_time_is_over(tools: Tools, publisher: Publisher) -> None:
    _lose(tools, publisher)
    publisher.serve("/", page(), "text/html")
    hasty = replace(tools, limits=replace(tools.limits, stop_claiming=timedelta(0)))
    assert _seek(hasty) == []
    assert list(seek_feeds(tools, stop=lambda: True)) == []
    assert publisher.requests == []


def test_a_search_that_kills_its_worker_does_not_begin_again_at_once(tools: Tools, publisher: Publisher) -> None:
    _lose(tools, publisher)
    publisher.hang("/")
    asked = iter([False] * 4)

    def stop() -> bool:
        if (answer := next(asked, None)) is None:
            raise SystemExit
        return answer

    with pytest.raises(SystemExit):
        list(seek_feeds(tools, stop))
    assert len(publisher.requests) == 1
    assert _feed(tools).sought_at is not None
    assert _seek(tools) == []


@pytest.mark.parametrize(
    "meanwhile", [{"state": FeedState.PAUSED}, {"state": FeedState.REMOVED}, {"url": "https://other.example/"}]
)
def test_what_an_operator_did_meanwhile_stands(tools: Tools, publisher: Publisher, meanwhile: dict[str, str]) -> None:
    _lose(tools, publisher)
    publisher.serve("/", page("/new"), "text/html")

    def respond(_request: object) -> Answer:
        with writing(tools.engine) as connection:
            connection.execute(update(FeedRow).values(meanwhile))
        return Answer(rss([item("one")]))

    publisher.on("/new", respond)
    (sought,) = _seek(tools)
    assert (sought.found_url, sought.reason) == (None, "it was changed meanwhile")
    feed = _feed(tools)
    assert {name: getattr(feed, name) for name in meanwhile} == meanwhile


def test_a_feed_that_moved_is_polled_on_as_any_other(tools: Tools, publisher: Publisher) -> None:
    _lose(tools, publisher)
    publisher.serve("/", page("/new"), "text/html")
    publisher.serve("/new", rss([item("one")]))
    _seek(tools)
    poll(tools)
    publisher.serve("/new", rss([item("two"), item("one")]))
    assert poll_again(tools).new == 1
