"""Each pair of files in tests/data/newsroom is a format or an oddity: in NAME.json is what of it must be read."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.newsrooms import news_item, ninjs, nitf
from worker.errors import ErrorClass, PermanentError, PollError, RejectedError
from worker.parse import Kind, sniff
from worker.parse.document import parse_document
from worker.parse.frames import pack_answer, unpack_answer
from worker.values.due_feeds import Document
from worker.values.entries import Entry, Notice, ParsedDocument
from worker.wire.newsroom.ninjs import is_ninjs

PAIRS = sorted(path for path in (Path(__file__).parents[2] / "data/newsroom").iterdir() if path.suffix != ".json")


def _parse(body: bytes, max_entries: int = 100) -> ParsedDocument:
    return parse_document(Document("http://127.0.0.1/item", body, None), max_entries)


def _entry(body: bytes) -> Entry:
    (entry,) = _parse(body).entries
    return entry


def _told(read: Any, expected: Any) -> Any:
    """What was read, of what is expected only."""
    if isinstance(expected, dict):
        return {name: _told(read[name], value) for name, value in expected.items()}
    if isinstance(expected, list):
        assert len(read) == len(expected)
        return [_told(*pair) for pair in zip(read, expected, strict=True)]
    return read


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_a_document_says_what_was_written_down_by_hand(path: Path) -> None:
    # As JSON, which dates and tuples are not.
    read = orjson.loads(orjson.dumps(asdict(_parse(path.read_bytes())), default=str))
    expected = orjson.loads(path.with_suffix(".json").read_bytes())
    assert _told(read, expected) == expected


def test_every_document_has_its_expectation_and_every_expectation_its_document() -> None:
    assert {path.stem for path in PAIRS[0].parent.glob("*.json")} == {path.stem for path in PAIRS}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_what_the_child_answers_arrives_as_it_was(path: Path) -> None:
    parsed = _parse(path.read_bytes())
    assert unpack_answer(pack_answer(parsed)[8:]) == parsed


@pytest.mark.parametrize(
    "body",
    [
        b"<nitf/>",
        b"<?xml version='1.0'?><!DOCTYPE nitf SYSTEM 'nitf.dtd'><nitf>",
        b"<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'>",
        b"<nar:newsMessage>",
        b"<packageItem/>",
    ],
)
def test_a_newsrooms_root_is_known(body: bytes) -> None:
    assert sniff(body) is Kind.NEWSROOM


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ({"uri": "urn:x:1", "pubstatus": "usable"}, True),
        ({"guid": "x", "body_html": "<p>x</p>", "headline": "x"}, True),
        ([{"uri": "urn:x:1", "versionCreated": "2026-07-10"}], True),
        ([{"uri": "urn:x:1", "versionCreated": "2026-07-10"}, {"a": 1}], False),
        ({"version": "https://jsonfeed.org/version/1.1", "items": []}, False),
        ({"uri": "/api/1", "name": "x"}, False),
        ({"pubstatus": "usable"}, False),
        ([], False),
        ("x", False),
        (None, False),
    ],
)
def test_a_news_object_is_known_by_its_names(value: Any, is_one: bool) -> None:
    assert is_ninjs(value) is is_one


@pytest.mark.parametrize(
    "body",
    [
        ninjs(pubstatus="withheld"),
        ninjs(pubstatus="withheld", embargoed="2020-01-01T00:00:00Z"),
        ninjs(embargoed=""),
        ninjs(embargoed=7),
        news_item('<pubStatus qcode="stat:withheld"/>'),
        news_item("<embargoed/>"),
        news_item("<embargoed>soon</embargoed>"),
        nitf(management_status="withheld"),
        nitf(management_status="embargoed"),
    ],
)
def test_what_is_withheld_is_refused(body: bytes) -> None:
    with pytest.raises(PermanentError, match="it is withheld by its publisher") as failure:
        _parse(body)
    assert failure.value.error_class is ErrorClass.WITHHELD


@pytest.mark.parametrize(
    "body",
    [
        ninjs(embargoed="2026-07-11T06:00:00+02:00"),
        news_item("<embargoed>2026-07-11T04:00:00Z</embargoed>"),
        nitf(docdata='<date.release norm="20260711T040000Z"/>'),
        nitf(docdata='<date.release norm="20260711T060000+0200"/>', management_status="embargoed"),
    ],
)
def test_an_embargo_is_told_with_its_end(body: bytes) -> None:
    assert str(_entry(body).embargoed_until) == "2026-07-11 04:00:00+00:00"


@pytest.mark.parametrize(
    "body",
    [
        ninjs(pubstatus="canceled"),
        news_item('<pubStatus qcode="stat:canceled"/>'),
        nitf(management_status="canceled"),
        nitf(management_status="killed"),
        ninjs(pubstatus="canceled", embargoed="2020-01-01T00:00:00Z"),
    ],
)
def test_what_is_canceled_is_a_kill(body: bytes) -> None:
    assert _entry(body).notice is Notice.KILL


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (ninjs(type="picture"), "it is of the type 'picture', not a text"),
        (news_item('<itemClass qcode="ninat:video"/>'), "it is of the class 'video', not a text"),
        (news_item(content=""), "there is no text in it"),
        (nitf(content=""), "there is no text in it"),
        (b'{"uri": "urn:x:1", "pubstatus": "usable"}', "there is no text in it"),
        (b"<packageItem guid='x'/>", "it is a package of other items, not news itself"),
        (b"<planningItem guid='x'/>", "it is a plan of coverage, not news itself"),
        (b"<newsMessage><itemSet/></newsMessage>", "there is no item in it"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(PermanentError, match=reason) as failure:
        _parse(body)
    assert failure.value.error_class is ErrorClass.NOT_A_FEED


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"<nitf><head>", "broken at line 1"),
        (b"<nitf>&nosuch;</nitf>", "broken at line 1"),
        (b"<!DOCTYPE nitf [<!ENTITY a 'b'>]><nitf>&a;</nitf>", "declares entities"),
        (b"<!DOCTYPE nitf [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><nitf>&a;</nitf>", "declares entities"),
        (b"<nitf>" + b"<p>" * 200 + b"</p>" * 200 + b"</nitf>", "nests them deeper than 100"),
    ],
)
def test_xml_that_cannot_be_read_safely_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(PollError, match=told):
        _parse(body)


def test_entities_are_refused_by_us_not_by_the_document() -> None:
    with pytest.raises(RejectedError):
        _parse(b"<!DOCTYPE nitf [<!ENTITY a 'b'>]><nitf/>")


@pytest.mark.parametrize("entity", [b"SYSTEM 'http://127.0.0.1/nitf.dtd'", b"\"<!ENTITY nosuch 'c'>\""])
def test_the_type_of_a_body_that_old_wires_name_by_a_parameter_entity_is_not_read(entity: bytes) -> None:
    named = b"<!DOCTYPE nitf [<!ENTITY % nitf " + entity + b"> %nitf;]>"
    assert _entry(named + nitf(content="<p>Rain &eacute; &nosuch;.</p>")).content == "<p>Rain é &amp;nosuch;.</p>"


def test_the_newest_items_of_a_message_are_kept() -> None:
    items = [ninjs(uri=f"urn:x:{day}", versioncreated=f"2026-07-0{day}T08:00:00Z") for day in (1, 3, 2)]
    parsed = _parse(b"[" + b",".join(items) + b"]", max_entries=2)
    assert [entry.guid for entry in parsed.entries] == ["urn:x:3", "urn:x:2"]
    assert parsed.dropped_entries == 1


@pytest.mark.parametrize(
    "body",
    [
        nitf(head="<dateline>OSLO, July 10, 2026 (AP) --</dateline>"),
        nitf(head="<dateline><location>OSLO</location>, <story.date norm='20260710T080000Z'/> (AP)</dateline>",
              docdata="<doc.copyright holder='AP'/>"),
        nitf(content="<p>OSLO, July 10 (AP) — Rain.</p>", docdata="<date.issue norm='20260711'/>"),
        news_item(content="<headline>Rain</headline><dateline>OSLO, July 10, 2026 (AP)</dateline>"),
        news_item("<firstCreated>2026-07-11T00:00:00Z</firstCreated>",
              body="<inlineData contenttype='text/plain'>OSLO, July 10 (AP) - Rain.</inlineData>"),
        ninjs(located="OSLO", firstcreated="2026-07-11T00:00:00Z", body_xhtml="<p>OSLO, July 10 (AP) — Rain.</p>"),
    ],
)  # fmt: skip
def test_place_day_and_agency_are_those_of_the_dateline(body: bytes) -> None:
    entry = _entry(body)
    assert (entry.dateline_place, str(entry.dateline_date), entry.agency) == ("OSLO", "2026-07-10", "AP")


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("By Ada Lindqvist", ("Ada Lindqvist",)),
        ("By ADA LINDQVIST and TOBIAS QUILL", ("Ada Lindqvist", "Tobias Quill")),
        ("Von Max Muster, dpa", ("Max Muster",)),
        ("Ada Lindqvist, Harbour Correspondent", ("Ada Lindqvist",)),
        ("dpa", ()),
        ("SNA", ()),
        ("Madonna", ("Madonna",)),
        ("gr/bp", ()),
        ("lindqvist.ada", ()),
        ("JDO", ()),
        ("Staff Reporter", ()),
        ("NTB-Reuters", ()),
        ("By Ada Lindqvist, PA Scotland", ("Ada Lindqvist",)),
        ("Ada Lindqvist / Skarholm.example", ("Ada Lindqvist",)),
    ],
)
def test_authors_are_the_people_of_the_byline(written: str, authors: tuple[str, ...]) -> None:
    assert _entry(ninjs(by=written, copyrightholder="SNA")).authors == authors


WRONG = [None, True, -1, 1.5, [], {}, [[]], [None, 1, {}], {"name": 1}, [{"value": 1, "name": 1, "href": 1}], "\x00"]
FIELDS = """type version firstcreated contentcreated versioncreated pubstatus urgency copyrightholder ednote language
    descriptions bodies headlines people organisations places subjects events objects infosources title by byline
    bylines slugline located renditions associations keywords body_html description_text""".split()


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_fields_of_the_wrong_type_are_left_out(wrong: Any) -> None:
    entry = _entry(ninjs(**dict.fromkeys(FIELDS, wrong)))
    assert (entry.guid, entry.title, entry.authors, entry.tags) == ("urn:x:1", "Rain", (), ())


def test_a_named_character_is_one_where_the_document_type_may_declare_it() -> None:
    body = b"<!DOCTYPE nitf SYSTEM 'nitf-3-4.dtd'>" + nitf(content="<p>Caf&eacute; &mdash; &nosuch;</p>")
    assert _entry(body).content == "<p>Café — &amp;nosuch;</p>"


@pytest.mark.parametrize(
    "body",
    [
        ninjs(headline="Use <br> here"),
        nitf(head="<hedline><hl1>Use &lt;br> here</hl1></hedline>"),
        news_item(content="<headline>Use &lt;br> here</headline>"),
    ],
)
def test_a_headline_is_text_angle_brackets_and_all(body: bytes) -> None:
    entry = _entry(body)
    assert (entry.title, entry.has_plain_title) == ("Use <br> here", True)


@pytest.mark.parametrize(
    "body",
    [
        nitf(content="<p>AT&T sues M&S &copy; 2026</p>"),
        nitf(content="<p>AT&T sues M&S &copy; 2026"),
        nitf(content="<zz:b/><p>AT&T sues M&S &copy; 2026</p>").replace(b"</nitf>", b""),
        b"Warning: x\n<?xml version='1.0'?>" + nitf(content="<p>AT&T sues M&S &copy; 2026</p>"),
        news_item(body="<inlineXML><html><body><p>AT&T sues M&S &copy; 2026</p></body></html></inlineXML>"),
        news_item(body="<inlineXML><html><body><p>AT&T sues M&S &copy; 2026</p></body></html></inlineXML>")[:-9],
    ],
)
def test_what_is_not_well_formed_is_read_in_the_words_that_it_was_meant_to_have(body: bytes) -> None:
    assert (_entry(body).content or "").removeprefix("<b></b>") == "<p>AT&amp;T sues M&amp;S © 2026</p>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_any_encoding_that_is_declared_is_read(encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{encoding}'?>{nitf(content='<p>Zoë</p>').decode()}".encode(encoding)
    assert _entry(body).content == "<p>Zoë</p>"


@pytest.mark.parametrize(
    "written", [("2026-07-10T10:00:00+10:00", "2026-07-10T01:00:00Z"), ("20260710T100000+1000", "20260710T010000Z")]
)
def test_the_newest_items_are_those_that_changed_last_wherever_their_clocks_stood(written: tuple[str, str]) -> None:
    items = [{"uri": f"urn:x:{moment}", "versioncreated": moment, "headline": "Rain"} for moment in written]
    (kept,) = _parse(orjson.dumps(items), max_entries=1).entries
    assert kept.updated == written[1]
