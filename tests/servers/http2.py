"""A publisher that speaks HTTP/2, alone or besides HTTP/1.1, and as badly as it is told to."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from h2.exceptions import ProtocolError

from tests.servers.messages import Answer, Request
from tests.servers.publisher import Publisher

# Fatal, no_application_protocol (RFC 7301, section 3.2), in a record of its own.
_NO_APPLICATION_PROTOCOL = bytes.fromhex("15 0303 0002 02 78")
# What a ClientHello says that offers it: the protocol's name with its length.
_OFFER = b"\x02h2"


class Stream:
    """One request over HTTP/2 and the way to answer it frame by frame."""

    def __init__(self, connection: socket.socket, state: H2Connection, number: int) -> None:
        self.connection = connection
        self.state = state
        self.number = number

    def flush(self) -> None:
        """Send the frames that were made."""
        self.connection.sendall(self.state.data_to_send())

    def wait_until_gone(self) -> None:
        """Read until the client leaves: else it might miss the last frames."""
        while self.connection.recv(65536):
            pass

    def send_head(self, status: int = 200, *fields: tuple[str, str]) -> None:
        """Send a head after which a body may follow."""
        self.state.send_headers(self.number, [(":status", str(status)), *fields])
        self.flush()

    def send_part(self, part: bytes, *, pad: int | None = None, is_last: bool = False) -> None:
        """Send a frame of a body, once the client has room for it."""
        needed = len(part) + (pad + 1 if pad is not None else 0)
        while self.state.local_flow_control_window(self.number) < needed:
            received = self.connection.recv(65536)
            if not received:
                raise ConnectionError
            self.state.receive_data(received)
            self.flush()
        self.state.send_data(self.number, part, end_stream=is_last, pad_length=pad)
        self.flush()


Play: TypeAlias = Callable[[Stream], None]


class Http2Publisher(Publisher):
    """A server that prefers HTTP/2; ``to_others`` says what becomes of clients that do not offer it.

    They are served, refused in the handshake, sent frames of HTTP/2, or hung up on. What ``play`` programs is answered
    frame by frame. A request over HTTP/2 has a header ``:authority``.
    """

    def __init__(self, certificate: Path, to_others: Literal["serve", "alert", "frames", "hang up"] = "serve") -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.set_alpn_protocols(["h2", "http/1.1"] if to_others == "serve" else ["h2"])
        super().__init__(tls=context)
        self._to_others = to_others
        self._plays: dict[str, Play] = {}

    def play(self, path: str, play: Play) -> str:
        """Answer a path frame by frame; a connection ends with its play. Returns the URL."""
        self._plays[path] = play
        return self.url(path, "localhost")

    def _serve(self, connection: socket.socket) -> None:
        if self._to_others == "alert" and _OFFER not in _peek_hello(connection):
            with connection, suppress(OSError):
                # Else what was not read would have the alert thrown away too.
                connection.recv(65536)
                connection.sendall(_NO_APPLICATION_PROTOCOL)
        else:
            super()._serve(connection)

    def _converse(self, connection: socket.socket) -> None:
        assert isinstance(connection, ssl.SSLSocket), "it is wrapped"
        if connection.selected_alpn_protocol() == "h2":
            self._converse_in_frames(connection)
        elif self._to_others == "serve":
            super()._converse(connection)
        elif self._to_others == "frames":
            connection.recv(65536)
            state = H2Connection(H2Configuration(client_side=False))
            state.initiate_connection()
            state.close_connection(1)
            connection.sendall(state.data_to_send())

    def _converse_in_frames(self, connection: socket.socket) -> None:
        state = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        state.initiate_connection()
        connection.sendall(state.data_to_send())
        while not self._stopping.is_set():
            received = connection.recv(65536)
            if not received:
                return
            try:
                events = state.receive_data(received)
            except ProtocolError:
                return
            connection.sendall(state.data_to_send())
            for event in events:
                if isinstance(event, RequestReceived) and not self._answer(
                    event, Stream(connection, state, event.stream_id)
                ):
                    return

    def _answer(self, event: RequestReceived, stream: Stream) -> bool:
        """Answer a request, and return whether the connection lives on."""
        fields = {str(name): str(value) for name, value in event.headers}
        request = Request(fields[":method"], fields[":path"], fields)
        self._note(request)
        if play := self._plays.get(request.path):
            play(stream)
            # Without a word; a client that waits for more sees the end.
            stream.connection.shutdown(socket.SHUT_WR)
            stream.wait_until_gone()
            return False
        answer = self._find_answer(request)
        stream.send_head(answer.status, *((name.lower(), value) for name, value in dict(answer.headers).items()))
        _send_body(stream, answer)
        return True


def _send_body(stream: Stream, answer: Answer) -> None:
    body = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
    for start in range(0, len(body), 16_384):
        stream.send_part(body[start : start + 16_384])
    stream.send_part(b"", is_last=True)


def _peek_hello(connection: socket.socket) -> bytes:
    """Return the first record that a client sends, and leave it where it is."""
    length = 5
    while len(hello := connection.recv(length, socket.MSG_PEEK | socket.MSG_WAITALL)) == length == 5:
        length += int.from_bytes(hello[3:5], "big")
    return hello
