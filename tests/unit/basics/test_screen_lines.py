import re

import pytest
from rich.cells import cell_len

from worker.basics.screen_lines import cut_line, screen_width, wrap_lines

RED, PLAIN = "\x1b[31m", "\x1b[0m"


@pytest.mark.parametrize(
    ("line", "cut"),
    [
        ("twelve signs", "twelve signs"),
        ("thirteen sign", "thirteen si…"),
        ("東京東京東京", "東京東京東京"),
        ("東京東京東京東", "東京東京東…"),
        (f"{RED}twelve{PLAIN} signs", f"{RED}twelve{PLAIN} signs"),
        (f"{RED}thirteen signs{PLAIN}", f"{RED}thirteen si…{PLAIN}"),
    ],
)
def test_a_line_is_cut_by_the_columns_that_it_takes(line: str, cut: str) -> None:
    assert cut_line(line, 12) == cut


def test_a_line_wraps_between_words_and_its_rest_is_set_back() -> None:
    assert wrap_lines("one two three four five", 12).split("\n") == ["one two", "    three", "    four", "    five"]


@pytest.mark.parametrize(
    "line", ["https://h.example/a-very-long-path/without/blanks", "東京" * 20, f"a{RED}{'b' * 30}"]
)
def test_what_has_no_blanks_is_parted_anywhere_and_kept_whole(line: str) -> None:
    lines = wrap_lines(line, 12).split("\n")
    assert max(cell_len(re.sub("\x1b\\[31m", "", each)) for each in lines) <= 12
    assert "".join(each.removeprefix("    ") for each in lines) == line


def test_columns_says_how_wide_a_screen_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    assert screen_width() == 72
    monkeypatch.setenv("COLUMNS", "none")
    assert screen_width() is None
