"""Opening sockets for libcurl, to addresses that the guard has nothing against."""

import socket
from typing import Protocol

from worker.fetch.guard import Guard
from worker.fetch.hop import Hop


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
