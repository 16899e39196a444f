"""A strip of polls: a small mark each, in the order of time, whose shape tells how the poll ended.

What went well stands on the line, tall where it brought something new; what failed hangs below it: short where it may
work next time, long where somebody must change something, hollow where we refused what was there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.plots.axes import name_moment
from worker.plots.drawing import Figure, draw_key, element, frame, group, rule, titled, words
from worker.plots.lettering import measure
from worker.plots.palette import Tone, paint
from worker.values.outcomes import Outcome

_PITCH, _MARK = 6.0, 4.0
# Of a row: how far its line is below its top, and how high it is with the space below.
_LINE, _ROW = 19.0, 34.0
_LOOKS = {
    Outcome.NEW: (Tone.NEWS, -14.0),
    Outcome.UNCHANGED: (Tone.QUIET, -5.0),
    Outcome.TRANSIENT: (Tone.BAD, 6.0),
    Outcome.PERMANENT: (Tone.BAD, 12.0),
    Outcome.REJECTED: (Tone.BAD, 12.0),
}
_NAMES = {
    Outcome.NEW: "new",
    Outcome.UNCHANGED: "unchanged",
    Outcome.TRANSIENT: "failed for now",
    Outcome.PERMANENT: "failed for good",
    Outcome.REJECTED: "refused by us",
}
_HOLLOW = {"fill": "none", "stroke_width": 1.2}


@dataclass(frozen=True, slots=True)
class StripPoll:
    """A poll as the strip shows it."""

    at: datetime
    outcome: Outcome
    reason: str
    """What happened, in words: told where one points at the poll."""


def draw_poll_strip(figure: Figure, polls: Sequence[StripPoll]) -> str:
    """Return a strip of polls, which come in the order of time, in as many rows as they need."""
    left = measure("30 Nov 23:59") + 8
    in_row = max(int((figure.width - left) / _PITCH), 1)
    rows = [polls[begin : begin + in_row] for begin in range(0, len(polls), in_row)]
    used = [outcome for outcome in Outcome if any(poll.outcome is outcome for poll in polls)]
    key, top = draw_key(figure.width, 0, [(_draw_sample(outcome), _NAMES[outcome]) for outcome in used])
    drawn = [_draw_row(row, (left, top + place * _ROW + _LINE), figure) for place, row in enumerate(rows)]
    return frame(figure, top + max(len(rows), 1) * _ROW, key, *drawn)


def _draw_row(row: Sequence[StripPoll], at: tuple[float, float], figure: Figure) -> str:
    left, line = at
    marks = [_draw_poll(poll, left + place * _PITCH, line, figure) for place, poll in enumerate(row)]
    begins = name_moment(row[0].at, figure.zone)
    return (
        words(_short(begins), (0, line + 4), fill=paint("soft"))
        + rule(left, left + len(row) * _PITCH, line)
        + group({}, *marks)
    )


def _short(moment: str) -> str:
    """Return ``24 Nov 12:50`` of ``Tue 24 Nov 2026 12:50 UTC``."""
    _, day, month, _, hour, *_ = moment.split()
    return f"{day} {month} {hour}"


def _draw_poll(poll: StripPoll, x: float, line: float, figure: Figure) -> str:
    title = f"{name_moment(poll.at, figure.zone)}: {poll.outcome}. {poll.reason}"
    return titled("path", title, **_look(poll.outcome, x, line))


def _draw_sample(outcome: Outcome) -> str:
    """Draw a poll for the key: on the line in the middle of its square."""
    tall = _LOOKS[outcome][1]
    return element("path", **_look(outcome, 2.5, 9.0 if tall < 0 else 2.0))


def _look(outcome: Outcome, x: float, line: float) -> dict[str, object]:
    tone, tall = _LOOKS[outcome]
    top, high = (line + tall, -tall) if tall < 0 else (line + 1, tall)
    if outcome is Outcome.REJECTED:
        outline = f"M{x + 0.6:.1f} {top + 0.6:.1f}h{_MARK - 1.2:.1f}v{high - 1.2:.1f}h-{_MARK - 1.2:.1f}z"
        return {"d": outline, "stroke": paint(tone), **_HOLLOW}
    return {"d": f"M{x:.1f} {top:.1f}h{_MARK}v{high}h-{_MARK}z", "fill": paint(tone)}
