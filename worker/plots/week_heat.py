"""How much happens at each hour of the week: a square an hour, whose area is the count, a row a weekday."""

from collections.abc import Iterator, Sequence
from math import ceil, sqrt

from worker.plots.axes import DAYS, short_count
from worker.plots.drawing import Figure, element, frame, group, titled, words
from worker.plots.lettering import measure
from worker.plots.palette import Tone, paint

_HOURS = 24
_LEFT, _TOP, _KEY = 36.0, 22.0, 30.0
_LOWEST_ROW, _HIGHEST_ROW, _LEAST = 15.0, 22.0, 2.0


def draw_week(figure: Figure, counts: Sequence[Sequence[float | None]]) -> str:
    """Return a week's rhythm: seven rows from Monday, 24 counts each; None where nothing is known of an hour."""
    across = (figure.width - _LEFT) / _HOURS
    down = min(max(across, _LOWEST_ROW), _HIGHEST_ROW)
    pitch = across, down
    most = max((count for row in counts for count in row if count), default=0)
    marks = list(_draw_hours(counts, most, pitch))
    hours = [words(f"{hour:02}", (_LEFT + hour * pitch[0], 14), fill=paint("soft")) for hour in range(0, _HOURS, 3)]
    days = [words(day, (0, _TOP + (place + 0.5) * down + 4), fill=paint("soft")) for place, day in enumerate(DAYS)]
    body = group({"fill": paint(Tone.NEWS)}, *marks)
    key = _draw_key(most, _TOP + len(DAYS) * down + 22, min(pitch))
    return frame(figure, _TOP + len(DAYS) * down + _KEY, *hours, *days, body, key)


def _draw_hours(counts: Sequence[Sequence[float | None]], most: float, pitch: tuple[float, float]) -> Iterator[str]:
    for day, row in enumerate(counts):
        for hour, count in enumerate(row):
            middle = _LEFT + (hour + 0.5) * pitch[0], _TOP + (day + 0.5) * pitch[1]
            told = "no record" if count is None else f"{count:,g}"
            title = f"{DAYS[day]} {hour:02}:00 to {hour + 1:02}:00: {told}"
            yield _draw_count(count, most, middle, (min(pitch) - 2, title))


def _draw_count(count: float | None, most: float, middle: tuple[float, float], room: tuple[float, str]) -> str:
    """Draw a square for a count, a dot for none, and nothing to be seen where nothing is known."""
    cell, title = room
    side = max(cell * sqrt(count / most), _LEAST) if count and most else 0
    x, y = middle
    if not side:
        colour = {"fill_opacity": 0} if count is None else {"fill": paint("line")}
        return titled("circle", title, cx=x, cy=y, r=cell / 2 if count is None else 1.5, **colour)
    return titled("rect", title, x=x - side / 2, y=y - side / 2, width=side, height=side)


def _draw_key(most: float, y: float, cell: float) -> str:
    """Draw the largest square and one of about a quarter of it, with what they count."""
    at, parts = _LEFT, []
    for count in dict.fromkeys([ceil(most / 4), most]) if most else ():
        side = (cell - 2) * sqrt(count / most)
        name = f"{short_count(count)} an hour" if count == most else short_count(count)
        parts.append(
            element("rect", x=at, y=y - 4 - side / 2, width=side, height=side, fill=paint(Tone.NEWS))
            + words(name, (at + side + 5, y), fill=paint("soft"))
        )
        at += side + 5 + measure(name) + 12
    return group({"class": "plot-key"}, *parts)
