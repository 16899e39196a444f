"""What Python programs get from ``worker.api``: values that keep their fields from version to version.

A later version may add fields, and never takes one away or gives it another meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypedDict

from worker.values.entries import Enclosure
from worker.values.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a URL that was to be added."""

    url: str
    """As it was given."""
    feed_id: int
    feed_url: str
    """The feed's own URL: another one where a page was given, or the feed has moved."""
    is_new: bool
    """False where the feed was known already."""
    unseen: str | None = None
    """Why the URL was added without a look at it, in a sentence; None where its host has answered."""


@dataclass(frozen=True, slots=True)
class Poll:
    """One visit of one feed, as the ledger keeps it."""

    feed_id: int
    url: str
    started_at: datetime
    duration: timedelta
    outcome: Outcome
    """``new``, ``unchanged``, ``transient``, ``permanent`` or ``rejected``: the last three are failures."""
    new: int
    """Articles that it brought."""
    updated: int
    """Articles whose words it changed."""
    entries: int | None
    """Entries of the document; None where none was read."""
    http_status: int | None
    """None where no answer came."""
    error_class: str | None
    """Why it failed, in a word; None where it did not."""
    error: str | None
    """Why it failed, in a sentence."""
    bytes_received: int
    note: str | None
    """Anything else worth knowing, such as entries that could not be read."""
    next_poll_at: datetime | None
    """None where the feed is not polled again."""
    next_poll_reason: str | None


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """What became of a feed that was to be polled: its poll, or the reason why there is none."""

    name: str
    """The id or URL by which it was asked for."""
    feed_id: int | None
    """None where the name is no feed of the store."""
    poll: Poll | None
    reason: str | None
    """In a sentence; None where there is a poll."""
    is_waiting: bool = False
    """Whether a poll is still to come."""


@dataclass(frozen=True, slots=True)
class IngestedFile:
    """What came of a file: a dispatch, a newsroom document, a saved feed, or a list of feeds."""

    path: str
    new: int = 0
    """Articles that it brought."""
    updated: int = 0
    """Articles whose words it changed."""
    feeds: int = 0
    """Feeds that a list added."""
    unread: tuple[str, ...] = ()
    """What a list names that cannot be added, a sentence each."""
    error: str | None = None
    """Why the file was not read, in a sentence."""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as the store shows it; ``docs/fields.md`` has the rule behind each field."""

    id: int
    feed_id: int
    """The feed that carried it first."""
    feed_url: str
    guid: str
    url: str | None
    original_url: str | None
    title: str
    authors: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime | None
    first_seen_at: datetime
    summary: str
    html: str = field(repr=False)
    text: str = field(repr=False)
    language: str | None
    language_source: str | None
    tags: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    image_url: str | None
    podcast: Mapping[str, Any] | None
    """As the column holds it: durations in seconds."""
    dateline_place: str | None
    dateline_date: date | None
    agency: str | None
    agency_as_written: str | None
    slug: str | None
    notice: str | None
    notice_number: int | None
    note: str | None
    urgency: int | None
    acts_on: int | None
    killed_by: int | None
    revision: int
    story_id: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """A change to the store, with the title and address that its article has now."""

    cursor: int
    """Following ``since`` this goes on with the next change."""
    at: datetime
    kind: str
    """``article created``, ``article revised``, ``feed moved`` and others: docs/programs.md has them all."""
    article_id: int | None
    feed_id: int | None
    story_id: int | None
    title: str | None
    url: str | None
    feed_url: str | None
    details: Mapping[str, Any] | None
    """Facts of this kind of change."""


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article that a search found, and why."""

    article: Article
    excerpt: tuple[tuple[str, bool], ...]
    """Some 200 characters of its text in parts, each with whether it is what was looked for."""
    score: float | None
    """How well it matches, to be compared within one search; None where all match alike."""


class ArticleFilters(TypedDict, total=False):
    """Which articles are wanted; what is left out, or None, lets all pass."""

    feed: str | int | None
    """Those that this feed carries: its id or URL."""
    feed_tag: str | None
    """Those that a feed with this tag carries."""
    tag: str | None
    """Those with this tag themselves; its case does not count."""
    agency: str | None
    """Those of this agency, by any of its names."""
    language: str | None
    """Those in this language, or in what is more special: ``en`` finds ``en-GB``."""
    since: datetime | timedelta | None
    """Those first seen since a moment, or within a time; published since then, sorted by that."""
    until: datetime | timedelta | None
    """Those first seen before a moment, or longer ago than a time; likewise."""
    text: str | None
    """Those with these words in title or text."""
    limit: int | None
    """So many at the most."""
    sort: Literal["published", "seen", "id"] | None
    """By what they are sorted: None for the order of ids, or of first sight where a time is wanted."""
    newest_first: bool
    """In the other direction."""
