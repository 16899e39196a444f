"""From claim to parse: the feeds to poll, the requests to their hosts, and what the hosts answered."""

from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from worker.errors import ErrorClass, PollError
from worker.values.entries import GuidPolicy
from worker.values.frozen import dataclass
from worker.values.hubs import Push
from worker.values.request_settings import RequestSettings
from worker.values.schedules import NO_HINTS, Hints, Move, Rhythm


class FeedState(StrEnum):
    """Whether a feed is polled, and if not, why."""

    ACTIVE = "active"
    PAUSED = "paused"
    GONE = "gone"
    QUARANTINED = "quarantined"
    REMOVED = "removed"


_LONGEST_INTERVAL = timedelta(days=366)
LONGEST_HOLD = timedelta(days=1)
"""However long its feeds asked us to wait, a host is tried again with one of the others after this."""
FROM_DOCUMENT = "known from a saved document: `feedmill resume` polls it"
"""The reason of a feed that nobody added: only a saved document of it was read."""
FILE_NEVER_POLLED = "a file is read when it is ingested, never polled"
"""Why a feed that is a seed file has no next poll."""


@dataclass(frozen=True, slots=True)
class Validators:
    """The host's ETag and Last-Modified, byte for byte; they ask "has it changed?" (RFC 9110, section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """What an operator chose for one feed; None follows the settings, or the audit of its guids."""

    interval: timedelta | None = None
    guid_policy: GuidPolicy | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for an interval below zero, or above a year: anybody may have written it to the store."""
        if self.interval and not timedelta(0) < self.interval < _LONGEST_INTERVAL:
            raise ValueError(f"a feed cannot be polled every {self.interval}")


@dataclass(frozen=True, slots=True)
class Streak:
    """The failed polls in a row that a feed is in; empty when its last poll succeeded."""

    attempts: int = 0
    failures: int = 0
    """Those that count against the feed: the others were, or may have been, an outage of our own network."""
    since: datetime | None = None
    last_class: ErrorClass | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusals:
    """Refusals of a host in a row (403, 429, 503), each of another feed, with no good answer between."""

    count: int = 0
    feed_ids: tuple[int, ...] | None = None
    """The first of the feeds that were refused: one that is refused again is not counted again."""
    shortest: timedelta | None = None
    """The shortest wait that any of them was asked for; None where no answer named one."""
    held_until: datetime | None = None
    """Until when the host is left alone with all its feeds; None while the others are still asked."""


NO_OPTIONS, NO_VALIDATORS, NO_STREAK, NO_REFUSALS = FeedOptions(), Validators(), Streak(), Refusals()
"""Shared, because every poll needs one of each, and most feeds and hosts have no others."""


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A feed to poll now, with all that the stages need to know of it."""

    feed_id: int
    host_id: int | None
    """None for a seed file, which no host serves."""
    url: str
    site_url: str | None = None
    options: FeedOptions = NO_OPTIONS
    request: RequestSettings | None = None
    """How its operator wants it asked for; None for the usual."""
    validators: Validators = NO_VALIDATORS
    body_hash: bytes | None = None
    hints: Hints = NO_HINTS
    """Of its newest document."""
    rhythm: Rhythm | None = None
    streak: Streak = NO_STREAK
    last_success_at: datetime | None = None
    move: Move | None = None
    instructions: int = 0
    """How many instructions an operator had given for it when it was claimed (``set``, ``pause``, a request …)."""
    edition: int = 0
    """How often what the store knows of its entries had changed when it was claimed."""
    push: Push | None = None
    """The hub that its documents name; None without one."""


@dataclass(frozen=True, slots=True)
class ClaimedHost:
    """One worker's right to a host while its lease holds, with the due feeds to poll on it, most urgent first."""

    host_id: int
    name: str
    token: str
    next_request_at: datetime | None
    """No request before this moment; None allows one at once."""
    refusals: Refusals
    gap: timedelta
    parallel: int
    is_isolated: bool
    """True when nothing may be polled beside it: one of its feeds may be killing workers."""
    feeds: tuple[DueFeed, ...]
    domain: str | None = None
    """The domain and port of a name with siblings, which shares its pace with those at its address."""
    address: str | None = None
    """Where such a name was last found."""

    @property
    def is_shared(self) -> bool:
        """Whether it stands for all names of a domain at one address."""
        return self.name.startswith("*")


@dataclass(frozen=True, slots=True)
class Credentials:
    """HTTP Basic credentials, sent to the exact origin of the request and nowhere else."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What a POST request sends to its host: the delivery of a webhook, or what a hub is asked for."""

    body: bytes = field(repr=False)
    headers: tuple[str, ...] = ()
    """Header lines that go with the body."""
    may_be_redirected: bool = False
    """Whether it goes to where a redirect that keeps the method (307, 308) leads."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One feed to fetch, or one message to send; ``feed_id`` comes back with the answer."""

    feed_id: int
    """The feed's id, or any number by which the caller recognises the request."""
    url: str
    validators: Validators = NO_VALIDATORS
    credentials: Credentials | None = None
    """For this one request; they take the place of a user that is kept."""
    message: Message | None = None
    settings: RequestSettings | None = None
    """How the feed's operator wants it asked for; None for the usual."""
    body_hash: bytes | None = None
    """Of the document that is known: the same bytes are answered as "not modified"; None where any are wanted."""


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes that a host (or a seed file) served for a feed, complete and decoded of any content coding."""

    url: str
    """Where the bytes came from, after redirects: the base of relative links."""
    body: bytes = field(repr=False)
    content_type: str | None = None
    validators: Validators = NO_VALIDATORS
    link: str | None = None
    """The links in the answer's header, as they were sent (RFC 8288)."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host says that nothing changed (304), or sends the same bytes again; validators with that replace ours."""

    validators: Validators = NO_VALIDATORS


@dataclass(frozen=True, slots=True)
class Taken:
    """The host accepted the message (2xx)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """How one fetch ended, and what it cost."""

    request: FetchRequest
    answer: Document | NotModified | Taken | PollError
    duration: timedelta
    http_status: int | None = None
    bytes_received: int = 0
    fresh_for: timedelta | None = None
    """How long HTTP caching calls the answer fresh (RFC 9111, section 4.2.1); None when it does not say."""
    retry_after: timedelta | None = None
    """How long the publisher wants to be left alone, though it answered well; an error carries its own."""
    moved_to: str | None = None
    """The target of a redirect chain that was permanent throughout (301, 308)."""
    served_from: str = ""
    """The address that the last answer came from."""
