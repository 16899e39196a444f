"""The deployment as it is meant to run: Celery workers and beat on Redis and PostgreSQL."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, func, select, text

from tests.documents import item, page, rss
from tests.servers.commands import Program
from tests.servers.publisher import Answer, Publisher, Request
from tests.stores import url_of
from tests.waiting import PATIENCE, wait_for
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, PollRow, ScheduleRow
from worker.database.tally_table import read_tallies
from worker.values.tallies import POLLS

Start = Callable[..., Program]
WORKER = ("celery", "-A", "worker", "worker", "--concurrency", "2")
BEAT = ("celery", "-A", "worker", "beat")


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def store(environment: dict[str, str], postgres: Engine, valkey_url: str, tmp_path: Path) -> Engine:
    """The deployment's store; the programs find it through their environment."""
    environment["FEEDMILL_DATABASE_URL"] = url_of(postgres)
    environment["FEEDMILL_BROKER_URL"] = valkey_url
    # One server serves many tests: each has its own queues.
    environment["FEEDMILL_BROKER_PREFIX"] = f"{tmp_path.name}:"
    return postgres


def _count(store: Engine, table: type[ArticleRow | PollRow]) -> int:
    with reading(store) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _count_told(store: Engine) -> float:
    """How many polls are told to whoever measures the deployment."""
    with reading(store) as connection:
        tallies = read_tallies(connection)
    return sum(value for (name, _, _), value in tallies.items() if name == POLLS.name)


def _titles(store: Engine) -> list[str]:
    with reading(store) as connection:
        return sorted(connection.execute(select(ArticleRow.title)).scalars())


def _add(feedmill: Callable[..., subprocess.CompletedProcess[str]], url: str) -> None:
    added = feedmill("add", url)
    assert (added.returncode, added.stderr) == (0, "")


def test_a_feed_is_polled_on_schedule_and_a_new_article_appears_once(
    store: Engine, start: Start, feedmill: Callable[..., subprocess.CompletedProcess[str]], publisher: Publisher
) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    _add(feedmill, url)
    start(*WORKER)
    start(*BEAT)
    wait_for(lambda: _titles(store) == ["one"], "the first article is stored")
    publisher.serve("/feed", rss([item("two"), item("one")]))
    wait_for(lambda: "two" in _titles(store), "the second article is stored")
    polls = _count(store, PollRow)
    wait_for(lambda: _count(store, PollRow) >= polls + 2, "two more polls")
    assert _titles(store) == ["one", "two"]
    # Whichever process polled, it added to the store's tallies what it had counted.
    wait_for(lambda: _count_told(store) >= polls + 2, "the polls are counted")


def test_a_lost_feed_is_found_again_by_a_worker(
    store: Engine, start: Start, feedmill: Callable[..., subprocess.CompletedProcess[str]], publisher: Publisher
) -> None:
    _add(feedmill, publisher.serve("/old", rss([], site=publisher.serve("/", page("/new"), "text/html"))))
    publisher.on("/old", Answer(status=410))
    publisher.serve("/new", rss([item("one")]))
    assert feedmill("poll", "1").returncode == 1
    start(*WORKER)
    start("celery", "-A", "worker", "call", "maintenance.seek_feeds")
    start(*BEAT)
    wait_for(lambda: _titles(store) == ["one"], "the feed is polled where it lives now")


def test_a_change_gets_its_position_and_reaches_a_webhook(
    store: Engine,
    environment: dict[str, str],
    start: Start,
    feedmill: Callable[..., subprocess.CompletedProcess[str]],
    publisher: Publisher,
) -> None:
    environment["FEEDMILL_WEBHOOK_SECRET"] = "0123456789abcdef0123456789abcdef"
    assert feedmill("webhook", "add", publisher.on("/hook", Answer())).returncode == 0
    _add(feedmill, publisher.serve("/feed", rss([item("one")])))
    start(*WORKER)
    start(*BEAT)
    (request,) = wait_for(lambda: publisher.requests_of("/hook"), "the change is delivered")
    assert [change["title"] for change in json.loads(request.body)["data"]["changes"]] == ["one"]
    with reading(store) as connection:
        assert connection.execute(text("SELECT position FROM events")).scalars().all() == [1]


def test_polling_on_demand_needs_no_beat(
    store: Engine,
    environment: dict[str, str],
    start: Start,
    feedmill: Callable[..., subprocess.CompletedProcess[str]],
    publisher: Publisher,
    tmp_path: Path,
) -> None:
    _add(feedmill, publisher.serve("/feed", rss([item("one")])))
    with writing(store) as connection:
        (feed_id,) = connection.execute(select(FeedRow.id)).scalars()
        connection.execute(text("UPDATE schedules SET next_poll_at = now() + interval '1 day'"))
        connection.execute(text("UPDATE hosts SET claimable_at = now() + interval '1 day'"))
    start(*WORKER)
    program = f"from tasks.poll import poll_feeds; poll_feeds.delay([{feed_id}])"
    subprocess.run([sys.executable, "-P", "-c", program], env=environment, cwd=tmp_path, check=True, timeout=PATIENCE)
    wait_for(lambda: _titles(store) == ["one"], "the article is stored")


def test_a_worker_killed_in_mid_window_costs_nothing_but_time(
    store: Engine, start: Start, feedmill: Callable[..., subprocess.CompletedProcess[str]], publisher: Publisher
) -> None:
    is_slow = True

    def respond(_request: Request) -> Answer:
        # The first answers drip for longer than the worker lives.
        body = rss([item("one")])
        return Answer(body, pace=0.5 if is_slow else 0.0, piece=10 if is_slow else 65536)

    publisher.on("/feed", respond)
    # Without a look, which would wait for all of the document.
    feedmill("add", "--as-is", publisher.url("/feed"))
    worker = start(*WORKER)
    start(*BEAT)
    wait_for(lambda: publisher.requests_of("/feed"), "the feed is being fetched")
    for process in [*psutil.Process(worker.pid).children(recursive=True), psutil.Process(worker.pid)]:
        process.kill()
    is_slow = False
    # As it ends by itself after a minute.
    with writing(store) as connection:
        assert connection.execute(text("UPDATE hosts SET lease_until = now(), claimable_at = now()")).rowcount == 1
    start(*WORKER)
    wait_for(lambda: _titles(store) == ["one"], "the feed is polled again by the new worker")


def test_a_worker_stops_in_good_order_and_waits_for_no_host(
    store: Engine,
    environment: dict[str, str],
    start: Start,
    feedmill: Callable[..., subprocess.CompletedProcess[str]],
    publisher: Publisher,
) -> None:
    environment["FEEDMILL_FETCH_TIMEOUT"] = "2m"
    publisher.hang("/feed")
    # Without a look: that would wait for the answer itself.
    feedmill("add", "--as-is", publisher.url("/feed"))
    worker = start(*WORKER)
    start(*BEAT)
    wait_for(lambda: publisher.requests_of("/feed"), "the feed is being fetched")
    worker.send_signal(signal.SIGTERM)
    worker.wait(PATIENCE)
    with reading(store) as connection:
        assert connection.execute(text("SELECT lease_token FROM hosts")).scalar_one() is None
        assert connection.execute(select(ScheduleRow.claim_attempts)).scalar_one() == 0


def test_a_worker_refuses_a_store_that_was_not_migrated(
    environment: dict[str, str], start: Start, postgres_url: str, valkey_url: str, tmp_path: Path
) -> None:
    environment |= {"FEEDMILL_DATABASE_URL": postgres_url, "FEEDMILL_BROKER_URL": valkey_url}
    assert start(*WORKER).wait(PATIENCE) == 1
    assert "run feedmill migrate" in (tmp_path / "log-0.txt").read_text()


@pytest.mark.parametrize("program", [WORKER, BEAT])
def test_what_was_started_without_a_broker_says_so_and_makes_no_store(
    program: tuple[str, ...], start: Start, tmp_path: Path
) -> None:
    assert start(*program).wait(PATIENCE) == 1
    assert "feedmill: FEEDMILL_BROKER_URL is memory://, which no" in (tmp_path / "log-0.txt").read_text()
    assert not (tmp_path / "feedmill.db").exists()


def test_a_worker_outlives_a_store_that_is_gone_for_a_while(
    store: Engine, start: Start, feedmill: Callable[..., subprocess.CompletedProcess[str]], publisher: Publisher
) -> None:
    _add(feedmill, publisher.serve("/feed", rss([item("one")])))
    start(*WORKER)
    start(*BEAT)
    wait_for(lambda: _titles(store) == ["one"], "the first article is stored")
    # Every connection the workers hold breaks under them, as when the server restarts.
    with writing(store) as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    publisher.serve("/feed", rss([item("two"), item("one")]))
    wait_for(lambda: "two" in _titles(store), "polling goes on")
