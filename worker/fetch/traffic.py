"""What a connection has really brought, by the kernel's own count.

libcurl tells of headers and of the body, not of what frames it: a chunk's extension may be endless (RFC 9112, section
7.1.1), and comes as fast as the line can carry.
"""

import os
import socket
import struct
import sys

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
