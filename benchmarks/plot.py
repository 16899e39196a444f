"""The figures as a picture: for every kind of feed, how long its articles wait under each policy."""

import math
from collections.abc import Iterator, Sequence
from html import escape

from benchmarks.tally import Figures

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _BOTTOM = 900, 150, 30, 96, 54, 56
_TICKS = (
    (5, "5 min"),
    (15, "15 min"),
    (30, "30 min"),
    (60, "1 h"),
    (120, "2 h"),
    (240, "4 h"),
    (480, "8 h"),
    (1440, "24 h"),
)
_FIRST, _LAST = 4, 1600
_HOURLY_MEDIAN = 30
_COLOURS = ("#0b62a4", "#d1720b", "#7a7a7a")
_STYLE = "font-family='sans-serif' font-size='13' fill='#222'"

Line = tuple[str, Sequence[Figures]]
"""A row of the picture: its name, and the figures of each policy."""


def draw(title: str, policies: Sequence[str], lines: Sequence[Line]) -> str:
    """Return an SVG: a dot for the median wait of each policy, and a line from it to the 95th percentile."""
    height = _TOP + _ROW * len(lines) + _BOTTOM
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {height}' {_STYLE}>",
        f"<rect width='{_WIDTH}' height='{height}' fill='#fff'/>",
        f"<text x='20' y='28' font-size='17' font-weight='bold'>{escape(title)}</text>",
        *_legend(policies),
        *_axis(height),
        *(part for number, line in enumerate(lines) for part in _row(number, line)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(minutes: float) -> float:
    """Return where a wait lies on the logarithmic axis."""
    share = math.log(min(max(minutes, _FIRST), _LAST) / _FIRST) / math.log(_LAST / _FIRST)
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _legend(policies: Sequence[str]) -> Iterator[str]:
    for number, (policy, colour) in enumerate(zip(policies, _COLOURS, strict=False)):
        x = _LEFT + number * 190
        yield f"<circle cx='{x}' cy='52' r='5' fill='{colour}'/><text x='{x + 11}' y='57'>{escape(policy)}</text>"
    legend = "● median wait, ── to the 95th percentile; dashed: the median of hourly polls"
    yield f"<text x='{_LEFT - 6}' y='80' fill='#666'>{legend}</text>"


def _axis(height: int) -> Iterator[str]:
    bottom = height - _BOTTOM
    for minutes, name in _TICKS:
        x = _x(minutes)
        # The best median there is while no feed is polled more often than hourly, without knowing the minute.
        stroke = "#999' stroke-dasharray='4 4" if minutes == _HOURLY_MEDIAN else "#ddd"
        yield f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{_TOP}' y2='{bottom}' stroke='{stroke}'/>"
        yield f"<text x='{x:.1f}' y='{bottom + 20}' text-anchor='middle'>{name}</text>"
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f"<text x='{middle}' y='{bottom + 42}' text-anchor='middle'>from publication to pick-up (logarithmic)</text>"


def _row(number: int, line: Line) -> Iterator[str]:
    name, policies = line
    top = _TOP + number * _ROW
    if number % 2:
        yield f"<rect x='10' y='{top}' width='{_WIDTH - 20}' height='{_ROW}' fill='#000' opacity='0.03'/>"
    yield f"<text x='{_LEFT - 16}' y='{top + _ROW / 2 + 5}' text-anchor='end'>{escape(name)}</text>"
    for place, (figures, colour) in enumerate(zip(policies, _COLOURS, strict=False)):
        y = top + _ROW / 2 + (place - 1) * 14
        start, end = _x(figures.median * 60), _x(figures.p95 * 60)
        yield f"<line x1='{start:.1f}' x2='{end:.1f}' y1='{y}' y2='{y}' stroke='{colour}' stroke-width='2'/>"
        yield f"<circle cx='{start:.1f}' cy='{y}' r='5' fill='{colour}'/>"
