"""A real Celery worker, with its pool of processes and its broker, that polls all due feeds when it is asked to."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from celery import Celery
from sqlalchemy import Engine, func, select

from benchmarks.kill_servers import Redis
from benchmarks.running import ROOT, environment_of
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.database.feed_tables import HostRow, PollRow

_TASK = "feeds.poll_due"
_LOOK_EVERY = 0.05
# A task claims for 20 s, and then waits for the answers to what it has asked.
_LONGEST_TASK = 30.0


class Deployment:
    """A worker and its broker, with the store that they share."""

    def __init__(self, store: Engine, broker_url: str, processes: list[psutil.Process]) -> None:
        self.processes = processes
        self._store = store
        self._broker = Celery(broker=broker_url, set_as_current=False)
        self._broker.conf.broker_transport_options = {"global_keyprefix": "feedmill:"}

    def poll(self) -> tuple[int, int]:
        """Have all due feeds polled; return how many polls that were, and how many new articles they brought."""
        before = self._counts()
        while not self._is_done():
            self._broker.send_task(_TASK, queue="feeds")
            until = time.monotonic() + _LONGEST_TASK
            while not self._is_done() and time.monotonic() < until:
                time.sleep(_LOOK_EVERY)
        polls, articles = self._counts()
        return polls - before[0], articles - before[1]

    def _is_done(self) -> bool:
        """Say whether no host is due, nor leased: a lease ends once its polls are stored."""
        with reading(self._store) as connection:
            is_due = HostRow.claimable_at <= read_clock(connection).now()
            waiting = select(HostRow.id).where(is_due | HostRow.lease_token.is_not(None))
            return connection.execute(waiting.limit(1)).first() is None

    def _counts(self) -> tuple[int, int]:
        with reading(self._store) as connection:
            counts = (select(func.count()).select_from(table) for table in (PollRow, ArticleRow))
            polls, articles = (connection.execute(count).scalar_one() for count in counts)
            return polls, articles


@contextmanager
def deployment(url: str, store: Engine, folder: Path) -> Iterator[Deployment]:
    """Run a worker of one process and a broker, on a store of their own."""
    broker = Redis(folder)
    command = [sys.executable, "-m", "celery", "-A", "worker", "worker", "--concurrency=1", "-Q", "feeds"]
    environment = environment_of(url) | {"FEEDMILL_BROKER_URL": broker.url}
    with (folder / "worker.log").open("wb") as log:
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield Deployment(store, broker.url, [psutil.Process(worker.pid)])
        finally:
            worker.terminate()
            worker.wait(60)
            broker.stop()
