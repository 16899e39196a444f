import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from tests.servers.commands import Commands, Program

ROOT = Path(__file__).parents[2]
SECONDS_TO_STOP = 20


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who set nothing but that loopback may be polled, often."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TZ": "UTC",
        "PYTHONPATH": str(ROOT),
        "FEEDMILL_ALLOW_HOSTS": "127.0.0.0/8",
        "FEEDMILL_POLL_INTERVAL": "2s",
        "FEEDMILL_POLL_INTERVAL_MIN": "1s",
        "FEEDMILL_POLL_INTERVAL_MAX": "3s",
        "FEEDMILL_HOST_GAP": "0.1s",
        "FEEDMILL_TICK_INTERVAL": "1s",
    }


Start = Callable[..., subprocess.Popen[bytes] | Program]


@pytest.fixture
def start(commands: Commands, environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start a program of ours; every one is stopped at the end, and what it logged is shown if the test fails."""
    with _stopping(tmp_path, lambda words, log: commands.start(words, tmp_path, environment, log, log)) as start:
        yield start


@pytest.fixture
def start_python(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """As ``start`` does, but with a Python of its own, for what happens before the program's first line."""

    def run(words: Sequence[str], log: int) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-P", "-m", *words]
        streams = {"stdout": log, "stderr": subprocess.STDOUT}
        return subprocess.Popen(command, cwd=tmp_path, env=environment, start_new_session=True, **streams)

    with _stopping(tmp_path, run) as start:
        yield start


@contextmanager
def _stopping(folder: Path, run: Callable[[Sequence[str], int], subprocess.Popen[bytes] | Program]) -> Iterator[Start]:
    """Start programs by ``run``, which gets words and a file for what is printed; stop them all at the end."""
    started: list[tuple[subprocess.Popen[bytes] | Program, Path]] = []

    def start(*words: str) -> subprocess.Popen[bytes] | Program:
        log = folder / f"log-{len(started)}.txt"
        with log.open("wb") as output:
            process = run(words, output.fileno())
        started.append((process, log))
        return process

    yield start
    for process, _ in started:
        process.send_signal(signal.SIGTERM)
    for process, log in started:
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        print(f"---- {' '.join(map(str, process.args))}\n{log.read_text(errors='replace')[-6000:]}")


@pytest.fixture
def feedmill(
    commands: Commands, environment: dict[str, str], tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command ``feedmill`` to its end."""

    def run(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        with TemporaryFile() as read, TemporaryFile() as output, TemporaryFile() as errors:
            _renew(tmp_path)
            read.write(stdin.encode())
            files = [read, output, errors]
            read.seek(0)
            code = commands.run([*arguments], tmp_path, environment | more, [file.fileno() for file in files])
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(arguments, code, output.read().decode(), errors.read().decode())

    return run


def _renew(folder: Path) -> None:
    """Let files look as if they had been renamed into place: what a test wrote before is whole, so nobody need wait."""
    for path in folder.rglob("*"):
        if path.is_file():
            status = path.stat()
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
