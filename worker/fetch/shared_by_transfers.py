"""What every transfer of a thread shares."""

import socket
from dataclasses import dataclass, field

from worker.fetch.body import Budget
from worker.fetch.guard import Guard
from worker.fetch.http2 import Http2Origins
from worker.fetch.request import FetchLimits


@dataclass(frozen=True, slots=True)
class SharedByTransfers:
    """What every transfer shares."""

    limits: FetchLimits
    guard: Guard
    budget: Budget
    ca_bundle: str
    dialled: list[socket.socket]
    """Sockets that libcurl has made copies of: ours are to be closed between two turns."""
    http2: Http2Origins = field(default_factory=Http2Origins)
    """Where HTTP/2 is wanted."""
