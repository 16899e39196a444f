import json
import re
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import click
import pytest

from worker.basics.units import counted
from worker.cli.moments import read_since
from worker.cli.options import Whole
from worker.cli.output import (
    binary_output,
    console,
    paged,
    plain_text,
    print_json,
    print_markup,
    print_trimmed,
    show_fault,
    show_usage_error,
    with_progress,
    write_failure,
    write_line,
    write_note,
)
from worker.cli.tables import Column, print_table

LONG = "a title that no page has the room for, " * 10
COLUMNS = [Column("ID", lambda row: row["id"], 4), Column("TITLE", lambda row: row["title"]), Column("X", lambda _: "")]
# What could move, colour or reorder a screen, and a byte of a name that is not UTF-8.
NASTY = "a\x1b[31m\r\t\x7f\x9b\u2028\u202e\u2066b[red]"
SHOWN = r"a\x1b[31m\r\t\x7f\x9b\u2028\u202e\u2066b[red]"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_table(COLUMNS, [{"id": 1, "title": LONG}, {"id": 2, "title": "b"}], when_empty="")
    return capsys.readouterr().out.splitlines()


def test_a_piped_table_is_cut_nowhere_and_has_no_trailing_blanks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = _printed(capsys)
    assert lines[1] == f"1   {LONG.strip()}"
    assert [line for line in lines if line.endswith(" ")] == []


@pytest.mark.parametrize("columns", [80, 120])
def test_a_table_on_a_screen_fits_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = _printed(capsys)
    assert "…" in lines[1]
    assert max(map(len, lines)) <= columns


@pytest.mark.parametrize(("total", "shown"), [(None, "3"), (5, "3/5")])
def test_progress_counts_up_to_a_total_only_where_it_is_known(
    monkeypatch: pytest.MonkeyPatch, total: int | None, shown: str
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with redirect_stderr(_Screen()) as screen:
        assert list(with_progress(["one", "two", "three"], "Reading", total)) == ["one", "two", "three"]
    assert re.sub(r"\x1b\[[\d;?]*[a-zA-Z]", "", screen.getvalue()).split()[-2:] == [shown, "three"]


def test_progress_shows_names_safely(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with redirect_stderr(_Screen()) as screen:
        assert list(with_progress([NASTY], "Reading")) == [NASTY]
    assert SHOWN in screen.getvalue()


def test_a_text_that_wraps_has_no_trailing_blanks(capsys: pytest.CaptureFixture[str]) -> None:
    print_trimmed(plain_text("three " * 7), console(width=12))
    assert capsys.readouterr().out == "three three\n" * 3 + "three\n"


@pytest.mark.parametrize("write", [write_line, write_note, write_failure])
def test_a_sentence_stays_one_line_whatever_it_names(
    capsys: pytest.CaptureFixture[str], write: Callable[[str], None]
) -> None:
    write(f"{NASTY}\ncaf\udce9 is there.")
    (line,) = "".join(capsys.readouterr()).splitlines()
    assert line.removeprefix("feedmill: ") == rf"{SHOWN}\ncaf\xe9 is there."


def test_no_sentence_shows_what_a_url_holds_before_its_host(capsys: pytest.CaptureFixture[str]) -> None:
    for write in (write_line, write_failure, write_note):
        write("http://bob:hunter2@h/feed was not added; see https://h/@bob and mailto:bob@h")
    printed = "".join(capsys.readouterr())
    assert "hunter2" not in printed
    assert printed.count("http://…@h/feed was not added; see https://h/@bob and mailto:bob@h") == 3


@pytest.mark.parametrize("fault", [click.UsageError, click.BadParameter, click.ClickException])
def test_the_words_of_click_quote_safely_what_was_typed(
    capsys: pytest.CaptureFixture[str], fault: type[click.ClickException]
) -> None:
    show_usage_error(fault(f"{NASTY}\ncaf\udce9"))
    assert rf"{SHOWN}\ncaf\xe9" in capsys.readouterr().err


def test_what_nobody_thought_of_is_a_sentence_below_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    show_fault(ValueError(NASTY))
    trace, said = capsys.readouterr().err.splitlines()
    assert trace == f"ValueError: {SHOWN}"
    assert said.startswith("feedmill: This is a fault of Feedmill (ValueError: a[31m")


def test_a_table_shows_a_value_on_one_line_and_safely(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([Column("X", "x")], [{"x": "a\n\tb\u2028\x1b\u202ec"}], when_empty="")
    assert capsys.readouterr().out == "X\na  b \\x1b\\u202ec\n"


@pytest.mark.parametrize(("lines", "is_wanted", "is_paged"), [(100, True, True), (100, False, False), (3, True, False)])
def test_only_what_does_not_fit_on_a_screen_is_paged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: int, is_wanted: bool, is_paged: bool
) -> None:
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("PAGER", f"tee {tmp_path}/paged")
    monkeypatch.setattr(sys, "stdin", _Screen())
    with redirect_stdout(_Screen()) as screen, paged(is_wanted=is_wanted):
        for number in range(lines):
            write_line(f"line {number}")
    page = "".join(f"line {number}\n" for number in range(lines))
    assert (tmp_path / "paged").exists() is is_paged
    assert ((tmp_path / "paged").read_text() if is_paged else screen.getvalue()) == page


def test_without_colours_nothing_else_of_a_terminal_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    with redirect_stdout(_Screen()) as screen:
        print_table(COLUMNS, [{"id": 1, "title": "a"}], when_empty="")
    assert "\x1b" not in screen.getvalue()


def test_json_holds_every_value_exactly_and_no_sign_that_a_screen_obeys(
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    print_json([{NASTY: [NASTY, "é’東京🗞"]}])
    printed = capsysbinary.readouterr().out
    assert json.loads(printed) == {NASTY: [NASTY, "é’東京🗞"]}
    assert "é’東京🗞" in printed.decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", printed.decode())


def test_markup_means_the_same_and_has_no_sign_that_a_screen_obeys(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    print_markup(["<p>a\u202e\u2028</p>\n".encode()])
    assert capsysbinary.readouterr().out == b"<p>a&#x202e;&#x2028;</p>\n"


class _Screen(StringIO):
    def isatty(self) -> bool:
        return True


def test_bytes_for_a_program_are_escaped_on_a_screen_and_nowhere_else() -> None:
    written = []
    for kind in (_ScreenOfBytes, TextIOWrapper):
        with BytesIO() as held, redirect_stdout(kind(held, "utf-8")):
            binary_output().write("ä\u202e\n".encode())
            sys.stdout.flush()
            written.append(held.getvalue().decode())
            sys.stdout.detach()  # type: ignore[union-attr]
    assert written == ["ä\\u202e\n", "ä\u202e\n"]


class _ScreenOfBytes(TextIOWrapper):
    def isatty(self) -> bool:
        return True


def test_a_reader_who_stops_is_no_failure_of_ours() -> None:
    with pytest.raises(BrokenPipeError):
        console().on_broken_pipe()


@pytest.mark.parametrize("text", ["0", "-1", "abc", "1.5", "²", "11", "9" * 23, "9" * 5000])
def test_a_number_out_of_bounds_is_told_in_our_words(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a number from 1 to 10$"):
        Whole(1, 10).convert(text, None, None)


def test_a_number_within_bounds_is_read() -> None:
    assert [Whole(0, 2**63 - 1).convert(text, None, None) for text in ("0", str(2**63 - 1))] == [0, 2**63 - 1]


def test_a_moment_beyond_the_calendar_is_wrong_usage() -> None:
    with pytest.raises(click.BadParameter, match="no moment that can be told in UTC"):
        read_since("9999-12-31T23:59:59-10:00", NOW)
    assert read_since("2d", NOW) == NOW - timedelta(days=2)


def test_things_are_counted_in_the_right_number() -> None:
    assert [counted(count, "feed") for count in (0, 1, 1200)] == ["0 feeds", "1 feed", "1,200 feeds"]
    assert [counted(count, "entry", "entries") for count in (1, 2)] == ["1 entry", "2 entries"]
