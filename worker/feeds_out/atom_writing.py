"""Writing Atom 1.0 (RFC 4287), with the links to further pages of RFC 5005."""

from collections.abc import Iterable, Iterator

from worker.feeds_out.markup_writing import (
    OPENING,
    rfc3339,
    tidy_html,
    write_attributes,
    write_element,
    write_if,
)
from worker.feeds_out.out_entry import OutEntry, OutFeed
from worker.feeds_out.podcast_writing import NAMESPACES, write_picture, write_podcast

MEDIA_TYPE = "application/atom+xml"


def write_atom(feed: OutFeed, entries: Iterable[OutEntry]) -> Iterator[str]:
    """Yield a document, an entry at a time."""
    names = {"xmlns": "http://www.w3.org/2005/Atom"} | NAMESPACES
    yield (
        f"{OPENING}<feed{write_attributes(names)}>\n"
        + write_element("id", feed.id)
        + write_element("title", feed.title)
        + write_element("updated", rfc3339(feed.updated_at))
        + (_link("self", feed.self_url, MEDIA_TYPE) if feed.self_url else "")
        + (_link("next", feed.next_url, MEDIA_TYPE) if feed.next_url else "")
        + write_element("generator", "Feedmill")
    )
    for entry in entries:
        language = write_attributes({"xml:lang": entry.language})
        yield f"<entry{language}>\n{''.join(_parts(entry))}</entry>\n"
    yield "</feed>\n"


def _parts(entry: OutEntry) -> Iterator[str]:
    yield write_element("id", entry.id)
    yield write_element("title", entry.title)
    if entry.published_at:
        yield write_element("published", rfc3339(entry.published_at))
    yield write_element("updated", rfc3339(entry.updated_at))
    for author in entry.authors:
        yield f"<author>{write_element('name', author)}</author>\n"
    yield write_if("dc:publisher", entry.agency)
    if entry.url:
        # Many podcasts have no pages: there the file itself is where an entry leads.
        is_page = all(file.url != entry.url for file in entry.enclosures)
        yield _link("alternate", entry.url, "text/html" if is_page else None)
    for file in entry.enclosures:
        yield _link("enclosure", file.url, file.media_type, file.length)
    for copy in entry.copies:
        yield write_element("link", attributes={"rel": "related", "href": copy.url, "title": copy.title or None})
    for tag in entry.tags:
        yield write_element("category", attributes={"term": tag})
    yield write_if("summary", entry.summary)
    # An entry without a link must have content (RFC 4287, section 4.1.2).
    if entry.html or not entry.url:
        yield write_element("content", tidy_html(entry.html), {"type": "html"})
    yield write_picture(entry.image_url)
    yield from write_podcast(entry)
    yield _source(entry)


def _source(entry: OutEntry) -> str:
    """Return what an entry was taken from, which has an author where the entry has none (RFC 4287, section 4.1.2)."""
    author = "" if entry.authors else f"<author>{write_element('name', entry.stand_in)}</author>\n"
    origin = entry.origin
    if origin is None:
        return author
    site = _link("alternate", origin.site_url, "text/html") if origin.site_url else ""
    # As far as we know, that feed was last changed by this entry.
    updated = write_element("updated", rfc3339(entry.updated_at))
    named = write_element("id", origin.url) + write_element("title", origin.title) + updated
    return f"<source>\n{author}{named}{_link('self', origin.url)}{site}</source>\n"


def _link(relation: str, url: str, media_type: str | None = None, length: int | None = None) -> str:
    return write_element("link", attributes={"rel": relation, "href": url, "type": media_type, "length": length})
