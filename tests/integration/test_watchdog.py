"""What systemd is told of a process, over a real socket; the broker is kombu's own, in memory."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from celery.exceptions import CPendingDeprecationWarning
from celery.worker import state
from kombu import Connection, Queue
from kombu import Consumer as QueueConsumer

from tests.servers.service_manager import ServiceManager
from worker.celery import app
from worker.logs import set_up_logs
from worker.settings import Settings
from worker.telemetry.service_manager import READY, tell_service_manager, watchdog_interval
from worker.watched_consumer import Consumer, EmbeddedConsumer


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServiceManager]:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    with ServiceManager(str(tmp_path / "notify")) as manager:
        yield manager


@pytest.fixture
def connection() -> Iterator[Connection]:
    with Connection("memory://") as connection:
        yield connection
        # Each process has one memory, in which messages outlive their connection.
        connection.SimpleQueue("watched").clear()


def _watched(connection: Connection, kind: type[Consumer] = Consumer) -> Consumer:
    """A loop's part that the watchdog looks at."""
    watched = object.__new__(kind)
    watched.connection, watched.hub = connection, None
    watched.connection_errors, watched.channel_errors = connection.connection_errors, connection.channel_errors
    watched.task_consumer = QueueConsumer(connection.default_channel, [Queue("watched")])
    watched._pending_operations = []
    watched._taken = state.all_total_count[0]
    return watched


def test_a_state_and_a_status_are_told_at_once(manager: ServiceManager) -> None:
    tell_service_manager(READY, status="at work")
    assert manager.read_all() == ["READY=1", "STATUS=at work"]


def test_an_abstract_address_is_told_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    address = f"@feedmill{tmp_path}"
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    with ServiceManager(address) as manager:
        tell_service_manager(READY)
        assert manager.read_all() == ["READY=1"]


@pytest.mark.usefixtures("restored_logs")
@pytest.mark.parametrize("address", ["/nowhere/notify", "vsock:2:1", "@" + "x" * 200])
def test_an_address_that_cannot_be_written_to_is_one_warning(
    address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(Settings(log_format="json"))
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    tell_service_manager(READY)
    tell_service_manager(READY)
    (warning,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert warning["event"].startswith("systemd is not told how this process does: NOTIFY_SOCKET")


def test_a_child_of_the_process_that_systemd_watches_is_not_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog_interval() is None


def test_a_worker_without_messages_is_at_work(manager: ServiceManager, connection: Connection) -> None:
    _watched(connection).tell_watchdog()
    assert "WATCHDOG=1" in manager.read_all()


def test_a_worker_that_takes_none_of_the_messages_that_wait_is_not(
    manager: ServiceManager, connection: Connection
) -> None:
    watched = _watched(connection)
    connection.SimpleQueue("watched").put("message")
    watched.tell_watchdog()
    watched.tell_watchdog()
    # It takes one after all.
    watched._taken -= 1
    watched.tell_watchdog()
    told = [said for said in manager.read_all() if not said.startswith("STATUS=at work")]
    assert told == ["WATCHDOG=1", "STATUS=takes no messages", "WATCHDOG=1"]


def test_a_worker_to_which_a_message_comes_as_it_looks_is_at_work(
    manager: ServiceManager, connection: Connection
) -> None:
    watched = _watched(connection)
    for _ in range(2):
        connection.SimpleQueue("watched").put("message")
        watched.tell_watchdog()
        watched._taken -= 1
    watched.tell_watchdog()
    assert manager.read_all().count("WATCHDOG=1") == 3


def test_a_worker_that_connects_again_tells_of_each_step_that_may_take_long(
    manager: ServiceManager, connection: Connection
) -> None:
    watched = _watched(connection)
    watched.app, watched.pool, watched.qos_global = app, SimpleNamespace(num_processes=1), False
    watched.prefetch_multiplier = watched.initial_prefetch_count = 1
    with pytest.warns(CPendingDeprecationWarning):
        watched.on_connection_error_after_connected(ConnectionResetError("gone"))
    with app.connection_for_read() as again:
        again.ensure_connection()
    assert manager.read_all() == ["WATCHDOG=1", "STATUS=connects again", "WATCHDOG=1"]


def test_a_process_with_a_beat_of_its_own_takes_messages_or_is_stuck(
    manager: ServiceManager, connection: Connection
) -> None:
    watched = _watched(connection, EmbeddedConsumer)
    watched.perform_pending_operations()
    for _ in range(2):
        watched._told_at -= 10
        watched.perform_pending_operations()
    watched._taken -= 1
    watched.tell_watchdog()
    told = [said for said in manager.read_all() if not said.startswith("STATUS=at work")]
    assert told == ["WATCHDOG=1", "STATUS=takes no messages", "WATCHDOG=1"]


class _Box:
    """What hears pings; it keeps them."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def on_message(self, body: str, _message: object) -> None:
        self.heard.append(body)


def test_a_worker_that_is_stuck_answers_no_pings(manager: ServiceManager, connection: Connection) -> None:
    watched, box = _watched(connection), _Box()
    watched._answer_unless_stuck(box)
    box.on_message("first", None)
    connection.SimpleQueue("watched").put("message")
    watched.tell_watchdog()
    watched.tell_watchdog()
    box.on_message("while it is stuck", None)
    watched._taken -= 1
    watched.tell_watchdog()
    box.on_message("last", None)
    assert box.heard == ["first", "last"]
