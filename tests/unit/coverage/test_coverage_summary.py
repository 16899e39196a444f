import xml.etree.ElementTree as ET
from datetime import date, timedelta

from worker.coverage.coverage_summary import draw_coverage, sum_up
from worker.coverage.feed_days import FeedCoverage, FeedDay

DAYS = [FeedDay(date(2026, 1, 1) + timedelta(days=place), 4, 0, 0, 0, 3) for place in range(365)]


def _feed(*days: FeedDay) -> FeedCoverage:
    return FeedCoverage(1, "A feed", "https://h.example/", days)


def test_a_picture_says_its_days_and_its_figures() -> None:
    drawn = draw_coverage([_feed(*DAYS[:2])])
    title, finding, *_ = ET.fromstring(drawn)
    assert title.text == "Coverage from 2026-01-01 to 2026-01-02 (days of UTC)"
    assert finding.text == "6 new articles of 1 feed in 2 days; 8 polls, 0 failed. No gap is known."


def test_a_years_days_are_side_by_side() -> None:
    root = ET.fromstring(draw_coverage([_feed(*DAYS)]))
    squares = [each for each in root.iter("{http://www.w3.org/2000/svg}rect") if each.get("fill-opacity") is None]
    assert all(0 < float(each.get("width") or 0) <= 448 / 365 for each in squares[:365])


def test_the_sum_has_its_figures() -> None:
    day = date(2026, 11, 24)
    one = [FeedDay(day, 0), FeedDay(day, polls=4, failed_polls=1, gaps=2, filled_gaps=1, new_articles=3)]
    feeds = [_feed(*one), _feed(FeedDay(day, new_articles=1))]
    assert sum_up(feeds, 2) == [
        "4 new articles of 2 feeds in 2 days; 4 polls, 1 failed.",
        "1 gap that nothing has filled; on 1 day of a feed no poll succeeded.",
    ]


def test_where_no_gap_is_known_the_sum_says_so() -> None:
    assert sum_up([_feed(*DAYS[:1])], 1)[1] == "No gap is known."
