"""From normalise to dedupe: entries made comparable, and which article each one is."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from worker.values.entries import Enclosure, KnownBy, Notice

ITEM_PREFIX, WORDS_PREFIX, PATH_PREFIX = "item ", "words ", "path "
"""How a newsroom item's match key begins, and how the two names begin that a file gives an article."""


def is_item_key(match_key: str | None) -> bool:
    """Say whether a match key is a newsroom item's own name."""
    return (match_key or "").startswith(ITEM_PREFIX)


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
    """An entry made comparable: what the store shows, field by field (``docs/fields.md``), each a column."""

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
    """What the same page, or the same newsroom item, has in common across feeds; None where it may not be trusted."""
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
    """By its one name, whatever the wire wrote."""
    agency_as_written: str | None = None
    slug: str | None = None
    notice: Notice | None = None
    notice_number: int | None = None
    note: str | None = None
    urgency: int | None = None
    wire_key: str | None = None
    """What the versions of one dispatch have in common; None for what no wire sent."""

    @property
    def is_item(self) -> bool:
        """Whether it is found across feeds as a newsroom's item, by the item's own name."""
        return is_item_key(self.match_key)


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a feed carries an article: under what name, and which version of it the entry says."""

    guid: str
    """As published, or what stands in for one."""
    guid_hash: bytes
    """Of the key that it is known by."""
    known_by: KnownBy
    fingerprint: bytes
    article: Article
    """What the entry says, field by field."""
    said_at: datetime
    """When this version was made: the publisher's word, else the document's own time, else when it was read."""
    version: int | None = None
    """The publisher's number for it, rising; None where there is none."""
    names: tuple[str, ...] = ()
    """By what else files name the article: its words, and the path within its folder."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one sighting says of its article, as far as it decides which version is shown."""

    feed_id: int
    guid_hash: bytes
    content_hash: bytes
    said_at: datetime
    read_at: datetime
    """When the poll began that read it."""
    length: int
    """Characters of plain text."""
    version: int | None = None
    is_of_file: bool = False
    """Whether the feed is a file: files are the operator's own and speak with one voice."""
    is_present: bool = True
    """Whether the entry is still in the feed's newest document."""
    article: Article | None = None
    """What it says, field by field; None while the article shows it, and where that is not known."""
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What the store knows of an article that an entry may turn out to be."""

    article_id: int
    shown: Article
    statements: tuple[Statement, ...] = ()
    names: tuple[str, ...] = ()
    """Those of the names asked for that it has."""
    first_seen_at: datetime | None = None
    acts_on: int | None = None
    killed_by: int | None = None


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
    UNNUMBERED = "unnumbered"
    """It is a version of a newsroom item that came in another document, and its publisher numbers neither."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Which article an entry is."""

    sighting: Sighting
    article_id: int | None = None
    """None for one that is new."""
    finding: Finding | None = None


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
