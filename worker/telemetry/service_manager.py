"""Telling systemd how this process does: ready, at work, stopping (sd_notify(3), sd_watchdog_enabled(3))."""

import os
import socket
from datetime import timedelta
from functools import cache

from worker.basics.log_lines import get_logger

READY = "READY=1"
STOPPING = "STOPPING=1"
AT_WORK = "WATCHDOG=1"
_PATIENCE = 0.5


def tell_service_manager(*states: str, status: str | None = None) -> None:
    """Tell systemd these states and, for people, a status; nothing where it did not start this process.

    It waits for a moment at the most, and what cannot be told is logged once.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    told = "\n".join([*states, *([f"STATUS={status}"] if status else [])])
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.settimeout(_PATIENCE)
            # An address that begins with @ is in Linux's abstract namespace.
            sending.sendto(told.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
    except TimeoutError:
        # Whoever listens has not read what was told before; the next time will do.
        pass
    except (OSError, ValueError) as error:
        _warn(f"systemd is not told how this process does: NOTIFY_SOCKET {address!r} cannot be written to ({error})")


def watchdog_interval() -> timedelta | None:
    """Return how often systemd wants to be told that this process is at work, with time to spare; None if it does not.

    Children of the process that it started inherit what it asks for, and are not meant.
    """
    asked, meant = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID")
    if not asked.isdecimal() or int(asked) == 0 or meant not in {None, str(os.getpid())}:
        return None
    return timedelta(microseconds=int(asked)) / 3


@cache
def _warn(sentence: str) -> None:
    get_logger("feedmill").warning(sentence)
