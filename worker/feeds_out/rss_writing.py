"""Writing RSS 2.0, with what other vocabularies say better: whole texts, several authors and files, later changes."""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import chain, islice

from worker.feeds_out.markup_writing import (
    OPENING,
    as_safe_title,
    rfc822,
    rfc3339,
    write_attributes,
    write_cdata,
    write_element,
    write_if,
)
from worker.feeds_out.out_entry import ANY_TYPE, NEVER, OutEntry, OutFeed
from worker.feeds_out.podcast_writing import NAMESPACES, write_picture, write_podcast

MEDIA_TYPE = "application/rss+xml"
# Podcast applications look at one file of each entry.
_PLAYED = ("audio/", "video/")
_NAMES = {
    "version": "2.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
} | NAMESPACES


def write_rss(feed: OutFeed, entries: Iterable[OutEntry]) -> Iterator[str]:
    """Yield a document, an entry at a time."""
    yield (
        f"{OPENING}<rss{write_attributes(_NAMES)}>\n<channel>\n"
        + write_element("title", as_safe_title(feed.title))
        # It must have one: where no address is known, its id is a URI too.
        + write_element("link", feed.self_url or feed.id)
        + write_element("description", as_safe_title(feed.title))
        + (write_element("lastBuildDate", rfc822(feed.updated_at)) if feed.updated_at > NEVER else "")
        + write_element("generator", "Feedmill")
        + (_link("self", feed.self_url, MEDIA_TYPE) if feed.self_url else "")
        + (_link("next", feed.next_url, MEDIA_TYPE) if feed.next_url else "")
    )
    for entry in entries:
        yield f"<item>\n{''.join(_parts(entry))}</item>\n"
    yield "</channel>\n</rss>\n"


def _parts(entry: OutEntry) -> Iterator[str]:
    yield write_element("guid", entry.id, {"isPermaLink": "false"})
    yield write_element("title", as_safe_title(entry.title))
    yield write_if("link", entry.url)
    if entry.published_at:
        yield write_element("pubDate", rfc822(entry.published_at))
    if entry.modified_at:
        yield write_element("atom:updated", rfc3339(entry.modified_at))
    for author in entry.authors:
        # The author of RSS itself is an e-mail address.
        yield write_element("dc:creator", as_safe_title(author))
    yield write_if("dc:publisher", as_safe_title(entry.agency or ""))
    for tag in entry.tags:
        yield write_element("category", as_safe_title(tag))
    yield write_if("dc:language", entry.language)
    yield _description(entry)
    yield from _files(entry)
    for copy in entry.copies:
        yield write_element("atom:link", attributes={"rel": "related", "href": copy.url, "title": copy.title or None})
    yield write_picture(entry.image_url)
    yield from write_podcast(entry)
    if entry.origin:
        yield write_element("source", entry.origin.title, {"url": entry.origin.url})


def _description(entry: OutEntry) -> str:
    """Return the summary, which readers expect before the whole text; where there is none, the whole text alone."""
    if not entry.summary:
        return write_cdata("description", entry.html) if entry.html else ""
    # Its text is HTML, so what is no HTML is escaped for that first.
    summary = write_element("description", escape(entry.summary, quote=False))
    return summary + (write_cdata("content:encoded", entry.html) if entry.html else "")


def _files(entry: OutEntry) -> Iterator[str]:
    """Yield the one file that RSS has room for, what is played before others; where that is not all, Atom's links."""
    played = (file for file in entry.enclosures if (file.media_type or "").startswith(_PLAYED))
    for file in islice(chain(played, entry.enclosures), 1):
        attributes = {"url": file.url, "length": file.length or 0, "type": file.media_type or ANY_TYPE}
        yield write_element("enclosure", attributes=attributes)
    if len(entry.enclosures) > 1 or any(not file.media_type for file in entry.enclosures):
        for file in entry.enclosures:
            yield _link("enclosure", file.url, file.media_type, file.length)


def _link(relation: str, url: str, media_type: str | None = None, length: int | None = None) -> str:
    attributes = {"rel": relation, "href": url, "type": media_type, "length": length}
    return write_element("atom:link", attributes=attributes)
