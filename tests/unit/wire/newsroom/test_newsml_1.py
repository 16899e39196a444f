import pytest

from worker.errors import PermanentError
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

PART = "<NewsComponent xml:lang='{}'><ContentItem><DataContent><p>{}</p></DataContent></ContentItem></NewsComponent>"


def _parse(inside: str, management: str = "", name: str = "") -> ParsedDocument:
    identifier = f"<Identification><NewsIdentifier>{name}</NewsIdentifier></Identification>"
    item = f"<NewsItem>{identifier}<NewsManagement>{management}</NewsManagement>{inside}</NewsItem>"
    return parse_document(Document("http://127.0.0.1/item", f"<NewsML>{item}</NewsML>".encode(), None), 100)


@pytest.mark.parametrize(
    ("name", "guid"),
    [
        ("<PublicIdentifier>urn:newsml:a.example:2026:ferry:12</PublicIdentifier>", "urn:newsml:a.example:2026:ferry"),
        (
            "<RevisionId>DS2</RevisionId><PublicIdentifier>urn:newsml:a b:20260710:DS1:DS2</PublicIdentifier>",
            "urn:newsml:a b:20260710:DS1",
        ),
        ("<PublicIdentifier>urn:newsml:www.a.example</PublicIdentifier>", None),
        ("<ProviderId>a</ProviderId><DateId>2026</DateId><NewsItemId>7</NewsItemId>", "urn:newsml:a:2026:7"),
        ("<ProviderId>a.example</ProviderId>", None),
        ("", None),
    ],
)  # fmt: skip
def test_all_revisions_of_an_item_share_a_name(name: str, guid: str | None) -> None:
    (entry,) = _parse(PART.format("en", "It sails."), name=name).entries
    assert (entry.guid, entry.item_id) == (guid, guid)


@pytest.mark.parametrize(
    ("languages", "articles"), [(("nl", "fr"), 2), (("nl", "NL"), 1), (("nl",), 1), (("nl", "fr", "fr"), 1)]
)
def test_each_language_in_which_an_item_says_something_is_an_article(languages: tuple[str, ...], articles: int) -> None:
    inside = "".join(PART.format(language, f"In {language}") for language in languages)
    assert len(_parse(f"<NewsComponent>{inside}</NewsComponent>").entries) == articles


@pytest.mark.parametrize(
    ("instruction", "notice"),
    [("Rectify", "correction"), ("Update", "update"), ("Delete", "kill"), ("Kill", "kill"), ("Print", None)],
)
def test_an_instruction_says_what_an_item_does_to_its_earlier_revision(instruction: str, notice: str | None) -> None:
    (entry,) = _parse(PART.format("en", "It sails."), f"<Instruction FormalName='{instruction}'/>").entries
    assert (entry.notice and entry.notice.value) == notice


def test_an_embargo_without_an_end_is_withheld() -> None:
    with pytest.raises(PermanentError, match="withheld by its publisher"):
        _parse(PART.format("en", "It sails."), "<Status FormalName='Embargoed'/>")
