"""Documents that are kept: as a poll hands them to the store, and as they are read again."""

from dataclasses import dataclass, field
from datetime import datetime

from worker.values.due_feeds import Document
from worker.values.entries import GuidPolicy


@dataclass(frozen=True, slots=True)
class PackedDocument:
    """A document with its bytes packed for being kept."""

    url: str
    """Where it came from, after redirects."""
    content_type: str | None
    content_hash: bytes
    length: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document that a feed's poll brought, with all that is needed to read it again as it was read then."""

    feed_id: int
    content_hash: bytes
    document: Document
    guid_policy: GuidPolicy
    """By what its entries were known."""
    read_at: datetime
    """When it was read, as its sightings have it."""
    served_at: datetime
    """When it was served last: what its feed's sightings have read later is of a newer document."""
    is_newest: bool
    """Whether it is the feed's present one."""
    was_read: bool
    """Whether the poll that kept it could read it."""
