"""Time limits on PostgreSQL: what they interrupt ends on the server too, and its connection is not used again."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from tests.documents import item, rss
from tests.grouping import add_articles, before, group, news, partition, wait_until_blocked
from tests.polling import add, count, poll, schedule, titles
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from tests.stores import url_of
from tests.waiting import wait_for
from worker.database.article_tables import ArticleRow
from worker.database.conflicts import explain_failure
from worker.database.engine import (
    command_engine,
    forget_engines,
    open_store,
    reading,
    reading_at_leisure,
    store_engine,
    writing,
)
from worker.database.feed_tables import FeedRow, PollRow
from worker.pipeline import poll_due
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings, settings

OpenTransaction = Callable[[Engine], AbstractContextManager[Connection]]
SLEEP = text("SELECT pg_sleep(3600)")
ASLEEP = text("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()")
PID = text("SELECT pg_backend_pid()")
ALIVE = text("SELECT 1 FROM pg_stat_activity WHERE pid = :pid")


@pytest.fixture
def postgres_tools(postgres: Engine) -> Iterator[Tools]:
    tools = make_tools(Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0)), postgres)
    yield tools
    tools.close()


@contextmanager
def _interrupted(
    error: BaseException, when: Callable[[], None], also: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Raise an error from a signal once ``when`` returns, as Celery does when a task's time is over."""

    def interrupt(*_: object) -> None:
        also()
        raise error

    def wait() -> None:
        when()
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    former = signal.signal(signal.SIGALRM, interrupt)
    waiting = threading.Thread(target=wait)
    waiting.start()
    try:
        yield
    finally:
        waiting.join()
        signal.signal(signal.SIGALRM, former)


def _sleep(store: Engine, open_transaction: OpenTransaction, pids: list[int]) -> None:
    """Wait for the server in a transaction, having noted who it is that serves us."""
    with open_transaction(store) as connection:
        pids.append(connection.execute(PID).scalar_one())
        connection.execute(SLEEP)


def _wait_until_asleep(store: Engine) -> None:
    # Over a connection that is in nobody's pool.
    observer = open_store(url_of(store))

    def is_asleep() -> bool:
        with reading(observer) as connection:
            return connection.execute(ASLEEP).first() is not None

    wait_for(is_asleep, "the server sleeps in a transaction")
    observer.dispose()


def _show(store: Engine, setting: str) -> str:
    with reading(store) as connection:
        return connection.execute(text(f"SHOW {setting}")).scalar_one()


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded(), KeyboardInterrupt(), SystemExit()])
@pytest.mark.parametrize("open_transaction", [reading, writing])
def test_a_connection_that_was_interrupted_in_mid_query_is_gone_and_the_pool_goes_on(
    postgres: Engine, open_transaction: OpenTransaction, error: BaseException
) -> None:
    pids: list[int] = []
    with pytest.raises(type(error)), _interrupted(error, when=partial(_wait_until_asleep, postgres)):
        _sleep(postgres, open_transaction, pids)

    def has_ended() -> bool:
        with reading(postgres) as connection:
            return connection.execute(ALIVE, {"pid": pids[0]}).first() is None

    wait_for(has_ended, "the end of the interrupted query's backend")
    with writing(postgres) as connection:
        assert connection.execute(PID).scalar_one() not in pids


def test_a_connection_whose_statement_took_too_long_is_not_used_again(postgres: Engine) -> None:
    impatient = open_store(url_of(postgres), timedelta(milliseconds=200))
    pids: list[int] = []
    with pytest.raises(DBAPIError) as failed:
        _sleep(impatient, reading, pids)
    assert "took too long over one statement" in str(explain_failure(failed.value, impatient))
    with reading(impatient) as connection:
        assert connection.execute(PID).scalar_one() not in pids
    impatient.dispose()


def test_a_poll_that_is_interrupted_while_it_is_stored_is_not_held_against_its_feed(
    postgres_tools: Tools, publisher: Publisher
) -> None:
    tools = postgres_tools
    publisher.on("/a", Answer(rss([item("one")])))
    add(tools, publisher.url("/a"))
    with tools.engine.connect() as other:
        other.execute(select(FeedRow.id).with_for_update())
        # Where it waits for a lock, and not where Python would drop what a signal raises.
        blocked = partial(wait_until_blocked, tools.engine)
        interrupted = _interrupted(SoftTimeLimitExceeded(), when=blocked, also=other.rollback)
        with pytest.raises(SoftTimeLimitExceeded), interrupted:
            list(poll_due(tools, lambda: False))
    assert (count(tools, PollRow), count(tools, ArticleRow), schedule(tools).attempts) == (0, 0, 0)
    # Given back, so that the next task need not wait for the lease to end.
    assert [record.new for record in poll(tools)] == [1]
    assert titles(tools) == ["one"]


def test_articles_that_were_being_compared_when_a_task_was_interrupted_are_compared_again(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])

    def interrupt() -> None:
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded), before(store, " near_keys (", act=interrupt):
        group(store)
    group(store)
    assert partition(store) == [[1, 2]]


@pytest.fixture
def own(postgres: Engine) -> Iterator[Engine]:
    """The store as programs open it: the tests' own engine bears longer silence."""
    engine = open_store(url_of(postgres))
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("idle_in_transaction_session_timeout", "10s"), ("statement_timeout", "0"), ("TimeZone", "UTC")],
)
def test_each_connection_carries_its_limits(own: Engine, setting: str, value: str) -> None:
    assert _show(own, setting) == value


def test_only_a_tasks_statements_have_a_limit(postgres: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(postgres))
    settings.cache_clear()
    limits = {made: _show(made(), "statement_timeout") for made in (store_engine, command_engine)}
    forget_engines(is_forked=False)
    settings.cache_clear()
    assert limits == {store_engine: "30s", command_engine: "0"}


def test_what_the_url_says_is_what_holds(postgres: Engine) -> None:
    url = postgres.url.update_query_dict({"options": "-c statement_timeout=7s", "application_name": "mine"})
    own = open_store(url.render_as_string(hide_password=False), timedelta(seconds=30))
    assert _show(own, "statement_timeout") == "7s"
    assert _show(own, "application_name") == "mine"
    assert _show(own, "idle_in_transaction_session_timeout") == "10s"
    own.dispose()


def test_who_reads_a_listing_may_take_a_break(own: Engine) -> None:
    with reading_at_leisure(own) as connection:
        assert connection.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "0"
    assert _show(own, "idle_in_transaction_session_timeout") == "10s"


def test_what_was_read_is_read_though_the_server_ended_the_transaction_while_we_worked_on_it(postgres: Engine) -> None:
    options = "-c idle_in_transaction_session_timeout=200"
    impatient = open_store(postgres.url.update_query_dict({"options": options}).render_as_string(hide_password=False))

    def is_alive(pid: int) -> bool:
        with reading(postgres) as connection:
            return connection.execute(ALIVE, {"pid": pid}).first() is not None

    with reading(impatient) as connection:
        pid = connection.execute(PID).scalar_one()
        wait_for(lambda: not is_alive(pid), "the server ends the transaction")
    with reading(impatient) as connection:
        assert connection.execute(PID).scalar_one() != pid
    impatient.dispose()
