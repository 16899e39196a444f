"""One fetch in flight: a libcurl handle, and what comes back on it, hop by hop.

Callbacks only record and return: an exception in one would be printed and forgotten. Each hop keeps the reason why we
refused it, for libcurl's code tells a refusal from a failure no better than 7 or 23.
"""

import socket
import time
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TypeAlias

import pycurl

from worker.errors import PollError
from worker.fetch.body import Body
from worker.fetch.headers import Head, read_head
from worker.fetch.hop import Hop
from worker.fetch.host_names import known_address, needs_lookup
from worker.fetch.http2 import can_offer, choose_version, refused_error
from worker.fetch.libcurl import count_received, forget_cookies, headers_error, milliseconds, new_handle, tell_addresses
from worker.fetch.proxies import addresses_of, judge_target, names_to_look_up
from worker.fetch.request import Location, request_headers
from worker.fetch.shared_by_transfers import SharedByTransfers
from worker.fetch.terms import RequestTerms, apply_terms
from worker.values.due_feeds import FetchRequest

_PERMANENT_REDIRECTS = frozenset({301, 308})
# More than twice the largest document is waste; up to that it may be honest framing, for small chunks are allowed.
_MOST_WASTE = 2
# What a callback returns to end the transfer: any number but that of the bytes it was given.
_STOP = -1
# What libcurl is about to dial: family, type, protocol, and an address that begins with IP address and port.
_Address: TypeAlias = tuple[int, int, int, tuple[str, int]]


class Transfer:
    """A handle and the fetch it carries; a class because libcurl calls back into it."""

    request: FetchRequest
    terms: RequestTerms
    hop: Hop
    is_paced: bool
    """Whether the caller sends each request to another host than the one before it."""
    shows_addresses: bool
    """Whether the caller sends the present request, once its host's addresses are known."""
    served_from: str
    """The address that its last answer came from; empty while there is none."""

    def __init__(self, shared: SharedByTransfers) -> None:
        self._shared = shared
        self._applied: RequestTerms | None = None
        self._offers_http2 = False
        self._proxy_addresses: frozenset[tuple[str, int]] = frozenset()
        self.handle = new_handle(shared.limits, shared.ca_bundle)
        self.handle.setopt(pycurl.OPENSOCKETFUNCTION, self._on_dial)
        self.handle.setopt(pycurl.HEADERFUNCTION, self._on_header)
        self.handle.setopt(pycurl.WRITEFUNCTION, self._on_body)

    def begin(self, request: FetchRequest, location: Location, terms: RequestTerms) -> None:
        """Make ready to ask ``location`` for a feed; ``deadline``, by the monotonic clock, counts from now."""
        self.request = request
        self.terms = terms
        timeout = self._shared.limits.timeout.total_seconds()
        self.begun_at = time.monotonic()
        self.deadline = self.begun_at + timeout
        self.visited = [location]
        self.served_from = ""
        self.same_cookies_since = 0
        forget_cookies(self.handle)
        self._is_permanent = True
        self._header_bytes = 0
        self._ask(location, timeout)

    def hold(self) -> None:
        """Let no deadline run: it is not asked for until ``go_on``."""
        self._held_since = time.monotonic()

    def go_on(self) -> None:
        """Let the deadline run again, later by as long as it was held."""
        self.served_from = ""
        waited = time.monotonic() - self._held_since
        self.begun_at += waited
        self.deadline += waited
        self.handle.setopt(pycurl.TIMEOUT_MS, milliseconds(self.deadline - time.monotonic()))

    def follow(self, location: Location) -> None:
        """Make ready to follow a redirect to ``location``, within the same deadline."""
        head = self.hop.head
        self._is_permanent = self._is_permanent and head is not None and head.status in _PERMANENT_REDIRECTS
        if head and "set-cookie" in head.fields:
            self.same_cookies_since = len(self.visited)
        self.visited.append(location)
        self._ask(location, self.deadline - time.monotonic())

    def ask_again(self) -> None:
        """Make ready to ask the same again, within the same deadline."""
        self._ask(self.hop.location, self.deadline - time.monotonic())

    @property
    def elapsed(self) -> timedelta:
        """How long it has taken so far."""
        return timedelta(seconds=time.monotonic() - self.begun_at)

    @property
    def moved_to(self) -> str | None:
        """Where the feed has moved to: the end of a chain of redirects that were all permanent."""
        return self.hop.location.href if self._is_permanent and len(self.visited) > 1 else None

    @property
    def size(self) -> int:
        """Bytes of body in memory."""
        return self.hop.body.size if self.hop.body else 0

    @property
    def bytes_received(self) -> int:
        """Bytes on the wire: all headers, and the body."""
        return self._header_bytes + (self.hop.body.received if self.hop.body else 0)

    def use_addresses(self, addresses: tuple[str, ...]) -> None:
        """Take in the addresses of the first of the hop's ``names``."""
        hop, proxy = self.hop, self.terms.proxy
        hop.names.pop(0)
        if proxy is None:
            hop.addresses = addresses
            tell_addresses(self.handle, hop.location.host, hop.location.port, addresses)
        elif hop.names or not needs_lookup(proxy.host):
            hop.refusal = judge_target(self._shared.guard, hop.location, addresses)
        else:
            self._proxy_addresses = frozenset((ip, proxy.port) for ip in addresses)
            tell_addresses(self.handle, proxy.host, proxy.port, addresses)

    def dial_first(self, address: str) -> None:
        """Let libcurl try one of its host's addresses before the others."""
        hop = self.hop
        if address in hop.addresses:
            others = (each for each in hop.addresses if each != address)
            tell_addresses(self.handle, hop.location.host, hop.location.port, (address, *others))

    def note_server(self) -> None:
        """Keep where its answer came from; a host that is not looked up here stands for its own address."""
        hop = self.hop
        if hop.head:
            ip: str = self.handle.getinfo(pycurl.PRIMARY_IP) if hop.addresses else known_address(hop.location.host)
            self.served_from = ip

    def is_wasteful(self) -> bool:
        """Return whether far more has come over the wire than any document may have, headers and framing included.

        By the kernel's own count: libcurl does not count what frames a body, and a chunk's extension may be endless
        (RFC 9112, section 7.1.1) and comes as fast as the line can carry.
        """
        descriptor = self.handle.getinfo(pycurl.ACTIVESOCKET)
        received = count_received(descriptor) if descriptor >= 0 else 0
        if self.hop.connection is None or self.hop.connection[0] != descriptor:
            # A kept connection has brought other documents before.
            self.hop.connection = (descriptor, 0 if self.hop.is_dialled else received)
        return received - self.hop.connection[1] > _MOST_WASTE * self._shared.limits.max_body

    def clear(self) -> None:
        """Free the memory of everything that the fetch brought."""
        self.hop = Hop(self.hop.location)

    def resume(self) -> None:
        """Go on reading after a pause."""
        try:
            self.handle.pause(pycurl.PAUSE_CONT)
        except pycurl.error:
            # libcurl handed over at once what had waited, and we refused it; it reports that end as any other.
            if self.hop.refusal is None:
                raise

    def _ask(self, location: Location, time_left: float) -> None:
        self.hop = Hop(location)
        terms = self.terms
        if terms is not self._applied or terms.is_insecure:
            self._apply(terms)
        if terms.proxy:
            self.hop.names = names_to_look_up(self._shared.guard, location, terms.proxy)
            self.hop.refusal = judge_target(self._shared.guard, location)
        elif needs_lookup(location.host):
            self.hop.names = [location.host]
        is_wanted = terms.offers_http2 and can_offer(location)
        self.hop.offers_http2 = is_wanted or location.origin in self._shared.http2
        if self.hop.offers_http2 != self._offers_http2:
            self._offers_http2 = self.hop.offers_http2
            choose_version(self.handle, self._on_request if self._offers_http2 else None)
        lines = terms.secret_lines if location.origin == terms.origin else ()
        self.handle.setopt(pycurl.URL, location.href)
        self.handle.setopt(pycurl.RESOLVE, [])
        # Latin-1 is what answers are read by: a validator goes back byte for byte.
        headers = [line.encode("latin-1") for line in request_headers(self.request, lines)]
        self.handle.setopt(pycurl.HTTPHEADER, headers)
        self.handle.setopt(pycurl.TIMEOUT_MS, milliseconds(time_left))
        if self.request.message:
            self.handle.setopt(pycurl.POSTFIELDS, self.request.message.body)
        else:
            # The handle's last request may have been a POST.
            self.handle.setopt(pycurl.HTTPGET, 1)

    def _apply(self, terms: RequestTerms) -> None:
        """Tell libcurl the terms of this hop: only of the feed's own host is a certificate left unchecked."""
        is_elsewhere = self.hop.location.host != self.visited[0].host
        terms = replace(terms, is_insecure=False) if terms.is_insecure and is_elsewhere else terms
        apply_terms(self.handle, terms)
        self._applied = terms
        self._proxy_addresses = addresses_of(terms.proxy) if terms.proxy else frozenset()

    def _on_dial(self, _purpose: int, address: _Address) -> socket.socket | int:
        """Open a socket to the very address that libcurl is about to dial, unless the guard objects to it."""
        hop = self.hop
        family, kind, protocol, to = address
        if family not in {socket.AF_INET, socket.AF_INET6}:
            hop.objection = "it is not on the internet"
            return pycurl.SOCKET_BAD
        ip, port = to[:2]
        is_of_proxy = (ip, port) in self._proxy_addresses
        if not is_of_proxy and (objection := self._shared.guard.objection(ip, port, hop.location.host)):
            hop.objection = objection
            return pycurl.SOCKET_BAD
        try:
            opened = socket.socket(family, kind, protocol)
        except OSError:
            # No IPv6 here, or no descriptors left: libcurl tries the name's next address.
            return pycurl.SOCKET_BAD
        hop.is_dialled = True
        self._shared.dialled.append(opened)
        return opened

    def _on_request(self, *_addresses: str | int) -> int:
        """Let a request out over a connection where HTTP/2 was offered; libcurl repeats what a server refused."""
        hop = self.hop
        if hop.is_sent:
            hop.is_refused, hop.refusal = True, refused_error(hop.location.host)
            return pycurl.PREREQFUNC_ABORT
        # Over a kept connection that proved dead, nothing was.
        hop.is_sent = hop.is_dialled
        return pycurl.PREREQFUNC_OK

    def _on_header(self, line: bytes) -> int | None:
        """Take in one header line; the status line and the empty last one count as such."""
        self._header_bytes += len(line)
        hop, limits = self.hop, self._shared.limits
        if self._header_bytes > limits.max_header_bytes:
            hop.refusal = headers_error(limits)
            return _STOP
        if hop.head is not None:
            # Trailers: nothing that matters may come in one (RFC 9110, section 6.5.1).
            return None
        if line.strip(b"\r\n"):
            hop.lines.append(line)
            return None
        return self._on_head(read_head(hop.lines))

    def _on_head(self, head: Head) -> int | None:
        """Look at a complete head: we read the body of a document, and of nothing else."""
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
            # The host took the message, and we want to know no more: a body ends the transfer as soon as it begins.
            return None
        try:
            hop.body = Body(head.codings, self._shared.limits.max_body)
        except PollError as refusal:
            hop.refusal = refusal
            return _STOP
        return None

    def _on_body(self, chunk: bytes) -> int | None:
        """Take in a part of the body, or pause while the memory for bodies is used up."""
        hop, budget = self.hop, self._shared.budget
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
