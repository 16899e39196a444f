"""What is written of an article in every format of feeds out, and of the feed that holds it."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from worker.basics.codec import unpack
from worker.basics.urls import absolute_url
from worker.normalise.plain_text import has_own_words
from worker.values.entries import Enclosure
from worker.values.podcasts import Podcast

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was last changed: Atom demands a moment, and the same one for the same feed."""
ANY_TYPE = "application/octet-stream"
"""The media type of a file of which none is known, where a format demands one."""
_WITHDRAWN_TITLE = "Withdrawn by its publisher"
_WITHDRAWN_HTML = "<p>This article was withdrawn by its publisher.</p>"
# Who wrote it, where neither an agency nor a feed can be named.
_UNKNOWN = "unknown"
# Of all ids that Feedmill makes; a random one.
_NAMESPACE = uuid.UUID("5b0c8f0e-6a0b-4d0c-9a57-2d1f0f6f6e1d")

Row: TypeAlias = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """The feed that an article was taken from."""

    url: str
    title: str
    site_url: str | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """Another article of the same story."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class OutEntry:
    """An article as all formats have it: its URLs are absolute, and its HTML is sanitised."""

    id: str
    title: str
    updated_at: datetime
    """When it was last changed, else published, else first seen."""
    published_at: datetime | None = None
    """As its publisher says; None where that is not known."""
    modified_at: datetime | None = None
    """When it was changed, if it was after its publication."""
    url: str | None = None
    summary: str = ""
    """Text."""
    html: str = ""
    authors: tuple[str, ...] = ()
    stand_in: str = _UNKNOWN
    """Who stands for an author where a format demands one: the agency, else the feed it was taken from."""
    agency: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image_url: str | None = None
    podcast: Podcast | None = None
    origin: Origin | None = None
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True)
class OutFeed:
    """The feed that entries are written in."""

    title: str
    id: str
    updated_at: datetime
    self_url: str | None = None
    """Where it is found; None where that is not known."""
    next_url: str | None = None
    """Where the entries before these are found."""


def name_article(article_id: int, first_seen_at: datetime) -> str:
    """Return the id that an article has for ever in every feed out, as a URN (RFC 9562, version 5).

    It is made of what never changes, and what a copy of the store has too. Two stores number their articles alike, so
    the number alone would name two articles.
    """
    seen = first_seen_at.astimezone(UTC).isoformat(timespec="microseconds")
    return uuid.uuid5(_NAMESPACE, f"article {article_id} {seen}").urn


def name_feed(query: str) -> str:
    """Return the id of a feed out whose address nobody told, as a URN."""
    return uuid.uuid5(_NAMESPACE, f"feed {query}").urn


def make_entry(row: Row, copies: Sequence[Row] = ()) -> OutEntry:
    """Return what is written of an article; of one that is killed only that it was, under its id and with its dates."""
    origin = _find_origin(row)
    stamped: dict[str, Any] = {
        "id": name_article(row["id"], row["first_seen_at"]),
        "updated_at": last_changed_at(row),
        "published_at": row["published_at"],
        "modified_at": _find_change(row),
        "url": _page(row["url"]),
        "stand_in": row["agency"] or (origin.title if origin else _UNKNOWN),
    }
    if row["killed_by"] is not None:
        return OutEntry(title=_WITHDRAWN_TITLE, html=_WITHDRAWN_HTML, **stamped)
    return OutEntry(
        title=row["title"],
        # Of nothing but links readers, Feedmill too, take the summary for what is said, and show it below.
        summary=row["summary"] if has_own_words(row["html"]) else "",
        html=row["html"],
        authors=tuple(filter(None, row["authors"] or ())),
        agency=row["agency"],
        tags=tuple(filter(None, row["tags"] or ())),
        language=row["language"],
        enclosures=tuple(_read_enclosures(row["enclosures"] or ())),
        image_url=_page(row["image_url"]),
        podcast=unpack(Podcast, row["podcast"]),
        origin=origin,
        copies=tuple(Copy(url, copy["title"]) for copy in copies if (url := _page(copy["url"]))),
        **stamped,
    )


def last_changed_at(row: Row) -> datetime:
    """Return when an article was last changed, else published, else first seen."""
    changed_at: datetime = _find_change(row) or row["published_at"] or row["first_seen_at"]
    return changed_at


def last_stored_at(row: Row) -> datetime:
    """Return when the store last got what a reader would miss of an article: itself, a new version, or its kill."""
    moments: Iterable[datetime | None] = (row["first_seen_at"], row["revised_at"], row["killed_at"])
    return max(moment for moment in moments if moment)


def _find_change(row: Row) -> datetime | None:
    """Return when an article was changed: as its publisher says, as a new version came, or as it was killed."""
    revised_at = row["revised_at"] if row["revision"] > 1 else None
    changes = [moment for moment in (row["updated_at"], revised_at, row["killed_at"]) if moment]
    changed_at: datetime | None = max(changes, default=None)
    return changed_at if changed_at and changed_at > (row["published_at"] or NEVER) else None


def _find_origin(row: Row) -> Origin | None:
    # Where a file lies on our disk is nobody's business.
    url = _page(row["feed_url"])
    return Origin(url, row["feed_title"] or url, _page(row["site_url"])) if url else None


def _page(url: str | None) -> str | None:
    """Return a URL that may go out: absolute, http or https, without user info."""
    return absolute_url(url) if url else None


def _read_enclosures(stored: Iterable[Any]) -> Iterator[Enclosure]:
    for each in stored:
        file = unpack(Enclosure, each)
        if file and (url := _page(file.url)):
            yield replace(file, url=url)
