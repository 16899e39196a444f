"""What an operator says while a feed is polled: it holds, and what the poll had read is stored all the same."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from tests.documents import item, rss
from tests.grouping import wait_until_blocked
from tests.polling import add, count, make_due, now_of, poll, titles
from tests.servers.messages import Answer, Request
from tests.servers.publisher import Publisher
from tests.storing import kinds, lease, read
from tests.waiting import PATIENCE
from worker.claim.due import request_polls
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, PollRow, ScheduleRow
from worker.manage.feeds import pause_feed, remove_feed, resume_feed
from worker.manage.intervals import choose_interval
from worker.pipeline.conclude import store_prepared
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings

Word = Callable[[Connection], object]
ONE = rss([item("one")])
ANSWERS = pytest.mark.parametrize(
    "answer", [Answer(ONE), Answer(status=410), Answer(status=500)], ids=["news", "gone", "an error"]
)


def _serve_while(tools: Tools, publisher: Publisher, word: Word, *answers: Answer) -> str:
    """Serve answers, the last one for ever; while the first is waited for the operator speaks."""
    said: list[None] = []
    rest = iter(answers)

    def respond(_request: Request) -> Answer:
        if not said:
            said.append(None)
            with writing(tools.engine) as connection:
                word(connection)
        return next(rest, answers[-1])

    return publisher.on("/feed", respond)


def _remove(connection: Connection) -> None:
    remove_feed(connection, 1, articles=False)


def _delete(connection: Connection) -> None:
    remove_feed(connection, 1, articles=True)


def _pause(connection: Connection) -> None:
    pause_feed(connection, 1)


def _resume(connection: Connection) -> None:
    resume_feed(connection, read_clock(connection).now(), 1)


def _feed(tools: Tools) -> Any:
    columns = (FeedRow.state, FeedRow.state_reason, FeedRow.options, ScheduleRow.next_poll_at)
    facts = (ScheduleRow.next_poll_reason, ScheduleRow.requested_at, ScheduleRow.failures, ScheduleRow.etag)
    with reading(tools.engine) as connection:
        return connection.execute(select(*columns, *facts).join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)).one()


@ANSWERS
@pytest.mark.parametrize(("word", "state"), [(_remove, "removed"), (_pause, "paused")], ids=["removed", "paused"])
def test_a_feed_that_is_stopped_during_a_poll_is_as_its_operator_says(
    tools: Tools, publisher: Publisher, word: Word, state: str, answer: Answer
) -> None:
    add(tools, _serve_while(tools, publisher, word, answer))
    poll(tools)
    feed, reason = _feed(tools), f"{state} by its operator"
    assert (feed.state, feed.state_reason) == (state, reason)
    assert (feed.next_poll_at, feed.next_poll_reason) == (None, reason)
    assert "feed gone" not in kinds(tools)


@pytest.mark.parametrize("word", [_remove, _pause], ids=["removed", "paused"])
def test_what_was_read_of_a_feed_that_is_stopped_meanwhile_is_stored_and_told(
    tools: Tools, publisher: Publisher, word: Word
) -> None:
    add(tools, _serve_while(tools, publisher, word, Answer(ONE)))
    (record,) = poll(tools)
    assert (titles(tools), record.new, count(tools, PollRow)) == (["one"], 1, 1)
    assert kinds(tools) == ["article created"]


@pytest.mark.parametrize("status", [410, 500])
def test_a_feed_that_is_resumed_during_a_poll_that_fails_is_polled_again_at_once(
    tools: Tools, publisher: Publisher, status: int
) -> None:
    add(tools, _serve_while(tools, publisher, _resume, Answer(status=status), Answer(ONE)))
    records = poll(tools)
    assert [record.http_status for record in records] == [status, 200]
    feed = _feed(tools)
    assert (feed.state, feed.failures, titles(tools)) == ("active", 0, ["one"])
    assert "feed gone" not in kinds(tools)


@ANSWERS
def test_an_interval_that_is_chosen_during_a_poll_decides_when_the_next_one_is(
    tools: Tools, publisher: Publisher, answer: Answer
) -> None:
    def choose(connection: Connection) -> None:
        choose_interval(connection, read_clock(connection).now(), 1, timedelta(days=3), tools.bounds)

    add(tools, publisher.serve("/feed", rss([])))
    poll(tools)
    make_due(tools)
    _serve_while(tools, publisher, choose, answer)
    poll(tools)
    feed = _feed(tools)
    assert feed.options == {"interval": timedelta(days=3).total_seconds()}
    assert timedelta(days=2) < feed.next_poll_at - now_of(tools) <= timedelta(days=3)
    assert feed.state == "active"


def test_a_feed_that_is_deleted_during_a_poll_leaves_nothing_but_a_note(tools: Tools, publisher: Publisher) -> None:
    add(tools, _serve_while(tools, publisher, _delete, Answer(ONE)))
    (record,) = poll(tools)
    assert record.note == "its feed was deleted meanwhile: nothing of it was stored"
    assert (record.new, record.error) == (0, None)
    assert [count(tools, table) for table in (FeedRow, ScheduleRow, ArticleRow, SightingRow, PollRow)] == [0] * 5


@pytest.mark.parametrize("status", [410, 500])
def test_a_feed_that_is_deleted_during_a_poll_that_fails_leaves_nothing(
    tools: Tools, publisher: Publisher, status: int
) -> None:
    add(tools, _serve_while(tools, publisher, _delete, Answer(status=status)))
    poll(tools)
    assert (count(tools, FeedRow), count(tools, PollRow), kinds(tools)) == (0, 0, [])


def test_a_feed_that_is_deleted_during_a_poll_costs_no_feed_that_was_read_with_it(tools: Tools) -> None:
    deleted, other = lease(tools, "https://a.example/1", "https://a.example/2")
    reads = [read(tools, deleted, ONE), read(tools, other, rss([item("two", link="https://a.example/two")]))]
    now = now_of(tools)
    with reading(tools.engine) as connection:
        prepared = prepare_documents(connection, reads, now, None)
    with writing(tools.engine) as connection:
        remove_feed(connection, deleted.feed.feed_id, articles=True)
    with writing(tools.engine) as connection:
        records = store_prepared(connection, prepared, now)
    assert titles(tools) == ["two"]
    assert [record.new for record in records] == [0, 1]


@ANSWERS
def test_a_request_that_is_made_during_a_poll_is_answered_by_another_one(
    tools: Tools, publisher: Publisher, answer: Answer
) -> None:
    def request(connection: Connection) -> None:
        request_polls(connection, read_clock(connection).now(), [1])

    add(tools, _serve_while(tools, publisher, request, answer, Answer(ONE)))
    poll(tools)
    assert len(publisher.requests) == 2
    assert (titles(tools), _feed(tools).requested_at) == (["one"], None)


@pytest.fixture
def postgres_tools(postgres: Engine) -> Iterator[Tools]:
    tools = make_tools(Settings(), postgres)
    yield tools
    tools.close()


def _speak(tools: Tools, word: Word) -> None:
    with writing(tools.engine) as connection:
        word(connection)


@pytest.mark.parametrize("word", [_remove, _pause, _resume, _delete])
def test_an_operator_waits_for_a_poll_that_is_being_written(postgres_tools: Tools, word: Word) -> None:
    tools = postgres_tools
    (leased,) = lease(tools, "https://a.example/1")
    with ThreadPoolExecutor() as pool:
        with writing(tools.engine) as connection:
            prepared = prepare_documents(connection, [read(tools, leased, ONE)], now_of(tools), None)
            store_prepared(connection, prepared, now_of(tools))
            speaking = pool.submit(_speak, tools, word)
            wait_until_blocked(tools.engine)
        speaking.result(PATIENCE)
    assert titles(tools) == ([] if word is _delete else ["one"])


@pytest.mark.parametrize(("word", "state"), [(_remove, "removed"), (_pause, "paused")])
def test_a_poll_waits_for_an_operator_who_is_speaking_and_leaves_the_feed_as_it_is_told(
    postgres_tools: Tools, word: Word, state: str
) -> None:
    tools = postgres_tools
    (leased,) = lease(tools, "https://a.example/1")
    with reading(tools.engine) as connection:
        prepared = prepare_documents(connection, [read(tools, leased, ONE, etag='"1"')], now_of(tools), None)

    def store() -> None:
        with writing(tools.engine) as connection:
            store_prepared(connection, prepared, now_of(tools))

    with ThreadPoolExecutor() as pool:
        with writing(tools.engine) as connection:
            word(connection)
            storing = pool.submit(store)
            wait_until_blocked(tools.engine)
        storing.result(PATIENCE)
    feed = _feed(tools)
    assert (feed.state, feed.next_poll_at, feed.etag, titles(tools)) == (state, None, None, ["one"])
