"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/): a bad item costs itself, not its neighbours."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

from worker.basics.json_values import is_count, list_in, text_in
from worker.basics.text import clean
from worker.basics.wording import LONGEST_CONTENT, as_html, keep_newest
from worker.errors import ErrorClass, PermanentError
from worker.values.entries import Enclosure, Entry, ParsedDocument

_VERSION = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/", "https://www.jsonfeed.org/version/")
_TITLE, _URL, _NAME = 4_000, 4_000, 400


def read_json_feed(feed: Any, max_entries: int) -> ParsedDocument:
    """Return what a JSON Feed publishes; PermanentError when the value is none."""
    if not isinstance(feed, dict) or not str(feed.get("version")).startswith(_VERSION):
        raise PermanentError(ErrorClass.NOT_A_FEED, "the document is JSON, but no JSON Feed and no ninjs")
    authors = tuple(_authors(feed))
    items = [item for item in list_in(feed, "items") if isinstance(item, dict)]
    kept = keep_newest(items, max_entries, lambda item: text_in(item, "date_published", _NAME))
    return ParsedDocument(
        format="json",
        parser="json",
        entries=tuple(_entry(item, authors) for item in kept),
        title=text_in(feed, "title", _TITLE),
        site_url=text_in(feed, "home_page_url", _URL),
        self_url=text_in(feed, "feed_url", _URL),
        language=text_in(feed, "language", _NAME),
        dropped_entries=len(items) - len(kept),
    )


def _entry(item: dict[str, Any], feed_authors: tuple[str, ...]) -> Entry:
    html, text = text_in(item, "content_html", LONGEST_CONTENT), text_in(item, "content_text", LONGEST_CONTENT)
    title = text_in(item, "title", _TITLE)
    return Entry(
        guid=_id(item),
        link=text_in(item, "url", _URL) or text_in(item, "external_url", _URL),
        title=as_html(title),
        summary=as_html(text_in(item, "summary", LONGEST_CONTENT)),
        content=html or text,
        is_plain_text=html is None and text is not None,
        # "If not specified in an item, then the top-level author, if present, is the author of the item."
        authors=tuple(_authors(item)) or feed_authors,
        published=text_in(item, "date_published", _NAME),
        updated=text_in(item, "date_modified", _NAME),
        language=text_in(item, "language", _NAME),
        tags=tuple(
            kept for tag in list_in(item, "tags") if isinstance(tag, str) and (kept := clean(tag, _NAME).strip())
        ),
        enclosures=tuple(_attachments(item)),
        image_url=text_in(item, "image", _URL) or text_in(item, "banner_image", _URL),
    )


def _id(item: dict[str, Any]) -> str | None:
    # "If an id is presented as a number, a JSON Feed reader should coerce it to a string."
    value = item.get("id")
    if isinstance(value, float) and isfinite(value):
        value = int(value) if value.is_integer() else value
        return str(value)
    return str(value) if is_count(value) else text_in(item, "id", _URL)


def _authors(item: dict[str, Any]) -> Iterator[str]:
    # 1.0 had one author, 1.1 has a list; a feed may serve both.
    for author in list_in(item, "authors") or [item.get("author")]:
        if isinstance(author, dict) and (name := text_in(author, "name", _NAME)):
            yield name


def _attachments(item: dict[str, Any]) -> Iterator[Enclosure]:
    for value in list_in(item, "attachments"):
        if isinstance(value, dict) and (url := text_in(value, "url", _URL)):
            size = value.get("size_in_bytes")
            yield Enclosure(url, text_in(value, "mime_type", _NAME), size if is_count(size) else None)
