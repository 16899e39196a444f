"""A picture of what grows: a line for each cost, both axes logarithmic, so that a flat line is one that does not."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 900, 520, 80, 170, 60, 60
_COLOURS = ("#0b62a4", "#d1720b", "#2a8a3e", "#a4203c", "#7a4fb0", "#7a7a7a", "#0d8f8f", "#b08c00")
_STYLE = "font-family='sans-serif' font-size='13' fill='#222'"
# Names of lines that end at one height stand below one another.
_LINE_HEIGHT = 16

Points = Sequence[tuple[float, float]]


def draw(title: str, lines: Mapping[str, Points]) -> str:
    """Return an SVG of milliseconds by feeds."""
    points = [point for line in lines.values() for point in line]
    across, up = (_decades([point[axis] for point in points]) for axis in (0, 1))
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {_HEIGHT}' {_STYLE}>",
        f"<rect width='{_WIDTH}' height='{_HEIGHT}' fill='#fff'/>",
        f"<text x='20' y='30' font-size='17' font-weight='bold'>{escape(title)}</text>",
        *_grid(across, up),
        *_lines(lines, across, up),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _decades(values: Sequence[float]) -> range:
    """Return the powers of ten that values lie between."""
    positive = [value for value in values if value > 0]
    first, last = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    return range(first, max(last, first + 1) + 1)


def _x(value: float, across: range) -> float:
    share = (math.log10(value) - across[0]) / (across[-1] - across[0])
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, up: range) -> float:
    share = (math.log10(max(value, 10.0 ** up[0])) - up[0]) / (up[-1] - up[0])
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)


def _grid(across: range, up: range) -> Iterator[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    for power in across:
        x = _x(10.0**power, across)
        yield f"<line x1='{x:.1f}' x2='{x:.1f}' y1='{_TOP}' y2='{bottom}' stroke='#ddd'/>"
        yield f"<text x='{x:.1f}' y='{bottom + 20}' text-anchor='middle'>{10**power:,}</text>"
    for power in up:
        y = _y(10.0**power, up)
        yield f"<line x1='{_LEFT}' x2='{right}' y1='{y:.1f}' y2='{y:.1f}' stroke='#ddd'/>"
        yield f"<text x='{_LEFT - 8}' y='{y + 4:.1f}' text-anchor='end'>{10.0**power:,g} ms</text>"
    middle = (_LEFT + right) / 2
    yield f"<text x='{middle}' y='{bottom + 44}' text-anchor='middle'>feeds</text>"


def _lines(lines: Mapping[str, Points], across: range, up: range) -> Iterator[str]:
    free_from = 0.0
    # From the highest down, by where they end.
    in_order = sorted(zip(lines.items(), _COLOURS, strict=False), key=lambda each: -each[0][1][-1][1])
    for (name, points), colour in in_order:
        places = [(_x(feeds, across), _y(cost, up)) for feeds, cost in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2'/>"
        yield from (f"<circle cx='{x:.1f}' cy='{y:.1f}' r='4' fill='{colour}'/>" for x, y in places)
        x, y = places[-1]
        free_from = max(y + 4, free_from + _LINE_HEIGHT)
        yield f"<text x='{x + 10:.1f}' y='{free_from:.1f}' fill='{colour}'>{escape(name)} {points[-1][1]:,.3g}</text>"
