"""Feedmill's processes in the kill test, each started again a second after it ended, as a supervisor does."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.kill_clock import shift_clock
from benchmarks.running import ROOT

_PAUSE = 1.0
_SECONDS_TO_STOP = 30
_WORKER = ("celery", "-A", "worker", "worker", "--concurrency", "2", "-n")
_BEAT = ("celery", "-A", "worker", "beat")


@dataclass
class Program:
    """One process that a supervisor keeps running."""

    name: str
    command: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    starts_at: float = 0.0
    started_at: float = 0.0
    is_frozen: bool = False
    was_killed: bool = False
    own_ends: list[str] = field(default_factory=list)
    """How often it ended though nobody killed it, in words."""

    @property
    def clock(self) -> Path:
        """The file that its clock is shifted by."""
        return self.folder / "clock"

    @property
    def is_running(self) -> bool:
        """Whether it runs, frozen or not."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it; what it says goes to a file that no limit of its own can stop."""
        shift_clock(self.clock, 0)
        self.was_killed = self.is_frozen = False
        self.started_at = time.time()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", *self.command],
            cwd=self.folder,
            env={**self.environment, "SHIFTED_CLOCK": str(self.clock)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._log, args=[self.process], daemon=True).start()

    def _log(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout, "it has a pipe"
        with (self.folder / "log").open("ab", buffering=0) as log, process.stdout as said:
            while part := said.read1(65536):  # type: ignore[attr-defined]  # the pipe is buffered
                log.write(part)

    def tend(self, now: float) -> None:
        """Start it again when it is time."""
        if self.is_running:
            return
        if self.process is not None:
            self._bury(now)
        elif now >= self.starts_at:
            self.start()

    def _bury(self, now: float) -> None:
        assert self.process, "it ran"
        if not self.was_killed:
            self.own_ends.append(f"{self.name} ended by itself with {self.process.returncode} at {now:.1f}")
        # A supervisor ends what its process left behind.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process, self.starts_at = None, now + _PAUSE

    def tree(self) -> list[psutil.Process]:
        """Return its processes, the first one that of all others."""
        with suppress(psutil.NoSuchProcess):
            if self.process:
                first = psutil.Process(self.process.pid)
                return [first, *first.children(recursive=True)]
        return []

    def kill(self) -> None:
        """Kill its first process; the others are left to the supervisor."""
        assert self.process, "it runs"
        self.was_killed = True
        self.process.kill()
        self.process.wait()

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to all of its processes."""
        self.is_frozen = number == signal.SIGSTOP
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def stop(self) -> None:
        """Stop it in good order; say so if it does not."""
        if not self.process:
            return
        self.was_killed = True
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.own_ends.append(f"{self.name} did not stop within {_SECONDS_TO_STOP} s")
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Kill all that is left of it."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def memory(self) -> list[float]:
        """Return the megabytes that each of its processes holds."""
        sizes = []
        for process in self.tree():
            with suppress(psutil.NoSuchProcess):
                sizes.append(process.memory_info().rss / 1e6)
        return sizes


def limit_files(processes: Sequence[psutil.Process], size: int) -> bool:
    """Let processes write no file beyond so many bytes, -1 lets them; return whether that could be had."""
    is_limited = True
    for process in processes:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            try:
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
            except PermissionError:
                is_limited = _limit_as_owner(process, size) and is_limited
    return is_limited


def _limit_as_owner(process: psutil.Process, size: int) -> bool:
    """Limit a process as the user it runs as: a root without privileges may not do that in its own name."""
    program = shutil.which("prlimit")
    if not program:
        return False
    limit = f"--fsize={'unlimited' if size < 0 else size}:unlimited"
    command = [program, "--pid", str(process.pid), limit]
    owner = process.uids().real
    return subprocess.run(command, user=owner, group=process.gids().real, check=False).returncode == 0


def programs(kind: str, folder: Path, settings: Mapping[str, str], shim: Path | None) -> list[Program]:
    """Return the programs of a deployment, still to be started."""
    commands: dict[str, tuple[str, ...]] = {"run": ("worker", "run")}
    if kind == "postgresql":
        commands = {"one": (*_WORKER, "one@%h"), "two": (*_WORKER, "two@%h"), "beat": _BEAT}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FEEDMILL_")},
        **settings,
        "PYTHONPATH": str(ROOT),
        **({"LD_PRELOAD": str(shim)} if shim else {}),
    }
    return [_program(name, command, folder, environment) for name, command in commands.items()]


def _program(name: str, command: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> Program:
    own = folder / name
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    return Program(name, command, own, environment)
