import pytest

from worker.wire.wire_tables import is_list, is_row, split_tables, write_paragraphs

COLUMNS = ["Harbour    73  52", "Pier       66  59", "Skarholm   55  67"]


@pytest.mark.parametrize("line", ["| 1. | Harbour | 14 |", ";W;L;Pct", "Harbour;23;13;.639", "Harbour   73  52"])
def test_cells_make_a_row(line: str) -> None:
    assert is_row(line)


@pytest.mark.parametrize(
    "line", ["", "The ferry sails.  It sails at noon.", "rain; snow; hail", "a | b", "   The ferry sails.", "x" * 300]
)
def test_a_line_of_text_is_no_row(line: str) -> None:
    assert not is_row(line)


def test_rows_among_lines_are_a_table() -> None:
    lines = ["Standings of the harbour league, as its secretary gave them", "on Friday:", *COLUMNS, "That is all."]
    assert list(split_tables(lines)) == [(False, lines[:2]), (True, COLUMNS), (False, ["That is all."])]


def test_a_text_that_is_spread_over_its_width_is_no_table() -> None:
    lines = ["The  ferry sails  again after", "two winters, its  master has", "told the town,  which is glad"]
    assert list(split_tables(lines)) == [(False, lines)]


def test_short_lines_that_each_begin_anew_are_a_list() -> None:
    assert is_list(
        ["Harbour 7, Pier 5", "Quay 4, Skarholm 2", "Marlow 1, Hythe 0", "Port 3, Haven 3", "Oslo 2, Bergen 1"]
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["The ferry sails", "again after two", "winters, says its", "master, who is", "glad"],
        ["The ferry sails.", "It is glad.", "It rains.", "It snows.", "So there."],
        ["渡し船が再び", "出航する。", "二つの冬の", "あとで。", "町は喜ぶ"],
        ["Harbour", "Pier"],
    ],
)
def test_lines_of_a_text_are_no_list(lines: list[str]) -> None:
    assert not is_list(lines)


def test_paragraphs_alone_are_plain_text() -> None:
    assert write_paragraphs(["Rain < snow.", "Hail."]) == ("Rain < snow.\n\nHail.", True)


def test_with_a_table_the_content_is_html() -> None:
    content, is_plain = write_paragraphs(["Rain < snow.", "Harbour;7\nPier;5;x & y"])
    assert not is_plain
    assert content == (
        "<p>Rain &lt; snow.</p>\n<p>Harbour;7</p>\n<table><tr><td>Pier</td><td>5</td><td>x &amp; y</td></tr></table>"
    )


def test_columns_keep_their_blanks_and_lose_their_margin() -> None:
    assert write_paragraphs(["  Harbour  7\n  Pier     5"]) == ("<pre>Harbour  7\nPier     5</pre>", False)


def test_items_of_a_list_keep_their_lines() -> None:
    assert write_paragraphs(["Harbour 7\nPier 5"]) == ("<p>Harbour 7<br>Pier 5</p>", False)


def test_two_rows_are_a_table_by_wide_gaps_or_by_bars_alone() -> None:
    for lines in (["Hythe      2", "Marlow     1"], ["| Hythe | 2 |", "| Marlow | 1 |"]):
        assert [*split_tables(lines)] == [(True, lines)]
    narrow = ["Hythe  2", "Marlow  1"]
    assert [*split_tables(narrow)] == [(False, narrow)]


def test_a_rule_is_of_a_table_between_rows_only() -> None:
    rows = ["Hythe      2", "==========", "Marlow     1"]
    assert [*split_tables(rows)] == [(True, rows)]
    text = ["The rowing went on until noon.", "__________", "It rained."]
    assert [*split_tables(text)] == [(False, text)]
