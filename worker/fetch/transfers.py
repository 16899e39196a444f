"""Many fetches at once in one thread: a rolling window over libcurl, without an event loop of its own."""

import math
import time
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from worker.errors import PollError
from worker.fetch.answer import conclude_hop
from worker.fetch.body import Budget, too_big
from worker.fetch.guard import Guard
from worker.fetch.head import fresh_for, retry_after
from worker.fetch.libcurl import Ended, Wire, timed_out, unresolved
from worker.fetch.names import Names, needs_lookup
from worker.fetch.request import FetchLimits, Location, find_ca_bundle, locate
from worker.fetch.transfer import Terms, Transfer
from worker.values.due_feeds import Document, Fetched, FetchRequest, NotModified, Taken

if TYPE_CHECKING:
    import pycurl


# Seconds.
_LOOK_EVERY = 0.5


class Transfers:
    """The fetches of one thread; a class because it owns libcurl handles, kept from fetch to fetch for their cost."""

    def __init__(self, limits: FetchLimits, guard: Guard) -> None:
        self._limits = limits
        self._budget = Budget(limits.in_flight_bytes)
        self._terms = Terms(limits, guard, self._budget, find_ca_bundle(), dialled=[])
        self._wire = Wire()
        self._names: Names[Transfer] = Names(limits.connect_timeout, self._wire.wake)
        # In the order they began, which is the order they run out of time in.
        self._flying: dict[pycurl.Curl, Transfer] = {}
        self._idle: list[Transfer] = []
        self._ended: list[Fetched] = []
        self._look_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def in_flight(self) -> int:
        """How many fetches were started and have not been returned."""
        return len(self._flying) + len(self._ended)

    def start(self, request: FetchRequest) -> None:
        """Begin a fetch; ``step`` returns how it ended, a URL that may not be fetched too."""
        try:
            location = locate(request.url)
        except PollError as refusal:
            self._ended.append(Fetched(request, refusal.with_traceback(None), timedelta(0)))
            return
        transfer = self._idle.pop() if self._idle else Transfer(self._terms)
        transfer.begin(request, location)
        self._flying[transfer.handle] = transfer
        self._send(transfer)

    def step(self, wait: timedelta, held_bytes: int = 0) -> list[Fetched]:
        """Drive everything in flight until something ends, for at most ``wait``, and return all that has ended.

        ``held_bytes`` are documents that the caller still has in memory: they count against the same limit.
        """
        self._budget.held = held_bytes
        until = time.monotonic() + wait.total_seconds()
        while True:
            self._turn(until - time.monotonic())
            if self._ended or time.monotonic() >= until:
                ended, self._ended = self._ended, []
                return ended

    def abandon(self, feed_id: int) -> None:
        """Cut the fetch of a feed; nothing more is heard of it."""
        self._ended = [fetched for fetched in self._ended if fetched.request.feed_id != feed_id]
        for transfer in [each for each in self._flying.values() if each.request.feed_id == feed_id]:
            self._withdraw(transfer)
            self._recycle(transfer)

    def close(self) -> None:
        """Cut everything in flight and let go of libcurl."""
        for transfer in self._flying.values():
            self._withdraw(transfer)
        for transfer in (*self._flying.values(), *self._idle):
            transfer.handle.close()
        self._flying.clear()
        self._idle.clear()
        self._names.close()
        self._wire.close()

    def _turn(self, wait: float) -> None:
        """Let libcurl do what there is to do, after at most ``wait`` seconds of waiting for it."""
        self._budget.resume()
        self._send_resolved()
        for ended in self._wire.drive(0 if self._ended else min(wait, self._due_in())):
            self._conclude(self._flying[ended.handle], ended)
        for copied in self._terms.dialled:
            copied.close()
        self._terms.dialled.clear()
        self._cut_overdue()
        self._cut_wasteful()

    def _due_in(self) -> float:
        """Return the seconds until something runs out of time: a fetch, or its name."""
        oldest = next(iter(self._flying.values()), None)
        due = min(oldest.deadline if oldest else math.inf, self._names.due_at)
        return due - time.monotonic()

    def _send(self, transfer: Transfer) -> None:
        """Send a transfer's request, or first ask where its host is."""
        if needs_lookup(transfer.hop.location.host):
            self._names.ask(transfer.hop.location.host, transfer)
        else:
            self._wire.add(transfer.handle)

    def _send_resolved(self) -> None:
        """Send the requests that only waited for an address, and end those that got none."""
        for answer in self._names.turn():
            transfer = answer.asker
            if answer.addresses:
                transfer.resolve(answer.addresses)
                self._wire.add(transfer.handle)
            else:
                error = unresolved(transfer.hop.location.host, self._limits, is_late=answer.is_late)
                self._finish(transfer, error, datetime.now(UTC))

    def _withdraw(self, transfer: Transfer) -> None:
        """Take back a transfer's request, sent or not."""
        if not self._names.withdraw(transfer.hop.location.host, transfer):
            self._wire.remove(transfer.handle)

    def _conclude(self, transfer: Transfer, ended: Ended) -> None:
        """Follow a redirect, or note how the fetch ended."""
        self._wire.remove(transfer.handle)
        now = datetime.now(UTC)
        try:
            answer = conclude_hop(transfer, ended, self._limits, now)
        except PollError as error:
            # Without its traceback, which would keep the body alive for as long as the error.
            self._finish(transfer, error.with_traceback(None), now)
            return
        if isinstance(answer, Location):
            transfer.go_on(answer)
            self._send(transfer)
        else:
            self._finish(transfer, answer, now)

    def _cut_overdue(self) -> None:
        """End what has passed its deadline, whatever libcurl waits for: a name that hangs, a pause."""
        while (oldest := next(iter(self._flying.values()), None)) and oldest.deadline <= time.monotonic():
            self._withdraw(oldest)
            self._finish(oldest, timed_out(oldest.hop.location.host, self._limits), datetime.now(UTC))

    def _cut_wasteful(self) -> None:
        """Now and then, end what fills the line with anything but a document."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + _LOOK_EVERY
        for transfer in list(self._flying.values()):
            if transfer.begun_at <= now - _LOOK_EVERY and transfer.is_wasteful():
                self._withdraw(transfer)
                self._finish(transfer, too_big(self._limits.max_body), datetime.now(UTC))

    def _finish(self, transfer: Transfer, answer: Document | NotModified | Taken | PollError, now: datetime) -> None:
        """Note how a fetch ended, and make its handle free for the next one."""
        head = transfer.hop.head
        answered = None if isinstance(answer, PollError) else head
        self._ended.append(
            Fetched(
                request=transfer.request,
                answer=answer,
                duration=transfer.elapsed,
                http_status=head.status if head else None,
                bytes_received=transfer.bytes_received,
                fresh_for=fresh_for(answered, now) if answered else None,
                retry_after=retry_after(answered, now) if answered else None,
                moved_to=transfer.moved_to if answered else None,
            )
        )
        self._recycle(transfer)

    def _recycle(self, transfer: Transfer) -> None:
        del self._flying[transfer.handle]
        self._budget.release(transfer)
        transfer.rest()
        self._idle.append(transfer)
