"""Runs the command ``feedmill`` as a process of its own, forked from one that has imported all there is to import.

A command takes hundredths of a second, its imports most of a second, and taking all of them down again a quarter of
one. The test sends the command's three files over a socket, and with them a line of JSON: its arguments, folder and
environment. The answer is its exit code.
"""

import atexit
import json
import os
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from worker.basics.garbage import lasting_imports
from worker.cli.main import COMMANDS, main
from worker.database.engine import open_store
from worker.database.schema import migrate

_LONGEST_LINE = 1_000_000
_exit_codes: list[int] = []


def serve(path: str) -> None:
    """Answer each request in a process forked for it."""
    # Registered first, it runs last.
    atexit.register(_end)
    with lasting_imports():
        for module, _ in COMMANDS.values():
            import_module(module)
        _make_a_store()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        print(flush=True)
        while True:
            asking, _ = listening.accept()
            with asking:
                if os.fork() == 0:
                    listening.close()
                    _answer(asking)


def _make_a_store() -> None:
    """Import what migrating takes, and let SQLAlchemy learn what it does at its first: that is half of its time."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.db")
        migrate(store)
        store.dispose()


def _answer(asking: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    line, files, _, _ = socket.recv_fds(asking, _LONGEST_LINE, 3)
    command = os.fork()
    if command == 0:
        asking.close()
        _become(files, **json.loads(line))
    _, status = os.waitpid(command, 0)
    asking.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(files: list[int], arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["feedmill", *arguments]
    try:
        main()
    except SystemExit as ending:
        _exit_codes.append(int(ending.code or 0))
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


class Commands:
    """The other end of the socket."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def run(self, arguments: list[str], folder: Path, environment: dict[str, str], files: list[int]) -> int:
        """Run a command to its end; its exit code."""
        asked = {"arguments": arguments, "folder": str(folder), "environment": environment}
        with socket.socket(socket.AF_UNIX) as asking:
            asking.settimeout(110)
            asking.connect(self._path)
            socket.send_fds(asking, [json.dumps(asked).encode()], files)
            return int(asking.recv(20))


if __name__ == "__main__":
    serve(sys.argv[1])
