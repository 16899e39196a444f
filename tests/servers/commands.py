"""Runs the command ``feedmill`` and other programs as processes forked from one that has imported what they import.

A command takes hundredths of a second, its imports most of a second, and taking all of them down again a quarter of
one. The test sends the program's three files over a socket, and with them a line of JSON: its module, arguments, folder
and environment. The answer is two lines: its process, and once it has ended its exit code.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from runpy import run_module
from tempfile import TemporaryDirectory
from typing import NoReturn, TextIO

from worker.basics.garbage import lasting_imports
from worker.cli.main import COMMANDS, main
from worker.database.engine import open_store
from worker.database.schema import migrate

_LONGEST_LINE = 1_000_000
# What workers, beat and the web server import when they begin.
_OF_PROGRAMS = (
    "celery.bin.celery celery.apps.worker celery.apps.beat celery.worker.consumer celery.concurrency.prefork"
    " celery.concurrency.thread kombu.transport.memory kombu.transport.redis uvicorn worker.watched_consumer"
).split()
_exit_codes: list[int] = []


def serve(path: str) -> None:
    """Answer each request in a process forked for it, until standard input ends as the tests do, in whatever way."""
    # Registered first, it runs last.
    atexit.register(_end)
    with lasting_imports():
        for module in (*(module for module, _ in COMMANDS.values()), *_OF_PROGRAMS):
            import_module(module)
        _make_a_store()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        print(flush=True)
        while listening in select.select([listening, sys.stdin], [], [])[0]:
            asking, _ = listening.accept()
            with asking:
                if os.fork() == 0:
                    listening.close()
                    _answer(asking)
    # With the commands that still run.
    os.killpg(0, signal.SIGKILL)


def _make_a_store() -> None:
    """Import what migrating takes, and let SQLAlchemy learn what it does at its first: that is half of its time."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.db")
        migrate(store)
        store.dispose()


def _answer(asking: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line, files, _, _ = socket.recv_fds(asking, _LONGEST_LINE, 3)
    asked = json.loads(line)
    program = os.fork()
    if program == 0:
        asking.close()
        _become(files, **asked)
    # Or its readers would wait for us to close them too.
    for file in files:
        os.close(file)
    if "module" in asked:
        asking.sendall(f"{program}\n".encode())
    _, status = os.waitpid(program, 0)
    # Whoever asked may be gone by then.
    with suppress(BrokenPipeError):
        asking.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(
    files: list[int], arguments: list[str], folder: str, environment: dict[str, str], module: str | None = None
) -> NoReturn:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # Python has it ignored where the tests themselves were started in the background.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [module or "feedmill", *arguments]
    try:
        if module:
            os.setsid()
            run_module(module, run_name="__main__", alter_sys=True)
            sys.exit()
        else:
            main()
    except SystemExit as ending:
        # In place of a code it may be a sentence, which Python prints.
        if not isinstance(ending.code, str):
            _exit_codes.append(ending.code or 0)
        raise


def _end() -> None:
    """End a command that ended well by itself without taking down what it imported."""
    if not _exit_codes:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        # Python has words and a code of its own for output that cannot be written.
        return
    os._exit(_exit_codes[0])


class Program:
    """A program that was started; it may be asked some of what ``subprocess.Popen`` may."""

    def __init__(self, asking: socket.socket, args: Sequence[str]) -> None:
        self.args = args
        self.returncode: int | None = None
        self.stdin: TextIO | None = None
        self.stdout: TextIO | None = None
        # Unbuffered, or `select` would not see what was read with the first line.
        self._answer = asking.makefile("rb", buffering=0)
        self.pid = int(self._answer.readline())

    def poll(self) -> int | None:
        """Return its exit code, or None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code; subprocess.TimeoutExpired where it runs on for so many seconds."""
        if self.returncode is None:
            if not select.select([self._answer], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self._answer.readline())
            self._answer.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        # Between the two it may end.
        with suppress(ProcessLookupError):
            if self.poll() is None:
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it without asking."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> str:
        """Say nothing more to a program that was started to be talked with; what it says until it ends."""
        assert self.stdin, "it has a pipe"
        assert self.stdout, "it has one"
        self.wait(timeout)
        self.stdin.close()
        with self.stdout:
            return self.stdout.read()


class Commands:
    """The other end of the socket."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def run(self, arguments: list[str], folder: Path, environment: dict[str, str], files: list[int]) -> int:
        """Run a command to its end; its exit code."""
        with self._ask(files, arguments=arguments, folder=str(folder), environment=environment) as asking:
            asking.settimeout(110)
            return int(asking.recv(20))

    def start(self, words: Sequence[str], folder: Path, environment: dict[str, str], *outputs: int) -> Program:
        """Start a module as ``python -m`` does, with nothing to read; its outputs are that for text and for errors."""
        module, *arguments = words
        asked = {"module": module, "arguments": arguments, "folder": str(folder), "environment": environment}
        with Path(os.devnull).open("rb") as nothing, self._ask([nothing.fileno(), *outputs], **asked) as asking:
            return Program(asking, words)

    def talk(self, *words: str) -> Program:
        """Start a module of the tests that reads lines and writes a few."""
        (read, told), (heard, write) = os.pipe(), os.pipe()
        asked = {"module": words[0], "arguments": words[1:], "folder": str(Path.cwd()), "environment": {}}
        with self._ask([read, write, sys.__stderr__.fileno()], **asked) as asking:
            program = Program(asking, words)
        os.close(read)
        os.close(write)
        program.stdin, program.stdout = os.fdopen(told, "w"), os.fdopen(heard)
        return program

    def _ask(self, files: list[int], **asked: object) -> socket.socket:
        asking = socket.socket(socket.AF_UNIX)
        asking.connect(self._path)
        socket.send_fds(asking, [json.dumps(asked).encode()], files)
        return asking


if __name__ == "__main__":
    serve(sys.argv[1])
