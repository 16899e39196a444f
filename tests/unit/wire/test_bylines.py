from datetime import date
from functools import partial

import pytest

from tests.costs import spend_at_most
from worker.wire.bylines import (
    Opening,
    read_author_names,
    read_byline,
    read_byline_after_dateline,
    read_credits,
    read_opening,
)

PUBLISHED = date(2026, 2, 17)


@pytest.mark.parametrize(
    ("line", "names", "agency"),
    [
        ("By Ada Lindqvist", ("Ada Lindqvist",), None),
        ("By ADA LINDQVIST and TOBIAS QUILL", ("Ada Lindqvist", "Tobias Quill"), None),
        ("BY ADA LINDQVIST", ("Ada Lindqvist",), None),
        ("^By JANE MCDOE=", ("Jane McDoe",), None),
        ("By Ada Lindqvist, Tobias Quill and Maren Holt", ("Ada Lindqvist", "Tobias Quill", "Maren Holt"), None),
        ("By Ada Lindqvist, Associated Press", ("Ada Lindqvist",), "Associated Press"),
        ("By Ada Lindqvist, AP Business Writer", ("Ada Lindqvist",), None),
        ("By Ada Lindqvist in Oslo and Tobias Quill in Bergen", ("Ada Lindqvist", "Tobias Quill"), None),
        ("By J. R. Holt", ("J. R. Holt",), None),
        ("By Sam O'Neill-Ruiz Jr.", ("Sam O'Neill-Ruiz Jr.",), None),
        ("By Maria da Silva", ("Maria da Silva",), None),
        ("By Mohammed bin Ali al Rashid", ("Mohammed bin Ali al Rashid",), None),
        ("By Reuters Staff", (), None),
        ("By Ada Lindqvist for Reuters", None, None),
        ("Ada Lindqvist, Associated Press", ("Ada Lindqvist",), "Associated Press"),
        ("Ada Lindqvist, dpa", ("Ada Lindqvist",), "dpa"),
        ("Von Max Muster", ("Max Muster",), None),
        ("Von Max Muster und Eva Beispiel, dpa", ("Max Muster", "Eva Beispiel"), "dpa"),
        ("Par Jeanne Dupont", ("Jeanne Dupont",), None),
        ("Por Juan Pérez y Ana Gómez", ("Juan Pérez", "Ana Gómez"), None),
        ("Di Maria Rossi", ("Maria Rossi",), None),
        ("Door Piet Aalders", ("Piet Aalders",), None),
        ("Associated Press", (), "Associated Press"),
    ],
)
def test_a_byline_names_who_signed_and_for_whom(line: str, names: tuple[str, ...] | None, agency: str | None) -> None:
    byline = read_byline(line)
    assert (byline and byline.names, byline and byline.agency) == (names, agency)


@pytest.mark.parametrize(
    "line",
    [
        "By the numbers",
        "By Monday",
        "By land and by sea",
        "By Land and Sea",
        "By 2030, all ferries sail",
        "By Ada Lindqvist the ferry sails again",
        "By and large, it rained.",
        "Von der Fähre fehlt jede Spur",
        "Von Oslo nach Bergen",
        "Par Excellence",
        "Por fin llueve",
        "Di nuovo in mare",
        "Ada Lindqvist",
        "Erie Town, PA",
        "Ferry Sails, Pier Holds",
        "Ada Lindqvist, harbour master of Skarholm",
        "By " + "Ada Lindqvist, " * 20,
        "",
    ],
)
def test_what_only_begins_like_one_is_none(line: str) -> None:
    assert read_byline(line) is None


def test_a_role_belongs_to_the_byline_above_it() -> None:
    assert read_byline("Harbour Correspondent") is None
    assert read_byline("Harbour Correspondent", is_signed=True) is not None


@pytest.mark.parametrize(
    ("paragraph", "names"),
    [
        ("(Reporting by Ada Lindqvist; Editing by Sam Oar)", ("Ada Lindqvist",)),
        (
            "(Reporting by Ada Lindqvist in Oslo and Tobias Quill; Editing by Sam Oar)",
            ("Ada Lindqvist", "Tobias Quill"),
        ),
        (
            "(Reporting by Ada Lindqvist; additional reporting by Joss Pell; writing by Ann Poe; editing by Sam Oar)",
            ("Ada Lindqvist", "Joss Pell", "Ann Poe"),
        ),
        ("(Writing by Ann Poe, editing by Sam Oar)", ("Ann Poe",)),
        ("(Reporting by the Oslo newsroom; Editing by Sam Oar)", ()),
        ("(Editing by Sam Oar)", ()),
        ("(Compiled by Ann Poe)", ()),
        ("Reporting by Ada Lindqvist; Editing by Sam Oar", ("Ada Lindqvist",)),
        ("(Bericht von Max Muster; redigiert von Eva Beispiel)", None),
        ("(Bericht von Max Muster)", ("Max Muster",)),
        ("Reporting by the newspaper led to an inquiry.", None),
        ("(Reporting by bicycle is slow, he said; it is also fun.)", None),
        ("Ada Lindqvist contributed to this report.", None),
        ("", None),
    ],
)
def test_credits_name_who_reported_and_not_who_edited(paragraph: str, names: tuple[str, ...] | None) -> None:
    assert read_credits(paragraph) == names


@pytest.mark.parametrize(
    ("text", "names", "rest"),
    [
        ("（记者张三、李四）雨停了。", ("张三", "李四"), "雨停了。"),
        ("(记者 张三)雨停了。", ("张三",), "雨停了。"),
        ("홍길동 기자 = 비가 그쳤다.", ("홍길동",), "비가 그쳤다."),
        ("홍길동·김철수 특파원 = 비가 그쳤다.", ("홍길동", "김철수"), "비가 그쳤다."),
        ("（笑）雨停了。", (), "（笑）雨停了。"),
        ("Rain.", (), "Rain."),
    ],
)
def test_names_behind_the_dateline_are_no_text(text: str, names: tuple[str, ...], rest: str) -> None:
    found, length = read_byline_after_dateline(text)
    assert (found, text[length:]) == (names, rest)


def test_a_dateline_is_read_with_what_it_takes_of_the_text() -> None:
    text = "GENEVA, Feb 17 (Reuters) - A body said so."
    opening = read_opening(text, PUBLISHED)
    assert opening == Opening("GENEVA", "Reuters", date(2026, 2, 17), (), 27)
    assert text[27:] == "A body said so."


def test_a_byline_may_stand_above_it() -> None:
    text = "By Ada Lovelace and Mary Somerville\n\nDUBAI, Feb 17 (Reuters) - A group said so."
    opening = read_opening(text, PUBLISHED)
    assert opening is not None
    assert (opening.names, text[opening.length :]) == (("Ada Lovelace", "Mary Somerville"), "A group said so.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "By Ada Lovelace\n\nThe bridge was opened (at last) on Monday.",
        "The Associated Press (AP) said so.",
        "By Ada Lovelace",
        "The bridge was opened on Monday. GENEVA, Feb 17 (Reuters) - A body said so.",
    ],
)
def test_any_other_text_has_none(text: str) -> None:
    assert read_opening(text, PUBLISHED) is None


def test_a_field_of_names_may_begin_with_a_small_letter() -> None:
    assert read_author_names("par Ada Lindqvist") == ("Ada Lindqvist",)


@pytest.mark.parametrize("piece", ["By ", "A ", "Ada Lindqvist, ", "and ", "; ", "(", "Reporting by ", "  ", "/"])
def test_a_long_line_costs_little(piece: str) -> None:
    text = piece * 100_000
    for read in (read_byline, read_author_names, read_byline_after_dateline):
        spend_at_most(0.5, partial(read, f"By {text}"))
        spend_at_most(0.5, partial(read, text))
    spend_at_most(0.1, lambda: read_credits(text[:1_200]))
