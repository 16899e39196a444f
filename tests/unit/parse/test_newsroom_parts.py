from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest

from worker.errors import ErrorClass, PermanentError
from worker.parse.document import parse_document
from worker.values.due_feeds import Document
from worker.values.entries import Entry, Notice, ParsedDocument

NITF = (
    "<nitf><head><docdata{}><urgency ed-urg='3'/><date.release norm='20260712T080000Z'/><du-key key='harbour-ferry'/>"
    "</docdata></head><body><body.head><hedline><hl1>Ferry runs again</hl1><hl2>It crossed on Sunday</hl2></hedline>"
    "<byline>By <person>Joss Pell</person><byttl>Quay News</byttl></byline>"
    "<dateline><location>PORT ELLEN</location></dateline></body.head><body.content><block>"
    "<p>PORT ELLEN (Reuters) - It crossed &amp; came back.<br/>Twice.</p></block></body.content></body></nitf>"
)
ARTICLE = NITF.format("")
PREFIXED = ARTICLE.replace("</", "</nitf:").replace("<", "<nitf:").replace("<nitf:/nitf:", "</nitf:")
CONTENT = "<div><p>PORT ELLEN (Reuters) - It crossed &amp; came back.<br>Twice.</p></div>"
DECLARED = '<?xml version="1.0"?>\n<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">\n'
NAMESPACES = (
    'xmlns:nitf="http://iptc.org/std/NITF/2006-10-18/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:apcm="http://ap.org/schemas/03/2005/apcm" xmlns:apnm="http://ap.org/schemas/03/2005/apnm"'
)
USABLE = "<apnm:PublishingStatus>Usable</apnm:PublishingStatus>"


def _parse(document: str) -> ParsedDocument:
    return parse_document(Document("http://a.example/", document.encode()), 100)


def _rss(inside: str) -> ParsedDocument:
    return _parse(
        f"<rss version='2.0' {NAMESPACES}><channel><title>A</title><item><title>harbour-ferry</title>"
        f"<guid isPermaLink='false'>urn:1</guid><pubDate>Sun, 12 Jul 2026 08:00:00 GMT</pubDate>"
        f"<category>Ferries</category>{inside}</item></channel></rss>"
    )


def _atom_entry(management: str = USABLE, metadata: str = "", content: str = ARTICLE) -> str:
    return (
        "<entry><id>urn:1</id><title>BC-Harbour Ferry</title><updated>2026-07-12T09:00:00Z</updated>"
        f"<author><name>The Associated Press</name></author><content type='text/xml'>{content}</content>"
        f"<apcm:ContentMetadata>{metadata}</apcm:ContentMetadata>"
        f"<apnm:NewsManagement><apnm:ManagementId>urn:ap:1</apnm:ManagementId>"
        f"<apnm:ManagementSequenceNumber>2</apnm:ManagementSequenceNumber>{management}</apnm:NewsManagement></entry>"
    )


def _atom(*entries: str) -> ParsedDocument:
    return _parse(f"<feed xmlns='http://www.w3.org/2005/Atom' {NAMESPACES}><title>A</title>{''.join(entries)}</feed>")


def _only(parsed: ParsedDocument) -> Entry:
    (entry,) = parsed.entries
    return entry


@pytest.mark.parametrize(
    "inside",
    [
        f"<description>{ARTICLE}</description>",
        f"<description>{escape(ARTICLE)}</description>",
        f"<description>Short.</description><content:encoded>{ARTICLE}</content:encoded>",
        f"<description>Short.</description><content:encoded><![CDATA[{ARTICLE}]]></content:encoded>",
        f"<content:encoded><![CDATA[{DECLARED}{ARTICLE}]]></content:encoded>",
        f"<content:encoded><![CDATA[{ARTICLE.replace('- It', '&ndash; It')}]]></content:encoded>",
        f"<description>Short.</description>{PREFIXED}",
        f"<description>Short.</description><nitf xmlns='http://iptc.org/std/NITF/2006-10-18/'>{ARTICLE[6:]}",
        f"<description>{PREFIXED}</description>",
    ],
    ids=["elements", "escaped", "content", "cdata", "declared", "names", "beside", "namespace", "prefixed"],
)
def test_an_article_in_nitf_is_read_wherever_it_stands_in_an_entry(inside: str) -> None:
    entry = _only(_rss(inside))
    assert (entry.content or "").replace("–", "-") == CONTENT
    assert (entry.guid, entry.title, entry.authors) == ("urn:1", "Ferry runs again", ("Joss Pell",))
    assert (entry.slug, entry.urgency, entry.agency) == ("harbour-ferry", 3, "Reuters")
    assert (entry.dateline_place, entry.published) == ("PORT ELLEN", "Sun, 12 Jul 2026 08:00:00 GMT")
    assert (entry.tags, entry.version, entry.item_id) == (("Ferries",), None, None)


def test_an_article_that_is_broken_stays_the_text_that_it_is() -> None:
    entry = _only(_rss(f"<description>{escape(ARTICLE[:-20])}</description>"))
    assert (entry.title, (entry.content or "")[:6]) == ("harbour-ferry", "<nitf>")


@pytest.mark.parametrize("status", ["withheld", "embargoed"])
def test_an_article_may_say_itself_that_it_is_not_to_be_published(status: str) -> None:
    nitf = NITF.format(f" management-status='{status}'").replace("<date.release norm='20260712T080000Z'/>", "")
    parsed = _rss(f"<description>{nitf}</description>")
    assert (parsed.entries, parsed.skipped) == ((), ("it is withheld by its publisher",))


METADATA = (
    "<apcm:HeadLine>Ferry runs again &amp; again</apcm:HeadLine>"
    "<apcm:ByLine Title='AP Writer'>By JOSS PELL</apcm:ByLine>"
    "<apcm:SlugLine>BC-EU--Harbour Ferry</apcm:SlugLine><apcm:DateLine>PORT ELLEN, Scotland (AP)</apcm:DateLine>"
    "<apcm:DateLineLocation City='Port Ellen'/><apcm:Priority Numeric='4' Legacy='r'/>"
    "<apcm:Characteristics MediaType='Text'/><apcm:EditorialNote>Adds quotes.</apcm:EditorialNote>"
    "<apcm:SubjectClassification Authority='AP Subject' Value='Ferries'/>"
    "<apcm:SubjectClassification Authority='AP Category Code' Value='i'/>"
)


def test_the_metadata_of_ap_say_what_an_article_does_not() -> None:
    entry = _only(_atom(_atom_entry(metadata=METADATA, content="")))
    assert (entry.title, entry.has_plain_title) == ("Ferry runs again & again", True)
    assert (entry.authors, entry.agency) == (("Joss Pell",), "AP")
    assert (entry.slug, entry.dateline_place) == ("BC-EU--Harbour Ferry", "Port Ellen")
    assert (entry.urgency, entry.note, entry.tags) == (4, "Adds quotes.", ("Ferries",))
    assert (entry.item_id, entry.version) == ("urn:ap:1", "2")


def test_the_article_goes_before_the_metadata_of_ap() -> None:
    entry = _only(_atom(_atom_entry(metadata=METADATA)))
    assert (entry.title, entry.slug, entry.urgency) == ("Ferry runs again", "harbour-ferry", 3)
    assert entry.content == CONTENT


@pytest.mark.parametrize(
    ("management", "fields"),
    [
        (USABLE, {"notice": None}),
        ("<apnm:PublishingStatus>Canceled</apnm:PublishingStatus>", {"notice": Notice.KILL}),
        ("<apnm:ConsumerReady>FALSE</apnm:ConsumerReady>", {"notice": Notice.ADVISORY}),
        ("<apnm:ConsumerReady>TRUE</apnm:ConsumerReady>", {"notice": None}),
        (
            "<apnm:PublishingStatus statusChangeOn='2026-08-01T04:00:00'>Embargoed</apnm:PublishingStatus>",
            {"embargoed_until": datetime(2026, 8, 1, 4, tzinfo=UTC)},
        ),
    ],
    ids=["usable", "cancelled", "for editors", "for readers", "embargoed"],
)
def test_ap_says_whether_an_entry_may_be_published(management: str, fields: dict[str, Any]) -> None:
    entry = _only(_atom(_atom_entry(management)))
    assert {name: getattr(entry, name) for name in fields} == fields


def test_what_ap_withholds_is_left_out() -> None:
    withheld = "<apnm:PublishingStatus>Withheld</apnm:PublishingStatus>"
    endless = "<apnm:PublishingStatus>Embargoed</apnm:PublishingStatus>"
    photo = "<apcm:Characteristics MediaType='Photo'/>"
    parsed = _atom(_atom_entry(withheld), _atom_entry(endless, content=""), _atom_entry(metadata=photo), _atom_entry())
    assert len(parsed.entries) == 1
    assert parsed.skipped == (
        "it is withheld by its publisher",
        "it is withheld by its publisher",
        "it is of the type 'photo', not a text",
    )


def test_an_entry_alone_that_is_withheld_is_no_feed() -> None:
    entry = _atom_entry("<apnm:PublishingStatus>Withheld</apnm:PublishingStatus>")
    with pytest.raises(PermanentError) as caught:
        _parse(entry.replace("<entry>", f"<entry xmlns='http://www.w3.org/2005/Atom' {NAMESPACES}>"))
    assert caught.value.error_class is ErrorClass.WITHHELD


@pytest.mark.parametrize(("letter", "urgency"), [("f", 1), ("U", 3), ("d", 5), ("x", None)])
def test_letters_of_ap_say_how_urgent_an_entry_is(letter: str, urgency: int | None) -> None:
    management = f"{USABLE}<apnm:EditorialPriority>{letter}</apnm:EditorialPriority>"
    assert _only(_atom(_atom_entry(management, content=""))).urgency == urgency


def test_a_text_that_speaks_of_nitf_is_none() -> None:
    entry = _only(_rss("<description>&lt;!-- x --&gt; We read NITF.</description>"))
    assert (entry.title, entry.content) == ("harbour-ferry", "<!-- x --> We read NITF.")
