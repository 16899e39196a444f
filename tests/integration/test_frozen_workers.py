"""A worker that is frozen while it stores polls on PostgreSQL: others poll its feeds, and it comes to no harm."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update

from tests.documents import item, rss
from tests.polling import add, count, make_due, titles
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import HostRow, PollRow
from worker.pipeline import poll_due
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings

FROZEN_WORKER = Path(__file__).with_name("frozen_worker.py")
ROOT = Path(__file__).parents[2]
# The server's patience with a transaction that stands still: in place of ten seconds.
STANDSTILL = 2.0
FEEDS = ("one", "two", "three")


@pytest.fixture
def survivor(postgres: Engine, publisher: Publisher) -> Iterator[Tools]:
    """The tools of a worker that lives on, with three feeds that are due."""
    tools = make_tools(Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0)), postgres)
    for name in FEEDS:
        publisher.on(f"/{name}", Answer(rss([item(name)])))
        add(tools, publisher.url(f"/{name}"))
    yield tools
    tools.close()


@contextmanager
def _frozen_worker(store: Engine) -> Iterator[subprocess.Popen[str]]:
    """Start a worker and wait until it has frozen; it is gone at the end whatever became of it."""
    limit = f"-c idle_in_transaction_session_timeout={STANDSTILL * 1000:.0f}"
    url = store.url.update_query_dict({"options": limit}).render_as_string(hide_password=False)
    told = {"DATABASE_URL": url, "ALLOW_HOSTS": "127.0.0.0/8", "HOST_GAP": "0s"}
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | {f"FEEDMILL_{name}": value for name, value in told.items()}
    with subprocess.Popen(
        [sys.executable, FROZEN_WORKER], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as worker:
        try:
            assert worker.stdout
            for line in worker.stdout:
                if line == "freezing\n":
                    break
            yield worker
        finally:
            worker.kill()


def _end_leases(tools: Tools) -> None:
    """Let all leases be over, as they are after a minute and a half."""
    with writing(tools.engine) as connection:
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        past = read_clock(connection).now() - timedelta(seconds=1)
        connection.execute(update(HostRow).values(lease_until=past, claimable_at=past))


def test_the_feeds_of_a_frozen_worker_are_polled_by_others(survivor: Tools) -> None:
    with _frozen_worker(survivor.engine):
        # It holds its hosts' rows too, and so even this must wait for it.
        _end_leases(survivor)
        records = list(poll_due(survivor, lambda: False))
    assert sorted(record.url.rpartition("/")[2] for record in records) == sorted(FEEDS)
    assert [record.error for record in records] == [None] * 3


def test_a_worker_that_wakes_stores_nothing_of_what_it_had_begun_and_goes_on_with_its_next_task(
    survivor: Tools,
) -> None:
    with _frozen_worker(survivor.engine) as worker:
        _end_leases(survivor)
        list(poll_due(survivor, lambda: False))
        polled = count(survivor, PollRow)
        make_due(survivor)
        worker.send_signal(signal.SIGCONT)
        told, _ = worker.communicate(timeout=240)
    woke, _, after = told.partition("next task\n")
    assert woke.count("has undone what was being written, for it stood still: this process was frozen") == 1
    assert "Traceback" not in told
    assert after.count("outcome=") == 3
    assert (polled, count(survivor, PollRow)) == (3, 6)
    assert titles(survivor) == sorted(FEEDS)
