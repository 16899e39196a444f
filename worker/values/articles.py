"""From normalise to dedupe: entries made comparable, what the store knows about them, and which article each one is."""

from dataclasses import KW_ONLY
from datetime import date, datetime
from enum import StrEnum

from worker.values.entries import Enclosure, KnownBy, Notice
from worker.values.frozen import dataclass
from worker.values.podcasts import Podcast

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
    """It was detected in the text: nobody declares it, or the letters of the text contradict what they declare."""


@dataclass(frozen=True, slots=True)
class Article:
    """An entry made comparable: what the store shows, field by field (``docs/fields.md``), each a column."""

    content_hash: bytes
    """A hash of folded title, plain text and whether it is killed: when it changes, the article is revised."""
    title: str
    html: str
    text: str
    summary: str
    _: KW_ONLY
    url: str | None = None
    """The canonical URL (WHATWG, without tracking); ``original_url`` is the link as published."""
    original_url: str | None = None
    match_key: str | None = None
    """The key by which feeds meet in one article: of its page or newsroom item. None where it may not be trusted."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    updated_at: datetime | None = None
    language: str | None = None
    language_source: LanguageSource | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image_url: str | None = None
    podcast: Podcast | None = None
    """What a podcast says of an episode; None for all else."""
    dateline_place: str | None = None
    dateline_date: date | None = None
    agency: str | None = None
    """The agency's one name, whatever the wire wrote."""
    agency_as_written: str | None = None
    slug: str | None = None
    notice: Notice | None = None
    notice_number: int | None = None
    note: str | None = None
    urgency: int | None = None
    wire_key: str | None = None
    """The key that all versions of one dispatch share; None for an article that no wire sent."""

    @property
    def is_item(self) -> bool:
        """Whether it is found across feeds as a newsroom's item, by the item's own name."""
        return is_item_key(self.match_key)


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a feed carries an article: under which guid, and which version its entry says."""

    guid: str
    """The guid as published, or a substitute where there is none."""
    guid_hash: bytes
    """A hash of what the entry is recognised by."""
    known_by: KnownBy
    fingerprint: bytes
    article: Article
    """What the entry says, field by field."""
    said_at: datetime
    """When this version was made: by its publisher, else by the document's own time, else when it was read."""
    version: int | None = None
    """The publisher's version number, if any: a higher one is newer."""
    names: tuple[str, ...] = ()
    """Further names that a file gives its article: a hash of its words, and its path within its folder."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one sighting says about its article, as far as that decides which version is shown."""

    feed_id: int
    guid_hash: bytes
    content_hash: bytes
    said_at: datetime
    read_at: datetime
    """When the poll that read it began."""
    length: int
    """Characters of plain text."""
    version: int | None = None
    is_of_file: bool = False
    """Whether the feed is a file: all files count as one publisher."""
    is_present: bool = True
    """Whether the entry is still in the feed's newest document."""
    article: Article | None = None
    """What it says, field by field; None while the article shows it, or where it is not known."""
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """What the store knows about an article that an entry may be a version of."""

    article_id: int
    shown: Article
    statements: tuple[Statement, ...] = ()
    names: tuple[str, ...] = ()
    """Which of the requested file names it has."""
    first_seen_at: datetime | None = None
    acts_on: int | None = None
    killed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a feed's sighting whose article retention has pruned: its entry is not new when it returns."""

    feed_id: int
    guid_hash: bytes
    page_hash: bytes | None
    """A hash of what the article was found by besides: match key, link, or the words of a file."""
    content_hash: bytes
    published_at: datetime | None = None
    pruned_at: datetime | None = None
    """When the article was removed; None while it is being removed."""


class Finding(StrEnum):
    """What is odd about how a feed identifies an entry."""

    RENAMED = "renamed"
    """It came back under another guid: it is the same article."""
    GUID_REUSED = "guid reused"
    """Its guid used to be another article's: it is a new article."""
    URL_REUSED = "URL reused"
    """Its URL used to be another article's in this feed: it is a new article."""
    CONFLICT = "conflict"
    """Its guid is one article's and its URL another's: the guid wins."""
    UNNUMBERED = "unnumbered"
    """It is a version of a newsroom item from another document, and its publisher numbers neither version."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Which article an entry is."""

    sighting: Sighting
    article_id: int | None = None
    """None for a new article."""
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class WireArticle:
    """What the store knows about an article that a wire sent: a version of a dispatch, or a notice about one."""

    article_id: int
    feed_id: int
    wire_key: str
    headline: str
    """Its title reduced to lower-case letters and digits, as ``agency`` is."""
    agency: str
    """Empty where it names none."""
    content_hash: bytes
    first_seen_at: datetime
    published_at: datetime | None = None
    dateline_date: date | None = None
    notice: Notice | None = None
    notice_number: int | None = None
    words: str = ""
    """Its note, else its title."""
    acts_on: int | None = None
    """The article that it acts on; its own id where it was killed under its own guid."""
    killed_by: int | None = None


@dataclass(frozen=True, slots=True)
class Relinked:
    """An article, with what it acts on and what killed it from now on."""

    article: WireArticle
    """The article as stored."""
    acts_on: int | None
    killed_by: int | None
