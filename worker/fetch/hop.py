"""One request of a chain of redirects, and what has come back for it."""

from dataclasses import dataclass, field

from worker.errors import PollError
from worker.fetch.body import Body
from worker.fetch.head import Head
from worker.fetch.location import Location


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
