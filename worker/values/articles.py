"""From normalise to dedupe: entries made comparable, and which article each one is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from worker.values.entries import Enclosure, Notice


class LanguageSource(StrEnum):
    """Who says which language an article is in."""

    ENTRY = "entry"
    """The entry declares it, and its feed another or none."""
    FEED = "feed"
    """Its feed declares it."""
    DETECTED = "detected"
    """Nobody does, or the letters of the text belie what they declare: it was told from the text."""


@dataclass(frozen=True, slots=True)
class Article:
    """An entry made comparable: what the store keeps, field by field (``docs/fields.md``)."""

    guid: str
    guid_hash: bytes
    fingerprint: bytes
    content_hash: bytes
    """Of folded title and plain text, and of being killed: a revision is a change of this."""
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
    language_source: LanguageSource | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image_url: str | None = None
    dateline_place: str | None = None
    dateline_date: date | None = None
    agency: str | None = None
    slug: str | None = None
    notice: Notice | None = None
    notice_number: int | None = None
    note: str | None = None
    urgency: int | None = None
    wire_key: str | None = None
    """What the versions of one dispatch have in common; null for what no wire sent."""


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What the store knows of an article that an entry may turn out to be."""

    article_id: int
    match_key: str | None
    content_hash: bytes
    """Of the version that is shown, like all that follows."""
    shown_by: int
    """The feed that brought it."""
    title: str
    text: str
    published_at: datetime | None = None
    is_ours: bool = False
    """Whether the feed that asks has carried it."""
    wire_key: str | None = None
    first_seen_at: datetime | None = None


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


class Finding(StrEnum):
    """What was odd about how a feed names an entry."""

    RENAMED = "renamed"
    """It came back under another guid: the article it was."""
    GUID_REUSED = "guid reused"
    """Its guid had named another article: a new one."""
    URL_REUSED = "URL reused"
    """Its URL had named another article in this feed: a new one."""
    CONFLICT = "conflict"
    """Its guid names one article and its URL another: the guid wins."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Which article an entry is, and what follows from that."""

    article: Article
    action: Action
    article_id: int | None = None
    """Null exactly when it is to be created."""
    finding: Finding | None = None
    known: KnownArticle | None = None
    """That article as it is stored."""


@dataclass(frozen=True, slots=True)
class WireArticle:
    """What the store knows of an article that a wire sent: a version of a dispatch, or a notice of one."""

    article_id: int
    feed_id: int
    wire_key: str
    headline: str
    """Its title, spelt bare like its agency: letters and digits, in lower case."""
    agency: str
    """Empty where it does not say whose it is."""
    content_hash: bytes
    first_seen_at: datetime
    published_at: datetime | None = None
    dateline_date: date | None = None
    notice: Notice | None = None
    notice_number: int | None = None
    words: str = ""
    """What it says of itself: its note, else its title."""
    acts_on: int | None = None
    """The article that it acts on; its own id for one that was killed under its own guid."""
    killed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Relinked:
    """An article with what it acts on, and what killed it, from now on."""

    article: WireArticle
    """As it is stored."""
    acts_on: int | None
    killed_by: int | None
