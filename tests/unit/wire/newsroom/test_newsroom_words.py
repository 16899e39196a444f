from datetime import date

import pytest

from worker.values.entries import Entry, Notice
from worker.wire.newsroom.newsroom_words import choose_agency, read_dateline_element, read_embargo_words, read_words

MADE = "2026-09-08T13:24:46+0100"


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        ("(see also POLITICS EU) Embargoed to 0001 Friday September 11", "2026-09-10T23:01:00+00:00"),
        ("Embargoed until 00:01 on Friday 11 September 2026", "2026-09-10T23:01:00+00:00"),
        ("EMBARGO: 1200 hrs September 9", "2026-09-09T11:00:00+00:00"),
        ("Embargoed to 0001 Saturday January 2", "2027-01-01T23:01:00+00:00"),
    ],
)
def test_an_embargo_in_words_ends_by_the_clock_of_those_who_sent_it(words: str, ends: str) -> None:
    end = read_embargo_words(words, MADE)
    assert end is not None
    assert end.isoformat() == ends


@pytest.mark.parametrize(
    "words",
    [
        "Embargoed until further notice",
        "Embargoed to 2599 Friday September 11",
        "Embargoed to 0001 Friday February 30",
        "Embargoed to 0001 Friday Nonember 9",
        "The embargo of 1807 hurt ports",
        "",
    ],
)
def test_no_embargo_ends_where_nobody_can_say_when(words: str) -> None:
    assert read_embargo_words(words, MADE) is None
    assert read_embargo_words("Embargoed to 0001 Friday September 11", None) is None


@pytest.mark.parametrize(
    ("written", "place", "filed_on"),
    [
        ("Skarholm", "Skarholm", None),
        ("SKARHOLM, July 9", "SKARHOLM", date(2026, 7, 9)),
        ("Skarholm/Oslo", "Skarholm/Oslo", None),
        ("Landquart GR", "Landquart GR", None),
        ("SKARHOLM, Norway", "SKARHOLM, Norway", None),
        ("July 9", None, date(2026, 7, 9)),
        ("9/7/2026", None, date(2026, 7, 9)),
        ("20260709", None, None),
        ("2026-07-09 09:00:00 GMT+00:00", None, None),
        ("", None, None),
    ],
)
def test_a_dateline_in_an_element_of_its_own_needs_no_agency(
    written: str, place: str | None, filed_on: date | None
) -> None:
    dateline = read_dateline_element(written, date(2026, 7, 10))
    assert (dateline.place, dateline.filed_on, dateline.agency) == (place, filed_on, "")


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("Skarholm Ferries", "Business Wire"), "Business Wire"),
        (("Skarholm Ferries", "skarholm.example"), "Skarholm Ferries"),
        ((None, "", "www.itar-tass.com"), "www.itar-tass.com"),
        ((None, ""), None),
    ],
)
def test_a_known_agency_goes_before_who_else_had_a_part(names: tuple[str | None, ...], chosen: str | None) -> None:
    assert choose_agency(names) == chosen


def _read(content: str, **fields: object) -> Entry:
    return read_words(Entry(content=content, published="2026-07-10T10:00:00Z", **fields))  # type: ignore[arg-type]


def test_a_note_and_a_byline_above_the_dateline_are_read() -> None:
    entry = _read("<p>(Adds captain's words)</p><p>By Ada Lindqvist</p><p>OSLO, July 10 (AP) — It sails.</p>")
    assert (entry.note, entry.notice, entry.authors) == ("Adds captain's words", Notice.UPDATE, ("Ada Lindqvist",))
    assert (entry.dateline_place, entry.agency) == ("OSLO", "AP")


def test_a_dateline_below_news_is_another_agencys() -> None:
    news = "<p>" + "The ferry to Skarholm sails again after two winters on the slip, its captain said. " * 3 + "</p>"
    assert _read(f"{news}<p>OSLO, July 10 (AP) — It sails.</p>", agency="dpa").agency == "dpa"


def test_who_reported_is_read_at_the_end_where_no_byline_names_them() -> None:
    end = "It sails.\n(Reporting by Ada Lindqvist; Editing by Joss Pell)"
    assert _read(f"<p>OSLO, July 10 (Reuters) - A ferry.</p><p>{end}</p>").authors == ("Ada Lindqvist",)
    assert _read(f"<p>{end}</p>", authors=("Tobias Quill",)).authors == ("Tobias Quill",)


@pytest.mark.parametrize(
    ("slug", "text", "urgency"),
    [
        ("POPE-LATAM/ (PIX, TV)", "POPE-LATAM", None),
        ("GLOBAL-PRECIOUS/ (UPDATE 1)", "GLOBAL-PRECIOUS", None),
        ("URGENT", None, 3),
        ("---PRESS---", "PRESS", None),
        ("ARTS Fringe", "ARTS Fringe", None),
    ],
)
def test_a_slug_is_what_names_the_dispatch(slug: str, text: str | None, urgency: int | None) -> None:
    entry = _read("<p>It sails.</p>", slug=slug)
    assert (entry.slug, entry.urgency) == (text, urgency)


@pytest.mark.parametrize(
    ("title", "shown"),
    [(">>>ANSA/Ferry sails", "Ferry sails"), ("*Ferry sails", "Ferry sails"), ("* Ferry", "* Ferry")],
)
def test_an_agencys_mark_is_no_part_of_a_headline(title: str, shown: str) -> None:
    assert _read("<p>It sails.</p>", title=title).title == shown


@pytest.mark.parametrize("name", ["佐藤花子", "王芳", "김민수", "Ådne", "Ada Lindqvist"])
def test_a_name_in_a_script_without_capitals_is_one(name: str) -> None:
    assert read_words(Entry(authors=(name,))).authors == (name,)
