"""Columns over time: how many of each kind in every hour or day, one upon the other; what failed hangs below the line.

A slot of which nothing is known is a gap: there the line is dotted. A slot in which nothing happened has its line, and
no column.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from worker.plots.axes import Stretch, count_ticks, draw_time_axis, name_moment, short_count
from worker.plots.drawing import Figure, draw_key, element, frame, group, rule, titled, words
from worker.plots.lettering import measure
from worker.plots.palette import Tone, paint

_HEIGHT, _TOP, _AXIS = 128.0, 10.0, 24.0
# The room of what hangs below the line, however little it is.
_LEAST_BELOW = 12.0
_LOWEST, _FULL = 1.5, 0.82
_UNKNOWN = "no record"


@dataclass(frozen=True, slots=True)
class Slots:
    """The hours or days that a plot has a column for."""

    begins: datetime
    each: timedelta
    count: int


@dataclass(frozen=True, slots=True)
class Series:
    """How many there were of one kind, slot by slot."""

    name: str
    tone: Tone
    counts: Sequence[float | None]
    """None where that is not known; the plot has a gap where no series knows."""
    is_below: bool = False
    """Whether it hangs below the line, as what failed does."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where counts and slots are, in pixels."""

    stretch: Stretch
    top: float
    line: float
    """Where 0 is."""
    each: float
    """How high a count of 1 is, on both sides of the line."""
    pitch: float
    """How wide a slot is."""

    def left_of(self, slot: int) -> float:
        return self.stretch.left + slot * self.pitch


def draw_columns(figure: Figure, slots: Slots, series: Sequence[Series]) -> str:
    """Return columns over time; the first series stands next to the line, each other one of its side upon it."""
    key, top = _draw_key(figure, series)
    highest = _highest(series, slots, is_below=False), _highest(series, slots, is_below=True)
    ticks = count_ticks(highest[0])
    layout = _lay_out(figure, slots, top + _TOP, (max(highest[0], 1), highest[1]))
    bottom = layout.top + _HEIGHT
    return frame(
        figure,
        bottom + _AXIS,
        key,
        _draw_grid(ticks, layout),
        *(_draw_series(place, series, slots, layout) for place in range(len(series))),
        _draw_line(slots, series, layout),
        draw_time_axis(layout.stretch, bottom + 4),
        _draw_titles(figure, slots, series, layout),
    )


def _highest(series: Sequence[Series], slots: Slots, *, is_below: bool) -> float:
    side = [each for each in series if each.is_below == is_below]
    return max((sum(each.counts[slot] or 0 for each in side) for slot in range(slots.count)), default=0)


def _lay_out(figure: Figure, slots: Slots, top: float, highest: tuple[float, float]) -> _Layout:
    above, below = highest
    left = max(measure(short_count(tick)) for tick in count_ticks(above)) + 8
    stretch = Stretch(slots.begins, slots.begins + slots.each * slots.count, left, figure.width - 1.0, figure.zone)
    each = _HEIGHT / (above + below)
    if below and below * each < _LEAST_BELOW:
        each = (_HEIGHT - _LEAST_BELOW) / above
    return _Layout(stretch, top, top + above * each, each, (stretch.right - left) / slots.count)


def _draw_key(figure: Figure, series: Sequence[Series]) -> tuple[str, float]:
    """Name the series, if there is more than one to tell apart; what hangs is marked below the middle."""
    marks = [
        element("rect", width=9, height=4 if each.is_below else 9, y=5 if each.is_below else 0, fill=paint(each.tone))
        for each in series
    ]
    entries = list(zip(marks, [each.name for each in series], strict=True))
    return draw_key(figure.width, 0, entries if len(series) > 1 else [])


def _draw_grid(ticks: Sequence[int], layout: _Layout) -> str:
    left, right = layout.stretch.left, layout.stretch.right
    heights = [(tick, layout.line - tick * layout.each) for tick in ticks]
    names = [words(short_count(tick), (left - 6, y + 4), anchor="end") for tick, y in heights]
    return group({"class": "plot-grid"}, *(rule(left, right, y) for tick, y in heights if tick)) + group(
        {"fill": paint("soft")}, *names
    )


def _draw_series(place: int, series: Sequence[Series], slots: Slots, layout: _Layout) -> str:
    mine = series[place]
    nearer = [each for each in series[:place] if each.is_below == mine.is_below]
    width = layout.pitch * _FULL
    bars = []
    for slot, count in enumerate(mine.counts[: slots.count]):
        if count:
            base = sum(each.counts[slot] or 0 for each in nearer) * layout.each
            # What happened once among thousands is seen too.
            height = max(count * layout.each, _LOWEST)
            top = layout.line + base if mine.is_below else layout.line - base - height
            bars.append(f"M{layout.left_of(slot):.1f} {top:.1f}h{width:.1f}v{height:.1f}h-{width:.1f}z")
    return element("path", d="".join(bars), fill=paint(mine.tone)) if bars else ""


def _draw_line(slots: Slots, series: Sequence[Series], layout: _Layout) -> str:
    known = [any(each.counts[slot] is not None for each in series) for slot in range(slots.count)]
    parts = []
    for begin, end, is_known in _runs(known):
        left, right = layout.left_of(begin), layout.left_of(end)
        parts.append(rule(left, right, layout.line, "soft", None if is_known else "1 4"))
        if not is_known and right - left > measure(_UNKNOWN) + 8:
            middle = ((left + right) / 2, layout.line - 6)
            parts.append(words(_UNKNOWN, middle, anchor="middle", fill=paint("soft")))
    return "".join(parts)


def _draw_titles(figure: Figure, slots: Slots, series: Sequence[Series], layout: _Layout) -> str:
    """Lay a clear rectangle over each slot, which says what is in it where one points at it."""
    size = {"y": layout.top, "width": layout.pitch, "height": _HEIGHT}
    told = [
        f"{name_moment(slots.begins + slot * slots.each, figure.zone)}: {_say(series, slot)}"
        for slot in range(slots.count)
    ]
    boxes = (titled("rect", each, x=layout.left_of(slot), **size) for slot, each in enumerate(told))
    return group({"fill-opacity": 0}, *boxes)


def _say(series: Sequence[Series], slot: int) -> str:
    known = [(each.counts[slot], each.name) for each in series]
    return ", ".join(f"{count:,g} {name}" for count, name in known if count is not None) or _UNKNOWN


def _runs(known: Sequence[bool]) -> list[tuple[int, int, bool]]:
    """Return where each run of equal values begins and ends, and its value."""
    edges = [0, *(place for place in range(1, len(known)) if known[place] != known[place - 1]), len(known)]
    return [(begin, end, known[begin]) for begin, end in pairwise(edges) if begin < end]
