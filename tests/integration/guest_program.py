"""A program that uses ``worker.api``: what of its own is changed by importing it, and by using it.

Run in a process of its own by ``test_api.py``: prints what it saw as JSON.
"""

import asyncio
import atexit
import gc
import json
import locale
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tasks


def _look() -> Mapping[str, object]:
    root = logging.getLogger()
    return {
        "signals": [repr(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
        "blocked signals": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "wakeup": signal.set_wakeup_fd(signal.set_wakeup_fd(-1)),
        "hooks": [sys.excepthook, threading.excepthook, sys.unraisablehook, sys.displayhook],
        "streams": [id(sys.stdout), id(sys.stderr)],
        "warnings": [str(each) for each in warnings.filters],
        "showwarning": warnings.showwarning,
        "collections": [gc.get_threshold(), gc.isenabled()],
        "environment": dict(os.environ),
        "root logger": [list(root.handlers), root.level, list(root.filters), logging.getLoggerClass()],
        "last resort": logging.lastResort,
        "files": resource.getrlimit(resource.RLIMIT_NOFILE),
        "folder": str(Path.cwd()),
        "mask": os.umask(os.umask(0)),
        "path": list(sys.path),
        "recursion": sys.getrecursionlimit(),
        "locale": locale.setlocale(locale.LC_ALL),
        "zone": [time.tzname, time.timezone],
        "timeout": socket.getdefaulttimeout(),
        "loop policy": type(asyncio.get_event_loop_policy()).__name__,
        "threads": threading.active_count(),
        "tasks": sys.modules["tasks"] is tasks,
    }


def _use_in_child(store: Any) -> int:
    with store:
        answers = store.poll(sys.argv[1:])
        return 0 if all(answer.poll for answer in answers) and len(list(store.articles())) == 2 else 1


def main() -> None:
    """Look, import, look, poll and read, and look again."""
    warnings.simplefilter("error")
    before = _look()
    from worker.api import open_store  # noqa: PLC0415 -- what importing it changes is the question

    imported = _look()
    with open_store() as store:
        answers = store.poll(sys.argv[1:])
        assert len(list(store.articles())) == 2
        assert len(list(store.follow(0, once=True))) == 2
        store.request_polls([1]).answers()
        gc.collect()
        used = _look()
        child = os.fork()
        if child == 0:
            os._exit(_use_in_child(store))
        _, status = os.waitpid(child, 0)
        again = store.poll(sys.argv[1:])
    seen = {
        "polled": sum(answer.poll is not None for answer in answers),
        "changed by importing": sorted(name for name in before if before[name] != imported[name]),
        "changed by using": sorted(name for name in before if imported[name] != used[name]),
        "exit code of a forked child that polls and lists": os.waitstatus_to_exitcode(status),
        "polled after the fork": sum(answer.poll is not None for answer in again),
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    atexit.register(sys.stdout.flush)
    main()
