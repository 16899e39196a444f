"""A name server that answers what it is told to, or nothing at all."""

import socket
import struct
import threading
from collections.abc import Callable
from ipaddress import ip_address
from types import TracebackType
from typing import Self

_HEADER = 12
_A, _AAAA = 1, 28

Answers = Callable[[str], list[str] | None]


class NameServer:
    """A server in a thread; use it as a context manager.

    ``answers`` gives the addresses of a name, asked once for each question, or null to leave it without an answer.
    """

    def __init__(self, address: str, answers: Answers) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))
        self._answers = answers
        self._thread = threading.Thread(target=self._serve, name="name server", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, peer = self._socket.recvfrom(512)
            if not question:
                return
            name, end = _read_name(question)
            (kind,) = struct.unpack_from("!H", question, end)
            addresses = self._answers(name)
            if addresses is not None:
                self._socket.sendto(_answer(question[: end + 4], kind, addresses), peer)


def _read_name(question: bytes) -> tuple[str, int]:
    """Return the name that is asked for, and where it ends (RFC 1035, section 4.1.2)."""
    labels, place = [], _HEADER
    while length := question[place]:
        labels.append(question[place + 1 : place + 1 + length].decode("ascii"))
        place += 1 + length
    return ".".join(labels), place + 1


def _answer(question: bytes, kind: int, addresses: list[str]) -> bytes:
    wanted = {_A: 4, _AAAA: 6}.get(kind)
    packed = [ip.packed for ip in map(ip_address, addresses) if ip.version == wanted]
    # The name is a pointer to the question's; nothing may be cached.
    records = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(ip)) + ip for ip in packed)
    counts = struct.pack("!HHHH", 1, len(packed), 0, 0)
    return question[:2] + b"\x81\x80" + counts + question[_HEADER:] + records
