"""RSS, Atom, RDF and CDF through feedparser: all that is not well-formed, or of a format that nothing else reads.

feedparser is given bytes it cannot take for a file's name or a URL, and neither sanitises nor resolves: both are done
better elsewhere, on new entries only.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, filterfalse
from typing import Any
from xml.sax import SAXParseException
from xml.sax.saxutils import unescape

import feedparser

from worker.basics.charset import decode
from worker.basics.text import clean
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
    is_text_type,
    is_web_page,
    keep_newest,
    name_of_author,
    read_length,
    resolve_url,
)
from worker.errors import ErrorClass, PermanentError
from worker.parse.hints import read_hints
from worker.values.due_feeds import Document
from worker.values.entries import Enclosure, Entry, ParsedDocument

# --- What feedparser found, looked up with care: a dict in which anything may be missing or of another type.

Values = dict[str, Any]


def text_in(values: Values, name: str, longest: int) -> str | None:
    """Return a text, cleaned; null for anything else."""
    # dict.get: feedparser's own get makes one name stand for another.
    value = dict.get(values, name)
    return clean(value, longest).strip() or None if isinstance(value, str) else None


def detail_in(values: Values, name: str) -> Values:
    """Return a dict; an empty one for anything else."""
    value = dict.get(values, name)
    return value if isinstance(value, dict) else {}


def dicts_in(values: Values, name: str) -> list[Values]:
    """Return those members of a list that are dicts."""
    value = dict.get(values, name)
    return [member for member in value if isinstance(member, dict)] if isinstance(value, list) else []


# --- Files and pictures of an entry as feedparser found them.


def read_enclosures(item: Values) -> tuple[Enclosure, ...]:
    """Return the files of an entry, each once."""
    by_url: dict[str, Enclosure] = {}
    media = [value for value in dicts_in(item, "media_content") if is_file_type(_type(value), _medium(value))]
    for value in [*_enclosures(item), *media]:
        if url := _address(value):
            length = text_in(value, "length", LONGEST_NAME) or text_in(value, "filesize", LONGEST_NAME)
            by_url.setdefault(url, Enclosure(url, _type(value), read_length(length)))
    return tuple(by_url.values())


def find_image(item: Values) -> str | None:
    """Return the picture that an entry names: a thumbnail, a podcast's cover, else one among its files."""
    return next(filterfalse(is_decoration, _images(item)), None)


def _images(item: Values) -> Iterator[str]:
    for value in (*dicts_in(item, "media_thumbnail"), detail_in(item, "image")):
        if url := _address(value):
            yield url
    for value in (*_enclosures(item), *dicts_in(item, "media_content")):
        if is_picture_type(_type(value), _medium(value)) and (url := _address(value)):
            yield url


def _enclosures(item: Values) -> list[Values]:
    return [value for value in dicts_in(item, "links") if value.get("rel") == "enclosure"]


def _address(value: Values) -> str | None:
    return text_in(value, "href", LONGEST_URL) or text_in(value, "url", LONGEST_URL)


def _type(value: Values) -> str | None:
    return text_in(value, "type", LONGEST_NAME)


def _medium(value: Values) -> str | None:
    return text_in(value, "medium", LONGEST_NAME)


# References to surrogates, which are no characters: feedparser fails on them.
_SURROGATE = re.compile(
    r"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5(?:5(?:29[6-9]|[3-9]\d\d)|6\d{3}|7(?:[0-2]\d\d|3[0-3]\d|34[0-3])));"
)
# feedparser looks for an address in an author at a quadratic price: what is beyond any name is cut before.
_LONG_AUTHOR = re.compile(
    r"(<(?:\w{1,20}:)?(?:author|creator|managingEditor|webMaster|name|email)\b[^<>]{0,200}>(?:<!\[CDATA\[)?"
    r"[^<\]]{1000})[^<\]]+"
)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# The first that feedparser's name of the version begins with; for CDF and odd versions of RDF it has none.
_FORMATS = {"rss10": "rdf", "rss090": "rdf", "rss": "rss", "atom": "atom"}
_UNNAMED = {"rdf": re.compile(r"<(?:\w{1,20}:)?RDF[\s>]"), "cdf": re.compile(r"<channel\s[^<>]*\bhref", re.IGNORECASE)}
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_HEAD = 65_536


def parse_xml(document: Document, max_entries: int) -> ParsedDocument:
    """Return what an XML feed publishes; what feedparser can salvage of a broken one counts."""
    text = _SURROGATE.sub("\ufffd", _XML_DECLARATION.sub("", decode(document.body, document.content_type)))
    text = _LONG_AUTHOR.sub(r"\1", text)
    found = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    items = dicts_in(found, "entries")
    if dict.get(found, "bozo"):
        items = [_with_guid_unescaped(item) for item in items]
    version = dict.get(found, "version") or ""
    if not items and (dict.get(found, "bozo") or not version):
        raise PermanentError(ErrorClass.PARSE, f"the document is broken beyond reading ({_why_broken(found)})")
    kept = keep_newest(items, max_entries, _date_of)
    feed = detail_in(found, "feed")
    # RFC 4287, section 4.2.1: the authors of the feed wrote the entries that name none.
    feed_authors = tuple(_authors(feed)) if version.startswith("atom") else ()
    entries = [_entry(item, feed_authors) for item in kept]
    # Without one feedparser takes an entry's link for the base of those after it.
    entries = [_resolved(entry) if "xml:base" in text else replace(entry, base_url=None) for entry in entries]
    return ParsedDocument(
        format=_format(version, text),
        parser="feedparser",
        entries=tuple(entries),
        title=text_in(feed, "title", LONGEST_TITLE),
        site_url=_page(feed) or text_in(feed, "link", LONGEST_URL),
        self_url=next((text_in(link, "href", LONGEST_URL) for link in _links(feed, "self")), None),
        language=text_in(feed, "language", LONGEST_NAME),
        hints=read_hints(text),
        dropped_entries=len(items) - len(kept),
        updated=text_in(feed, "updated", LONGEST_NAME) or text_in(feed, "published", LONGEST_NAME),
    )


def _why_broken(found: Any) -> str:
    reason = dict.get(found, "bozo_exception")
    if isinstance(reason, SAXParseException):
        return f"line {reason.getLineNumber()}: {reason.getMessage()}"
    return str(reason or "no feed in it")


def _with_guid_unescaped(item: Values) -> Values:
    """Return an entry of a broken document with its guid as it was meant: a feed that breaks must not rename them."""
    texts = {name: text for name in ("id", "link") if (text := text_in(item, name, LONGEST_URL))}
    return {**item, **{name: unescape(text, _QUOTES) for name, text in texts.items()}}


def _format(version: str, text: str) -> str:
    unnamed = (name for name, opening in _UNNAMED.items() if opening.search(text[:_HEAD]))
    named = (name for prefix, name in _FORMATS.items() if version.startswith(prefix))
    return next(chain(named, unnamed), "xml")


def _entry(item: Values, feed_authors: tuple[str, ...]) -> Entry:
    title, body = detail_in(item, "title_detail"), _body(item)
    content = text_in(body, "value", LONGEST_CONTENT)
    guid = text_in(item, "id", LONGEST_URL)
    is_permalink = dict.get(item, "guidislink") is not False
    return Entry(
        guid=guid,
        # Not what feedparser calls the link: where there is none, it takes any guid for one.
        link=choose_link(_page(item), guid, is_permalink=is_permalink),
        title=as_html(text_in(item, "title", LONGEST_TITLE), is_plain=_is_plain(title)),
        summary=_summary(item, content),
        content=content,
        is_plain_text=content is not None and _is_plain(body),
        # feedparser repeats a name where an address without one follows it.
        authors=tuple(dict.fromkeys(_authors(item))) or feed_authors,
        published=text_in(item, "published", LONGEST_NAME) or text_in(item, "created", LONGEST_NAME),
        updated=text_in(item, "updated", LONGEST_NAME),
        language=text_in(item, "language", LONGEST_NAME) or text_in(body or title, "language", LONGEST_NAME),
        tags=tuple(dict.fromkeys(_tags(item))),
        enclosures=read_enclosures(item),
        image_url=find_image(item),
        base_url=text_in(body or title, "base", LONGEST_URL),
    )


def _resolved(entry: Entry) -> Entry:
    """Return an entry with its files made absolute where xml:base says to what; feedparser does so with links only."""
    base = entry.base_url or ""
    # It has resolved some files of Atom: by a base that is relative itself that would be done twice.
    if not is_web_page(base):
        return entry
    files = tuple(replace(file, url=resolve_url(base, file.url)) for file in entry.enclosures)
    return replace(entry, enclosures=files, image_url=entry.image_url and resolve_url(base, entry.image_url))


def _body(item: Values) -> Values:
    """Return the longest text of an entry, with what feedparser knows of it; media captions pose as content too."""
    details = [*dicts_in(item, "content"), detail_in(item, "summary_detail")]
    texts = [value for value in details if is_text_type(text_in(value, "type", LONGEST_NAME) or "")]
    return max(texts, key=lambda value: len(text_in(value, "value", LONGEST_CONTENT) or ""), default={})


def _summary(item: Values, content: str | None) -> str | None:
    detail = detail_in(item, "summary_detail")
    # Without one, feedparser has copied the content.
    summary = text_in(item, "summary", LONGEST_CONTENT) if detail else None
    return summary if summary == content else as_html(summary, is_plain=_is_plain(detail))


def _is_plain(detail: Values) -> bool:
    return detail.get("type") == "text/plain"


def _authors(item: Values) -> Iterator[str]:
    authors = dicts_in(item, "authors")
    named = [text_in(author, "name", LONGEST_NAME) or text_in(author, "email", LONGEST_NAME) for author in authors]
    for name in named if any(named) else [text_in(item, "author", LONGEST_NAME)]:
        if name:
            yield name_of_author(name)


def _tags(item: Values) -> Iterator[str]:
    for value in dicts_in(item, "tags"):
        if not is_software_category(value.get("scheme")) and (tag := text_in(value, "term", LONGEST_NAME)):
            yield tag


def _page(values: Values) -> str | None:
    """Return the page that a feed or an entry is about: the first link to one, if possible in HTML."""
    pages = sorted(_links(values, "alternate"), key=lambda link: not is_page_type(text_in(link, "type", LONGEST_NAME)))
    return next((href for link in pages if (href := text_in(link, "href", LONGEST_URL))), None)


def _links(values: Values, rel: str) -> list[Values]:
    return [link for link in dicts_in(values, "links") if link.get("rel") == rel]


def _date_of(item: Values) -> Any:
    return dict.get(item, "published_parsed") or dict.get(item, "updated_parsed")
