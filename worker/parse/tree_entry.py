"""Read one entry of RSS, RDF or Atom from its element: the rule of each field, in the order of ``Entry``."""

from collections.abc import Iterator
from itertools import chain
from xml.etree.ElementTree import Element

from worker.basics import field_rules
from worker.basics.field_rules import LONGEST_CONTENT, LONGEST_NAME, LONGEST_TITLE, LONGEST_URL, as_html, tidy_text
from worker.basics.mailboxes import is_address, name_of_author
from worker.basics.media_rules import Picture, choose_picture, is_picture_address, kind_of_file
from worker.parse.newsroom_parts import as_newsroom, may_be_newsroom
from worker.parse.podcast_elements import read_podcast
from worker.parse.tree_text import (
    MarkedText,
    Parts,
    Scope,
    last_text,
    local_name,
    read_element_text,
    read_marked_texts,
    sort_parts,
)
from worker.parse.vocabulary import ABOUT, Roles
from worker.values.entries import Enclosure, Entry
from worker.values.frozen import replace
from worker.wire.newsroom.newsroom_entry import Skipped

# What may mark up a name.
_MARKUP = frozenset("a b em i p span strong".split())
_RECORDINGS = frozenset({"audio", "video"})
# The roles of elements that are files; those of elements that are, or may be, pictures.
_FILES = ("link enclosure", "enclosure", "media")
_PICTURES = ("thumbnail", "image", "plain image", *_FILES)


def read_entry(element: Element, scope: Scope, feed_authors: tuple[str, ...]) -> Entry | Skipped:
    """Return the entry that an element holds, or why it must not be published.

    UnreadableError where only feedparser can read it.
    """
    scope = scope.within(element)
    parts = sort_parts(element, scope.roles)
    entry = read_fields(element, parts, scope, feed_authors)
    return as_newsroom(entry, parts, scope) if may_be_newsroom(entry, parts) else entry


def read_fields(element: Element, parts: Parts, scope: Scope, feed_authors: tuple[str, ...] = ()) -> Entry:
    """Return what the elements of an entry say in every feed; ``scope`` is the one within it."""
    guid, is_permalink = _guid(element, parts, scope)
    title = next(read_marked_texts(parts, scope, LONGEST_TITLE, "title", "episode title", "media title"), None)
    summary, body = _summary_and_body(parts, scope)
    # Content may have an xml:base and an xml:lang of its own.
    inner = (body or title or MarkedText("", is_plain=False, scope=scope)).scope
    return Entry(
        guid=guid,
        link=field_rules.choose_link(_find_own_page(parts, scope), guid, is_permalink=is_permalink),
        title=title.as_title() if title else None,
        has_plain_title=title.is_text if title else False,
        # A summary that is the body too must equal it: normalise then knows that it adds nothing.
        summary=as_html(summary.text, is_plain=summary.is_plain and summary is not body) if summary else None,
        content=body.text if body else None,
        is_plain_text=body.is_plain if body else False,
        authors=_authors(parts, scope) or feed_authors,
        published=last_text(parts, "published") or last_text(parts, "created"),
        updated=last_text(parts, "updated"),
        language=last_text(parts, "language") or inner.language,
        tags=tuple(dict.fromkeys(_tags(parts))),
        enclosures=() if parts.keys().isdisjoint(_FILES) else _enclosures(parts, scope),
        image_url=None if parts.keys().isdisjoint(_PICTURES) else choose_picture(_pictures(parts, scope)),
        podcast=read_podcast(parts["podcast"], scope) if "podcast" in parts else None,
        base_url=inner.base or None,
    )


def _guid(element: Element, parts: Parts, scope: Scope) -> tuple[str | None, bool]:
    """Return the guid, and whether it may be a page's address too."""
    for guid in reversed(parts.get("guid", ())):
        if text := read_element_text(guid, LONGEST_URL):
            permalinks = (value for name, value in guid.items() if name.lower() == "ispermalink")
            is_permalink = next(permalinks, "true").lower() == "true"
            return (_resolved(text, guid, scope) if is_permalink else text), is_permalink
    return tidy_text(element.get(ABOUT), LONGEST_URL), True


def _find_own_page(parts: Parts, scope: Scope) -> str | None:
    """Return the page that an entry is about; a service that counts clicks tells which one its links lead to."""
    original = last_text(parts, "original link", LONGEST_URL)
    if original and field_rules.is_web_page(original):
        return original
    return find_page(parts, scope) or _find_content_page(parts, scope)


def _find_content_page(parts: Parts, scope: Scope) -> str | None:
    """Return the page that has the content of an entry in its place (RFC 4287, section 4.1.3.2)."""
    # What has no type may be anything.
    typed = (each for each in parts.get("content", ()) if each.get("type"))
    pages = (each for each in typed if field_rules.is_page_type(each.get("type")))
    found = (_resolved(tidy_text(each.get("src"), LONGEST_URL), each, scope) for each in pages)
    return next(filter(None, found), None)


def find_page(parts: Parts, scope: Scope) -> str | None:
    """Return the page that a feed or an entry is about: its first link to a page, preferably to one in HTML."""
    pages = parts.get("link alternate", ())
    # Sorting is stable.
    for link in sorted(pages, key=lambda page: not field_rules.is_page_type(page.get("type"))):
        # Atom's link is an attribute, that of RSS a text, which other attributes may stand beside.
        text = None if link.get("href") else _resolved(read_element_text(link, LONGEST_URL), link, scope)
        if url := text or find_url(link, scope):
            return url
    return None


def find_url(element: Element, scope: Scope) -> str | None:
    """Return the URL in an element's attributes."""
    written = element.get("url") or element.get("uri") or element.get("href")
    return _resolved(tidy_text(written, LONGEST_URL), element, scope)


def _resolved(url: str | None, element: Element, scope: Scope) -> str | None:
    return field_rules.resolve_url(scope.within(element).base, url) if url else None


def _summary_and_body(parts: Parts, scope: Scope) -> tuple[MarkedText | None, MarkedText | None]:
    """Return the first summary, and the longest content, else summary; only an entry without both has a caption."""
    summaries = [*read_marked_texts(parts, scope, LONGEST_CONTENT, "summary", "plain summary")]
    # What iTunes calls a subtitle is the shortest of summaries.
    summaries = summaries or [*read_marked_texts(parts, scope, LONGEST_CONTENT, "subtitle")]
    contents = [*read_marked_texts(parts, scope, LONGEST_CONTENT, "content", "html content")]
    # Of two texts of one length, max takes the first.
    if texts := contents or [*summaries[1:], *summaries[:1]]:
        return summaries[0] if summaries else None, max(texts, key=lambda each: len(each.text))
    # Captions follow media RSS, in Atom too.
    caption = next(read_marked_texts(parts, replace(scope, is_atom=False), LONGEST_CONTENT, "caption"), None)
    return caption, caption


def _authors(parts: Parts, scope: Scope) -> tuple[str, ...]:
    """Return an entry's own authors, else those of the feed that it was taken from (RFC 4287, section 4.2.1)."""
    own = dict.fromkeys(read_authors(parts, scope.roles))
    if own or "source" not in parts:
        return tuple(own)
    sources = (sort_parts(source, scope.roles) for source in parts["source"])
    return tuple(dict.fromkeys(name for source in sources for name in read_authors(source, scope.roles)))


def read_authors(parts: Parts, roles: Roles) -> Iterator[str]:
    """Yield the names of a feed's or an entry's authors; a podcast's artist is one where no other has a name."""
    is_named = False
    for author in parts.get("author", ()):
        if written := _name_within(author, roles) if len(author) else tidy_text(author.text, LONGEST_NAME):
            name = name_of_author(written)
            is_named = is_named or not is_address(name)
            yield name
    if not is_named and "artist" in parts:
        artists = (tidy_text(artist.text, LONGEST_NAME) for artist in parts["artist"])
        yield from map(name_of_author, filter(None, artists))


def _name_within(author: Element, roles: Roles) -> str | None:
    """Return the name in an author that has elements of its own, else its address, else its text."""
    named = sort_parts(author, roles)
    return last_text(named, "name") or last_text(named, "email") or _own_text(author)


def _own_text(element: Element) -> str | None:
    """Return the words of an author or a category: RSS may have HTML for them, but other elements are other facts."""
    has_facts = len(element) and any(local_name(child) not in _MARKUP for child in element)
    return tidy_text(element.text, LONGEST_NAME) if has_facts else read_element_text(element, LONGEST_NAME)


def _tags(parts: Parts) -> Iterator[str]:
    for element in parts.get("tag", ()):
        if element.tag.endswith("}subject"):
            yield from field_rules.split_subjects(read_element_text(element, LONGEST_CONTENT) or "")
        elif element.attrib:
            yield from _described_tags(element)
        elif tag := _own_text(element):
            yield tag
    for element in parts.get("tags", ()):
        yield from field_rules.split_keywords(read_element_text(element, LONGEST_CONTENT) or "")


def _described_tags(category: Element) -> Iterator[str]:
    if field_rules.is_software_category(category.get("scheme")):
        return
    # RFC 4287, section 4.2.2.3: the label is for people, the term for programs.
    if label := tidy_text(category.get("label"), LONGEST_NAME):
        yield label
        return
    named = tidy_text(category.get("term") or category.get("text"), LONGEST_NAME)
    yield from filter(None, (named, _own_text(category)))


def _enclosures(parts: Parts, scope: Scope) -> tuple[Enclosure, ...]:
    """Return the files of an entry, each once: RSS enclosures, Atom links, media RSS."""
    by_url: dict[str, Enclosure] = {}
    enclosing = _enclosing(parts)
    original = last_text(parts, "original enclosure", LONGEST_URL) if len(enclosing) == 1 else None
    media = (each for each in parts.get("media", ()) if _kind(each) in _RECORDINGS)
    for element in chain(enclosing, media):
        if url := original or find_url(element, scope):
            original = None
            length = element.get("length") or element.get("fileSize") or element.get("filesize")
            by_url.setdefault(url, Enclosure(url, _type(element), field_rules.read_length(length)))
    return tuple(by_url.values())


def _pictures(parts: Parts, scope: Scope) -> Iterator[Picture]:
    """Yield the pictures of an entry: thumbnails, a podcast's cover, then those among its files."""
    for element in chain(parts.get("thumbnail", ()), parts.get("image", ())):
        if url := find_url(element, scope) or read_element_text(element, LONGEST_URL):
            yield _picture(element, url)
    for element in parts.get("plain image", ()):
        if url := _find_plain_picture(element, scope):
            yield _picture(element, url)
    for element in chain(_enclosing(parts), parts.get("media", ())):
        if _kind(element) == "image" and (url := find_url(element, scope)):
            yield _picture(element, url)


def _picture(element: Element, url: str) -> Picture:
    return Picture(url, element.get("width"), element.get("height"))


def _find_plain_picture(element: Element, scope: Scope) -> str | None:
    """Return the address in an element of no specification: as an attribute, as text, or as RSS has a channel's."""
    if url := find_url(element, scope) or _resolved(tidy_text(element.get("src"), LONGEST_URL), element, scope):
        return url
    text = last_text(sort_parts(element, scope.roles), "page", LONGEST_URL) or read_element_text(element, LONGEST_URL)
    return _resolved(text, element, scope) if text and is_picture_address(text) else None


def _enclosing(parts: Parts) -> list[Element]:
    return [*parts.get("link enclosure", ()), *parts.get("enclosure", ())]


def _kind(element: Element) -> str:
    written = element.get("url") or element.get("href") or ""
    return kind_of_file(_type(element), element.get("medium"), written)


def _type(element: Element) -> str | None:
    media_type = tidy_text(element.get("type"), LONGEST_NAME)
    return media_type.lower() if media_type else None
