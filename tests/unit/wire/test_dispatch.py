from datetime import date
from pathlib import Path

import orjson
import pytest

from worker.errors import PermanentError
from worker.values.due_feeds import Document
from worker.values.entries import Entry
from worker.wire.dispatch import parse_dispatch

SEED = Path(__file__).parents[3] / "seeds/000_bf109dae1bb8955b.txt"
PAIRS = sorted((Path(__file__).parents[2] / "data/dispatch").glob("*.txt"))
FACTS = (
    "title", "summary", "published", "updated", "language", "agency", "dateline_place", "dateline_date", "slug",
    "named_slug", "notice", "notice_number", "note", "urgency",
)  # fmt: skip


def _entry(body: bytes | str) -> Entry:
    served = body if isinstance(body, bytes) else body.encode()
    (entry,) = parse_dispatch(Document("file:///dispatch.txt", served, None)).entries
    return entry


def _dateline(entry: Entry) -> tuple[str | None, str | None, date | None]:
    return entry.dateline_place, entry.agency, entry.dateline_date


@pytest.fixture(scope="module")
def seed() -> Entry:
    return _entry(SEED.read_bytes())


def test_the_given_seed_is_published_on_the_day_of_its_header(seed: Entry) -> None:
    assert seed.published == "2021-07-11"


def test_the_given_seed_was_filed_by_ani_in_washington_the_day_before(seed: Entry) -> None:
    assert _dateline(seed) == ("Washington DC [US]", "ANI", date(2021, 7, 10))


def test_the_given_seed_has_ten_paragraphs_without_dateline_and_sign_off(seed: Entry) -> None:
    paragraphs = (seed.content or "").split("\n\n")
    assert len(paragraphs) == 10
    assert paragraphs[0].startswith("America's military engagement in Afghanistan is coming to an end")
    assert paragraphs[-1].endswith("within months of US forces withdrawing completely.")


def test_a_dispatch_is_plain_text_and_keeps_one_guid_whatever_it_says() -> None:
    first, edited = _entry("Rain."), _entry("Rain and snow.")
    assert first.is_plain_text
    assert first.guid == edited.guid == "dispatch"


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_a_dispatch_says_what_was_written_down_by_hand(path: Path) -> None:
    expected = orjson.loads(path.with_suffix(".json").read_bytes())
    entry = _entry(path.read_bytes())
    told = {name: getattr(entry, name) and str(getattr(entry, name)) for name in FACTS}
    assert told == {name: expected.get(name) and str(expected[name]) for name in FACTS}
    assert [*entry.authors] == expected.get("authors", [])
    assert [*entry.tags] == expected.get("tags", [])
    assert (entry.content or "").split("\n\n") == expected["content"]


def test_every_dispatch_has_its_expectation_and_every_expectation_its_dispatch() -> None:
    assert {path.stem for path in PAIRS[0].parent.glob("*.json")} == {path.stem for path in PAIRS}


def test_the_dateline_is_no_text() -> None:
    entry = _entry("date 2021-07-11 LONDON, July 10 (Reuters) - The rain stopped.")
    assert _dateline(entry) == ("LONDON", "Reuters", date(2021, 7, 10))
    assert entry.content == "The rain stopped."


def test_what_only_resembles_a_dateline_is_text() -> None:
    entry = _entry("NATO (the alliance) - as ever - met.")
    assert _dateline(entry) == (None, None, None)
    assert entry.content == "NATO (the alliance) - as ever - met."


@pytest.mark.parametrize(
    ("published", "written", "filed_on"),
    [
        ("2021-01-01", "Dec 31", date(2020, 12, 31)),
        ("2020-12-31", "Jan 1", date(2021, 1, 1)),
        ("2021-07-11", "July 10", date(2021, 7, 10)),
        ("2021-03-01", "Feb 29", date(2020, 2, 29)),
        ("2021-07-11", "July 32", None),
        ("2021-07-11", "July 0", None),
        ("9999-12-31", "Dec 30", date(9999, 12, 30)),
        ("0001-01-01", "Jan 1", date(1, 1, 1)),
    ],
)
def test_the_year_of_a_dateline_is_the_one_nearest_to_publication(
    published: str, written: str, filed_on: date | None
) -> None:
    assert _entry(f"date {published} LONDON, {written} (Reuters) - Rain.").dateline_date == filed_on


def test_without_a_header_a_dateline_without_a_year_has_no_day() -> None:
    entry = _entry("LONDON, July 10 (Reuters) - Rain.")
    assert (entry.published, *_dateline(entry)) == (None, "LONDON", "Reuters", None)


@pytest.mark.parametrize(
    ("text", "published"),
    [
        (" date 2021-07-11 Rain.", "2021-07-11"),
        ("date 2021-07-11\nRain.", "2021-07-11"),
        ("DATE: 2021-7-1\n\nRain.", "2021-07-01"),
        ("\n\ndate\t2021-07-11\t\nRain.", "2021-07-11"),
        ("date\u00a02021-07-11 Rain.", "2021-07-11"),
        ("date 2021-13-45 Rain.", None),
        ("date 0000-00-00\nRain.", None),
        ("Rain.", None),
    ],
)
def test_the_header_gives_the_date_and_is_no_text(text: str, published: str | None) -> None:
    entry = _entry(text)
    assert (entry.published, entry.content) == (published, "Rain.")


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24",
        "2026-11-24 10:00:00",
        "2026-11-24T10:00:00Z",
        "Nov 24, 2026",
        "November 24th 2026",
        "24 Nov. 2026",
        "24th November 2026, 10:00 GMT",
        "Tuesday, 24 November 2026",
        "Date: Tue, 24 Nov 2026 10:00:00 +0000",
        "mardi 24 novembre 2026",
        "Dienstag, 24. November 2026",
        "martes, 24 de noviembre de 2026",
    ],
)
def test_a_line_that_names_a_day_alone_is_the_header_and_nothing_else(line: str) -> None:
    for text in (f"{line}\n\nOSLO (AP) - The tunnel is open.", f"{line}\n\nTunnel opens\n\nThe tunnel is open."):
        entry = _entry(text)
        assert (entry.published or "")[:10] == "2026-11-24"
        assert (entry.slug, entry.content) == (None, "The tunnel is open.")
        assert entry.title in {None, "Tunnel opens"}


@pytest.mark.parametrize("text", ["24 November 1626 was wet.", "May 2026\n\nRain.", "MOSCOW, July 10, 2026\n\nRain."])
def test_what_names_more_or_less_than_a_day_is_no_header(text: str) -> None:
    assert _entry(text).published is None


@pytest.mark.parametrize("text", ["date of birth unknown.", "date 2021 Rain.", "dated 2021-07-11 Rain."])
def test_what_only_resembles_a_header_is_text(text: str) -> None:
    assert _entry(text).content == text


@pytest.mark.parametrize(
    "body",
    [
        b"date 2021-07-11 LONDON (Reuters) - Zo\xc3\xabs opened.\r\n\r\nRain fell.\r\n",
        b"date 2021-07-11 LONDON (Reuters) - Zo\xc3\xabs opened.\r\rRain fell.\r",
        b"\xef\xbb\xbfdate 2021-07-11 LONDON (Reuters) - Zo\xc3\xabs opened.\n\nRain fell.\n",
        "\ufeffdate 2021-07-11 LONDON (Reuters) - Zoës opened.\n\nRain fell.".encode("utf-16-le"),
        "\ufeffdate 2021-07-11 LONDON (Reuters) - Zoës opened.\n\nRain fell.".encode("utf-16-be"),
        b"date 2021-07-11 LONDON (Reuters) - Zo\xebs opened.\n\nRain fell.",
        b"date 2021-07-11 LONDON (Reuters) - Zo\xc3\xabs\nopened.\n\nRain\nfell.",
        b"date 2021-07-11 LONDON (Reuters) - Zo\xc3\xabs \t opened.\n \t\n\n\n  Rain\xc2\xa0fell.  \n\n\n",
        b"date 2021-07-11 LONDON (Reuters) - Zo\xc3\xabs\x00 opened.\n\nRain\x1b fell.",
    ],
)
def test_line_ends_marks_encodings_and_spaces_make_no_difference(body: bytes) -> None:
    entry = _entry(body)
    assert (entry.dateline_place, entry.content) == ("LONDON", "Zoës opened.\n\nRain fell.")


@pytest.mark.parametrize(
    "text",
    [
        "LONDON (Reuters) - Rain. (Reuters)",
        "LONDON (Reuters) - Rain.\n\n(REUTERS)",
        "LONDON (Reuters) - Rain.\n\n--Reuters",
        "MOSCOW. /TASS/. Rain. /TASS/.",
        "ROMA (ANSA) - Rain. (ANSA).",
        "Rain. (ANI)",
        "Rain.\n\n-30-",
        "Rain. - 30 -",
        "Rain.\n###",
        "Rain.\n\nENDS",
        "Rain.\n\n(END)",
        "Rain. Enditem",
        "LONDON (Reuters) - Rain. (Reuters)\n\n###\n\nENDS",
    ],
)
def test_sign_offs_are_no_text(text: str) -> None:
    assert _entry(text).content == "Rain."


@pytest.mark.parametrize(
    "text",
    [
        "Rain (and snow)",
        "He spoke for the Transport and General Workers' Union (TGWU)",
        "ALL GOOD THINGS COME TO AN END",
        "It rained and/or/",
        "The train is the 8-30-",
        "LONDON (Reuters) - It was sold by a man of Kyoto (Kyodo)".removeprefix("LONDON (Reuters) - "),
        "Rain fell - mostly",
    ],
)
def test_a_text_that_ends_like_a_sign_off_keeps_its_end(text: str) -> None:
    assert _entry(text).content == text


@pytest.mark.parametrize(
    "body", [b"", b" \r\n\t \n", b"\xef\xbb\xbf", b"date 2021-07-11", b"\x00\x01", b"LONDON (Reuters) -", b"(ANI)"]
)
def test_a_dispatch_without_text_is_refused(body: bytes) -> None:
    with pytest.raises(PermanentError, match="no text"):
        _entry(body)


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("EMBARGOED UNTIL 2026-07-11 06:00 GMT", "2026-07-11 06:00:00+00:00"),
        ("Embargo: 2026-07-11T06:00:00+02:00", "2026-07-11 04:00:00+00:00"),
        ("STRICTLY EMBARGOED UNTIL 2026-07-11", "2026-07-11 00:00:00"),
        ("EMBARGOED UNTIL 0001 GMT JULY 11", None),
        ("EMBARGOED UNTIL 2026-99-11", None),
    ],
)
def test_an_embargo_holds_where_its_end_cannot_be_mistaken_and_is_told_anyhow(written: str, until: str | None) -> None:
    entry = _entry(f"{written}\n\nMuseum opens\n\nOSLO (AP) — It opens at night.")
    assert (entry.note, entry.embargoed_until and str(entry.embargoed_until)) == (written, until)
    assert (entry.title, entry.content) == ("Museum opens", "It opens at night.")


def test_a_sentence_about_an_embargo_is_text() -> None:
    text = "Embargo talks failed on Friday, the minister said.\n\nThey go on."
    assert _entry(text).content == text
