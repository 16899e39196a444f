"""From dedupe to store: what documents brought, and what follows from it for articles, sightings and revisions."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from worker.values.articles import Article, Placement, Sighting
from worker.values.entries import Sighted

_FOUND_BY = {"content_hash", "match_key", "wire_key"}


@dataclass(frozen=True, slots=True)
class Brought:
    """The new and edited entries of one document, made comparable, and what is known of the others."""

    feed_id: int
    read_at: datetime
    """When the poll began that read it; of a saved document of a polled feed, when that was made."""
    said_at: datetime
    """When it was made: that of all versions whose publisher says nothing of it."""
    sightings: tuple[Sighting, ...]
    sighted: Mapping[bytes, Sighted]
    """The feed's stored sightings, by guid hash."""
    left: tuple[Sighted, ...] = ()
    """Sightings that are no longer in the document: an unknown entry may be one of them under another guid."""
    is_of_file: bool = False
    """Whether the feed is a file."""
    is_newest: bool = True
    """Whether nobody has read the feed since: its poll holds the lease."""
    is_current: bool = True
    """Whether it is what its feed holds now: not that of a late worker, nor a saved one of a feed that is polled."""
    confirmed_at: datetime | None = None
    """When the feed was last polled well: what is present was still so then."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article, and what brought it."""

    article: Article
    feed_id: int
    read_at: datetime
    number: int | None = None
    """The publisher's."""


@dataclass(frozen=True, slots=True)
class Resighted:
    """A sighting to be written: that a feed carries an article, and what it says of it from now on."""

    feed_id: int
    sighting: Sighting
    article_id: int
    read_at: datetime
    said_at: datetime
    said: Article | None
    """None where the article shows it."""
    is_present: bool
    """Whether the entry is in the feed's newest document."""


@dataclass(frozen=True, slots=True)
class Restated:
    """A stored sighting of which the article shows no longer, or shows from now on, what it says."""

    feed_id: int
    guid_hash: bytes
    said: Article | None


@dataclass(frozen=True, slots=True)
class DecidedArticle:
    """An article that is new, or that a document spoke of, and what it shows from now on."""

    article_id: int
    """Below zero for one that is still to be created."""
    guid: str
    """Of the sighting that is shown, for one that is to be created."""
    feed_id: int | None
    """The feed that says what is shown; None where no sighting is left."""
    before: Article | None
    """What it showed; None for one that is to be created."""
    after: Article
    versions: tuple[Version, ...] = ()
    """What was said of it, each version once; those known already among them."""
    names: tuple[str, ...] = ()
    """By which files name it."""
    first_seen_at: datetime | None = None
    acts_on: int | None = None
    """As it is stored, like ``killed_by``."""
    killed_by: int | None = None

    @property
    def is_revised(self) -> bool:
        """Whether a known article shows other words from now on."""
        return self.before is not None and self.before.content_hash != self.after.content_hash

    @property
    def changed_fields(self) -> tuple[str, ...]:
        """The fields of a known article that readers see and that change; those by which it is found are none."""
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
    """All that follows from what some documents brought, to be written together."""

    articles: tuple[DecidedArticle, ...]
    sightings: tuple[Resighted, ...]
    restated: tuple[Restated, ...]
    outcomes: tuple[DocumentOutcome, ...]
    """One for each document."""
