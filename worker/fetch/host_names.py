"""Hosts' names looked up in threads of our own: only so many at a time, and names that hang never hold up the others.

Nothing can stop a lookup once it has begun. Older versions of libcurl start a thread for each; newer ones share twenty
threads among all, and twenty names that hang, ten seconds and more, then make every other name fail.
"""

import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from queue import SimpleQueue
from typing import Generic, TypeVar

# No publisher has more; a name server may send thousands.
_MOST_ADDRESSES = 16
# How many lookups may run before a name has to wait: one that is known to answer, a new one, and one that was slow.
_AT_ONCE, _NEW_AT_ONCE, _SLOW_AT_ONCE = 128, 96, 64
# Seconds.
_SLOW_AFTER = 1.0
_BELIEVED_FOR = 60.0
_IDLE = 10.0
_MOST_REMEMBERED = 10_000

_Asker = TypeVar("_Asker")
_Value = TypeVar("_Value")


def needs_lookup(host: str) -> bool:
    """Return whether a URL's host is a name that a name server has to be asked for."""
    # RFC 6761, section 6.3: libcurl knows what localhost is and asks nobody.
    if ":" in host or f".{host.removesuffix('.')}".endswith(".localhost"):
        return False
    try:
        socket.inet_pton(socket.AF_INET, host)
    except OSError:
        return True
    return False


def known_address(host: str) -> str:
    """Return the address of a host that needs no lookup; a name that a proxy looks up stands for its own address."""
    is_here = not needs_lookup(host) and host.removesuffix(".").endswith("localhost")
    return "127.0.0.1" if is_here else host


def look_up(host: str) -> tuple[str, ...]:
    """Return the addresses of a name in the order to try them; none where it does not resolve.

    The system's resolver takes as long as it takes.
    """
    try:
        found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    addresses = (str(address[0]) for family, _, _, _, address in found if family in {socket.AF_INET, socket.AF_INET6})
    return tuple(dict.fromkeys(addresses))[:_MOST_ADDRESSES]


@dataclass(frozen=True, slots=True)
class LookupResult(Generic[_Asker]):
    """What became of a name that ``asker`` waits for: its addresses, none, or none in time."""

    asker: _Asker
    addresses: tuple[str, ...] = ()
    is_late: bool = False


class NameLookups(Generic[_Asker]):
    """The lookups that one thread's fetches wait for; a class because other threads work for it from step to step."""

    def __init__(
        self,
        patience: timedelta,
        wake: Callable[[], None],
        look_up: Callable[[str], tuple[str, ...]] = look_up,
    ) -> None:
        """Give up lookups that take longer than ``patience``; ``wake`` is called, in any thread, when one has ended."""
        self._patience = patience.total_seconds()
        self._wake = wake
        self._look_up = look_up
        self._askers: dict[str, list[_Asker]] = {}
        # Names that wait for a thread.
        self._waiting: dict[str, None] = {}
        # When each lookup that somebody waits for began, the oldest first.
        self._awaited: dict[str, float] = {}
        # Every name that occupies a thread, even where its askers gave it up, and since when.
        self._running: dict[str, float] = {}
        self._threads = 0
        self._begun: SimpleQueue[str | None] = SimpleQueue()
        self._begun_at = 0.0
        self._ended: SimpleQueue[tuple[str, tuple[str, ...]]] = SimpleQueue()
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._slow: dict[str, None] = {}

    @property
    def due_at(self) -> float:
        """When the oldest lookup is given up, by the monotonic clock; infinity when there is none."""
        return next((since + self._patience for since in self._awaited.values()), math.inf)

    def ask(self, host: str, asker: _Asker) -> None:
        """Look up a name; a later step brings the answer."""
        self._askers.setdefault(host, []).append(asker)
        if host in self._running:
            self._awaited.setdefault(host, time.monotonic())
        else:
            self._waiting[host] = None

    def withdraw(self, host: str, asker: _Asker) -> bool:
        """Stop ``asker`` from waiting for a name; return whether it was."""
        askers = self._askers.get(host, [])
        if asker not in askers:
            return False
        askers.remove(asker)
        if not askers:
            self._forget(host)
        return True

    def step(self) -> list[LookupResult[_Asker]]:
        """Return the names that were found or took too long, and begin the lookups that may begin."""
        now = time.monotonic()
        results = [*self._take_in(now), *self._give_up(now), *self._begin(now)]
        if now - self._begun_at > _IDLE:
            self._dismiss(self._threads - len(self._running))
        return results

    def close(self) -> None:
        """Let the threads end, each as soon as its lookup does; nobody waits for them."""
        self._dismiss(self._threads)

    def _take_in(self, now: float) -> Iterator[LookupResult[_Asker]]:
        while not self._ended.empty():
            host, addresses = self._ended.get()
            self._note_pace(host, is_slow=now - self._running.pop(host) > min(_SLOW_AFTER, self._patience))
            if addresses:
                _remember(self._known, host, (now + _BELIEVED_FOR, addresses))
            yield from self._answer(host, addresses)

    def _give_up(self, now: float) -> Iterator[LookupResult[_Asker]]:
        while self.due_at <= now:
            host = next(iter(self._awaited))
            self._note_pace(host, is_slow=True)
            yield from self._answer(host, is_late=True)

    def _begin(self, now: float) -> Iterator[LookupResult[_Asker]]:
        for host in list(self._waiting):
            believed_until, addresses = self._known.get(host, (now, ()))
            if now < believed_until:
                yield from self._answer(host, addresses)
            elif len(self._running) < self._most_running(host):
                del self._waiting[host]
                self._awaited[host] = self._running[host] = self._begun_at = now
                self._begun.put(host)
                if self._threads < len(self._running):
                    self._threads += 1
                    threading.Thread(target=self._work, name="look up names", daemon=True).start()

    def _most_running(self, host: str) -> int:
        if host in self._slow:
            return _SLOW_AT_ONCE
        return _AT_ONCE if host in self._known else _NEW_AT_ONCE

    def _work(self) -> None:
        """Look up one name after the other, in a thread of its own."""
        while host := self._begun.get():
            self._ended.put((host, self._look_up(host)))
            # With more than one result in the queue, the thread that put the first has woken our owner already.
            if self._ended.qsize() == 1:
                self._wake()

    def _dismiss(self, count: int) -> None:
        self._threads -= count
        for _ in range(count):
            self._begun.put(None)

    def _answer(
        self, host: str, addresses: tuple[str, ...] = (), *, is_late: bool = False
    ) -> Iterator[LookupResult[_Asker]]:
        askers = self._askers.get(host, ())
        self._forget(host)
        return (LookupResult(asker, addresses, is_late) for asker in askers)

    def _forget(self, host: str) -> None:
        for held in (self._askers, self._waiting, self._awaited):
            held.pop(host, None)

    def _note_pace(self, host: str, *, is_slow: bool) -> None:
        self._slow.pop(host, None)
        if is_slow:
            _remember(self._slow, host, None)


def _remember(memory: dict[str, _Value], host: str, value: _Value) -> None:
    """Note something of a host as the newest, and forget the oldest where that is too much."""
    memory.pop(host, None)
    memory[host] = value
    if len(memory) > _MOST_REMEMBERED:
        del memory[next(iter(memory))]
