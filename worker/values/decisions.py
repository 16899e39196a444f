"""From dedupe to store: what documents brought, and what is to be written of articles, sightings and revisions."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime

from worker.values.articles import Article, Placement, Sighting
from worker.values.entries import KnownSighting
from worker.values.frozen import dataclass

_FOUND_BY = {"content_hash", "match_key", "wire_key"}


@dataclass(frozen=True, slots=True)
class Brought:
    """The new and edited entries of one document, made comparable, and what the store knows about its feed."""

    feed_id: int
    read_at: datetime
    """When the poll that read the document began; for a saved document of a polled feed, when the document was made."""
    said_at: datetime
    """When the document was made: the time of each version whose publisher gives none."""
    sightings: tuple[Sighting, ...]
    sighted: Mapping[bytes, KnownSighting]
    """The feed's stored sightings, by guid hash."""
    left: tuple[KnownSighting, ...] = ()
    """Sightings whose entries left the document: an unknown entry may be one of them under another guid."""
    is_of_file: bool = False
    """Whether the feed is a file."""
    is_newest: bool = True
    """Whether this is the newest reading of the feed: its poll holds the lease."""
    is_current: bool = True
    """Whether the feed holds this document now: not if a late worker read it, or it is a saved one of a polled feed."""
    is_reread: bool = False
    """Whether it is a document that was stored before and is read again: its entries are what was misread, under the
    guids by which they are known, and no newer statement stands."""
    confirmed_at: datetime | None = None
    """When the feed was last polled with success: present entries were still present then."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article, and which feed brought it when."""

    article: Article
    feed_id: int
    read_at: datetime
    number: int | None = None
    """The publisher's version number."""


@dataclass(frozen=True, slots=True)
class Resighted:
    """A sighting to write: a feed carries an article, and this is the version that its entry says now."""

    feed_id: int
    sighting: Sighting
    article_id: int
    read_at: datetime
    said_at: datetime
    said: Article | None
    """The version, field by field; None where the article shows it."""
    is_present: bool
    """Whether the entry is in the feed's newest document."""


@dataclass(frozen=True, slots=True)
class Restated:
    """A stored sighting whose version the article stops showing, or starts to show."""

    feed_id: int
    guid_hash: bytes
    said: Article | None


@dataclass(frozen=True, slots=True)
class DecidedArticle:
    """An article that a document created or changed, and what it shows from now on."""

    article_id: int
    """Negative for an article that is still to be created."""
    guid: str
    """The guid of the shown sighting, for an article that is to be created."""
    feed_id: int | None
    """The feed whose version is shown; None where no sighting is left."""
    before: Article | None
    """What it showed; None for an article that is to be created."""
    after: Article
    versions: tuple[Version, ...] = ()
    """Every version that was said, each once, with those that the store knows already."""
    names: tuple[str, ...] = ()
    """The names that files give it."""
    first_seen_at: datetime | None = None
    acts_on: int | None = None
    """The stored value, as is ``killed_by``."""
    killed_by: int | None = None

    @property
    def is_revised(self) -> bool:
        """Whether a known article shows other words than before."""
        return self.before is not None and self.before.content_hash != self.after.content_hash

    @property
    def changed_fields(self) -> tuple[str, ...]:
        """The names of the fields that changed, without the keys by which it is found: readers do not see those."""
        names = (field.name for field in fields(Article) if field.name not in _FOUND_BY)
        return tuple(name for name in names if self.before and getattr(self.before, name) != getattr(self.after, name))


@dataclass(frozen=True, slots=True)
class DocumentOutcome:
    """What one document brought: which article each entry is, and how many are new, revised and refreshed."""

    placements: tuple[Placement, ...]
    new: int = 0
    updated: int = 0
    refreshed: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """All that some documents change, to be written together."""

    articles: tuple[DecidedArticle, ...]
    sightings: tuple[Resighted, ...]
    restated: tuple[Restated, ...]
    outcomes: tuple[DocumentOutcome, ...]
    """One for each document."""
