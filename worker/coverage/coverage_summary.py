"""What the days of several feeds come to: in a sentence or two, and as a picture of feeds by days."""

from collections.abc import Sequence

from worker.basics.units import counted
from worker.coverage.feed_days import FeedCoverage
from worker.plots.coverage_matrix import Cell, MatrixRow, draw_matrix
from worker.plots.drawing import WIDE, Figure


def sum_up(feeds: Sequence[FeedCoverage], days: int) -> list[str]:
    """Return what the coverage of feeds comes to, in a sentence or two with their figures."""
    articles, polls, failed, gaps, lost = (
        sum(counts)
        for counts in zip(
            *((f.articles, f.polls or 0, f.failed_polls or 0, f.open_gaps, f.lost_days) for f in feeds), strict=True
        )
    )
    came = f"{counted(articles, 'new article')} of {counted(len(feeds), 'feed')} in {counted(days, 'day')}"
    found = [f"{counted(gaps, 'gap')} that nothing has filled"] if gaps else []
    if lost:
        found.append(f"on {counted(lost, 'day')} of a feed no poll succeeded")
    told = "; ".join(found) or "no gap is known"
    return [f"{came}; {counted(polls, 'poll')}, {failed:,} failed.", f"{told[0].upper()}{told[1:]}."]


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
