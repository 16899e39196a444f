"""How long a fetch may take and how much it may bring."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """The limits of every fetch, and the name it goes by; sizes in bytes."""

    timeout: timedelta
    """For a whole fetch: name resolution, connections, TLS, every redirect and the body."""
    connect_timeout: timedelta
    """For resolving a name, and again for opening one connection."""
    max_body: int
    """Of a document, on the wire and decoded."""
    user_agent: str
    in_flight_bytes: int = 64_000_000
    """Of all bodies in memory together; past it reading pauses."""
    max_header_bytes: int = 64_000
    """Of all headers of one fetch together."""
    max_redirects: int = 8
