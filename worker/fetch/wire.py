"""libcurl's multi handle with its sockets and its timer: the plain loop under all fetches of a thread."""

import selectors
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import pycurl

# Connections kept open for another poll of the same host; each costs a socket and its TLS state.
_IDLE_CONNECTIONS = 100


class Ended(NamedTuple):
    """A handle whose request has ended, and how in libcurl's words; code 0 is success."""

    handle: pycurl.Curl
    code: int
    message: str


class Wire:
    """Everything in flight; a class because it owns the multi handle, one for each thread.

    Driven by its sockets: libcurl's own ``select`` would end at 1,024 of them.
    """

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, _IDLE_CONNECTIONS)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._selector = selectors.DefaultSelector()
        self._wake_at: float | None = None
        self._alarm, self._alarm_bell = socket.socketpair()
        self._bell_lock = threading.Lock()
        self._alarm_bell.setblocking(False)
        self._selector.register(self._alarm, selectors.EVENT_READ)

    def add(self, handle: pycurl.Curl) -> None:
        """Send a handle's request."""
        self._multi.add_handle(handle)

    def remove(self, handle: pycurl.Curl) -> None:
        """Take a handle off, ended or not; an unfinished connection is cut."""
        self._multi.remove_handle(handle)

    def drive(self, wait: float) -> Iterator[Ended]:
        """Wait at most ``wait`` seconds for something to happen, let libcurl act on it, and yield what has ended."""
        if self._wake_at is not None:
            wait = min(wait, self._wake_at - time.monotonic())
        for key, events in self._selector.select(max(wait, 0)):
            if key.fileobj is self._alarm:
                self._alarm.recv(4096)
            else:
                # EVENT_READ and EVENT_WRITE are the same bits as CSELECT_IN and CSELECT_OUT.
                self._multi.socket_action(key.fd, events)
        if self._wake_at is not None and self._wake_at <= time.monotonic():
            self._wake_at = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        return self._ended()

    def wake(self) -> None:
        """End a wait at once; any thread may call it, at any time."""
        with self._bell_lock, suppress(OSError):
            # Full, it rings already; closed, nobody hears it.
            self._alarm_bell.send(b"!")

    def close(self) -> None:
        """Cut all connections."""
        self._multi.close()
        self._selector.close()
        with self._bell_lock:
            self._alarm_bell.close()
        self._alarm.close()

    def _ended(self) -> Iterator[Ended]:
        remaining = 1
        while remaining:
            remaining, done, failed = self._multi.info_read()
            for handle in done:
                yield Ended(handle, 0, "")
            for handle, code, message in failed:
                yield Ended(handle, code, message)

    def _on_socket(self, event: int, descriptor: int, _multi: pycurl.CurlMulti, _assigned: object) -> None:
        """Watch a socket for what libcurl waits for on it."""
        is_watched = descriptor in self._selector.get_map()
        if event == pycurl.POLL_REMOVE:
            if is_watched:
                self._selector.unregister(descriptor)
        elif is_watched:
            # POLL_IN, POLL_OUT and POLL_INOUT are the bits of EVENT_READ and EVENT_WRITE.
            self._selector.modify(descriptor, event)
        elif event != pycurl.POLL_NONE:
            self._selector.register(descriptor, event)

    def _on_timer(self, milliseconds: int) -> None:
        """Note when libcurl wants to be woken; -1 is never."""
        self._wake_at = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000
