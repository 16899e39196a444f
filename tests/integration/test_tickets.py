"""Tickets: what has become of polls that were asked for together, whoever polls and whatever becomes of the feeds."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, update

from tests.documents import item, rss
from tests.polling import add, poll
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from tests.waiting import wait_for
from worker.cli.poll import print_answers
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow
from worker.database.locks import lock_feeds
from worker.database.ticket_tables import TicketRow
from worker.errors import NamedError
from worker.manage.feeds import pause_feed, remove_feed, resume_feed
from worker.pipeline.tickets import ask_for_polls, read_answers, wait_for_answers
from worker.pipeline.tools import Tools
from worker.retention.pruning import prune
from worker.settings import Settings
from worker.store.feed_moves import move_feed
from worker.values.due_feeds import FeedState
from worker.values.outcomes import Outcome
from worker.values.promised import PollAnswer

NO_TIME = timedelta(0)


def _never() -> bool:
    return False


@pytest.fixture
def url(tools: Tools, publisher: Publisher) -> str:
    """A feed with one item that has never been polled."""
    url = publisher.serve("/feed", rss([item("one")]))
    add(tools, url)
    return url


def _ask(tools: Tools, *names: str) -> int:
    return ask_for_polls(tools.engine, names).ticket_id


def _answers(tools: Tools, ticket_id: int) -> list[PollAnswer]:
    return wait_for_answers(tools.engine, ticket_id, NO_TIME, _never)


def _change(tools: Tools, change: Callable[[Connection, int], object], feed_id: int = 1) -> None:
    with writing(tools.engine) as connection:
        change(connection, feed_id)


def test_a_ticket_tells_what_the_poll_found_that_was_asked_for(tools: Tools, url: str) -> None:
    ticket = _ask(tools, url)
    (record,) = poll(tools)
    (answer,) = _answers(tools, ticket)
    assert answer.poll
    assert (answer.name, answer.feed_id, answer.reason, answer.is_waiting) == (url, 1, None, False)
    assert (answer.poll.started_at, answer.poll.outcome, answer.poll.new) == (record.started_at, Outcome.NEW, 1)


def test_a_poll_that_failed_is_an_answer_too(tools: Tools, publisher: Publisher) -> None:
    url = publisher.on("/feed", Answer(b"", 500))
    add(tools, url)
    ticket = _ask(tools, url)
    poll(tools)
    (answer,) = _answers(tools, ticket)
    assert answer.poll
    assert (answer.poll.outcome, answer.poll.error_class, answer.poll.http_status) == ("transient", "http 5xx", 500)


def test_the_first_poll_since_is_the_answer_and_stays_it(tools: Tools, url: str) -> None:
    ticket = _ask(tools, url)
    (first,) = poll(tools)
    _ask(tools, url)
    poll(tools)
    (answer,) = _answers(tools, ticket)
    assert answer.poll
    assert answer.poll.started_at == first.started_at


def test_a_poll_that_was_under_way_is_no_answer(tools: Tools, publisher: Publisher) -> None:
    may_answer = threading.Event()
    url = publisher.on("/feed", [Answer(rss([item("one")]), hold=may_answer), Answer(rss([item("two")]))])
    add(tools, url)
    with ThreadPoolExecutor(1) as other:
        under_way = other.submit(poll, tools)
        wait_for(lambda: publisher.requests, "the first poll has begun")
        ticket = _ask(tools, url)
        may_answer.set()
        records = under_way.result()
    # What was asked for meanwhile is polled by the same run, after the poll that was under way.
    (answer,) = _answers(tools, ticket)
    assert len(records) == len(publisher.requests) == 2
    assert answer.poll
    assert answer.poll.started_at == records[1].started_at


def test_who_waits_hears_of_it_as_soon_as_all_are_polled(tools: Tools, url: str) -> None:
    ticket = _ask(tools, url)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(wait_for_answers, tools.engine, ticket, None, _never)
        assert not waiting.done()
        poll(tools)
        (answer,) = waiting.result()
    assert answer.poll


def test_who_waits_may_stop_at_any_time(tools: Tools, url: str) -> None:
    (answer,) = wait_for_answers(tools.engine, _ask(tools, url), None, lambda: True)
    assert answer.is_waiting


def test_when_no_worker_runs_the_answer_says_so(tools: Tools, url: str) -> None:
    (answer,) = _answers(tools, _ask(tools, url))
    assert answer.is_waiting
    assert answer.reason == (
        f"{url} was not polled yet: nothing has been polled since it was asked for; is a worker running?"
    )


def test_when_others_are_polled_it_waits_for_a_worker(tools: Tools, url: str) -> None:
    with Publisher("127.0.0.2") as other:
        add(tools, other.serve("/feed", rss([])))
        _change(tools, lambda connection, _: _hold(connection, "127.0.0.1", lease_until=None))
        ticket = _ask(tools, url)
        poll(tools)
    (answer,) = _answers(tools, ticket)
    assert answer.reason == f"{url} was not polled yet: it waits for a worker."


def _hold(connection: Connection, host: str, **values: object) -> None:
    later = read_clock(connection).now() + timedelta(hours=1)
    held = update(HostRow).where(HostRow.name.startswith(host))
    connection.execute(held.values({"lease_token": "theirs", "lease_until": later, "claimable_at": later} | values))


def test_when_a_worker_has_the_host_the_answer_says_so(tools: Tools, url: str) -> None:
    ticket = _ask(tools, url)
    _change(tools, lambda connection, _: _hold(connection, "127.0.0.1"))
    (answer,) = _answers(tools, ticket)
    assert answer.reason == f"{url} was not polled yet: a worker is polling its host."


def test_when_its_host_is_left_alone_the_answer_says_until_when(tools: Tools, url: str) -> None:
    ticket = _ask(tools, url)

    def refuse(connection: Connection, _: int) -> None:
        until = read_clock(connection).now() + timedelta(hours=1)
        connection.execute(update(HostRow).values(failures=1, next_request_at=until, claimable_at=until))

    _change(tools, refuse)
    (answer,) = _answers(tools, ticket)
    assert answer.reason
    assert answer.reason.startswith(f"{url} was not polled yet: its host asked to be left alone until 20")


def test_names_that_cannot_be_polled_are_answers_in_their_places(tools: Tools, url: str) -> None:
    _change(tools, pause_feed)
    answers = _answers(tools, _ask(tools, "77", url, "https://unknown.example/feed", "\udcff"))
    assert [(answer.feed_id, answer.poll, answer.is_waiting) for answer in answers] == [(None, None, False)] * 4
    assert [answer.reason for answer in answers] == [
        "There is no feed 77: `feedmill feeds` lists them, `feedmill add URL` adds one.",
        f"{url} is paused (paused by its operator): `feedmill resume 1` first.",
        "There is no feed https://unknown.example/feed: `feedmill feeds` lists them, `feedmill add URL` adds one.",
        " names no feed: it holds NUL, or bytes that are not UTF-8.",
    ]


def test_a_feed_that_was_paused_meanwhile_is_not_waited_for_until_it_is_resumed(tools: Tools, url: str) -> None:
    ticket = _ask(tools, url)
    _change(tools, pause_feed)
    (paused,) = _answers(tools, ticket)
    assert (paused.is_waiting, paused.reason) == (
        False,
        f"{url} is paused (paused by its operator): `feedmill resume 1` first.",
    )
    _change(tools, lambda connection, feed: resume_feed(connection, read_clock(connection).now(), feed))
    poll(tools)
    (resumed,) = _answers(tools, ticket)
    assert resumed.poll


@pytest.mark.parametrize("state", [FeedState.QUARANTINED, FeedState.GONE])
def test_a_feed_that_has_ended_meanwhile_is_not_waited_for(tools: Tools, url: str, state: FeedState) -> None:
    ticket = _ask(tools, url)
    ended = update(FeedRow).values(state=state, state_reason="so it is")
    _change(tools, lambda connection, _: connection.execute(ended))
    (answer,) = _answers(tools, ticket)
    assert (answer.is_waiting, answer.reason) == (False, f"{url} is {state} (so it is): `feedmill resume 1` first.")


@pytest.mark.parametrize("articles", [False, True])
def test_a_feed_that_was_removed_meanwhile_is_not_waited_for(tools: Tools, url: str, articles: bool) -> None:
    ticket = _ask(tools, url)
    _change(tools, lambda connection, feed: remove_feed(connection, feed, articles=articles))
    (answer,) = _answers(tools, ticket)
    assert (answer.is_waiting, answer.reason) == (False, f"{url} was removed before it was polled.")


def test_of_a_feed_that_was_merged_meanwhile_the_polls_of_the_other_one_count(
    tools: Tools, publisher: Publisher, url: str
) -> None:
    new = publisher.serve("/new", rss([item("one")]))
    ticket = _ask(tools, url)
    add(tools, new)

    def merge(connection: Connection, feed_id: int) -> None:
        lock_feeds(connection, [1, 2])
        move_feed(connection, read_clock(connection).now(), feed_id, new)

    _change(tools, merge)
    assert [answer.is_waiting for answer in _answers(tools, ticket)] == [True]
    poll(tools)
    (answer,) = _answers(tools, ticket)
    assert answer.poll
    assert (answer.name, answer.feed_id, answer.poll.url) == (url, 2, new)


def test_a_ticket_that_nobody_was_given_is_refused_in_a_sentence(tools: Tools) -> None:
    with pytest.raises(NamedError, match="There is no ticket 7: it is of another store, or was asked for longer ago"):
        _answers(tools, 7)


def test_a_ticket_is_kept_as_long_as_polls(tools: Tools, url: str) -> None:
    old, new = _ask(tools, url), _ask(tools, url)
    with writing(tools.engine) as connection:
        long_ago = read_clock(connection).now() - timedelta(days=15)
        connection.execute(update(TicketRow).where(TicketRow.id == old).values(asked_at=long_ago))
    assert prune(tools.engine, Settings()).tickets == 1
    assert len(_answers(tools, new)) == 1
    with pytest.raises(NamedError), reading(tools.engine) as connection:
        read_answers(connection, old)


def test_asking_asks_in_the_store(tools: Tools, url: str) -> None:
    poll(tools)
    _ask(tools, url, "1")
    with reading(tools.engine) as connection:
        assert connection.execute(select(FeedRow.id)).scalars().all() == [1]
    assert len(poll(tools)) == 1


def test_a_command_prints_what_the_poll_found(tools: Tools, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    ticket = _ask(tools, url)
    poll(tools)
    assert print_answers(_answers(tools, ticket)) == 0
    assert capsys.readouterr().out.startswith(f"{url}  1 new, 0 updated; next in ")
