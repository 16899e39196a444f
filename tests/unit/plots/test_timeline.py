from datetime import UTC, datetime, timedelta

import pytest

from worker.plots.drawing import NARROW, WIDE, Figure
from worker.plots.timeline import Point, Span, TimelineRow, draw_timeline

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROWS = [
    TimelineRow("First <b>", [Point(NOON, "Fire")], [Span(NOON, NOON + HOUR, "carried")]),
    TimelineRow("Second", [Point(NOON + 90 * timedelta(minutes=1), "Fire")], [Span(NOON + HOUR, None, "carried")]),
]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_each_row_says_how_much_later_it_was_and_what_it_had(width: int) -> None:
    drawn = draw_timeline(Figure("Who had it when", "First had it first", width), ROWS, NOON + 2 * HOUR)
    assert drawn.count("+1h 30m") == 1
    assert "First &lt;b&gt;" in drawn
    assert "carried: Tue 24 Nov 2026 13:00 UTC to now" in drawn


def test_one_moment_is_a_plot_too() -> None:
    assert draw_timeline(Figure("", ""), [TimelineRow("One", [Point(NOON, "Fire")])], NOON).count("<circle") == 1
    assert draw_timeline(Figure("", ""), [], NOON)
