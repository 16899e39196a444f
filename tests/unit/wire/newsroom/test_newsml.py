from tests.newsrooms import news_item, nitf
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.values.entries import Entry


def _entry(body: bytes) -> Entry:
    (entry,) = parse_document(Document("http://127.0.0.1/item", body, None), 100).entries
    return entry


def test_an_item_tells_its_version_and_when_that_was_made() -> None:
    item = news_item("<versionCreated>2026-07-10T09:00:00Z</versionCreated>").replace(b"guid=", b"version='4' guid=")
    entry = _entry(item)
    assert (entry.version, entry.updated) == ("4", "2026-07-10T09:00:00Z")


def test_an_item_is_known_by_its_guid() -> None:
    entry = _entry(news_item())
    assert (entry.item_id, entry.version) == ("urn:x:1", None)


def test_what_an_item_holds_says_neither_its_name_nor_its_version() -> None:
    inner = nitf(docdata="<doc-id id-string='inner'/><du-key version='9'/>").decode()
    entry = _entry(news_item(body=f"<inlineXML>{inner}</inlineXML>"))
    assert (entry.guid, entry.item_id, entry.version) == ("urn:x:1", "urn:x:1", None)


def test_creators_and_subjects_without_a_name_hide_none_of_what_an_item_holds() -> None:
    inner = nitf(
        head="<byline>By Ada Lindqvist</byline>", docdata="<key-list><keyword key='rain'/></key-list>"
    ).decode()
    content = "<headline>Rain</headline><creator qcode='x:1'/><subject qcode='x:2'/>"
    entry = _entry(news_item(content=content, body=f"<inlineXML>{inner}</inlineXML>"))
    assert (entry.authors, entry.tags) == (("Ada Lindqvist",), ("rain",))
