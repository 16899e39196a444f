"""Back-fills: reading a feed's older documents, one after the other, for what nobody saw in its newest ones."""

from datetime import datetime, timedelta
from enum import StrEnum

from worker.values.frozen import dataclass

MOST_DOCUMENTS = 100
"""How many documents a back-fill reads, unless its operator says otherwise."""
# Some entries are published late, or dated by a clock that is wrong by a zone: these were missed too.
_DATED_EARLIER = timedelta(days=1)


class Source(StrEnum):
    """What a back-fill reads next."""

    OLDER_DOCUMENT = "older document"
    """An archive or a page that the feed names, or its newest document, which leads to them."""
    ROBOTS = "robots.txt"
    """Of the feed's site: it may name a news sitemap."""
    SITEMAP = "news sitemap"


class BackfillEnd(StrEnum):
    """How a back-fill ended."""

    FILLED = "filled"
    """It read as far back as it was to read."""
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Backfill:
    """How far the reading of a feed's older documents has come."""

    begun_at: datetime
    """When the gap was noted, or somebody asked for it."""
    is_asked: bool
    """Whether somebody asked for it: else it fills a gap, and ends at the first entry that was known before."""
    since: datetime | None
    """Entries from before this moment are not wanted; None where all are."""
    most_documents: int
    next_url: str
    """The document to read next; the last one read, or tried, once it has ended."""
    next_read_at: datetime | None
    """When to read it; None once the back-fill has ended."""
    source: Source = Source.OLDER_DOCUMENT
    """What that document is."""
    documents: int = 0
    """How many older ones have been read."""
    entries: int = 0
    """How many those had."""
    articles: int = 0
    """How many new articles came of them."""
    bytes_received: int = 0
    attempts: int = 0
    """How often in a row the next document could not be read."""
    waits: int = 0
    """How often in a row the polls of the next document's host came first."""
    seen: bytes = b""
    """xxh3-64 of each URL read, and of the keys of each document's entries: what comes again leads in a circle."""
    outcome: BackfillEnd | None = None
    """None while it goes on."""
    reason: str | None = None
    """Why it ended, or why the next document could not be read so far."""


def read_history(url: str, since: datetime | None, most_documents: int, now: datetime) -> Backfill:
    """Return the back-fill that somebody asks for ``now``: it begins with the feed's newest document, at its URL."""
    return Backfill(
        begun_at=now, is_asked=True, since=since, most_documents=most_documents, next_url=url, next_read_at=now
    )


def fill_by_sitemap(robots_url: str, since: datetime | None, now: datetime) -> Backfill:
    """Return the back-fill of a gap by the news sitemap of the feed's site, if it has one that lists the same news."""
    return Backfill(
        begun_at=now,
        is_asked=False,
        since=since,
        most_documents=2,
        next_url=robots_url,
        next_read_at=now,
        source=Source.ROBOTS,
    )


def fill_gap(older_url: str, since: datetime | None, now: datetime) -> Backfill:
    """Return the back-fill of a gap that was noted ``now``; ``since`` is when the poll before was."""
    return Backfill(
        begun_at=now,
        is_asked=False,
        since=since - _DATED_EARLIER if since else None,
        most_documents=MOST_DOCUMENTS,
        next_url=older_url,
        next_read_at=now,
    )
