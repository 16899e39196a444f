import re
from datetime import UTC, datetime, timedelta

from worker.plots.drawing import Figure
from worker.plots.palette import Tone
from worker.plots.stacked_columns import Series, Slots, draw_columns

SLOTS = Slots(datetime(2026, 11, 24, tzinfo=UTC), timedelta(hours=1), 4)
FIGURE = Figure("Polls an hour", "9 polls, 1 failed")
NEW = Series("new", Tone.NEWS, [2, 0, None, 4])
FAILED = Series("failed", Tone.BAD, [1, 0, None, 0], is_below=True)


def _bars(drawn: str, tone: str) -> list[str]:
    (path,) = re.findall(rf'<path d="([^"]+)" fill="var\(--plot-{tone}[^>]+/>', drawn)
    return [bar for bar in path.split("z") if bar]


def test_a_count_has_a_column_and_none_has_no_column() -> None:
    assert len(_bars(draw_columns(FIGURE, SLOTS, [NEW]), "news")) == 2


def test_what_is_not_known_is_a_gap_in_the_line_and_said() -> None:
    drawn = draw_columns(FIGURE, SLOTS, [NEW])
    assert drawn.count('stroke-dasharray="1 4"') == 1
    assert "Tue 24 Nov 2026 01:00 UTC: 0 new</title>" in drawn
    assert "Tue 24 Nov 2026 02:00 UTC: no record</title>" in drawn


def test_what_failed_hangs_below_the_line() -> None:
    drawn = draw_columns(FIGURE, SLOTS, [NEW, FAILED])
    (first, _), (hanging,) = _bars(drawn, "news"), _bars(drawn, "bad")
    top, height = (float(re.search(rf"{sign}(?:[\d.]+ )?([\d.]+)", first)[1]) for sign in "Mv")
    assert float(hanging.split()[1].partition("h")[0]) == round(top + height, 1)


def test_kinds_are_named_where_there_is_more_than_one() -> None:
    assert "plot-key" not in draw_columns(FIGURE, SLOTS, [NEW])
    assert "plot-key" in draw_columns(FIGURE, SLOTS, [NEW, FAILED])


def test_nothing_at_all_is_a_plot_too() -> None:
    assert "no record" in draw_columns(FIGURE, SLOTS, [Series("new", Tone.NEWS, [None] * 4)])
