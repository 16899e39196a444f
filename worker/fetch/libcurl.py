"""libcurl: an easy handle for each request, the multi handle that drives them all, and what its error codes mean."""

import math
import os
import re
import selectors
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import certifi
import pycurl

from worker.basics.text import clean
from worker.basics.units import show_duration, show_size
from worker.errors import ErrorClass, PollError, RejectedError, TransientError
from worker.fetch.codings import too_big_error
from worker.fetch.request import FetchLimits

# Where distributions keep their bundle, for a Python that was built to look elsewhere.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
# Connections kept open for another poll of the same host; each costs a socket and its TLS state.
_IDLE_CONNECTIONS = 100
# pycurl has no name for it (CURLOPT_SUPPRESS_CONNECT_HEADERS of curl/curl.h).
_SUPPRESS_CONNECT_HEADERS = 265
# pycurl has no name for it: a header line, or their number, is beyond libcurl's own limits.
_E_TOO_LARGE = 100
# Over HTTP/2 it says so in words only.
_TOO_MANY = re.compile(r"Too many (?:CONTINUATION|response headers)")
# pycurl has no name for it: a stream of HTTP/2 was reset.
E_STREAM = 92
TLS_CODES = (
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_SSL_CERTPROBLEM,
    pycurl.E_SSL_CIPHER,
    pycurl.E_PEER_FAILED_VERIFICATION,
    pycurl.E_SSL_CACERT_BADFILE,
    pycurl.E_SSL_ISSUER_ERROR,
    pycurl.E_SSL_INVALIDCERTSTATUS,
)
_BROKEN_CODES = (pycurl.E_PARTIAL_FILE, pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR, E_STREAM)
# Where struct tcp_info of linux/tcp.h counts the bytes that a connection has received.
_BYTES_RECEIVED = slice(128, 136)
_TRANSIENT = {
    pycurl.E_COULDNT_RESOLVE_HOST: (ErrorClass.DNS, "the name {host} does not resolve"),
    pycurl.E_COULDNT_CONNECT: (ErrorClass.CONNECT, "{host} accepts no connection"),
    pycurl.E_GOT_NOTHING: (ErrorClass.INCOMPLETE, "{host} closed the connection without an answer"),
    **dict.fromkeys(TLS_CODES, (ErrorClass.TLS, "no secure connection to {host}")),
    **dict.fromkeys(
        _BROKEN_CODES, (ErrorClass.INCOMPLETE, "the connection to {host} broke before the answer was complete")
    ),
}


def find_ca_bundle(usual: tuple[str, ...] = _BUNDLES) -> str:
    """Return the file of the authorities to trust: the system's, which its operator may add to, else certifi's."""
    named = ssl.get_default_verify_paths().cafile
    return next((path for path in (named, *usual) if path and Path(path).is_file()), certifi.where())


def new_handle(limits: FetchLimits, ca_bundle: str) -> pycurl.Curl:
    """Return a handle for one request at a time, to be used again and again: setting it up costs more than a poll.

    ``worker.fetch.terms`` tells it through which proxy and under which name it asks.
    """
    handle = pycurl.Curl()
    options = {
        # Signals belong to Celery, and libcurl's are not safe beside threads.
        pycurl.NOSIGNAL: 1,
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        # We check each hop before we follow it.
        pycurl.FOLLOWLOCATION: 0,
        # ``worker.fetch.http2`` offers more where that is wanted.
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        # The path was settled when the URL was read: there is one spelling of it, not two.
        pycurl.PATH_AS_IS: 1,
        pycurl.CONNECTTIMEOUT_MS: milliseconds(limits.connect_timeout.total_seconds()),
        # On the wire; ``Body`` counts what it decodes to.
        pycurl.MAXFILESIZE_LARGE: limits.max_body,
        pycurl.CAINFO: ca_bundle,
        pycurl.PROXY_CAINFO: ca_bundle,
        # What a proxy says before its tunnel is open is no part of the publisher's answer.
        _SUPPRESS_CONNECT_HEADERS: 1,
    }
    if pycurl.version_info()[4] & pycurl.VERSION_PSL:
        # Keeps cookies in memory until ``forget_cookies``; one that knows no public suffixes would let a site set them
        # for all names of its registry.
        options[pycurl.COOKIEFILE] = ""
    for option, value in options.items():
        handle.setopt(option, value)
    # Addresses kept by itself: as each request ends libcurl looks at all that it keeps for a minute, and those of the
    # multi handle are of every host that was asked in that time.
    own = pycurl.CurlShare()
    own.setopt(pycurl.SH_SHARE, pycurl.LOCK_DATA_DNS)
    handle.setopt(pycurl.SHARE, own)
    return handle


def forget_cookies(handle: pycurl.Curl) -> None:
    """Leave nothing of a fetch to the next one on the same handle: cookies live for one chain of redirects."""
    handle.setopt(pycurl.COOKIELIST, "ALL")


def milliseconds(seconds: float) -> int:
    """Return a time limit as libcurl takes it, at least 1: 0 would be no limit at all."""
    return max(1, math.ceil(seconds * 1000))


def count_received(descriptor: int) -> int:
    """Return how many bytes a connected socket has received; 0 where the system does not count."""
    if sys.platform != "linux":
        return 0
    try:
        with socket.socket(fileno=os.dup(descriptor)) as connection:
            info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_RECEIVED.stop)
    except OSError:
        return 0
    # An older kernel's answer is shorter, and counts as 0.
    return int.from_bytes(info[_BYTES_RECEIVED], sys.byteorder)


class EndedRequest(NamedTuple):
    """A handle whose request has ended, and how in libcurl's words; code 0 is success."""

    handle: pycurl.Curl
    code: int
    message: str


class MultiHandle:
    """All requests in flight; a class because it owns libcurl's multi handle, one for each thread.

    It watches libcurl's sockets and timer itself: libcurl's own ``select`` would end at 1,024 sockets.
    """

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, _IDLE_CONNECTIONS)
        # One request at a time on each connection, over HTTP/2 too: a connection's flood is one fetch's.
        self._multi.setopt(pycurl.M_PIPELINING, pycurl.PIPE_NOTHING)
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._selector = selectors.DefaultSelector()
        # Asked twice a poll; of the selector's own map each look costs as much as watching a socket.
        self._watched: set[int] = set()
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

    def drive(self, wait: float) -> Iterator[EndedRequest]:
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
            # A full socket has already rung; a closed one has nobody to wake.
            self._alarm_bell.send(b"!")

    def close(self) -> None:
        """Cut all connections."""
        self._multi.close()
        self._selector.close()
        with self._bell_lock:
            self._alarm_bell.close()
        self._alarm.close()

    def _ended(self) -> Iterator[EndedRequest]:
        remaining = 1
        while remaining:
            remaining, done, failed = self._multi.info_read()
            yield from (EndedRequest(handle, 0, "") for handle in done)
            yield from (EndedRequest(*failure) for failure in failed)

    def _on_socket(self, event: int, descriptor: int, _multi: pycurl.CurlMulti, _assigned: object) -> None:
        """Watch a socket for what libcurl waits for on it."""
        if event == pycurl.POLL_REMOVE:
            if descriptor in self._watched:
                self._watched.remove(descriptor)
                self._selector.unregister(descriptor)
        elif descriptor in self._watched:
            # POLL_IN, POLL_OUT and POLL_INOUT are the bits of EVENT_READ and EVENT_WRITE.
            self._selector.modify(descriptor, event)
        elif event != pycurl.POLL_NONE:
            self._selector.register(descriptor, event)
            self._watched.add(descriptor)

    def _on_timer(self, milliseconds: int) -> None:
        """Note when libcurl wants to be woken; -1 is never."""
        self._wake_at = None if milliseconds < 0 else time.monotonic() + milliseconds / 1000


def curl_error(code: int, message: str, host: str, limits: FetchLimits, elapsed: timedelta) -> PollError:
    """Return what libcurl's error ``code`` means; its own ``message`` is added where it says more than ours."""
    if code == pycurl.E_OPERATION_TIMEDOUT:
        if elapsed >= limits.timeout:
            return timeout_error(host, limits)
        sentence = f"no connection to {host} within {show_duration(limits.connect_timeout)}"
        return TransientError(ErrorClass.TIMEOUT, sentence)
    # These two codes always mean a limit that we gave libcurl, or that it has itself.
    if code == pycurl.E_FILESIZE_EXCEEDED:
        return too_big_error(limits.max_body)
    if code == _E_TOO_LARGE or _TOO_MANY.search(message):
        return headers_error(limits)
    error_class, sentence = _TRANSIENT.get(code, (ErrorClass.PROTOCOL, "{host} does not speak HTTP as it should"))
    # Of a write error libcurl tells its own numbers only.
    is_telling = error_class in {ErrorClass.TLS, ErrorClass.PROTOCOL} and code != pycurl.E_WRITE_ERROR
    added = f": {clean(message, 200)}" if is_telling and message else ""
    return TransientError(error_class, sentence.format(host=host) + added)


def timeout_error(host: str, limits: FetchLimits) -> TransientError:
    """Return the failure of a fetch that took too long."""
    return TransientError(ErrorClass.TIMEOUT, f"{host} did not answer in full within {show_duration(limits.timeout)}")


def unresolved_error(host: str, limits: FetchLimits, *, is_late: bool) -> TransientError:
    """Return the failure of a name that has no address, or none in time."""
    patience = min(limits.connect_timeout, limits.timeout)
    in_time = f"was not resolved within {show_duration(patience)}" if is_late else "does not resolve"
    return TransientError(ErrorClass.DNS, f"the name {host} {in_time}")


def headers_error(limits: FetchLimits) -> RejectedError:
    """Return the refusal of an answer with too much in its headers."""
    return RejectedError(ErrorClass.TOO_BIG, f"the headers are larger than {show_size(limits.max_header_bytes)}")


def tell_addresses(handle: pycurl.Curl, host: str, port: int, addresses: tuple[str, ...]) -> None:
    """Tell libcurl the addresses of a host in the order to try them, so that it asks nobody."""
    numbers = ",".join(f"[{ip}]" if ":" in ip else ip for ip in addresses)
    # With + libcurl believes it no longer than an answer from a name server.
    handle.setopt(pycurl.RESOLVE, [f"+{host}:{port}:{numbers}"])
