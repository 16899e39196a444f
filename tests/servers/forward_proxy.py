"""A forward proxy on loopback: HTTP with CONNECT, over TLS or not, or SOCKS5; every name leads to one upstream."""

import base64
import socket
import ssl
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

_OPEN = b"HTTP/1.1 200 Connection established\r\nX-Proxy: says what no publisher said\r\n\r\n"
# RFC 1928, section 6.
_SOCKS_REPLY = b"\x05%c\x00\x01\x00\x00\x00\x00\x00\x00"


class ForwardProxy:
    """A proxy in threads; use it as a context manager.

    ``asked`` are the heads it got, ``names`` the hosts and ports it was to connect with; ``refusal`` is what it answers
    instead (a status, or a SOCKS reply).
    """

    def __init__(
        self,
        upstream: int,
        user: str | None = None,
        *,
        refusal: int | None = None,
        tls: ssl.SSLContext | None = None,
        is_socks: bool = False,
    ) -> None:
        self.asked: list[bytes] = []
        self.names: list[str] = []
        self._upstream, self._user, self._refusal = upstream, user, refusal
        self._tls, self._is_socks = tls, is_socks
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Wakes the thread that accepts.
        self._listener.shutdown(socket.SHUT_RDWR)
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in (self._listener, *self._open):
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                self._open.append(connection)
                thread = threading.Thread(target=self._serve, args=[connection], daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            head = self._talk_socks(connection) if self._is_socks else self._talk_http(connection)
            if head is not None:
                self._relay(connection, head)
            connection.close()

    def _talk_http(self, connection: socket.socket) -> bytes | None:
        """Answer a CONNECT, or refuse; return what is to be sent upstream first."""
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(65536)
            if not part:
                return None
            head += part
        self.asked.append(head)
        method, target, _ = head.split(b" ", 2)
        self.names.append(target.decode() if method == b"CONNECT" else target.split(b"/")[2].decode())
        credentials = base64.b64encode((self._user or "").encode())
        refusal = self._refusal
        if self._user and b"Proxy-Authorization: Basic " + credentials not in head:
            refusal = 407
        if refusal:
            connection.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % refusal)
            return None
        if method != b"CONNECT":
            return head.replace(target, b"/" + target.split(b"/", 3)[3], 1)
        connection.sendall(_OPEN)
        return b""

    def _talk_socks(self, connection: socket.socket) -> bytes | None:
        """Greet, check the password (RFC 1929) and take the request (RFC 1928); upstream gets nothing of it."""
        offered = connection.recv(512)
        method = 2 if self._user else 0
        if method not in offered[2:]:
            connection.sendall(b"\x05\xff")
            return None
        connection.sendall(bytes([5, method]))
        if self._user:
            sent = connection.recv(512)
            user, password = sent[2 : 2 + sent[1]], sent[3 + sent[1] :]
            is_right = f"{user.decode()}:{password.decode()}" == self._user
            connection.sendall(b"\x01\x00" if is_right else b"\x01\x01")
            if not is_right:
                return None
        request = connection.recv(512)
        # Address type 3 is a name.
        name = request[5 : 5 + request[4]].decode() if request[3] == 3 else "an address"
        self.names.append(f"{name}:{int.from_bytes(request[-2:])}")
        connection.sendall(_SOCKS_REPLY % (self._refusal or 0))
        return None if self._refusal else b""

    def _relay(self, connection: socket.socket, head: bytes) -> None:
        upstream = socket.create_connection(("127.0.0.1", self._upstream))
        self._open.append(upstream)
        upstream.sendall(head)
        back = threading.Thread(target=_pump, args=[upstream, connection], daemon=True)
        self._threads.append(back)
        back.start()
        _pump(connection, upstream)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            sink.sendall(part)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
