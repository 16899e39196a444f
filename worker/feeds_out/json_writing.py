"""Writing JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from worker.basics.text import clean
from worker.feeds_out.markup_writing import rfc3339
from worker.feeds_out.out_entry import ANY_TYPE, OutEntry, OutFeed

MEDIA_TYPE = "application/feed+json"


def write_json_feed(feed: OutFeed, entries: Iterable[OutEntry]) -> Iterator[str]:
    """Yield a document, an entry at a time."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "feed_url": feed.self_url,
        "next_url": feed.next_url,
    }
    yield f'{_write(head)[:-1]},"items":['
    for number, entry in enumerate(entries):
        yield f"{',' if number else ''}\n{_write(_describe(entry))}"
    yield "\n]}\n"


def _describe(entry: OutEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "summary": entry.summary or None,
        "image": entry.image_url,
        "date_published": rfc3339(entry.published_at) if entry.published_at else None,
        "date_modified": rfc3339(entry.modified_at) if entry.modified_at else None,
        "authors": [{"name": author} for author in entry.authors] or None,
        "tags": entry.tags or None,
        "language": entry.language,
        "attachments": [*_describe_files(entry)] or None,
        "_feedmill": _extension(entry),
    }


def _extension(entry: OutEntry) -> dict[str, Any] | None:
    """Return what JSON Feed has no names for: agency, feed it was taken from, and the other articles of its story."""
    copies = [{"url": copy.url, "title": copy.title} for copy in entry.copies]
    origin = entry.origin
    taken_from = {"url": origin.url, "title": origin.title, "home_page_url": origin.site_url} if origin else None
    said = {"agency": entry.agency, "feed": taken_from, "copies": copies or None}
    return said if any(said.values()) else None


def _describe_files(entry: OutEntry) -> Iterator[dict[str, Any]]:
    duration = entry.podcast.duration if entry.podcast else None
    for file in entry.enclosures:
        yield {
            "url": file.url,
            "mime_type": file.media_type or ANY_TYPE,
            "size_in_bytes": file.length,
            "duration_in_seconds": _whole(duration.total_seconds()) if duration else None,
        }
        duration = None


def _whole(seconds: float) -> float:
    # Some readers take nothing but whole numbers.
    return int(seconds) if seconds.is_integer() else seconds


def _write(value: dict[str, Any]) -> str:
    return orjson.dumps(_tidy(value)).decode()


def _tidy(value: Any) -> Any:
    """Return a value without names that have nothing to say, and without what no text may hold."""
    if isinstance(value, dict):
        return {name: _tidy(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_tidy(each) for each in value]
    return clean(value, len(value)) if isinstance(value, str) else value
