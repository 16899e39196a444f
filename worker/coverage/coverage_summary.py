"""Coverage as a picture: feeds by days."""

from collections.abc import Sequence

from worker.coverage.feed_days import FeedCoverage, sum_up
from worker.plots.coverage_matrix import Cell, MatrixRow, draw_matrix
from worker.plots.drawing import WIDE, Figure


def draw_coverage(feeds: Sequence[FeedCoverage], *, width: int = WIDE, stands_alone: bool = True) -> str:
    """Return the days of feeds as SVG, a row a feed; there is one feed at least."""
    days = [day.day for day in feeds[0].days]
    finding = " ".join(sum_up(feeds, len(days)))
    title = f"Coverage from {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d} (days of UTC)"
    rows = [
        MatrixRow(feed.name, [Cell(day.new_articles, day.looked, is_gap=day.open_gaps > 0) for day in feed.days])
        for feed in feeds
    ]
    return draw_matrix(Figure(title, finding, width, stands_alone=stands_alone), days, rows)
