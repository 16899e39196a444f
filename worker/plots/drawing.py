"""SVG as text: elements whose every value is escaped, and the frame that all plots have in common.

What came from outside passes ``label`` or ``tell``: it is shown on one line, cut to its room, and clipped there should
a letter be wider than it is taken for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from xml.sax.saxutils import escape

from worker.basics.text import shorten
from worker.plots.lettering import TEXT, cut, make_plain, measure, wrapped
from worker.plots.palette import STYLESHEET, paint

WIDE, NARROW = 640, 340
"""Widths, in pixels, for which a plot is drawn: for a column of a page, and for a phone."""
_HEADING, _HEADING_LINE, _MARGIN, _SWATCH = 15, 18, 16, 9
_MARK_ROOM, _KEY_LINE = 14, 18.0
_LONGEST_TOLD = 300


@dataclass(frozen=True, slots=True)
class Figure:
    """What a plot is called and finds, and how it is to be drawn."""

    title: str
    finding: str
    """What the plot shows, in a sentence with its figures: all that somebody gets who does not see it."""
    width: int = WIDE
    zone: tzinfo = UTC
    """The zone whose hours and days its axes have."""
    stands_alone: bool = False
    """Whether it is a file of its own, with its title, its finding and its colours in it; else it is part of a page."""


def draw_both(draw: Callable[[int], str]) -> str:
    """Return a plot drawn twice, for a page and for a phone; ``palette.STYLESHEET`` shows the one that fits."""
    wide, narrow = draw(WIDE), draw(NARROW)
    return f'<div class="plot-wide">{wide}</div><div class="plot-narrow">{narrow}</div>'


def frame(figure: Figure, height: float, *inside: str) -> str:
    """Return a whole plot: its parts, ``height`` pixels high, under its title and with what it finds."""
    said = [element("title", tell(figure.title)), element("desc", tell(figure.finding))]
    fixed = {"xmlns": "http://www.w3.org/2000/svg", "class": "plot", "role": "img"}
    looks: dict[str, object] = {"font-size": TEXT, "fill": paint("ink")}
    if not figure.stands_alone:
        size: dict[str, object] = {"viewBox": f"0 0 {figure.width} {_number(height)}", "width": "100%"}
        return element("svg", *said, *inside, **fixed, **size, **looks)
    heading = _heading(figure)
    top = len(heading) * _HEADING_LINE + 12
    width, whole = figure.width + 2 * _MARGIN, top + height + 2 * _MARGIN
    body = group({"transform": f"translate(0 {top})"}, *inside)
    size = {"viewBox": f"-{_MARGIN} -{_MARGIN} {width} {_number(whole)}", "width": width, "height": whole}
    return element("svg", *said, _own_style(), *heading, body, **fixed, **size, **looks)


def _heading(figure: Figure) -> list[str]:
    first = label(figure.title, (0, _HEADING), figure.width, weight="600", size=_HEADING)
    found = wrapped(figure.finding, figure.width)
    return [
        first,
        *(
            words(line, (0, _HEADING + (place + 1) * _HEADING_LINE), fill=paint("soft"))
            for place, line in enumerate(found)
        ),
    ]


def _own_style() -> str:
    font = "font-family:system-ui,-apple-system,'Segoe UI','Noto Sans',sans-serif"
    return f"<style>{STYLESHEET}.plot{{{font};background:var(--plot-paper)}}</style>"


def draw_key(width: float, y: float, entries: Sequence[tuple[str, str]]) -> tuple[str, float]:
    """Return the names of what a plot shows, each behind its mark of 9 by 9 pixels, and how high their lines are."""
    at, line, parts = 0.0, 0, []
    for mark, name in entries:
        wide = min(measure(name) + 2, width - _MARK_ROOM)
        if at and at + _MARK_ROOM + wide > width:
            at, line = 0.0, line + 1
        # Letters are higher than marks, and nothing is drawn above a plot.
        base = y + TEXT + line * _KEY_LINE
        parts.append(group({"transform": f"translate({at:.1f} {base - _SWATCH:.1f})"}, mark))
        parts.append(label(name, (at + _MARK_ROOM, base), wide, fill=paint("soft")))
        at += _MARK_ROOM + wide + _SWATCH
    return group({"class": "plot-key"}, *parts), (line + 1) * _KEY_LINE if entries else 0.0


def element(name: str, *inside: str, **attributes: object) -> str:
    """Return an element: ``inside`` is markup, ``attributes`` are values, which are escaped; None leaves one out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def group(attributes: dict[str, object], *inside: str) -> str:
    """Return elements that have attributes in common; nothing where there are none."""
    return element("g", *inside, **attributes) if inside else ""


def words(text: str, at: tuple[float, float], **attributes: object) -> str:
    """Return a text of our own on its base line; ``anchor`` says which end of it is there: start, middle or end."""
    anchor = attributes.pop("anchor", None)
    return element("text", escape(text), x=at[0], y=at[1], text_anchor=anchor, **attributes)


def label(text: str, at: tuple[float, float], room: float, **looks: object) -> str:
    """Return a text from outside on its base line, cut to its room in pixels, and told whole where one points at it."""
    size = int(str(looks.pop("size", TEXT)))
    told = tell(text)
    shown = cut(make_plain(text), room, size)
    inner = element(
        "text",
        *([element("title", told)] if shown.endswith("…") else []),
        escape(shown),
        y=size,
        font_size=size if size != TEXT else None,
        font_weight=looks.get("weight"),
        fill=looks.get("fill"),
    )
    # An inner svg clips what it holds.
    return element("svg", inner, x=at[0], y=at[1] - size, width=room, height=size * 1.4, overflow="hidden")


def tell(text: str) -> str:
    """Return a text from outside as the markup of a title or a description."""
    return escape(shorten(make_plain(text), _LONGEST_TOLD))


def titled(name: str, title: str, **attributes: object) -> str:
    """Return an element that says what it is where one points at it."""
    return element(name, element("title", tell(title)), **attributes)


def rule(left: float, right: float, y: float, colour: str = "line", dashes: str | None = None) -> str:
    """Return a thin line from left to right, on whole pixels, so that it is sharp."""
    return element("path", d=f"M{left:.1f} {round(y) + 0.5}H{right:.1f}", stroke=paint(colour), stroke_dasharray=dashes)


def _value(value: object) -> str:
    return _number(value) if isinstance(value, float) else escape(str(value), {'"': "&quot;"})


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
