"""One request of a fetch, as it goes out and as its answer comes in."""

from dataclasses import dataclass, field

from worker.errors import PollError
from worker.fetch.body import Body
from worker.fetch.headers import Head
from worker.fetch.request import Location


@dataclass(slots=True)
class Hop:
    """One request of a chain of redirects and its answer so far; not frozen, for it fills as bytes arrive."""

    location: Location
    names: list[str] = field(default_factory=list)
    """To be looked up before it is sent: its host's, or its host's and then the proxy's."""
    addresses: tuple[str, ...] = ()
    """Its host's, once they are looked up; none where a proxy dials it."""
    lines: list[bytes] = field(default_factory=list)
    head: Head | None = None
    """None until it is complete."""
    body: Body | None = None
    refusal: PollError | None = None
    """Why we cut it, whatever libcurl calls that."""
    objection: str | None = None
    """Why the guard did not let libcurl dial an address."""
    is_dialled: bool = False
    """Whether the guard let it dial any."""
    offers_http2: bool = False
    """Whether HTTP/2 is offered, besides HTTP/1.1."""
    is_sent: bool = False
    """Whether HTTP/2 was offered over a new connection, and the request sent: libcurl may not send it again."""
    is_refused: bool = False
    """Whether libcurl would have, for the server refused it."""
    connection: tuple[int, int] | None = None
    """Its socket, and how many bytes that had received when we first looked."""
