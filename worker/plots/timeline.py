"""Who had it when: a row each, with the points and spans of time that are theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from worker.basics.units import show_duration
from worker.plots.axes import Stretch, draw_time_axis, name_moment
from worker.plots.drawing import Figure, frame, label, rule, titled, words
from worker.plots.lettering import measure
from worker.plots.palette import Tone, paint

_ROW, _TOP, _AXIS = 24.0, 8.0, 26.0
_POINT, _SPAN = 4.5, 3.0
# What share of a wide plot its labels have; in a narrow one they have lines of their own.
_LABELS, _NARROWEST = 0.3, 480
_LEAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Point:
    """Something that happened at a moment."""

    at: datetime
    title: str
    tone: Tone = Tone.NEWS
    is_hollow: bool = False
    """Whether it is less than others, as a revision is less than an article: drawn as a ring."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted."""

    begins: datetime
    ends: datetime | None
    """None for what still goes on."""
    title: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """What one had, and when."""

    label: str
    points: Sequence[Point] = ()
    spans: Sequence[Span] = ()


def draw_timeline(figure: Figure, rows: Sequence[TimelineRow], ends: datetime) -> str:
    """Return rows in the order in which they are given; ``ends`` is where the axis ends, and what goes on.

    Behind the first point of each row stands how long after the very first one it was.
    """
    is_wide = figure.width >= _NARROWEST
    left = figure.width * _LABELS if is_wide else 6.0
    moments = [point.at for row in rows for point in row.points] + [span.begins for row in rows for span in row.spans]
    first = min(moments, default=ends - _LEAST)
    last = max(*moments, ends, first + _LEAST) if moments else ends
    margin = (last - first) / 50
    stretch = Stretch(first - margin, last, left, figure.width - 8.0, figure.zone)
    high = _ROW if is_wide else _ROW * 1.7
    drawn = [
        _draw_row(row, _TOP + (place + 1) * high - _ROW / 2, (stretch, first, is_wide))
        for place, row in enumerate(rows)
    ]
    bottom = _TOP + len(rows) * high
    return frame(figure, bottom + _AXIS, *drawn, draw_time_axis(stretch, bottom + 2))


def _draw_row(row: TimelineRow, y: float, axis: tuple[Stretch, datetime, bool]) -> str:
    stretch, first, is_wide = axis
    begins = min((point.at for point in row.points), default=first)
    delay = f"+{show_duration(begins - first)}" if begins > first else ""
    room = stretch.left - 12 if is_wide else stretch.right - measure(delay) - 8
    name = label(row.label, (0, y + 4 if is_wide else y - 10), room)
    at = _place_delay(delay, stretch.place(begins), y, stretch) if is_wide else (stretch.right, y - 10)
    is_before = at[0] > stretch.place(begins)
    told = words(delay, at, anchor="end" if not (is_wide and is_before) else None, font_size=11, fill=paint("soft"))
    spans = [_draw_span(span, y, stretch) for span in row.spans]
    points = [_draw_point(point, y, stretch) for point in row.points]
    return name + rule(stretch.left, stretch.right, y) + "".join([*spans, *points]) + (told if delay else "")


def _place_delay(delay: str, x: float, y: float, stretch: Stretch) -> tuple[float, float]:
    """Return where a delay is written: behind its point, or before it where there is no room."""
    return (x + 9, y - 4) if x + measure(delay) + 10 < stretch.right else (x - 9, y - 4)


def _draw_span(span: Span, y: float, stretch: Stretch) -> str:
    left = stretch.place(span.begins)
    right = stretch.place(span.ends or stretch.ends)
    until = name_moment(span.ends, stretch.zone) if span.ends else "now"
    title = f"{span.title}: {name_moment(span.begins, stretch.zone)} to {until}"
    size = {"width": max(right - left, 1.0), "height": _SPAN, "fill": paint(Tone.QUIET)}
    return titled("rect", title, x=left, y=round(y) + 0.5 - _SPAN / 2, **size)


def _draw_point(point: Point, y: float, stretch: Stretch) -> str:
    title = f"{name_moment(point.at, stretch.zone)}: {point.title}"
    fill = paint("paper" if point.is_hollow else point.tone)
    look = {"r": _POINT - 1 if point.is_hollow else _POINT, "fill": fill, "stroke": paint(point.tone)}
    return titled("circle", title, cx=stretch.place(point.at), cy=round(y) + 0.5, stroke_width=1.6, **look)
