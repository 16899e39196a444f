"""RSS, Atom, RDF and CDF through feedparser.

feedparser is given bytes it cannot take for a file's name or a URL, and neither sanitises nor resolves: both are done
better elsewhere, on new entries only. Its result is a dict in which anything may be missing or of another type.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parseaddr
from typing import Any

import feedparser

from worker.errors import ErrorClass, PermanentError
from worker.parse.charset import decode
from worker.parse.hints import read_hints
from worker.parse.newest import keep_newest
from worker.text import clean
from worker.values import Document, Enclosure, Entry, ParsedDocument

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
# The first that feedparser's name of the version begins with; for CDF it has none.
_FORMATS = {"rss10": "rdf", "rss090": "rdf", "rss": "rss", "atom": "atom"}
_CDF = re.compile(r"<channel\s[^<>]*\bhref", re.IGNORECASE)
_MAIL_AND_NAME = re.compile(r"\S+@\S+\s*\((.+)\)")
_TITLE, _URL, _CONTENT, _NAME = 4_000, 4_000, 1_000_000, 400
# Longer than any file is, it would not fit into an answer either.
_LENGTH = re.compile(r"\d{1,15}", re.ASCII)
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
    items = [item for item in _list(dict.get(found, "entries")) if isinstance(item, dict)]
    version = dict.get(found, "version") or ""
    if not items and (dict.get(found, "bozo") or not version):
        reason = dict.get(found, "bozo_exception")
        raise PermanentError(ErrorClass.PARSE, f"the document is broken beyond reading ({reason or 'no feed in it'})")
    kept = keep_newest(items, max_entries, _date_of)
    feed = dict.get(found, "feed")
    feed = feed if isinstance(feed, dict) else {}
    # RFC 4287, section 4.2.1: the authors of the feed wrote the entries that name none.
    feed_authors = tuple(_authors(feed)) if version.startswith("atom") else ()
    entries = [_entry(item, feed_authors) for item in kept]
    if "xml:base" not in text:
        # Without one feedparser takes an entry's link for the base of those after it.
        entries = [replace(entry, base_url=None) for entry in entries]
    return ParsedDocument(
        format=_format(version, text),
        parser="feedparser",
        entries=tuple(entries),
        title=_text(feed, "title", _TITLE),
        site_url=_link(feed, "alternate") or _text(feed, "link", _URL),
        self_url=_link(feed, "self"),
        language=_text(feed, "language", _NAME),
        hints=read_hints(text),
        dropped_entries=len(items) - len(kept),
    )


def _format(version: str, text: str) -> str:
    unnamed = "cdf" if _CDF.search(text[:_HEAD]) else "xml"
    return next((name for prefix, name in _FORMATS.items() if version.startswith(prefix)), unnamed)


def _entry(item: dict[str, Any], feed_authors: tuple[str, ...]) -> Entry:
    body, is_plain_text = _body(item)
    guid = _text(item, "id", _URL)
    link = _link(item, "alternate") or _text(item, "link", _URL)
    if guid and link is None and dict.get(item, "guidislink") is not False:
        link = guid
    if link == guid and not (guid or "").startswith(("http://", "https://")):
        # Without a link feedparser takes any guid for one; "urn:…" leads nowhere.
        link = None
    return Entry(
        guid=guid,
        link=link,
        title=_title(item),
        summary=_text(item, "summary", _CONTENT),
        content=body,
        is_plain_text=is_plain_text,
        # feedparser repeats a name where an address without one follows it.
        authors=tuple(dict.fromkeys(_authors(item))) or feed_authors,
        published=_text(item, "published", _NAME) or _text(item, "created", _NAME),
        updated=_text(item, "updated", _NAME),
        language=_text(_detail(item, "title_detail"), "language", _NAME),
        tags=tuple(tag for value in _dicts(item, "tags") if (tag := _text(value, "term", _NAME))),
        enclosures=tuple(_enclosures(item)),
        image_url=_image(item),
        base_url=_text(_detail(item, "title_detail"), "base", _URL),
    )


def _title(item: dict[str, Any]) -> str | None:
    title = _text(item, "title", _TITLE)
    is_plain = _detail(item, "title_detail").get("type") == "text/plain"
    # A title is read as HTML from here on.
    return title.replace("<", "&lt;") if title and is_plain else title


def _body(item: dict[str, Any]) -> tuple[str | None, bool]:
    """Return the longest text of an entry and whether it is plain: media captions pose as content too."""
    candidates = [*_dicts(item, "content"), _detail(item, "summary_detail")]
    candidates += [value for value in _dicts(item, "media_content") if isinstance(value.get("description"), str)]
    texts = [(_text(value, "value", _CONTENT) or _text(value, "description", _CONTENT), value) for value in candidates]
    text, detail = max(texts, key=lambda pair: len(pair[0] or ""))
    return text, detail.get("type") == "text/plain"


def _authors(item: dict[str, Any]) -> Iterator[str]:
    named = [_text(author, "name", _NAME) or _text(author, "email", _NAME) for author in _dicts(item, "authors")]
    for name in named if any(named) else [_text(item, "author", _NAME)]:
        if name:
            match = _MAIL_AND_NAME.fullmatch(name)
            yield match[1] if match else parseaddr(name)[0] if "<" in name and "@" in name else name


def _enclosures(item: dict[str, Any]) -> Iterator[Enclosure]:
    links = [value for value in _dicts(item, "links") if value.get("rel") == "enclosure"]
    seen = set()
    for value in [*links, *_dicts(item, "media_content")]:
        url = _text(value, "href", _URL) or _text(value, "url", _URL)
        media_type = _text(value, "type", _NAME)
        is_file = value in links or (media_type or "").startswith(("audio/", "video/"))
        if url and is_file and url not in seen:
            seen.add(url)
            length = _text(value, "length", _NAME) or _text(value, "filesize", _NAME) or ""
            yield Enclosure(url, media_type, int(length) if _LENGTH.fullmatch(length) else None)


def _image(item: dict[str, Any]) -> str | None:
    for value in (*_dicts(item, "media_thumbnail"), _detail(item, "image")):
        if url := _text(value, "url", _URL) or _text(value, "href", _URL):
            return url
    pictures = (value for value in [*_dicts(item, "links"), *_dicts(item, "media_content")] if _is_picture(value))
    return next((_text(value, "href", _URL) or _text(value, "url", _URL) for value in pictures), None)


def _is_picture(value: dict[str, Any]) -> bool:
    return (_text(value, "type", _NAME) or "").startswith("image/") or value.get("medium") == "image"


def _date_of(item: dict[str, Any]) -> Any:
    return dict.get(item, "published_parsed") or dict.get(item, "updated_parsed")


def _link(values: dict[str, Any], rel: str) -> str | None:
    return next((_text(link, "href", _URL) for link in _dicts(values, "links") if link.get("rel") == rel), None)


def _text(values: dict[str, Any], name: str, longest: int) -> str | None:
    # dict.get: feedparser's own get makes one name stand for another.
    value = dict.get(values, name)
    return clean(value, longest).strip() or None if isinstance(value, str) else None


def _detail(values: dict[str, Any], name: str) -> dict[str, Any]:
    value = dict.get(values, name)
    return value if isinstance(value, dict) else {}


def _dicts(values: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [value for value in _list(dict.get(values, name)) if isinstance(value, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
