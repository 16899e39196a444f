"""The values that travel from stage to stage, in the order of the flow.

claim → DueFeed → fetch → Document → parse → ParsedDocument of Entry → recognise → Recognised → normalise → Article
→ dedupe → Placement → schedule → NextPoll → store
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from worker.errors import PollError


# claim ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Validators:
    """What a host gave us to ask "has it changed?" with, byte for byte (RFC 9110, section 8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """What an operator chose for one feed; a null follows the settings."""

    interval: timedelta | None = None


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
    failures: int = 0
    claim_attempts: int = 0
    requested_at: datetime | None = None


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


# fetch ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Credentials:
    """HTTP Basic credentials, sent to the exact origin of the request and nowhere else."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """One feed to fetch; ``feed_id`` comes back with the answer."""

    feed_id: int
    url: str
    validators: Validators = field(default_factory=Validators)
    credentials: Credentials | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes that a host (or a seed file) served for a feed, complete and decoded of any content coding."""

    url: str
    """Where the bytes came from, after redirects: the base of relative links."""
    body: bytes = field(repr=False)
    content_type: str | None = None
    content_language: str | None = None
    validators: Validators = field(default_factory=Validators)


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host says that nothing changed (304); validators it sent along replace ours."""

    validators: Validators = field(default_factory=Validators)


@dataclass(frozen=True, slots=True)
class Fetched:
    """How one fetch ended, and what it cost."""

    request: FetchRequest
    answer: Document | NotModified | PollError
    duration: timedelta
    http_status: int | None = None
    bytes_received: int = 0
    fresh_for: timedelta | None = None
    """How long HTTP caching calls the answer fresh (RFC 9111, section 4.2.1); null when it does not say."""
    moved_to: str | None = None
    """The target of a redirect chain that was permanent throughout (301, 308)."""


# parse ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an entry (RSS 2.0 ``enclosure``, Atom ``link rel=enclosure``, JSON Feed attachment)."""

    url: str
    media_type: str | None = None
    length: int | None = None
    """Bytes, as published."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item exactly as published: strings are the publisher's, cleaned of nothing but what no text may hold."""

    guid: str | None = None
    link: str | None = None
    title: str | None = None
    """May hold HTML; normalise makes it text."""
    summary: str | None = None
    content: str | None = None
    """HTML, or plain text where ``is_plain_text``."""
    is_plain_text: bool = False
    authors: tuple[str, ...] = ()
    published: str | None = None
    """The date as written; normalise reads it."""
    updated: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image_url: str | None = None
    base_url: str | None = None
    """What relative links in this entry resolve against, where the document says (xml:base)."""
    dateline_place: str | None = None
    dateline_date: date | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document read: what it says of its feed, and its entries in document order."""

    format: str
    """``rss``, ``atom``, ``rdf``, ``cdf``, ``json``, ``dispatch``."""
    parser: str
    """Which path read it, for the ledger and the fingerprints: ``feedparser``, ``json``, ``dispatch``."""
    entries: tuple[Entry, ...]
    title: str | None = None
    site_url: str | None = None
    self_url: str | None = None
    language: str | None = None
    ttl: timedelta | None = None
    """The publisher's RSS ``ttl``: how long to wait between polls."""
    dropped_entries: int = 0
    """Entries beyond MAX_ENTRIES, the oldest, left out."""


# recognise ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Sighted:
    """What the store knows of an entry that this feed carried before."""

    sighting_id: int
    article_id: int
    fingerprint: bytes
    content_hash: bytes
    left: bool = False
    """True when it was absent from the newest document."""


@dataclass(frozen=True, slots=True)
class KeyedEntry:
    """An entry with the key under which its feed carries it."""

    guid: str
    guid_hash: bytes
    fingerprint: bytes
    entry: Entry


@dataclass(frozen=True, slots=True)
class Recognised:
    """A document's entries sorted by whether there is work to do."""

    fresh: tuple[KeyedEntry, ...]
    """Never sighted in this feed, or changed since: to be normalised."""
    returned: tuple[int, ...]
    """Sightings that had left the document and are back, unchanged."""
    left: tuple[int, ...]
    """Sightings that are no longer in the document."""


# normalise ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Article:
    """An entry made comparable: what the store keeps, field by field (``docs/fields.md``)."""

    guid: str
    guid_hash: bytes
    fingerprint: bytes
    content_hash: bytes
    """Of folded title and plain text: a revision is a change of this."""
    title: str
    html: str
    text: str
    summary: str
    url: str | None = None
    """Canonical (WHATWG URL, tracking gone); the link as published is ``original_url``."""
    original_url: str | None = None
    match_key: str | None = None
    """What the same page has in common across feeds; null where it may not be trusted."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image_url: str | None = None
    dateline_place: str | None = None
    dateline_date: date | None = None
    agency: str | None = None


# dedupe ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What the store knows of an article that an entry may turn out to be."""

    article_id: int
    match_key: str | None
    content_hash: bytes
    """Of the version that is shown."""
    text_length: int
    """Characters of the version that is shown."""
    shown_by: int
    """The feed that brought the version that is shown."""


class Action(StrEnum):
    """What the store does with an article."""

    CREATE = "create"
    """It is new: an article, its first revision and a sighting."""
    SIGHT = "sight"
    """It is known and says the same as when this feed last carried it: the sighting alone."""
    RECORD = "record"
    """Its words changed in this feed but a fuller version is shown: a revision for the record."""
    REVISE = "revise"
    """Its words changed and this version is shown from now on."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Which article an entry is, and what follows from that."""

    article: Article
    action: Action
    article_id: int | None = None
    """Null exactly when it is to be created."""


# schedule -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class NextPoll:
    """When to poll next, and why, in words a person understands; ``at`` is null when never."""

    at: datetime | None
    reason: str
    failures: int = 0
    interval: timedelta | None = None
    host_wait: timedelta | None = None
    """How long the whole host wants to be left alone (429, 503); null for the ordinary gap."""


class Outcome(StrEnum):
    """How a poll ended."""

    NEW = "new"
    UNCHANGED = "unchanged"
    TRANSIENT = "transient"
    PERMANENT = "permanent"
    REJECTED = "rejected"


# store ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PollRecord:
    """One visit of one feed, as the ledger keeps it."""

    feed_id: int
    url: str
    started_at: datetime
    duration: timedelta
    outcome: Outcome
    next_poll: NextPoll
    http_status: int | None = None
    error: PollError | None = None
    bytes_received: int = 0
    entries: int | None = None
    new: int = 0
    updated: int = 0
    parser: str | None = None
    note: str | None = None
    """Anything a reader of the ledger should know, such as entries left out."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """All that one poll writes, together or not at all."""

    record: PollRecord
    host_id: int | None
    """Null for a seed file, which no host serves."""
    token: str | None
    """The lease under which the poll ran: scheduling state is written only while it holds."""
    validators: Validators = field(default_factory=Validators)
    """To be sent with the next request; a failed poll keeps those that are stored."""
    body_hash: bytes | None = None
    title: str | None = None
    site_url: str | None = None
    placements: tuple[Placement, ...] = ()
    policy_version: int = 0
    """Of the HTML policy that cleaned the articles."""
    returned: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
