import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

from worker.plots.drawing import NARROW, Figure
from worker.plots.poll_strip import StripPoll, draw_poll_strip
from worker.values.outcomes import Outcome

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIGURE = Figure("Polls of a feed", "300 polls, none failed")


def _polls(count: int, outcome: Outcome = Outcome.UNCHANGED) -> list[StripPoll]:
    return [StripPoll(NOON + timedelta(hours=hour), outcome, "304") for hour in range(count)]


def test_each_poll_says_when_it_was_how_it_ended_and_why() -> None:
    drawn = draw_poll_strip(FIGURE, [StripPoll(NOON, Outcome.TRANSIENT, "timeout <10s>")])
    assert "<title>Tue 24 Nov 2026 12:00 UTC: transient. timeout &lt;10s&gt;</title>" in drawn


def test_hundreds_of_polls_are_in_rows_and_a_phone_has_more_rows() -> None:
    rows = [
        len(re.findall(r">\d+ \w{3} \d\d:\d\d</text>", draw_poll_strip(figure, _polls(300))))
        for figure in (FIGURE, Figure("", "", NARROW))
    ]
    assert rows == [4, 8]


def test_every_outcome_has_a_shape_of_its_own() -> None:
    shapes = set()
    for outcome in Outcome:
        drawn = draw_poll_strip(FIGURE, _polls(1, outcome))
        *_, mark = re.findall(r'<path d="M[\d.]+ [\d.]+(h[^"]+)"[^>]*>', drawn)
        shapes.add(mark)
    assert len(shapes) == len(Outcome)


def test_no_polls_are_a_plot_too() -> None:
    assert len(ET.fromstring(draw_poll_strip(FIGURE, []))) == 2
