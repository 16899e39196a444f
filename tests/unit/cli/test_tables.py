import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from worker.cli.tables import Column, Page, StandIn, print_table
from worker.look.counts import MORE_THAN, Counted

WINTER, SUMMER = datetime(2026, 11, 24, 23, 30, tzinfo=UTC), datetime(2026, 7, 10, 7, 30, tzinfo=UTC)
AT = [Column("AT", "at", 22), Column("X", lambda _: "x")]


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def _printed(capsys: pytest.CaptureFixture[str], columns: list[Column], *rows: dict[str, object]) -> list[str]:
    print_table(columns, rows, when_empty="")
    return capsys.readouterr().out.splitlines()


def test_a_heading_names_the_zone_of_its_moments(capsys: pytest.CaptureFixture[str]) -> None:
    assert _printed(capsys, AT, {"at": WINTER}, {"at": None}) == [
        "AT UTC+1          X",
        "2026-11-25 00:30  x",
        "                  x",
    ]


def test_moments_of_summer_and_winter_name_their_own_zones(capsys: pytest.CaptureFixture[str]) -> None:
    assert _printed(capsys, AT, {"at": WINTER}, {"at": SUMMER}) == [
        "AT                      X",
        "2026-11-25 00:30 UTC+1  x",
        "2026-07-10 09:30 UTC+2  x",
    ]


def test_a_moment_that_stands_in_for_another_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    assert _printed(capsys, AT, {"at": StandIn(WINTER)})[1] == "~2026-11-25 00:30  x"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (Counted(509), "2 of 509; --limit 0 shows all."),
        (Counted(10_000, MORE_THAN), "2 of more than 10,000; --limit 0 shows all."),
        (None, "The first 2, and there are more; --limit 0 shows all."),
    ],
)
def test_a_table_that_is_cut_says_of_how_many_rows(
    capsys: pytest.CaptureFixture[str], count: Counted[int] | None, said: str
) -> None:
    print_table(AT, [{"at": None}] * 3, when_empty="", page=Page(2, lambda: count))
    assert capsys.readouterr().out.splitlines()[3:] == [said]


def test_a_table_that_shows_all_its_rows_counts_none(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(AT, [{"at": None}] * 2, when_empty="", page=Page(2, lambda: pytest.fail("counted")))
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_narrow_screen_does_without_what_can_be_spared(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = [Column("ID", "id", 9), Column("BY", "id", 9, is_spare=True), Column("TITLE", "id")]
    for width, headings in (("72", ["ID", "BY", "TITLE"]), ("71", ["ID", "TITLE"])):
        monkeypatch.setenv("COLUMNS", width)
        assert _printed(capsys, columns, {"id": 1})[0].split() == headings


def test_columns_that_all_have_a_bound_stay_together_on_a_wide_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    columns = [Column("ID", "id", 9), Column("POLLS", "polls", 9)]
    assert _printed(capsys, columns, {"id": 1, "polls": 2}) == ["ID  POLLS", "1   2"]


def test_a_table_that_fits_is_not_stretched_and_one_that_does_not_fills_the_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    columns = [Column("OF", "of", wraps=True), Column("KEPT", "kept", 9)]
    assert _printed(capsys, columns, {"of": "feeds", "kept": "2d"}) == ["OF     KEPT", "feeds  2d"]
    long = _printed(capsys, columns, {"of": "feeds " * 20, "kept": "for years"})
    assert (len(long), len(long[1])) == (3, 80)


@pytest.mark.parametrize("text", ["東京" * 60, "🗞️👩‍👩‍👧‍👦" * 20, "w" * 300, "é" * 200])
def test_no_text_breaks_a_table_out_of_its_screen(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    columns = [Column("ID", "id", 9), Column("TEXT", "text"), Column("WHY", "text", wraps=True)]
    lines = _printed(capsys, columns, {"id": 1, "text": text})
    assert max(map(cell_len, lines)) <= 80
