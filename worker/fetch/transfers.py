"""Many fetches at once in one thread, without an event loop: whoever starts them drives them with ``step``."""

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from worker.errors import PollError
from worker.fetch.answer import conclude_hop
from worker.fetch.body import Budget
from worker.fetch.codings import too_big_error
from worker.fetch.guard import Guard
from worker.fetch.headers import fresh_for, retry_after
from worker.fetch.host_names import NameLookups, known_address
from worker.fetch.libcurl import EndedRequest, MultiHandle, find_ca_bundle, timeout_error
from worker.fetch.proxy_failures import name_failure
from worker.fetch.request import FetchLimits, Location, locate
from worker.fetch.shared_by_transfers import SharedByTransfers
from worker.fetch.terms import NOWHERE, RequestTerms, Secrets, TermsFinder
from worker.fetch.transfer import Transfer
from worker.values.due_feeds import Document, Fetched, FetchRequest, NotModified, Taken

if TYPE_CHECKING:
    import pycurl

_LOOK_FOR_WASTE_EVERY = 0.5
"""Seconds."""
_REDIRECTED = "where a redirect leads"
_WANTS_HTTP2 = "which wants HTTP/2"


@dataclass(frozen=True, slots=True)
class HeldHop:
    """A request of a fetch that is not sent before ``Transfers.send`` says so."""

    feed_id: int
    location: Location
    addresses: tuple[str, ...] = ()
    """Those of its host, where they were to be shown; none for what another answer led to."""
    why: str = ""
    """Why it is sent, where it is not the first of its fetch."""
    served_from: str = ""
    """The address that the answer before it came from."""


class Transfers:
    """The fetches of one thread; a class because it keeps libcurl's handles, which cost more to make than a poll."""

    def __init__(self, limits: FetchLimits, guard: Guard, secrets: Secrets = NOWHERE) -> None:
        self._limits = limits
        self._budget = Budget(limits.in_flight_bytes)
        ca_bundle = limits.ca_bundle or find_ca_bundle()
        self._shared = SharedByTransfers(limits, guard, self._budget, ca_bundle, dialled=[])
        self._usual = RequestTerms(limits.user_agent, limits.proxy)
        self._terms = TermsFinder(self._usual, secrets)
        self._multi = MultiHandle()
        self._lookups: NameLookups[Transfer] = NameLookups(limits.connect_timeout, self._multi.wake)
        # In the order they began, which is the order in which they run out of time.
        self._running: dict[pycurl.Curl, Transfer] = {}
        self._idle: list[Transfer] = []
        # Those that were held: their deadlines come before those of the ones that began after them, not before them.
        self._resumed: dict[pycurl.Curl, Transfer] = {}
        self._held: dict[int, Transfer] = {}
        self._newly_held: list[HeldHop] = []
        self._ended: list[Fetched] = []
        self._look_for_waste_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def in_flight(self) -> int:
        """How many fetches were started and have not been returned."""
        return len(self._running) + len(self._held) + len(self._ended)

    def start(self, request: FetchRequest, *, is_paced: bool = False, shows_addresses: bool = False) -> None:
        """Begin a fetch; ``step`` returns how it ended, even where its URL may not be fetched.

        If it ``is_paced``, a redirect to another host is held until ``send``, and so is what must be asked twice. With
        ``shows_addresses`` so is its first request, as soon as it is known where its host is.
        """
        try:
            location = locate(request.url)
            is_usual = request.settings is None and request.credentials is None
            terms = self._usual if is_usual else self._terms.find(request, location)
        except PollError as refusal:
            self._ended.append(Fetched(request, refusal.with_traceback(None), timedelta(0)))
            return
        transfer = self._idle.pop() if self._idle else Transfer(self._shared)
        transfer.begin(request, location, terms)
        transfer.is_paced, transfer.shows_addresses = is_paced, shows_addresses
        self._running[transfer.handle] = transfer
        self._send(transfer)

    def step(self, wait: timedelta, held_bytes: int = 0) -> list[Fetched]:
        """Drive everything in flight until something ends or is held, for at most ``wait``; return all that has ended.

        ``held_bytes`` are documents that the caller still has in memory: they count against the same limit.
        """
        self._budget.held = held_bytes
        until = time.monotonic() + wait.total_seconds()
        while True:
            self._drive(until - time.monotonic())
            if self._ended or self._newly_held or time.monotonic() >= until:
                ended, self._ended = self._ended, []
                return ended

    def take_held(self) -> list[HeldHop]:
        """Return the requests that have been held since this was last asked."""
        held, self._newly_held = self._newly_held, []
        return held

    def send(self, feed_id: int, *, shows_addresses: bool = False, dial_first: str = "") -> None:
        """Send a request that is held, or hold it again once its addresses are known; its time goes on from now.

        Of those addresses ``dial_first`` is tried before the others.
        """
        transfer = self._held.pop(feed_id)
        transfer.go_on()
        self._running[transfer.handle] = self._resumed[transfer.handle] = transfer
        if transfer.shows_addresses:
            # Its addresses are known.
            transfer.shows_addresses = False
            transfer.dial_first(dial_first)
            self._multi.add(transfer.handle)
        else:
            transfer.shows_addresses = shows_addresses
            self._send(transfer)

    def abandon(self, feed_id: int) -> None:
        """Cut the fetch of a feed; ``step`` never returns it."""
        self._ended = [fetched for fetched in self._ended if fetched.request.feed_id != feed_id]
        self._newly_held = [hop for hop in self._newly_held if hop.feed_id != feed_id]
        if held := self._held.pop(feed_id, None):
            held.clear()
            self._idle.append(held)
        for transfer in [each for each in self._running.values() if each.request.feed_id == feed_id]:
            self._withdraw(transfer)
            self._recycle(transfer)

    def close(self) -> None:
        """Cut everything in flight and free libcurl's handles."""
        for transfer in self._running.values():
            self._withdraw(transfer)
        for transfer in (*self._running.values(), *self._held.values(), *self._idle):
            transfer.handle.close()
        for kept in (self._running, self._resumed, self._held):
            kept.clear()
        self._idle.clear()
        self._lookups.close()
        self._multi.close()

    def _drive(self, wait: float) -> None:
        """Wait at most ``wait`` seconds for something to happen in a fetch, and act on it."""
        self._budget.resume()
        self._send_resolved()
        for ended in self._multi.drive(0 if self._ended else min(wait, self._due_in())):
            self._conclude(self._running[ended.handle], ended)
        for copied in self._shared.dialled:
            copied.close()
        self._shared.dialled.clear()
        self._cut_overdue()
        self._cut_wasteful()

    def _due_in(self) -> float:
        """Return the seconds until a fetch, or the lookup of a name, runs out of time."""
        oldest = self._find_oldest()
        return min(oldest.deadline if oldest else math.inf, self._lookups.due_at) - time.monotonic()

    def _find_oldest(self) -> Transfer | None:
        """Return the fetch that runs out of time first."""
        first = next(iter(self._running.values()), None)
        if first is None or not self._resumed:
            return first
        return min((first, *self._resumed.values()), key=lambda transfer: transfer.deadline)

    def _send(self, transfer: Transfer) -> None:
        """Send a transfer's request, or first look up a name that it needs."""
        hop = transfer.hop
        if hop.refusal:
            self._finish(transfer, hop.refusal)
        elif hop.names:
            self._lookups.ask(hop.names[0], transfer)
        elif transfer.shows_addresses:
            self._hold(transfer, hop.addresses or (known_address(hop.location.host),))
        else:
            self._multi.add(transfer.handle)

    def _go_on(self, transfer: Transfer, held_as: str | None) -> None:
        """Send a fetch's next request, or hold it."""
        if held_as is None:
            self._send(transfer)
        else:
            self._hold(transfer, why=held_as)

    def _hold(self, transfer: Transfer, addresses: tuple[str, ...] = (), why: str = "") -> None:
        """Leave it to the caller when a request is sent: until then it counts as none."""
        transfer.hold()
        del self._running[transfer.handle]
        self._resumed.pop(transfer.handle, None)
        self._held[transfer.request.feed_id] = transfer
        self._newly_held.append(
            HeldHop(transfer.request.feed_id, transfer.hop.location, addresses, why, transfer.served_from)
        )

    def _send_resolved(self) -> None:
        """Send the requests whose hosts have been looked up, and end those whose hosts have no address."""
        for result in self._lookups.step():
            transfer = result.asker
            if result.addresses:
                transfer.use_addresses(result.addresses)
                self._send(transfer)
            else:
                self._finish(transfer, name_failure(transfer, self._limits, is_late=result.is_late))

    def _withdraw(self, transfer: Transfer) -> bool:
        """Take back a transfer's request, sent or not; return whether it still waited for a name to be looked up."""
        names = transfer.hop.names
        has_waited = bool(names) and self._lookups.withdraw(names[0], transfer)
        if not has_waited:
            self._multi.remove(transfer.handle)
        return has_waited

    def _conclude(self, transfer: Transfer, ended: EndedRequest) -> None:
        """Follow a redirect, or note how the fetch ended."""
        self._multi.remove(transfer.handle)
        transfer.note_server()
        if self._shared.http2.learn(transfer.hop, ended):
            transfer.ask_again()
            self._go_on(transfer, _WANTS_HTTP2 if transfer.is_paced else None)
            return
        try:
            answer = conclude_hop(transfer, ended, self._limits, datetime.now(UTC))
        except PollError as error:
            # Without its traceback, which would keep the body alive for as long as the error.
            self._finish(transfer, error.with_traceback(None))
            return
        if isinstance(answer, Location):
            is_elsewhere = answer.place != transfer.hop.location.place
            transfer.follow(answer)
            self._go_on(transfer, _REDIRECTED if is_elsewhere and transfer.is_paced else None)
        else:
            self._finish(transfer, answer)

    def _cut_overdue(self) -> None:
        """End what has passed its deadline, whatever libcurl waits for: a name that hangs, a pause."""
        while (oldest := self._find_oldest()) and oldest.deadline <= time.monotonic():
            if self._withdraw(oldest):
                self._finish(oldest, name_failure(oldest, self._limits, is_late=True))
            else:
                self._finish(oldest, timeout_error(oldest.hop.location.host, self._limits))

    def _cut_wasteful(self) -> None:
        """Now and then, end what fills the line with anything but a document."""
        now = time.monotonic()
        if now < self._look_for_waste_at:
            return
        self._look_for_waste_at = now + _LOOK_FOR_WASTE_EVERY
        for transfer in list(self._running.values()):
            if transfer.begun_at <= now - _LOOK_FOR_WASTE_EVERY and transfer.is_wasteful():
                self._withdraw(transfer)
                self._finish(transfer, too_big_error(self._limits.max_body))

    def _finish(self, transfer: Transfer, answer: Document | NotModified | Taken | PollError) -> None:
        """Note how a fetch ended, and make its handle free for the next one."""
        head, now = transfer.hop.head, datetime.now(UTC)
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
                served_from=transfer.served_from,
            )
        )
        self._recycle(transfer)

    def _recycle(self, transfer: Transfer) -> None:
        del self._running[transfer.handle]
        self._resumed.pop(transfer.handle, None)
        self._budget.release(transfer)
        transfer.clear()
        self._idle.append(transfer)
