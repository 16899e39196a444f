"""What the publisher hears and says."""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it arrived; header names in lower case, the last of several lines counts."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send for a request. The default is a well-behaved answer that keeps the connection."""

    body: bytes | Iterator[bytes] = b""
    """Bytes, or pieces that are made while they are sent, which asks for ``chunked`` or ``close``."""
    status: int = 200
    headers: Mapping[str, str] | tuple[tuple[str, str], ...] = ()
    framing: Literal["length", "chunked", "close"] = "length"
    length: int | None = None
    """A Content-Length other than the true one; the connection is closed after the body."""
    is_cut: bool = False
    """Close the connection after the body: before the last chunk, or before what the length promised."""
    pace: float = 0.0
    """Seconds to wait before each piece of the body, or of ``raw``."""
    piece: int = 65536
    """Bytes sent at once."""
    hold: threading.Event | None = None
    """Wait for this before anything is sent."""
    hold_after: tuple[int, threading.Event] | None = None
    """Wait for this after so many pieces of the body."""
    raw: bytes | Iterator[bytes] | None = None
    """Send exactly this instead of head and body, and close."""
