import pytest

from tests.newsrooms import nitf
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.values.entries import Entry


def _entry(docdata: str = "") -> Entry:
    (entry,) = parse_document(Document("http://127.0.0.1/item", nitf(docdata=docdata), None), 100).entries
    return entry


@pytest.mark.parametrize(
    ("docdata", "version"),
    [
        ("<du-key version='4' key='rain'/>", "4"),
        ("<du-key generation='1' version='4' key='rain'/>", "4"),
        # It counts anew in each generation, and has to rise all the same.
        ("<du-key generation='2' version='1' key='rain'/>", "1000001"),
        ("<du-key generation='2' version='1a' key='rain'/>", "1a"),
        ("<du-key key='rain'/>", None),
        ("", None),
    ],
)
def test_a_version_is_told_as_it_is_written(docdata: str, version: str | None) -> None:
    assert _entry(docdata).version == version


def test_an_item_is_known_by_its_document_id() -> None:
    entry = _entry("<doc-id id-string='rain-1'/>")
    assert (entry.item_id, entry.guid) == ("rain-1", "rain-1")


def test_what_is_the_same_in_every_file_names_no_item() -> None:
    assert _entry().item_id is None


def test_without_revisions_a_version_was_made_when_it_was_issued() -> None:
    assert _entry("<date.issue norm='20260710T100000Z'/>").updated == "20260710T100000Z"
