"""Two parsers held against each other: what each makes of a document's entries as articles, field by field."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from worker.basics.text import fold
from worker.errors import PollError
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.parse.forgiving import read_with_feedparser
from worker.parse.well_formed import read_well_formed
from worker.recognise.keys import hash_guid
from worker.values.articles import Sighting
from worker.values.due_feeds import Document
from worker.values.entries import Entry, KeyedEntry, ParsedDocument

_NOW = datetime(2026, 11, 25, tzinfo=UTC)
_MOST = 100_000

FIELDS: dict[str, Callable[[Sighting], Any]] = {
    "guid": lambda said: said.guid,
    "link": lambda said: said.article.url,
    "title": lambda said: said.article.title,
    "published": lambda said: said.article.published_at,
    "updated": lambda said: said.article.updated_at,
    "enclosures": lambda said: said.article.enclosures,
    "text": lambda said: fold(said.article.text),
    "tags": lambda said: sorted(said.article.tags),
    "authors": lambda said: said.article.authors,
    "summary": lambda said: said.article.summary,
    "image": lambda said: said.article.image_url,
    "language": lambda said: said.article.language,
}
"""What is compared; white space and the order of tags are nobody's words."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of an entry that the two read differently."""

    field: str
    entry: int
    ours: Any
    feedparsers: Any
    reason: str | None
    """Who is right and why; null for what nobody has looked at."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A document that both parsers read."""

    entries: int
    lost: int
    """How many more entries feedparser found."""
    differences: tuple[Difference, ...]


def compare(document: Document, spoilt: bytes = b"") -> Comparison | None:
    """Hold the parsers against each other; null for a document that is not read by both.

    With ``spoilt`` behind it feedparser gets a broken one, which it reads in another way.
    """
    ours = read_well_formed(document, _MOST, _MOST)
    try:
        for_feedparser = replace(document, body=document.body + spoilt)
        feedparsers = read_with_feedparser(for_feedparser, _MOST) if ours and ours.format != "sitemap" else None
    except PollError:
        return None
    if ours is None or feedparsers is None:
        return None
    pairs = zip(ours.entries, feedparsers.entries, strict=False)
    differences = (
        difference for number, pair in enumerate(pairs) for difference in _differences(document, number, ours, *pair)
    )
    return Comparison(len(ours.entries), len(feedparsers.entries) - len(ours.entries), tuple(differences))


def _differences(
    document: Document, number: int, parsed: ParsedDocument, our: Entry, feedparsers: Entry
) -> Iterator[Difference]:
    readings = sighting_of(document, parsed, our), sighting_of(document, parsed, feedparsers)
    for field, read in FIELDS.items():
        ours, theirs = (read(reading) for reading in readings)
        if ours != theirs:
            yield Difference(field, number, ours, theirs, _reason(field, document.body, our, feedparsers))


def sighting_of(document: Document, parsed: ParsedDocument, entry: Entry) -> Sighting:
    """Return what an entry says as the article that it becomes."""
    guid = entry.guid or entry.link or ""
    context = FeedContext(document.url, document.url, parsed.site_url, parsed.language, _NOW, format=parsed.format)
    return normalise(KeyedEntry(guid, hash_guid(guid), b"", entry), context, _NOW)


def _reason(field: str, body: bytes, our: Entry, feedparsers: Entry) -> str | None:
    """Say who is right and why; each rule was found by reading the documents that it explains."""
    has_captions = b"media:description" in body
    rules = {
        "feedparser takes the caption of a picture for the text": (
            field in {"text", "title", "summary"} and has_captions and our.content != feedparsers.content
        ),
        "feedparser takes the caption of a picture for the summary": field == "summary" and has_captions,
        "of several summaries feedparser takes the first or the last, and we the description: a matter of taste": (
            field == "summary" and (b"itunes:summary" in body or b"<summary" in body)
        ),
        "feedparser takes what stands in another element for the entry's own": (
            field in {"guid", "link", "title", "image"} and b"<image>" in body
        ),
        "feedparser takes a podcast's artist for one author more": field == "authors" and b"itunes:author" in body,
        "feedparser takes the first of several addresses in an author for the only one": (
            field == "authors" and any(author.count("@") > 1 for author in our.authors)
        ),
        "feedparser does not tell subjects of Dublin Core, which may be lists, from categories": (
            field == "tags" and b"dc:subject" in body
        ),
        "feedparser drops a guid that is no URL; we keep it as it stands (RFC 4287, section 4.2.6)": (
            our.guid != feedparsers.guid and b"xml:base" in body
        ),
        "feedparser reads an element of one single feed, and categories of whole podcasts as an entry's": (
            field == "tags" and (b"<tags>" in body or b"itunes:category" in body)
        ),
    }
    return next((reason for reason, holds in rules.items() if holds), None)
