"""The pairs of files in tests/data: NAME.json says what must be read of the feed beside it."""

from pathlib import Path
from typing import Any

import orjson

from worker.basics.codec import pack, write_json
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

_DATA = Path(__file__).parent / "data"
PAIRS = {path.stem: path for path in sorted((_DATA / "parse").glob("*.xml"))}
JSON_FEEDS = sorted((_DATA / "json_feed").glob("*.jsonfeed"))
BROKEN = {path.stem: path for path in sorted((_DATA / "broken").glob("*.xml"))}
BEYOND_FEEDPARSER = {
    "names": "it takes a podcast's artist for one author more, and of several addresses the first",
    "news_sitemap": "it does not know the format",
    "captions": "it takes the caption of a picture for the text",
    "media": "it takes the text of a caption for HTML, and so loses its lines",
    "odd_names": "it has fields for elements of no format",
    "podcast_20": "of several elements of Podcasting 2.0 it keeps one, and of an explicit one not whether it is",
    "tags": "it does not tell subjects of Dublin Core, which may be lists, from categories",
    "xhtml": "it writes <br></br>, which is two line breaks",
}
"""Pairs that only one parser reads as it should, and why."""


def document_of(name: str) -> Document:
    return Document("http://127.0.0.1/feed", _path_of(name).read_bytes(), "application/xml")


def expected_of(name: str) -> Any:
    return orjson.loads(_path_of(name).with_suffix(".json").read_bytes())


def _path_of(name: str) -> Path:
    return PAIRS.get(name) or BROKEN[name]


def told_of(parsed: ParsedDocument, expected: Any) -> Any:
    """What was read, of what is expected only."""
    return _told(orjson.loads(write_json(parsed)) | {"hints": orjson.loads(write_json(pack(parsed.hints)))}, expected)


def _told(read: Any, expected: Any) -> Any:
    if isinstance(expected, dict):
        return {name: _told(read[name], value) for name, value in expected.items()}
    if isinstance(expected, list):
        assert len(read) == len(expected)
        return [_told(*pair) for pair in zip(read, expected, strict=True)]
    return read
