"""What is known of feeds day by day: a row a feed, a cell a day: how much came, whether we looked, what was missed.

Each state of a cell has a shape of its own: a square for articles, a dot where we looked and nothing came, a cross
where no poll succeeded, a dash where there was none, nothing where there is no record; a bar below it where some polls
failed, a triangle where entries were missed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import sqrt

from worker.plots.axes import DAYS, name_day
from worker.plots.drawing import Figure, draw_key, element, frame, group, label, tell, words
from worker.plots.lettering import measure
from worker.plots.palette import Tone, paint

_LABELS, _LABELS_OF_NARROW, _NARROWEST = 0.3, 0.36, 480
_ROW, _WIDEST, _TOP = 20.0, 26.0, 20.0
_LEAST_SQUARE, _BETWEEN = 3.0, 5.0
_SAMPLE = 9.0
_GAP = {"fill": paint(Tone.WARN), "stroke": paint("paper"), "stroke_width": 1, "paint_order": "stroke"}


class Looked(StrEnum):
    """Whether anybody looked at a feed on a day."""

    NEVER = "not polled"
    FAILED = "every poll failed"
    PARTLY = "some polls failed"
    WELL = "polled"
    UNKNOWN = "no record of polls"
    """It may have been polled, or not; articles may be known nevertheless."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A feed's day."""

    articles: int
    looked: Looked
    is_gap: bool = False
    """Whether entries are known to have been missed."""

    @property
    def sentence(self) -> str:
        """What is told where one points at it."""
        return f"{self.articles:,} new articles, {self.looked}{', entries were missed' if self.is_gap else ''}"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A feed, and its days."""

    label: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class _Grid:
    left: float
    pitch: float
    most: int

    @property
    def side(self) -> float:
        """How wide the largest square is; of a year's days it is not even a pixel."""
        room = min(self.pitch, _ROW)
        return room - min(_BETWEEN, room / 4)


def draw_matrix(figure: Figure, days: Sequence[date], rows: Sequence[MatrixRow]) -> str:
    """Return feeds by days; each row has a cell for each of the days."""
    left = figure.width * (_LABELS if figure.width >= _NARROWEST else _LABELS_OF_NARROW)
    pitch = min((figure.width - left) / max(len(days), 1), _WIDEST)
    grid = _Grid(left, pitch, max((cell.articles for row in rows for cell in row.cells), default=0))
    body = [_draw_row(row, _TOP + (place + 0.5) * _ROW, days, grid) for place, row in enumerate(rows)]
    bottom = _TOP + len(rows) * _ROW
    key, high = _draw_key(figure, rows, bottom + 12)
    return frame(figure, bottom + 10 + high, _draw_days(days, grid), *body, key)


def _draw_days(days: Sequence[date], grid: _Grid) -> str:
    """Name the first day and each Monday, as far as there is room."""
    named, free_from, right = [], 0.0, grid.left + grid.pitch * max(len(days), 3)
    for place, day in enumerate(days):
        x, name = grid.left + place * grid.pitch, name_day(day)
        if (place == 0 or day.weekday() == 0) and x >= free_from and x + measure(name) <= right:
            named.append(words(name, (x, 12)))
            free_from = x + measure(name) + 12
    return group({"fill": paint("soft")}, *named)


def _draw_row(row: MatrixRow, y: float, days: Sequence[date], grid: _Grid) -> str:
    cells = [
        _draw_cell(cell, (grid.left + (place + 0.5) * grid.pitch, y), grid, f"{DAYS[day.weekday()]} {name_day(day)}")
        for place, (day, cell) in enumerate(zip(days, row.cells, strict=True))
    ]
    return label(row.label, (0, y + 4), grid.left - 10) + "".join(cells)


def _draw_cell(cell: Cell, middle: tuple[float, float], grid: _Grid, day: str) -> str:
    x, y = middle
    title = element("title", tell(f"{day}: {cell.sentence}"))
    ground = element("rect", x=x - grid.pitch / 2, y=y - _ROW / 2, width=grid.pitch, height=_ROW, fill_opacity=0)
    return element("g", title, ground, *_draw_marks(cell, middle, grid.side, grid.most))


def _draw_marks(cell: Cell, middle: tuple[float, float], side: float, most: int) -> Iterator[str]:
    x, y = middle
    if cell.articles:
        half = max(side * sqrt(cell.articles / most), min(_LEAST_SQUARE, side)) / 2
        yield element("rect", x=x - half, y=y - half, width=half * 2, height=half * 2, fill=paint(Tone.NEWS))
    elif cell.looked is Looked.FAILED:
        yield element("path", d=_cross(x, y, min(3.5, side / 2)), stroke=paint(Tone.BAD), stroke_width=1.6)
    elif cell.looked in {Looked.WELL, Looked.PARTLY}:
        yield element("circle", cx=x, cy=y, r=min(1.6, side / 2), fill=paint(Tone.QUIET))
    elif cell.looked is Looked.NEVER:
        yield element(
            "path",
            d=f"M{x - min(3, side / 2):.1f} {y:.1f}h{min(6, side):.1f}",
            stroke=paint(Tone.QUIET),
            stroke_width=1.4,
        )
    if cell.looked is Looked.PARTLY or (cell.looked is Looked.FAILED and cell.articles):
        yield element("rect", x=x - side / 2, y=y + side / 2 + 0.5, width=side, height=1.6, fill=paint(Tone.BAD))
    if cell.is_gap:
        edge = x + side / 2 + 1, y - side / 2 - 1
        yield element("path", d=f"M{edge[0]:.1f} {edge[1]:.1f}h-7l7 7z", **_GAP)


def _cross(x: float, y: float, half: float) -> str:
    whole = f"{2 * half:.1f}"
    return f"M{x - half:.1f} {y - half:.1f}l{whole} {whole}m0-{whole}l-{whole} {whole}"


def _draw_key(figure: Figure, rows: Sequence[MatrixRow], y: float) -> tuple[str, float]:
    """Name the states that there are."""
    cells = [cell for row in rows for cell in row.cells]
    most = max((cell.articles for cell in cells), default=0)
    samples = [
        (Cell(1, Looked.WELL), f"up to {most:,} a day", most > 0),
        (Cell(0, Looked.WELL), "nothing new", any(_is_quiet(cell) for cell in cells)),
        (Cell(0, Looked.NEVER), "not polled", any(cell.looked is Looked.NEVER for cell in cells)),
        (Cell(0, Looked.FAILED), "failed", any(cell.looked is Looked.FAILED for cell in cells)),
        (Cell(0, Looked.PARTLY), "failed at times", any(cell.looked is Looked.PARTLY for cell in cells)),
        (Cell(0, Looked.UNKNOWN, is_gap=True), "missed", any(cell.is_gap for cell in cells)),
    ]
    middle = _SAMPLE / 2, _SAMPLE / 2
    entries = [("".join(_draw_marks(cell, middle, _SAMPLE, 1)), name) for cell, name, is_there in samples if is_there]
    return draw_key(figure.width, y, entries)


def _is_quiet(cell: Cell) -> bool:
    return not cell.articles and cell.looked in {Looked.WELL, Looked.PARTLY}
