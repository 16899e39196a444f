"""One fetch in flight: a libcurl handle, and what comes back on it.

Callbacks only record and return: an exception in one would be printed and forgotten. Why a fetch was refused is kept
here, for libcurl's code tells a refusal from a failure no better than 7 or 23.
"""

import socket
import time
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import pycurl

from worker.errors import PollError
from worker.fetch.body import Body, Budget
from worker.fetch.guard import Guard
from worker.fetch.head import Head, read_head
from worker.fetch.hop import Address, Hop, count_received, dial
from worker.fetch.libcurl import headers_too_big
from worker.fetch.request import FetchLimits, Location, milliseconds, new_handle, request_headers
from worker.values.due_feeds import FetchRequest

# So many times the bytes of the largest document may come: chunks that are small are not against the rule.
_MOST_WASTE = 2
PERMANENT_REDIRECTS = frozenset({301, 308})
# What a callback returns to end the transfer: any number but that of the bytes it was given.
_STOP = -1


@dataclass(frozen=True, slots=True)
class Terms:
    """What every transfer shares."""

    limits: FetchLimits
    guard: Guard
    budget: Budget
    ca_bundle: str
    dialled: list[socket.socket]
    """Sockets that libcurl has made copies of: ours are to be closed between two turns."""


class Transfer:
    """A handle and the fetch it carries; a class because libcurl calls back into it."""

    request: FetchRequest
    hop: Hop

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.handle = new_handle(terms.limits, terms.ca_bundle)
        self.handle.setopt(pycurl.OPENSOCKETFUNCTION, self._on_dial)
        self.handle.setopt(pycurl.HEADERFUNCTION, self._on_header)
        self.handle.setopt(pycurl.WRITEFUNCTION, self._on_body)

    def begin(self, request: FetchRequest, location: Location) -> None:
        """Make ready to ask ``location`` for a feed; the deadline runs from now."""
        self.request = request
        self.begun_at = time.monotonic()
        self.visited = [location]
        self._is_permanent = True
        self._header_bytes = 0
        self._ask(location, self._terms.limits.timeout.total_seconds())

    def go_on(self, location: Location) -> None:
        """Make ready to follow a redirect to ``location``, within the same deadline."""
        head = self.hop.head
        self._is_permanent = self._is_permanent and head is not None and head.status in PERMANENT_REDIRECTS
        self.visited.append(location)
        self._ask(location, self.deadline - time.monotonic())

    @property
    def deadline(self) -> float:
        """When the fetch must have ended, by the monotonic clock."""
        return self.begun_at + self._terms.limits.timeout.total_seconds()

    @property
    def elapsed(self) -> timedelta:
        """How long it has taken so far."""
        return timedelta(seconds=time.monotonic() - self.begun_at)

    @property
    def moved_to(self) -> str | None:
        """Where the feed has moved to: the end of a chain that was permanent at every hop, or null."""
        return self.hop.location.href if self._is_permanent and len(self.visited) > 1 else None

    @property
    def size(self) -> int:
        """Bytes of body in memory."""
        return self.hop.body.size if self.hop.body else 0

    @property
    def bytes_received(self) -> int:
        """Bytes on the wire: all headers, and the body."""
        return self._header_bytes + (self.hop.body.received if self.hop.body else 0)

    def resolve(self, addresses: tuple[str, ...]) -> None:
        """Tell libcurl where the host of the request is, so that it asks nobody."""
        host = self.hop.location.host
        numbers = ",".join(f"[{ip}]" if ":" in ip else ip for ip in addresses)
        # With + it is believed no longer than an answer from a name server.
        self.handle.setopt(pycurl.RESOLVE, [f"+{host}:{self.hop.location.port}:{numbers}"])

    def is_wasteful(self) -> bool:
        """Return whether far more has come over the wire than any document may have, headers and framing included."""
        descriptor = self.handle.getinfo(pycurl.ACTIVESOCKET)
        received = count_received(descriptor) if descriptor >= 0 else 0
        if self.hop.connection is None or self.hop.connection[0] != descriptor:
            # A kept connection has brought other documents before.
            self.hop.connection = (descriptor, 0 if self.hop.is_dialled else received)
        return received - self.hop.connection[1] > _MOST_WASTE * self._terms.limits.max_body

    def rest(self) -> None:
        """Let go of everything that the fetch brought."""
        self.hop = Hop(self.hop.location)

    def resume(self) -> None:
        """Go on reading after a pause."""
        try:
            self.handle.pause(pycurl.PAUSE_CONT)
        except pycurl.error:
            # What waited came in at once and was refused; libcurl reports that end as any other.
            if self.hop.refusal is None:
                raise

    def _ask(self, location: Location, time_left: float) -> None:
        self.hop = Hop(location)
        self.handle.setopt(pycurl.URL, location.href)
        self.handle.setopt(pycurl.RESOLVE, [])
        is_ours = location.origin == self.visited[0].origin
        self.handle.setopt(pycurl.HTTPHEADER, request_headers(self.request, is_own_origin=is_ours))
        self.handle.setopt(pycurl.TIMEOUT_MS, milliseconds(time_left))
        if self.request.message:
            self.handle.setopt(pycurl.POSTFIELDS, self.request.message.body)
        else:
            # The handle's last request may have been of the other kind.
            self.handle.setopt(pycurl.HTTPGET, 1)

    def _on_dial(self, _purpose: int, address: Address) -> socket.socket | int:
        """Open the socket that libcurl asks for, or refuse it."""
        opened = dial(address, self.hop, self._terms.guard)
        if opened is None:
            return pycurl.SOCKET_BAD
        self._terms.dialled.append(opened)
        return opened

    def _on_header(self, line: bytes) -> int | None:
        """Take in one header line, the status line and the empty last one among them."""
        self._header_bytes += len(line)
        hop, limits = self.hop, self._terms.limits
        if self._header_bytes > limits.max_header_bytes:
            hop.refusal = headers_too_big(limits)
            return _STOP
        if hop.head is not None:
            # Trailers: nothing that matters may stand there (RFC 9110, section 6.5.1).
            return None
        if line.strip(b"\r\n"):
            hop.lines.append(line)
            return None
        return self._on_head(read_head(hop.lines))

    def _on_head(self, head: Head) -> int | None:
        """Look at a complete head: only a document's body is read, of anything else we know enough."""
        hop = self.hop
        if head.status < HTTPStatus.OK:
            # An interim answer (RFC 9110, section 15.2): the one that counts follows.
            hop.lines.clear()
            return None
        hop.head = head
        if head.status >= HTTPStatus.MULTIPLE_CHOICES:
            # "Not modified" has no body: let it end well, and keep the connection.
            return None if head.status == HTTPStatus.NOT_MODIFIED else _STOP
        if self.request.message:
            # It was taken, and that is all there is to learn: a body ends the transfer as soon as it begins.
            return None
        try:
            hop.body = Body(head.codings, self._terms.limits.max_body)
        except PollError as refusal:
            hop.refusal = refusal
            return _STOP
        return None

    def _on_body(self, chunk: bytes) -> int | None:
        """Take in a part of the body, or pause while the memory for bodies is used up."""
        hop, budget = self.hop, self._terms.budget
        if hop.body is None:
            return _STOP
        if not budget.admits(self):
            return pycurl.WRITEFUNC_PAUSE
        before = hop.body.size
        try:
            hop.body.add(chunk)
        except PollError as refusal:
            hop.refusal = refusal
            return _STOP
        finally:
            budget.taken += hop.body.size - before
        return None
