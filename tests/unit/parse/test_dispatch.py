# ruff: noqa: RUF001 -- agencies in their own letters
import time
from datetime import date
from pathlib import Path

import pytest

from worker.errors import PermanentError
from worker.parse import parse_dispatch
from worker.values import Document, Entry

SEED = Path(__file__).parents[3] / "seeds/000_bf109dae1bb8955b.txt"


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


JULY_10 = date(2021, 7, 10)


@pytest.mark.parametrize(
    ("dateline", "place", "agency", "day"),
    [
        ("Washington DC [US], July 10 (ANI): ", "Washington DC [US]", "ANI", JULY_10),
        ("New Delhi [India], Jul. 10 (ANI): ", "New Delhi [India]", "ANI", JULY_10),
        ("LONDON, July 10 (Reuters) - ", "LONDON", "Reuters", JULY_10),
        ("LONDON July 10 (Reuters) - ", "LONDON", "Reuters", JULY_10),
        ("LONDON (Reuters) - ", "LONDON", "Reuters", None),
        ("LONDON, July 9, 2020 (Reuters) - ", "LONDON", "Reuters", date(2020, 7, 9)),
        ("July 10 (Reuters) - ", None, "Reuters", JULY_10),
        ("(Reuters) - ", None, "Reuters", None),
        ("KABUL, Afghanistan (AP) — ", "KABUL, Afghanistan", "AP", None),
        ("WASHINGTON, D.C. (AP) — ", "WASHINGTON, D.C.", "AP", None),
        ("ST. LOUIS, Mo., July 10 (UPI) -- ", "ST. LOUIS, Mo.", "UPI", JULY_10),
        ("MOSCOW, July 10. /TASS/. ", "MOSCOW", "TASS", JULY_10),
        ("MOSCOW. /TASS/. ", "MOSCOW", "TASS", None),
        ("МОСКВА, 10 июля. /ТАСС/. ", "МОСКВА", "ТАСС", JULY_10),
        ("BEIJING, July 10 (Xinhua) -- ", "BEIJING", "Xinhua", JULY_10),
        ("SEOUL, July 10 (Yonhap) -- ", "SEOUL", "Yonhap", JULY_10),
        ("PARIS, 10 juillet (AFP) - ", "PARIS", "AFP", JULY_10),
        ("Paris, le 10 juil. 2021 (AFP) – ", "Paris", "AFP", JULY_10),
        ("Berlin (dpa) - ", "Berlin", "dpa", None),
        ("Wien, 10. Jul (APA) - ", "Wien", "APA", JULY_10),
        ("Madrid, 10 jul (EFE).- ", "Madrid", "EFE", JULY_10),
        ("Lisboa, 10 de julho de 2021 (Lusa) - ", "Lisboa", "Lusa", JULY_10),
        ("NEW DELHI, Jul 10 (PTI) ", "NEW DELHI", "PTI", JULY_10),
        ("(ANSA) - ROMA, 10 LUG - ", "ROMA", "ANSA", JULY_10),
        ("Washington (CNN) -- ", "Washington", "CNN", None),
        ("SAN FRANCISCO--(BUSINESS WIRE)--", "SAN FRANCISCO", "BUSINESS WIRE", None),
        ("NEW YORK, July 10, 2021 /PRNewswire/ -- ", "NEW YORK", "PRNewswire", JULY_10),
        ("AIX-EN-PROVENCE, France, July 10 (AFP) - ", "AIX-EN-PROVENCE, France", "AFP", JULY_10),
        ("東京（共同）", "東京", "共同", None),
        ("【ワシントン共同】", "ワシントン", "共同", None),
        ("新华社北京7月10日电 ", "北京", "新华社", JULY_10),
        ("(서울=연합뉴스) ", "서울", "연합뉴스", None),
        ("LONDON,\nJuly 10 (Reuters)\n- ", "LONDON", "Reuters", JULY_10),
        ("LONDON, July 10 (Reuters) -\n\n", "LONDON", "Reuters", JULY_10),
        ("LONDON,\u00a0July\u00a010 (Reuters)\u00a0- ", "LONDON", "Reuters", JULY_10),
    ],
)
def test_datelines_are_read_as_the_agencies_write_them(
    dateline: str, place: str | None, agency: str, day: date | None
) -> None:
    entry = _entry(f"date 2021-07-11 {dateline}The rain stopped.")
    assert _dateline(entry) == (place, agency, day)
    assert entry.content == "The rain stopped."


@pytest.mark.parametrize(
    "text",
    [
        "Mr. Smith (Labour) said - and he was right - that it rained.",
        "The Associated Press (AP) said it rained.",
        "In July (2021) it rained.",
        "In July (2021) - as ever - it rained.",
        "The many friends of the late minister for works (Labour) - they came - wept.",
        "He /she/ it rains.",
        "Rain, July 10.",
        "(Laughter) - he sat down.",
        "NATO (the alliance) - as ever - met.",
        "LONDON it rained (Reuters).",
        "July 10 was wet.",
        "(",
        "()",
    ],
)
def test_what_only_resembles_a_dateline_is_text(text: str) -> None:
    entry = _entry(text)
    assert _dateline(entry) == (None, None, None)
    assert entry.content == text


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
    "piece",
    [
        " ",
        "(",
        ")",
        "(A) ",
        "- ",
        "—",
        "\n",
        "\n ",
        "\r",
        "A",
        "A,",
        "A, July 10 ",
        "/",
        "/A/ ",
        "date ",
        "(ANI)\n\n",
        "(ANI) ",
        ".",
    ],
)
def test_a_megabyte_of_anything_costs_less_than_a_second(piece: str) -> None:
    hostile = piece * (990_000 // len(piece))
    for text in (f"x{hostile}", f"date 2021-07-11 {hostile}Rain.", f"LONDON, July 10 (Reuters) - Rain. {hostile}"):
        began = time.process_time()
        _entry(text)
        assert time.process_time() - began < 1
