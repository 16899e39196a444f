"""Seed files that change their form while they are edited: one dispatch becomes several, or mail, and back."""

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.polling import titles
from tests.seeds import place
from tests.storing import kinds, texts
from worker.database.article_tables import SightingRow
from worker.database.engine import reading
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

QUAY = "The old quay of Vardholm was sold to a brewer from the mainland who means to keep its cranes"
TRAM = "Trams came back to the upper town after nine years of buses, and a choir sang at each of the stops"
KELP = "Two sisters have planted kelp along the whole breakwater since the spring, the harbour master said"


def _sent(number: int, slug: str, text: str) -> str:
    return (
        f"\x16\x16\x01NTB{number:04} 4 FIN 30 ;{slug}\r\n\x02{slug.title()} news\r\n"
        f"   VARDHOLM, July 10 (NTB) - {text}.\r\n\x0310{number:02}15 GMT jul 26\r\n\x04\r\n"
    )


def _mail(name: str, subject: str, text: str) -> str:
    return (
        f"From desk@paper.example Fri Jul 10 09:00:00 2026\nFrom: Desk <desk@paper.example>\nSubject: {subject}\n"
        f"Date: Fri, 10 Jul 2026 09:00:00 +0000\nMessage-ID: <{name}@paper.example>\n\n{text}\n\n"
    )


def _dispatch(text: str) -> str:
    return f"2026-07-10\n\nVARDHOLM, July 10 (NTB) - {text}."


def _framed(text: str) -> str:
    return f"ZCZC\n{_dispatch(text)}\nNNNN\n"


FORMS = {
    "one to several": (
        [_sent(1, "quay", QUAY)],
        [_sent(1, "quay", f"{QUAY}, he said"), _sent(2, "tram", TRAM), _sent(3, "kelp", KELP)],
    ),
    "one to several below a new one": (
        [_sent(2, "tram", TRAM)],
        [_sent(1, "quay", QUAY), _sent(2, "tram", f"{TRAM} in the rain")],
    ),
    "plain to framed": ([_dispatch(QUAY)], [_framed(f"{QUAY} too"), _framed(TRAM)]),
    "dispatch to mbox": (
        [_dispatch(KELP)],
        [_mail("m1", "Kelp", _dispatch(f"{KELP} today")), _mail("m2", "Trams", _dispatch(TRAM))],
    ),
}


@pytest.fixture(params=[None, 'name = "Vardholm"\n'], ids=["file", "folder"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file that is a feed of its own, and one whose folder is its feed."""
    if request.param:
        place(tmp_path / "in/feed.toml", request.param)
    return tmp_path / "in/wire.txt"


def _ingest(tools: Tools, file: Path, pieces: list[str]) -> tuple[int, int]:
    place(file, "".join(pieces))
    (read,) = ingest(tools, [file.parent], 1_000_000)
    assert read.error is None
    return read.new, read.updated


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_one_that_becomes_several_keeps_its_article_though_that_is_edited(
    tools: Tools, wire: Path, form: str
) -> None:
    before, after = FORMS[form]
    assert _ingest(tools, wire, before) == (1, 0)
    new = 2 if form == "one to several" else 1
    assert _ingest(tools, wire, after) == (new, 1)
    assert kinds(tools).count("article revised") == 1
    assert len(texts(tools)) == new + 1


@pytest.mark.parametrize("form", FORMS)
def test_a_file_of_several_that_becomes_one_keeps_the_article_of_that_one(tools: Tools, wire: Path, form: str) -> None:
    one, several = FORMS[form]
    _ingest(tools, wire, several)
    stored = titles(tools)
    assert _ingest(tools, wire, one) == (0, 1)
    assert len(titles(tools)) == len(stored)


def test_another_dispatch_in_the_place_of_one_is_another_article(tools: Tools, tmp_path: Path) -> None:
    file = tmp_path / "in/wire.txt"
    assert _ingest(tools, file, [_sent(1, "quay", QUAY)]) == (1, 0)
    assert _ingest(tools, file, [_sent(2, "tram", TRAM), _sent(3, "kelp", KELP)]) == (2, 0)
    assert len(titles(tools)) == 3


def test_other_bulletins_of_the_day_in_the_place_of_one_leave_its_article_as_it_is(tools: Tools, wire: Path) -> None:
    friday, saturday, sunday = (
        f"Rain is expected over the northern fjords on {day} with winds of {speed} metres a second, the office said, "
        "and boats should stay in"
        for day, speed in (("Friday", "twelve"), ("Saturday", "nine"), ("Sunday", "four"))
    )
    assert _ingest(tools, wire, [_sent(1, "friday", friday)]) == (1, 0)
    assert _ingest(tools, wire, [_sent(2, "saturday", saturday), _sent(3, "sunday", sunday)]) == (2, 0)
    assert len(titles(tools)) == 3


def test_files_of_one_folder_that_are_edited_together_say_nothing_of_one_another(tools: Tools, tmp_path: Path) -> None:
    place(tmp_path / "in/feed.toml", 'name = "Vardholm"\n')
    for ending in ("", ", he said"):
        for name, text in (("a.txt", QUAY), ("b.txt", TRAM)):
            place(tmp_path / "in" / name, _dispatch(text + ending))
        assert [each.error for each in ingest(tools, [tmp_path / "in"], 1_000_000)] == [None, None]
    with reading(tools.engine) as connection:
        left = connection.execute(select(SightingRow.left_at)).scalars().all()
    assert left == [None, None]
    assert len(titles(tools)) == 2
