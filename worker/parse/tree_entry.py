"""One entry of RSS, RDF or Atom from its element: the rule of each field, in the order of ``Entry``."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, filterfalse
from xml.etree.ElementTree import Element

from worker.basics.urls import is_decoration
from worker.basics.wording import (
    LONGEST_CONTENT,
    LONGEST_NAME,
    LONGEST_TITLE,
    LONGEST_URL,
    as_html,
    choose_link,
    is_file_type,
    is_page_type,
    is_picture_type,
    is_software_category,
    name_of_author,
    read_length,
    resolve_url,
    tidy_text,
)
from worker.parse.tree_text import Parts, Scope, Words, last_text, plain_text, read_words, sort_parts, texts
from worker.parse.vocabulary import ABOUT, Roles
from worker.values.entries import Enclosure, Entry

# --- Files and pictures of an entry: RSS enclosures, Atom links, media RSS and podcasts.

_ADDRESSES = ("url", "uri", "href")


def read_enclosures(parts: Parts, scope: Scope) -> tuple[Enclosure, ...]:
    """Return the files of an entry, each once."""
    by_url: dict[str, Enclosure] = {}
    media = (element for element in parts.get("media", ()) if is_file_type(_type(element), element.get("medium")))
    for element in chain(_enclosures(parts), media):
        if url := address(element, scope):
            length = element.get("length") or element.get("fileSize") or element.get("filesize")
            by_url.setdefault(url, Enclosure(url, _type(element), read_length(length)))
    return tuple(by_url.values())


def find_image(parts: Parts, scope: Scope) -> str | None:
    """Return the picture that an entry names: a thumbnail, a podcast's cover, else one among its files."""
    return next(filterfalse(is_decoration, _images(parts, scope)), None)


def address(element: Element, scope: Scope) -> str | None:
    """Return the URL in an element's attributes."""
    written = next((value for name in _ADDRESSES if (value := element.get(name))), None)
    url = tidy_text(written, LONGEST_URL)
    return resolve_url(scope.within(element).base, url) if url else None


def _images(parts: Parts, scope: Scope) -> Iterator[str]:
    for element in chain(parts.get("thumbnail", ()), parts.get("image", ())):
        if url := address(element, scope) or plain_text(element, LONGEST_URL):
            yield url
    for element in chain(_enclosures(parts), parts.get("media", ())):
        if is_picture_type(_type(element), element.get("medium")) and (url := address(element, scope)):
            yield url


def _enclosures(parts: Parts) -> Iterator[Element]:
    yield from (link for link in parts.get("link", ()) if (link.get("rel") or "").lower() == "enclosure")
    yield from parts.get("enclosure", ())


def _type(element: Element) -> str | None:
    media_type = tidy_text(element.get("type"), LONGEST_NAME)
    return media_type.lower() if media_type else None


_DEFAULT_TYPES = {
    "summary": "text/html",
    "plain summary": "text/plain",
    "content": "text/plain",
    "html content": "text/html",
}


def read_entry(element: Element, scope: Scope, feed_authors: tuple[str, ...]) -> Entry:
    """Return what an element says; UnreadableError where it takes feedparser to say it."""
    scope = scope.within(element)
    parts = sort_parts(element, scope.roles)
    guid, is_permalink = _guid(element, parts, scope)
    title = _title(parts, scope)
    summary, body = _texts(parts, scope)
    # Content may have an xml:base and an xml:lang of its own.
    around = (body or title or Words("", is_plain=False, scope=scope)).scope
    return Entry(
        guid=guid,
        link=choose_link(find_page(parts, scope), guid, is_permalink=is_permalink),
        title=as_html(title.text, is_plain=title.is_plain) if title else None,
        summary=_as_summary(summary, body),
        content=body.text if body else None,
        is_plain_text=body.is_plain if body else False,
        authors=tuple(dict.fromkeys(read_authors(parts, scope.roles))) or feed_authors,
        published=_last(parts, "published") or _last(parts, "created"),
        updated=_last(parts, "updated"),
        language=_last(parts, "language") or around.language,
        tags=tuple(dict.fromkeys(_tags(parts))),
        enclosures=read_enclosures(parts, scope),
        image_url=find_image(parts, scope),
        base_url=around.base or None,
    )


def find_page(parts: Parts, scope: Scope) -> str | None:
    """Return the page that a feed or an entry is about: the first link to one, if possible in HTML."""
    pages = [link for link in parts.get("link", ()) if (link.get("rel") or "alternate").lower() == "alternate"]
    # Sorting is stable.
    for link in sorted(pages, key=lambda page: not is_page_type(page.get("type"))):
        text = address(link, scope) or _resolved(plain_text(link, LONGEST_URL), link, scope)
        if text:
            return text
    return None


def read_authors(parts: Parts, roles: Roles) -> Iterator[str]:
    """Return the names of those who wrote a feed or an entry."""
    for author in parts.get("author", ()):
        named = sort_parts(author, roles) if len(author) else {}
        name = _last(named, "name") or _last(named, "email") or tidy_text(author.text, LONGEST_NAME)
        if name:
            yield name_of_author(name)


def _resolved(url: str | None, element: Element, scope: Scope) -> str | None:
    return resolve_url(scope.within(element).base, url) if url else None


def _guid(element: Element, parts: Parts, scope: Scope) -> tuple[str | None, bool]:
    """Return the guid, and whether it may be a page's address too."""
    for guid in reversed(parts.get("guid", ())):
        if text := plain_text(guid, LONGEST_URL):
            permalinks = (value for name, value in guid.items() if name.lower() == "ispermalink")
            is_permalink = next(permalinks, "true").lower() == "true"
            return (_resolved(text, guid, scope) if is_permalink else text), is_permalink
    return tidy_text(element.get(ABOUT), LONGEST_URL), True


def _title(parts: Parts, scope: Scope) -> Words | None:
    elements = chain(parts.get("title", ()), parts.get("media title", ()))
    titles = (read_words(element, scope, "text/plain", LONGEST_TITLE) for element in elements)
    return next(filter(None, titles), None)


def _texts(parts: Parts, scope: Scope) -> tuple[Words | None, Words | None]:
    """Return the summary and the body, the longest of an entry's texts; a picture's caption only for want of any."""
    summaries = list(_words(parts, scope, "summary")) + list(_words(parts, scope, "plain summary"))
    contents = list(_words(parts, scope, "content")) + list(_words(parts, scope, "html content"))
    summary = summaries[0] if summaries else None
    # Of two equals what is meant to be the content goes first.
    body = max([*contents, *summaries[1:], *summaries[:1]], key=lambda words: len(words.text), default=None)
    if body is None:
        summary = body = next(_captions(parts, scope), None)
    return summary, body


def _captions(parts: Parts, scope: Scope) -> Iterator[Words]:
    # Whatever Atom makes of its own texts, these are media RSS's.
    return _words(parts, replace(scope, is_atom=False), "caption")


def _as_summary(summary: Words | None, body: Words | None) -> str | None:
    if summary is None or summary is body:
        return summary.text if summary else None
    return as_html(summary.text, is_plain=summary.is_plain)


def _words(parts: Parts, scope: Scope, role: str) -> Iterator[Words]:
    for element in parts.get(role, ()):
        if words := read_words(element, scope, _DEFAULT_TYPES.get(role, "text/plain"), LONGEST_CONTENT):
            yield words


def _last(parts: Parts, role: str) -> str | None:
    return last_text(parts[role], LONGEST_NAME) if role in parts else None


def _tags(parts: Parts) -> Iterator[str]:
    for element in parts.get("tag", ()):
        if not is_software_category(element.get("scheme")):
            written = (element.get("term") or element.get("text"), element.text)
            yield from (tag for text in written if (tag := tidy_text(text, LONGEST_NAME)))
    for text in texts(parts.get("tags", ()), LONGEST_CONTENT):
        yield from (tag for part in text.split(",") if (tag := tidy_text(part, LONGEST_NAME)))
