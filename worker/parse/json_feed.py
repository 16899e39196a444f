"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/): a bad item costs itself, not its neighbours."""

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any, TypeGuard

import orjson

from worker.errors import ErrorClass, PermanentError
from worker.parse.charset import decode
from worker.parse.newest import keep_newest
from worker.text import clean
from worker.values import Document, Enclosure, Entry, ParsedDocument

_VERSION = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/", "https://www.jsonfeed.org/version/")
_TITLE, _URL, _CONTENT, _NAME = 4_000, 4_000, 1_000_000, 400
# What a database holds, and what other parsers keep exact.
_MOST = 1 << 53


def parse_json(document: Document, max_entries: int) -> ParsedDocument:
    """Return what a JSON Feed publishes; PermanentError when it is none."""
    feed = _load(decode(document.body, document.content_type))
    if not isinstance(feed, dict) or not str(feed.get("version")).startswith(_VERSION):
        raise PermanentError(ErrorClass.NOT_A_FEED, "the document is JSON, but no JSON Feed")
    authors = tuple(_authors(feed))
    items = [item for item in _list(feed, "items") if isinstance(item, dict)]
    kept = keep_newest(items, max_entries, lambda item: _text(item, "date_published", _NAME))
    return ParsedDocument(
        format="json",
        parser="json",
        entries=tuple(_entry(item, authors) for item in kept),
        title=_text(feed, "title", _TITLE),
        site_url=_text(feed, "home_page_url", _URL),
        self_url=_text(feed, "feed_url", _URL),
        language=_text(feed, "language", _NAME),
        dropped_entries=len(items) - len(kept),
    )


def _load(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        # Half an emoji, a bare line break in a string: what cuts texts at so many units writes these.
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise PermanentError(ErrorClass.PARSE, f"the document is broken JSON ({error})") from error


def _entry(item: dict[str, Any], feed_authors: tuple[str, ...]) -> Entry:
    html, text = _text(item, "content_html", _CONTENT), _text(item, "content_text", _CONTENT)
    title = _text(item, "title", _TITLE)
    return Entry(
        guid=_id(item),
        link=_text(item, "url", _URL) or _text(item, "external_url", _URL),
        title=_as_html(title),
        summary=_as_html(_text(item, "summary", _CONTENT)),
        content=html or text,
        is_plain_text=html is None and text is not None,
        # "If not specified in an item, then the top-level author, if present, is the author of the item."
        authors=tuple(_authors(item)) or feed_authors,
        published=_text(item, "date_published", _NAME),
        updated=_text(item, "date_modified", _NAME),
        language=_text(item, "language", _NAME),
        tags=tuple(kept for tag in _list(item, "tags") if isinstance(tag, str) and (kept := clean(tag, _NAME).strip())),
        enclosures=tuple(_attachments(item)),
        image_url=_text(item, "image", _URL) or _text(item, "banner_image", _URL),
    )


def _as_html(text: str | None) -> str | None:
    # Titles and summaries are plain text here, and read as HTML from here on.
    return text.replace("<", "&lt;") if text else None


def _id(item: dict[str, Any]) -> str | None:
    # "If an id is presented as a number, a JSON Feed reader should coerce it to a string."
    value = item.get("id")
    if isinstance(value, float) and isfinite(value):
        value = int(value) if value.is_integer() else value
        return str(value)
    return str(value) if _is_count(value) else _text(item, "id", _URL)


def _authors(item: dict[str, Any]) -> Iterator[str]:
    # 1.0 had one author, 1.1 has a list; a feed may serve both.
    for author in _list(item, "authors") or [item.get("author")]:
        if isinstance(author, dict) and (name := _text(author, "name", _NAME)):
            yield name


def _attachments(item: dict[str, Any]) -> Iterator[Enclosure]:
    for value in _list(item, "attachments"):
        if isinstance(value, dict) and (url := _text(value, "url", _URL)):
            size = value.get("size_in_bytes")
            yield Enclosure(url, _text(value, "mime_type", _NAME), size if _is_count(size) else None)


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST


def _text(values: dict[str, Any], name: str, longest: int) -> str | None:
    value = values.get(name)
    return clean(value, longest).strip() or None if isinstance(value, str) else None


def _list(values: dict[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []
