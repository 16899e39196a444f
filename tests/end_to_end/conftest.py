import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS_TO_STOP = 20


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who set nothing but that loopback may be polled, often."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "FEEDMILL_ALLOW_HOSTS": "127.0.0.0/8",
        "FEEDMILL_POLL_INTERVAL": "2s",
        "FEEDMILL_POLL_INTERVAL_MIN": "1s",
        "FEEDMILL_POLL_INTERVAL_MAX": "3s",
        "FEEDMILL_HOST_GAP": "0.1s",
        "FEEDMILL_TICK_INTERVAL": "1s",
    }


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a program of ours; every one is stopped at the end, and what it logged is shown if the test fails."""
    started: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        log = tmp_path / f"log-{len(started)}.txt"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", *arguments],
                cwd=tmp_path,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
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
def feedmill(environment: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command ``feedmill`` to its end."""

    def run(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "worker", *arguments],
            cwd=tmp_path,
            env=environment | more,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
