from datetime import date

from worker.plots.coverage_matrix import Cell, Looked, MatrixRow, draw_matrix
from worker.plots.drawing import Figure

DAYS = [date(2026, 11, 23), date(2026, 11, 24)]
FIGURE = Figure("Coverage", "One feed, two days")


def _draw(one: Cell, other: Cell) -> str:
    return draw_matrix(FIGURE, DAYS, [MatrixRow("A feed", [one, other])])


def _shape(cell: Cell) -> str:
    body = _draw(cell, Cell(1, Looked.WELL)).partition("Mon 23 Nov: ")[2]
    return body.partition('fill-opacity="0"/>')[2].partition("</g>")[0]


def test_each_day_says_what_came_whether_we_looked_and_whether_entries_were_missed() -> None:
    drawn = _draw(Cell(12, Looked.WELL, is_gap=True), Cell(0, Looked.FAILED))
    assert "Mon 23 Nov: 12 new articles, polled, entries were missed</title>" in drawn
    assert "Tue 24 Nov: 0 new articles, every poll failed</title>" in drawn


def test_nothing_published_never_polled_and_failed_have_shapes_of_their_own_and_no_record_has_none() -> None:
    shapes = [_shape(Cell(0, looked)) for looked in Looked]
    assert len({*shapes}) == len(Looked)
    assert _shape(Cell(0, Looked.UNKNOWN)) == ""


def test_the_key_names_only_what_there_is() -> None:
    drawn = _draw(Cell(2, Looked.WELL), Cell(0, Looked.NEVER))
    assert "up to 2 a day" in drawn
    assert ">not polled<" in drawn
    assert ">failed<" not in drawn
