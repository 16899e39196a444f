"""One request of a chain of redirects, and what has come back for it."""

import os
import socket
import struct
import sys
from dataclasses import dataclass, field
from typing import Protocol

from worker.errors import PollError
from worker.fetch.body import Body
from worker.fetch.guard import Guard
from worker.fetch.head import Head
from worker.fetch.request import Location


@dataclass(slots=True)
class Hop:
    """A request and its answer so far; not frozen, for it fills as bytes arrive."""

    location: Location
    lines: list[bytes] = field(default_factory=list)
    head: Head | None = None
    """Null until complete."""
    body: Body | None = None
    refusal: PollError | None = None
    """Why we cut it, whatever libcurl calls that."""
    objection: str | None = None
    """What the guard said of an address that was not dialled."""
    is_dialled: bool = False
    """Whether any address was."""
    connection: tuple[int, int] | None = None
    """The socket it came to use, and what that had received when we first looked."""


# --- Opening sockets for libcurl, to addresses that the guard has nothing against.


class Address(Protocol):
    """What libcurl is about to dial; ``addr`` begins with address and port."""

    family: int
    socktype: int
    protocol: int
    addr: tuple[str, int]


def dial(address: Address, hop: Hop, guard: Guard) -> socket.socket | None:
    """Return a socket for the very address that is about to be dialled, or null, with the reason kept in ``hop``."""
    if address.family not in {socket.AF_INET, socket.AF_INET6}:
        hop.objection = "it is not on the internet"
        return None
    ip, port = address.addr[:2]
    if objection := guard.objection(ip, port, hop.location.host):
        hop.objection = objection
        return None
    try:
        opened = socket.socket(address.family, address.socktype, address.protocol)
    except OSError:
        # No IPv6 here, or no descriptors left: libcurl tries the name's next address.
        return None
    hop.is_dialled = True
    return opened


# --- What a connection has really brought, by the kernel's own count.
#
# libcurl tells of headers and of the body, not of what frames it: a chunk's extension may be endless (RFC 9112,
# section 7.1.1), and comes as fast as the line can carry.

# struct tcp_info of linux/tcp.h.
_BYTES_RECEIVED = struct.Struct("=Q")
_OFFSET = 128


def count_received(descriptor: int) -> int:
    """Return how many bytes a connected socket has received; 0 where the system does not count."""
    if sys.platform != "linux":
        return 0
    try:
        with socket.socket(fileno=os.dup(descriptor)) as connection:
            info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _OFFSET + _BYTES_RECEIVED.size)
    except OSError:
        return 0
    return int(_BYTES_RECEIVED.unpack_from(info, _OFFSET)[0]) if len(info) > _OFFSET else 0
