"""Read JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/); a bad item costs itself, not its neighbours."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from math import isfinite
from typing import Any

from worker.basics import field_rules
from worker.basics.faults import read_each
from worker.basics.field_rules import LONGEST_CONTENT, LONGEST_NAME, LONGEST_TITLE, LONGEST_URL, as_html
from worker.basics.json_values import is_count, list_in, text_in
from worker.basics.media_rules import Picture, choose_picture, kind_of_file
from worker.basics.one_line import read_title
from worker.basics.text import clean
from worker.dates.reading import find_moment
from worker.errors import ErrorClass, PermanentError
from worker.parse.podcast_rules import read_duration
from worker.values.entries import Enclosure, Entry, ParsedDocument
from worker.values.podcasts import Podcast

_VERSION = ("https://jsonfeed.org/version/", "http://jsonfeed.org/version/", "https://www.jsonfeed.org/version/")
# Names that only JSON Feed has; title, items and id stand in the answers of many other programs.
_TELLING = frozenset("home_page_url feed_url content_html content_text date_published date_modified".split())


def read_json_feed(feed: Any, max_entries: int) -> ParsedDocument:
    """Return what a JSON Feed publishes; PermanentError for a value that is no JSON Feed."""
    if not isinstance(feed, dict) or not _is_json_feed(feed):
        raise PermanentError(ErrorClass.NOT_A_FEED, "the document is JSON, but no JSON Feed and no ninjs")
    authors = tuple(_authors(feed))
    items = [item for item in list_in(feed, "items") if isinstance(item, dict)]
    kept = field_rules.keep_newest(items, max_entries, _moment_of)
    entries, faults = read_each(kept, lambda item: _entry(item, authors), _id)
    return ParsedDocument(
        format="json",
        parser="json",
        entries=entries,
        faults=faults,
        title=read_title(text_in(feed, "title", LONGEST_TITLE) or "", is_plain=True) or None,
        site_url=text_in(feed, "home_page_url", LONGEST_URL),
        self_url=text_in(feed, "feed_url", LONGEST_URL),
        older_url=text_in(feed, "next_url", LONGEST_URL),
        hub_urls=tuple(_hubs(feed)),
        language=text_in(feed, "language", LONGEST_NAME),
        dropped_entries=len(items) - len(kept),
    )


def _hubs(feed: dict[str, Any]) -> Iterator[str]:
    for hub in list_in(feed, "hubs"):
        is_websub = isinstance(hub, dict) and str(hub.get("type")).lower() in {"websub", "pubsubhubbub"}
        if is_websub and (url := text_in(hub, "url", LONGEST_URL)):
            yield url


def _is_json_feed(feed: dict[str, Any]) -> bool:
    """Return whether an object is a JSON Feed by its version, else by its names: some write ``1.1``, or no version."""
    if str(feed.get("version")).startswith(_VERSION):
        return True
    parts = (feed, *(item for item in list_in(feed, "items") if isinstance(item, dict)))
    return isinstance(feed.get("items"), list) and not all(map(_TELLING.isdisjoint, parts))


def _entry(item: dict[str, Any], feed_authors: tuple[str, ...]) -> Entry:
    guid = _id(item)
    link = text_in(item, "url", LONGEST_URL) or text_in(item, "external_url", LONGEST_URL)
    html, text = text_in(item, "content_html", LONGEST_CONTENT), text_in(item, "content_text", LONGEST_CONTENT)
    title = text_in(item, "title", LONGEST_TITLE)
    return Entry(
        guid=guid,
        # "Ideally, the id is the full URL of the resource described by the item."
        link=field_rules.choose_link(link, guid, is_permalink=True),
        title=title,
        has_plain_title=title is not None,
        summary=as_html(text_in(item, "summary", LONGEST_CONTENT)),
        content=html or text,
        is_plain_text=html is None and text is not None,
        # "If not specified in an item, then the top-level author, if present, is the author of the item."
        authors=tuple(_authors(item)) or feed_authors,
        published=_date(item, "date_published"),
        updated=_date(item, "date_modified"),
        language=text_in(item, "language", LONGEST_NAME),
        tags=tuple(_tags(item)),
        enclosures=tuple(_attachments(item)),
        image_url=choose_picture(_pictures(item)),
        podcast=_podcast(item),
    )


def _moment_of(item: dict[str, Any]) -> datetime | None:
    return find_moment(_date(item, "date_published")) or find_moment(_date(item, "date_modified"))


def _date(item: dict[str, Any], name: str) -> str | None:
    seconds = item.get(name)
    # Some write seconds since 1970 as the number that they are.
    return str(seconds) if is_count(seconds) else text_in(item, name, LONGEST_NAME)


def _id(item: dict[str, Any]) -> str | None:
    # "If an id is presented as a number, a JSON Feed reader should coerce it to a string."
    value = item.get("id")
    if isinstance(value, float) and isfinite(value):
        return str(int(value) if value.is_integer() else value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value)[:LONGEST_URL] if is_number else text_in(item, "id", LONGEST_URL)


def _authors(item: dict[str, Any]) -> list[str]:
    # 1.0 had one author, 1.1 has a list; a feed may serve both, and publishers put either under either name.
    for value in (item.get("authors"), item.get("author")):
        listed = value if isinstance(value, list) else [value]
        authors = (each if isinstance(each, dict) else {"name": each} for each in listed)
        names = [name for author in authors if (name := text_in(author, "name", LONGEST_NAME))]
        if names:
            return names
    return []


def _tags(item: dict[str, Any]) -> list[str]:
    value = item.get("tags")
    listed = value.split(",") if isinstance(value, str) else list_in(item, "tags")
    return [tag for each in listed if isinstance(each, str) and (tag := clean(each, LONGEST_NAME).strip())]


def _podcast(item: dict[str, Any]) -> Podcast | None:
    attachments = (value for value in list_in(item, "attachments") if isinstance(value, dict))
    durations = (read_duration(value.get("duration_in_seconds")) for value in attachments)
    duration = next(filter(None, durations), None)
    return Podcast(duration=duration) if duration else None


def _pictures(item: dict[str, Any]) -> Iterator[Picture]:
    """Yield the pictures of an item: its own, its banner, then those among its files."""
    own = (text_in(item, name, LONGEST_URL) for name in ("image", "banner_image"))
    files = (file.url for file in _attachments(item) if kind_of_file(file.media_type, None, file.url) == "image")
    yield from map(Picture, filter(None, chain(own, files)))


def _attachments(item: dict[str, Any]) -> Iterator[Enclosure]:
    for value in list_in(item, "attachments"):
        if isinstance(value, dict) and (url := text_in(value, "url", LONGEST_URL)):
            size = value.get("size_in_bytes")
            yield Enclosure(url, text_in(value, "mime_type", LONGEST_NAME), size if is_count(size) else None)
