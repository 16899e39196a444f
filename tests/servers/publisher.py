"""A publisher on loopback that behaves as badly as it is told to: a real HTTP server for every test that fetches."""

import select
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from tests.servers.messages import Answer, Request

_LONGEST_REQUEST = 1_000_000


Responder = Callable[[Request], Answer]


@dataclass(slots=True)
class _Log:
    connections: int = 0
    requests: list[Request] = field(default_factory=list)


class Publisher:
    """A server in threads, one for each connection; use it as a context manager.

    ``on(path, answer)`` programs a path; a list of answers is given one by one, the last for ever; a function decides
    from the request. ``requests`` and ``connections`` tell what arrived.
    """

    def __init__(self, address: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._listener = socket.create_server((address, port), family=family, backlog=512)
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._stopping = threading.Event()
        self._tls = tls
        self._lock = threading.Lock()
        self._log = _Log()
        self._open: dict[threading.Thread, socket.socket] = {}
        self._responders: dict[str, Responder] = {}
        self._acceptor = threading.Thread(target=self._accept, name="publisher", daemon=True)
        self.address: str = address
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def authority(self) -> str:
        """Host and port, as a URL and an ALLOW_HOSTS rule write them."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    @property
    def requests(self) -> list[Request]:
        """The requests that arrived so far, in order."""
        with self._lock:
            return list(self._log.requests)

    @property
    def connections(self) -> int:
        """How many connections were opened so far, with a request or without."""
        with self._lock:
            return self._log.connections

    def url(self, path: str = "/", host: str | None = None) -> str:
        """Return the URL of a path, under the server's address or another name for it."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{f'{host}:{self.port}' if host else self.authority}{path}"

    def requests_of(self, path: str) -> list[Request]:
        """Return the requests for one path, in order."""
        return [request for request in self.requests if request.path == path]

    def on(self, path: str, answer: Answer | list[Answer] | Responder) -> str:
        """Say how a path is answered from now on, and return its URL."""
        match answer:
            case Answer():
                self._responders[path] = lambda _request: answer
            case list():
                self._responders[path] = _one_by_one(answer)
            case _:
                self._responders[path] = answer
        return self.url(path)

    def serve(self, path: str, body: bytes, content_type: str = "application/rss+xml", **headers: str) -> str:
        """Serve a document; ``headers`` are written with ``_`` for ``-``. Returns the URL."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.on(path, Answer(body, headers={"Content-Type": content_type, **named}))

    def serve_validated(
        self, path: str, body: bytes, etag: str | None = None, last_modified: str | None = None, **headers: str
    ) -> str:
        """Serve a document with validators, and 304 to a request that sends one of them back. Returns the URL."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        named |= {"ETag": etag} if etag else {}
        named |= {"Last-Modified": last_modified} if last_modified else {}

        def respond(request: Request) -> Answer:
            # If-None-Match outranks If-Modified-Since (RFC 9110, section 13.1.3).
            sent, known = request.headers.get("if-none-match"), etag
            if sent is None:
                sent, known = request.headers.get("if-modified-since"), last_modified
            is_known = sent is not None and sent == known
            return Answer(b"" if is_known else body, status=304 if is_known else 200, headers=named)

        return self.on(path, respond)

    def redirect(self, path: str, to: str, status: int = 301) -> str:
        """Redirect a path. Returns its URL."""
        return self.on(path, Answer(status=status, headers={"Location": to}))

    def hang(self, path: str) -> str:
        """Take the request and never answer. Returns the URL."""
        return self.on(path, Answer(hold=self._stopping))

    def drip(self, path: str, body: bytes, pace: float, piece: int = 1) -> str:
        """Send a body piece by piece with pauses. Returns the URL."""
        return self.on(path, Answer(body, pace=pace, piece=piece))

    def truncate(self, path: str, body: bytes, length: int) -> str:
        """Promise ``length`` bytes, send fewer and close. Returns the URL."""
        return self.on(path, Answer(body, length=length, is_cut=True))

    def bomb(self, path: str, size: int) -> str:
        """Send ``size`` zeros as gzip, a thousandth of that on the wire. Returns the URL."""

        def respond(_request: Request) -> Answer:
            return Answer(_gzipped_zeros(size), headers={"Content-Encoding": "gzip"}, framing="chunked")

        return self.on(path, respond)

    def close(self) -> None:
        """Stop, and close every socket; the context manager does it too."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._stop_writer.send(b"x")
        if self._acceptor.is_alive():
            self._acceptor.join()
        with self._lock:
            threads = dict(self._open)
        for thread, connection in threads.items():
            # Wakes the thread that reads from it or writes to it; it may just have closed it itself.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()
        for each in (self._listener, self._stop_reader, self._stop_writer):
            each.close()

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select([self._listener, self._stop_reader], [], [])
            if self._stop_reader in ready:
                return
            connection, _ = self._listener.accept()
            thread = threading.Thread(target=self._serve, args=[connection], name="publisher connection", daemon=True)
            with self._lock:
                self._log.connections += 1
                self._open[thread] = connection
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            # A client that goes away in the middle is what many of these tests are about.
            with connection, suppress(OSError):
                if self._tls is None:
                    self._converse(connection)
                else:
                    with self._tls.wrap_socket(connection, server_side=True) as secured:
                        with self._lock:
                            self._open[threading.current_thread()] = secured
                        self._converse(secured)
        finally:
            with self._lock:
                del self._open[threading.current_thread()]

    def _converse(self, connection: socket.socket) -> None:
        """Answer one request after the other, until either side wants no more."""
        received = b""
        while not self._stopping.is_set():
            while b"\r\n\r\n" not in received:
                part = connection.recv(65536)
                if not part or len(received) > _LONGEST_REQUEST:
                    return
                received += part
            head, _, received = received.partition(b"\r\n\r\n")
            request = _read_request(head)
            length = int(request.headers.get("content-length", "0"))
            while len(received) < length:
                part = connection.recv(65536)
                if not part:
                    return
                received += part
            request, received = replace(request, body=received[:length]), received[length:]
            self._note(request)
            if not self._send(connection, request, self._find_answer(request)):
                return

    def _note(self, request: Request) -> None:
        with self._lock:
            self._log.requests.append(request)

    def _find_answer(self, request: Request) -> Answer:
        responder = self._responders.get(request.path, lambda _request: Answer(b"not found", status=404))
        return responder(request)

    def _send(self, connection: socket.socket, request: Request, answer: Answer) -> bool:
        """Send an answer, and return whether the connection lives on."""
        if answer.hold:
            self._wait_for(answer.hold)
        if answer.raw is not None:
            self._send_raw(connection, answer.raw, answer)
            return False
        connection.sendall(_head(answer))
        has_body = request.method != "HEAD" and answer.status not in {204, 304}
        for number, piece in enumerate(_pieces(answer.body, answer.piece) if has_body else ()):
            if answer.hold_after and answer.hold_after[0] == number:
                self._wait_for(answer.hold_after[1])
            if answer.pace and self._stopping.wait(answer.pace):
                return False
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if answer.framing == "chunked" else piece)
        if answer.framing == "chunked" and has_body and not answer.is_cut:
            connection.sendall(b"0\r\n\r\n")
        is_asked_to_close = request.headers.get("connection", "").lower() == "close"
        return not (answer.is_cut or answer.framing == "close" or is_asked_to_close)

    def _send_raw(self, connection: socket.socket, raw: bytes | Iterator[bytes], answer: Answer) -> None:
        for piece in _pieces(raw, answer.piece):
            if answer.pace and self._stopping.wait(answer.pace):
                break
            connection.sendall(piece)

    def _wait_for(self, event: threading.Event) -> None:
        while not event.wait(0.02) and not self._stopping.is_set():
            pass


def _one_by_one(answers: list[Answer]) -> Responder:
    rest = iter(answers[:-1])
    return lambda _request: next(rest, answers[-1])


def _read_request(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, rest.rpartition(" ")[0], headers)


def _head(answer: Answer) -> bytes:
    pairs = answer.headers.items() if isinstance(answer.headers, Mapping) else answer.headers
    lines = [f"HTTP/1.1 {answer.status} Programmed", *(f"{name}: {value}" for name, value in pairs)]
    if answer.framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
    elif answer.framing == "close":
        lines.append("Connection: close")
    elif answer.status not in {204, 304}:
        body = answer.body if isinstance(answer.body, bytes) else b""
        lines.append(f"Content-Length: {len(body) if answer.length is None else answer.length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _pieces(content: bytes | Iterator[bytes], size: int) -> Iterator[bytes]:
    if not isinstance(content, bytes):
        # An empty chunk would be the last one.
        return filter(None, content)
    return (content[start : start + size] for start in range(0, len(content), size))


def _gzipped_zeros(size: int) -> Iterator[bytes]:
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1_000_000)
    for start in range(0, size, len(block)):
        yield packer.compress(block[: size - start])
    yield packer.flush()
