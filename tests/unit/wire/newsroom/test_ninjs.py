from datetime import UTC, datetime
from typing import Any

import pytest

from tests.newsrooms import ninjs
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.values.entries import Entry


def _entry(**fields: Any) -> Entry:
    (entry,) = parse_document(Document("http://127.0.0.1/item", ninjs(**fields), None), 100).entries
    return entry


@pytest.mark.parametrize(
    ("written", "version"),
    [("4", "4"), (4, "4"), (4.0, "4.0"), (" final ", "final"), (True, None), ([4], None), ("", None), (None, None)],
)
def test_a_version_is_told_as_it_is_written(written: Any, version: str | None) -> None:
    assert _entry(version=written).version == version


@pytest.mark.parametrize(("uri", "guid", "item_id"), [("urn:x:1", "2", "urn:x:1"), (None, "urn:x:2", "urn:x:2")])
def test_an_item_is_known_by_its_uri_else_its_guid(uri: str | None, guid: str, item_id: str) -> None:
    entry = _entry(uri=uri, guid=guid)
    assert (entry.item_id, entry.guid) == (item_id, item_id)


def test_an_item_says_when_its_version_was_made() -> None:
    assert _entry(versioncreated="2026-07-10T09:00:00Z").updated == "2026-07-10T09:00:00Z"


def test_a_role_and_a_type_may_be_anything() -> None:
    entry = _entry(headlines=[{"role": [], "value": "Rain stops"}], associations=[{"type": {}, "renditions": []}])
    assert (entry.title, entry.image_url) == ("Rain stops", None)


@pytest.mark.parametrize(
    "written",
    [
        {"byline": "By Ann Arbor and Ben Nevis"},
        {"by": "Ann Arbor, Ben Nevis"},
        {"authors": [{"name": "Ann Arbor", "role": "writer"}, {"name": "Ben Nevis"}]},
        {"authors": ["Ann Arbor", "Ben Nevis"]},
        {"authors": [{"name": "Ann Arbor"}, {"name": "Ben Nevis"}, {"name": "Cy Young", "role": "subeditor"}]},
        {"author": {"name": "Ann Arbor and Ben Nevis"}},
        {"bylines": [{"by": "Ann Arbor"}, {"by": "Ben Nevis"}]},
        {"byline": "By Ann Arbor and Ben Nevis", "authors": [{"name": "A. Arbor"}]},
        {"byline": "", "bylines": [{}], "authors": [{"code": "x", "name": "Ann Arbor"}, {"name": "Ben Nevis"}, {}, 7]},
    ],
)
def test_the_byline_says_who_wrote_an_item_else_its_authors_do(written: dict[str, Any]) -> None:
    assert _entry(**written).authors == ("Ann Arbor", "Ben Nevis")


@pytest.mark.parametrize("name", ["embargoed", "embargoedUntil"])
def test_an_embargo_holds_under_its_name_in_each_version_of_the_standard(name: str) -> None:
    assert _entry(**{name: "2026-07-11T06:00:00Z"}).embargoed_until == datetime(2026, 7, 11, 6, tzinfo=UTC)
