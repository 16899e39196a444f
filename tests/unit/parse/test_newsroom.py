"""Each pair of files in tests/data/newsroom is a format or an oddity: in NAME.json is what of it must be read."""

import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from worker.errors import ErrorClass, PermanentError, PollError, RejectedError
from worker.parse import Kind, sniff
from worker.parse.document import parse_document
from worker.parse.frames import pack_answer, unpack_answer
from worker.parse.ninjs import is_ninjs
from worker.values import Document, Entry, Notice, ParsedDocument

PAIRS = sorted(path for path in (Path(__file__).parents[2] / "data/newsroom").iterdir() if path.suffix != ".json")


def _parse(body: bytes, max_entries: int = 100) -> ParsedDocument:
    return parse_document(Document("http://127.0.0.1/item", body, None), max_entries)


def _ninjs(**fields: Any) -> bytes:
    return orjson.dumps({"uri": "urn:x:1", "versioncreated": "2026-07-10T08:00:00Z", "headline": "Rain"} | fields)


def _item(meta: str = "", content: str = "<headline>Rain</headline>", body: str = "") -> bytes:
    return (
        f'<newsItem guid="urn:x:1"><itemMeta>{meta}</itemMeta><contentMeta>{content}</contentMeta>'
        f"<contentSet>{body}</contentSet></newsItem>"
    ).encode()


def _nitf(head: str = "", docdata: str = "", content: str = "<p>Rain.</p>", **attributes: str) -> bytes:
    status = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return (
        f"<nitf><head><docdata{status}>{docdata}</docdata></head><body><body.head>{head}</body.head>"
        f"<body.content>{content}</body.content></body></nitf>"
    ).encode()


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
        _ninjs(pubstatus="withheld"),
        _ninjs(pubstatus="withheld", embargoed="2020-01-01T00:00:00Z"),
        _ninjs(embargoed=""),
        _ninjs(embargoed=7),
        _item('<pubStatus qcode="stat:withheld"/>'),
        _item("<embargoed/>"),
        _item("<embargoed>soon</embargoed>"),
        _nitf(management_status="withheld"),
        _nitf(management_status="embargoed"),
    ],
)
def test_what_is_withheld_is_refused(body: bytes) -> None:
    with pytest.raises(PermanentError, match="it is withheld by its publisher") as failure:
        _parse(body)
    assert failure.value.error_class is ErrorClass.WITHHELD


@pytest.mark.parametrize(
    "body",
    [
        _ninjs(embargoed="2026-07-11T06:00:00+02:00"),
        _item("<embargoed>2026-07-11T04:00:00Z</embargoed>"),
        _nitf(docdata='<date.release norm="20260711T040000Z"/>'),
        _nitf(docdata='<date.release norm="20260711T060000+0200"/>', management_status="embargoed"),
    ],
)
def test_an_embargo_is_told_with_its_end(body: bytes) -> None:
    assert str(_entry(body).embargoed_until) == "2026-07-11 04:00:00+00:00"


@pytest.mark.parametrize(
    "body",
    [
        _ninjs(pubstatus="canceled"),
        _item('<pubStatus qcode="stat:canceled"/>'),
        _nitf(management_status="canceled"),
        _nitf(management_status="killed"),
        _ninjs(pubstatus="canceled", embargoed="2020-01-01T00:00:00Z"),
    ],
)
def test_what_is_canceled_is_a_kill(body: bytes) -> None:
    assert _entry(body).notice is Notice.KILL


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (_ninjs(type="picture"), "it is of the type 'picture', not a text"),
        (_item('<itemClass qcode="ninat:video"/>'), "it is of the class 'video', not a text"),
        (_item(content=""), "there is no text in it"),
        (_nitf(content=""), "there is no text in it"),
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
        (b"<!DOCTYPE nitf [<!ENTITY % a SYSTEM 'http://127.0.0.1/x'> %a;]><nitf/>", "declares entities"),
        (b"<!DOCTYPE nitf [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><nitf>&a;</nitf>", "declares entities"),
        (b"<nitf>" + b"<p>" * 200 + b"</p>" * 200 + b"</nitf>", "nests them deeper than 100"),
        (b"<nitf>" + b"<p/>" * 100_001 + b"</nitf>", "more than 100,000 elements"),
    ],
)
def test_xml_that_cannot_be_read_safely_is_refused(body: bytes, told: str) -> None:
    with pytest.raises(PollError, match=told):
        _parse(body)


def test_entities_are_refused_by_us_not_by_the_document() -> None:
    with pytest.raises(RejectedError):
        _parse(b"<!DOCTYPE nitf [<!ENTITY a 'b'>]><nitf/>")


def test_the_newest_items_of_a_message_are_kept() -> None:
    items = [_ninjs(uri=f"urn:x:{day}", versioncreated=f"2026-07-0{day}T08:00:00Z") for day in (1, 3, 2)]
    parsed = _parse(b"[" + b",".join(items) + b"]", max_entries=2)
    assert [entry.guid for entry in parsed.entries] == ["urn:x:3", "urn:x:2"]
    assert parsed.dropped_entries == 1


@pytest.mark.parametrize(
    "body",
    [
        _nitf(head="<dateline>OSLO, July 10, 2026 (AP) --</dateline>"),
        _nitf(head="<dateline><location>OSLO</location>, <story.date norm='20260710T080000Z'/> (AP)</dateline>",
              docdata="<doc.copyright holder='AP'/>"),
        _nitf(content="<p>OSLO, July 10 (AP) — Rain.</p>", docdata="<date.issue norm='20260711'/>"),
        _item(content="<headline>Rain</headline><dateline>OSLO, July 10, 2026 (AP)</dateline>"),
        _item("<firstCreated>2026-07-11T00:00:00Z</firstCreated>",
              body="<inlineData contenttype='text/plain'>OSLO, July 10 (AP) - Rain.</inlineData>"),
        _ninjs(located="OSLO", firstcreated="2026-07-11T00:00:00Z", body_xhtml="<p>OSLO, July 10 (AP) — Rain.</p>"),
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
        ("gr/bp", ("gr/bp",)),
    ],
)
def test_authors_are_the_people_of_the_byline(written: str, authors: tuple[str, ...]) -> None:
    assert _entry(_ninjs(by=written, copyrightholder="SNA")).authors == authors


@pytest.mark.parametrize(
    ("body", "version"),
    [
        (_ninjs(version="4"), "4"),
        (_ninjs(version=4), "4"),
        (_ninjs(version=4.0), "4.0"),
        (_ninjs(version=" final "), "final"),
        (_ninjs(version=True), None),
        (_ninjs(version=[4]), None),
        (_ninjs(), None),
        (_item().replace(b"guid=", b"version='4' guid="), "4"),
        (_item(), None),
        (_nitf(docdata="<du-key version='4' key='rain'/>"), "4"),
        (_nitf(docdata="<du-key generation='1' version='4' key='rain'/>"), "4"),
        # It counts anew in each generation.
        (_nitf(docdata="<du-key generation='2' version='1' key='rain'/>"), None),
        (_nitf(), None),
    ],
)
def test_a_version_is_told_as_it_is_written(body: bytes, version: str | None) -> None:
    assert _entry(body).version == version


@pytest.mark.parametrize(
    ("body", "item_id"),
    [
        (_ninjs(), "urn:x:1"),
        (_ninjs(uri=None, guid="urn:x:2"), "urn:x:2"),
        (_item(), "urn:x:1"),
        (_nitf(docdata="<doc-id id-string='rain-1'/>"), "rain-1"),
        # What is the same in every file names no item.
        (_nitf(), None),
    ],
)
def test_a_newsroom_item_is_known_by_its_own_name(body: bytes, item_id: str | None) -> None:
    assert _entry(body).item_id == item_id


def test_what_an_item_holds_says_neither_its_name_nor_its_version() -> None:
    inner = _nitf(docdata="<doc-id id-string='inner'/><du-key version='9'/>").decode()
    entry = _entry(_item(body=f"<inlineXML>{inner}</inlineXML>"))
    assert (entry.guid, entry.item_id, entry.version) == ("urn:x:1", "urn:x:1", None)


@pytest.mark.parametrize(
    ("body", "updated"),
    [
        (_ninjs(), "2026-07-10T08:00:00Z"),
        (_item("<versionCreated>2026-07-10T09:00:00Z</versionCreated>"), "2026-07-10T09:00:00Z"),
        (_nitf(docdata="<date.issue norm='20260710T100000Z'/>"), "20260710T100000Z"),
    ],
)
def test_an_item_says_when_its_version_was_made(body: bytes, updated: str) -> None:
    assert _entry(body).updated == updated


WRONG = [None, True, -1, 1.5, [], {}, [[]], [None, 1, {}], {"name": 1}, [{"value": 1, "name": 1, "href": 1}], "\x00"]
FIELDS = """type version firstcreated contentcreated versioncreated pubstatus urgency copyrightholder ednote language
    descriptions bodies headlines people organisations places subjects events objects infosources title by byline
    bylines slugline located renditions associations keywords body_html description_text""".split()


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_fields_of_the_wrong_type_are_left_out(wrong: Any) -> None:
    entry = _entry(_ninjs(**dict.fromkeys(FIELDS, wrong)))
    assert (entry.guid, entry.title, entry.authors, entry.tags) == ("urn:x:1", "Rain", (), ())


def test_a_named_character_is_one_where_the_document_type_may_declare_it() -> None:
    body = b"<!DOCTYPE nitf SYSTEM 'nitf-3-4.dtd'>" + _nitf(content="<p>Caf&eacute; &mdash; &nosuch;</p>")
    assert _entry(body).content == "<p>Café — &amp;nosuch;</p>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_any_encoding_that_is_declared_is_read(encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{encoding}'?>{_nitf(content='<p>Zoë</p>').decode()}".encode(encoding)
    assert _entry(body).content == "<p>Zoë</p>"


@pytest.mark.parametrize(
    "body",
    [
        _nitf(content="<p>" + "x" * 10_000_000 + "</p>"),
        _nitf(content="<p>x</p>" * 90_000),
        _nitf(content="<p>&amp;</p>" * 90_000),
        _nitf(content="<block>" * 90 + "x" * 1_000_000 + "</block>" * 90),
        _nitf(head="<byline>" + "By Ada " * 300_000 + "</byline>"),
        _nitf(head="<dateline>" + "OSLO, " * 300_000 + "</dateline>"),
        b"<nitf " + b" ".join(b'a%d="1"' % number for number in range(200_000)) + b"/>",
        _item(content="<subject/>" * 90_000 + "<headline>x</headline>"),
        _ninjs(by="By Ada Lindqvist, " * 500_000),
        _ninjs(headline="UPDATE 1-" * 1_000_000),
        _ninjs(body_html="<" * 10_000_000),
        _ninjs(subjects=[{"name": "x"}] * 300_000),
    ],
    ids=range(12),
)
def test_ten_megabytes_of_anything_cost_little(body: bytes) -> None:
    began = time.process_time()
    with suppress(PollError):
        _parse(body)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    "written", [("2026-07-10T10:00:00+10:00", "2026-07-10T01:00:00Z"), ("20260710T100000+1000", "20260710T010000Z")]
)
def test_the_newest_items_are_those_that_changed_last_wherever_their_clocks_stood(written: tuple[str, str]) -> None:
    items = [{"uri": f"urn:x:{moment}", "versioncreated": moment, "headline": "Rain"} for moment in written]
    (kept,) = _parse(orjson.dumps(items), max_entries=1).entries
    assert kept.updated == written[1]
