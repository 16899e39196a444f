"""Each pair of files in tests/data/parse is a format or an oddity: NAME.xml, in NAME.json what of it must be read."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from worker.database.feed_values import store_hints
from worker.errors import PermanentError
from worker.parse.feed_xml import parse_xml
from worker.values import Document

PAIRS = sorted((Path(__file__).parents[2] / "data/parse").glob("*.xml"))


def _told(parsed: Any, expected: Any) -> Any:
    """What was read, of what is expected only."""
    if isinstance(expected, dict):
        return {name: _told(parsed[name], value) for name, value in expected.items()}
    if isinstance(expected, list):
        assert len(parsed) == len(expected)
        return [_told(*pair) for pair in zip(parsed, expected, strict=True)]
    return parsed


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_a_feed_says_what_was_written_down_by_hand(path: Path) -> None:
    parsed = parse_xml(Document("http://127.0.0.1/feed", path.read_bytes(), "application/xml"), 100)
    read = asdict(parsed) | {"hints": store_hints(parsed.hints)}
    expected = orjson.loads(path.with_suffix(".json").read_bytes())
    assert _told(read, expected) == expected


def test_every_feed_has_its_expectation_and_every_expectation_its_feed() -> None:
    expectations = {path.stem for path in PAIRS[0].parent.glob("*.json")}
    assert expectations == {path.stem for path in PAIRS}


@pytest.mark.parametrize("body", [b"<rss", b"<feed></feed", b"<rdf:RDF>", b"<channel>"])
def test_what_nothing_can_be_salvaged_of_is_refused(body: bytes) -> None:
    with pytest.raises(PermanentError, match="broken beyond reading"):
        parse_xml(Document("http://127.0.0.1/feed", body, None), 100)


def test_a_feed_without_entries_is_a_feed() -> None:
    body = b"<rss version='2.0'><channel><title>New</title></channel></rss>"
    parsed = parse_xml(Document("http://127.0.0.1/feed", body, None), 100)
    assert (parsed.title, parsed.entries) == ("New", ())


@pytest.mark.parametrize("author", ["x" * 65_536, f"<![CDATA[{'x' * 65_536}]]>"])
def test_an_endless_author_costs_no_more_than_a_name(author: str) -> None:
    body = f"<rss version='2.0'><channel><item><author>{author}</author></item></channel></rss>".encode()
    began = time.process_time()
    (entry,) = parse_xml(Document("http://127.0.0.1/feed", body, None), 100).entries
    assert entry.authors == ("x" * 400,)
    assert time.process_time() - began < 1
