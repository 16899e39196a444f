"""Runs a benchmark whose own programs are forked from it, for they import the same; each is a process as ever."""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn
from weakref import WeakSet

from sqlalchemy import Connection, Engine, event

from tests.servers.commands import Commands

_MODULES = {
    "benchmarks.feed_server": "benchmarks.feed_server",
    "benchmarks.poller": "benchmarks.poller",
    "benchmarks.rival": "benchmarks.rival",
    "benchmarks.story_grouper": "benchmarks.story_grouper",
    "celery": "celery.__main__",
    "worker": "worker.__main__",
}
"""By what is said after ``python -m``, the modules whose ``main`` it runs."""
_ROOT = Path(__file__).parents[2]
_STORES: WeakSet[Engine] = WeakSet()


def run_benchmark(commands: Commands, words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a benchmark, a module and its arguments, to its end; what it prints lies in the folder meanwhile."""
    printed, errors = folder / "printed", folder / "errors"
    with printed.open("wb") as output, errors.open("wb") as others:
        files = output.fileno(), others.fileno()
        program = commands.start(["tests.servers.forked_benchmark", *words], _ROOT, {**os.environ}, *files)
    try:
        code = program.wait(280)
    finally:
        # With what it started, where it came to no good end.
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(words, code, printed.read_text(), errors.read_text())


class _Forked(subprocess.Popen[Any]):
    """A process that goes on in a copy of this one's memory where it would begin Python anew with one of these."""

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str] | None = None, **more: Any) -> None:
        interpreter, *words = (word for word in command if word not in {"-P", "-m"})
        # What is to be loaded before all else is loaded where Python begins.
        if interpreter == sys.executable and words[0] in _MODULES and "LD_PRELOAD" not in (env or os.environ):
            # Or the copy would write it too.
            sys.stdout.flush()
            # What SQLite knows of an open file is the process's own: in a copy it would be wrong.
            for store in _STORES:
                store.dispose()
            more["preexec_fn"] = partial(_become, words, dict(env or os.environ))
        super().__init__(command, env=env, **more)


def _become(words: list[str], environment: Mapping[str, str]) -> NoReturn:
    """Run a program where a process has its streams and folder, and would execute Python next."""
    # As executing does. One of them tells the benchmark by its end that the program has begun.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = words
    code: str | int | None = 1
    try:
        import_module(_MODULES[words[0]]).main()
        code = 0
    except SystemExit as ending:
        code = ending.code
        if isinstance(code, str):
            print(code, file=sys.stderr)
    except BaseException:  # noqa: BLE001 -- Python would print it too
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # Without what the benchmark does at its end, such as to remove its folders.
        os._exit(code if isinstance(code, int) else bool(code))


def _add_store(connection: Connection) -> None:
    _STORES.add(connection.engine)


if __name__ == "__main__":
    event.listen(Engine, "engine_connect", _add_store)
    sys.argv = sys.argv[1:]
    for name in _MODULES.values():
        import_module(name)
    # In a process that runs nothing else.
    subprocess.Popen = _Forked  # type: ignore[misc]
    import_module(sys.argv[0]).main()
