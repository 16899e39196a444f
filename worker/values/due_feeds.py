"""From claim to fetch: feeds to poll, what to ask their hosts, and what those answered."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from worker.errors import ErrorClass, PollError
from worker.values.entries import GuidPolicy
from worker.values.schedules import Hints, Move, Rhythm


class FeedState(StrEnum):
    """Whether a feed is polled, and if not, who decided so."""

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"
    QUARANTINED = "quarantined"
    REMOVED = "removed"


_LONGEST_INTERVAL = timedelta(days=366)
FROM_DOCUMENT = "known from a saved document: `feedmill resume` polls it"
"""Why a feed is paused that nobody has asked for."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What a host gave us to ask "has it changed?" with, byte for byte (RFC 9110, section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """What an operator chose for one feed; None follows the settings, or the audit of its guids."""

    interval: timedelta | None = None
    guid_policy: GuidPolicy | None = None

    def __post_init__(self) -> None:
        """ValueError for an interval that is none: anybody may have written it to the store."""
        if self.interval and not timedelta(0) < self.interval < _LONGEST_INTERVAL:
            raise ValueError(f"a feed cannot be polled every {self.interval}")


@dataclass(frozen=True, slots=True)
class Streak:
    """The failed polls in a row that a feed is in; empty when its last poll succeeded."""

    attempts: int = 0
    failures: int = 0
    """Of those, the ones that are held against the feed: not those that were, or may have been, an outage of ours."""
    since: datetime | None = None
    last_class: ErrorClass | None = None
    last_at: datetime | None = None
    host_refusals: int = 0
    """How often in a row the whole host has refused us (429, 503)."""


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed to poll now, with all that the stages need to know of it."""

    feed_id: int
    host_id: int | None
    """Null for a seed file, which no host serves."""
    url: str
    site_url: str | None = None
    options: FeedOptions = field(default_factory=FeedOptions)
    validators: Validators = field(default_factory=Validators)
    body_hash: bytes | None = None
    hints: Hints = field(default_factory=Hints)
    """Of its newest document."""
    rhythm: Rhythm | None = None
    streak: Streak = field(default_factory=Streak)
    last_success_at: datetime | None = None
    move: Move | None = None
    claim_attempts: int = 0
    requested_at: datetime | None = None
    instructions: int = 0
    """How often somebody had said what to do with it when it was claimed."""
    edition: int = 0
    """How often documents of it had been stored then."""


@dataclass(frozen=True, slots=True)
class ClaimedHost:
    """One worker's right to a host while its lease holds, with the due feeds to poll on it, most urgent first."""

    host_id: int
    name: str
    token: str
    next_request_at: datetime | None
    """No request before this; null for at once."""
    failures: int
    gap: timedelta
    parallel: int
    isolated: bool
    """True when nothing may be polled beside it: one of its feeds may be killing workers."""
    feeds: tuple[DueFeed, ...]


@dataclass(frozen=True, slots=True)
class Credentials:
    """HTTP Basic credentials, sent to the exact origin of the request and nowhere else."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What a request brings to its host (POST), in place of asking it for a document."""

    body: bytes = field(repr=False)
    headers: tuple[str, ...] = ()
    """Lines of the head that belong to it."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One feed to fetch, or one message to bring; ``feed_id`` comes back with the answer."""

    feed_id: int
    """Of the feed, or what else the caller knows the request by."""
    url: str
    validators: Validators = field(default_factory=Validators)
    credentials: Credentials | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes that a host (or a seed file) served for a feed, complete and decoded of any content coding."""

    url: str
    """Where the bytes came from, after redirects: the base of relative links."""
    body: bytes = field(repr=False)
    content_type: str | None = None
    validators: Validators = field(default_factory=Validators)


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host says that nothing changed (304); validators it sent along replace ours."""

    validators: Validators = field(default_factory=Validators)


@dataclass(frozen=True, slots=True)
class Taken:
    """The host took the message that it was brought (2xx)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How one fetch ended, and what it cost."""

    request: FetchRequest
    answer: Document | NotModified | Taken | PollError
    duration: timedelta
    http_status: int | None = None
    bytes_received: int = 0
    fresh_for: timedelta | None = None
    """How long HTTP caching calls the answer fresh (RFC 9111, section 4.2.1); null when it does not say."""
    retry_after: timedelta | None = None
    """How long the publisher wants to be left alone, though it answered well; an error carries its own."""
    moved_to: str | None = None
    """The target of a redirect chain that was permanent throughout (301, 308)."""
