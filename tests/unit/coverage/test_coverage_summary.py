import xml.etree.ElementTree as ET
from datetime import date, timedelta

from worker.coverage.coverage_summary import draw_coverage
from worker.coverage.feed_days import FeedCoverage, FeedDay

DAYS = [FeedDay(date(2026, 1, 1) + timedelta(days=place), 4, 0, 0, 0, 3) for place in range(365)]


def test_a_picture_says_its_days_and_its_figures() -> None:
    drawn = draw_coverage([FeedCoverage(1, "A feed", "https://h.example/", DAYS[:2])])
    title, finding, *_ = ET.fromstring(drawn)
    assert title.text == "Coverage from 2026-01-01 to 2026-01-02 (days of UTC)"
    assert finding.text == "6 new articles of 1 feed in 2 days; 8 polls, 0 failed. No gap is known."


def test_a_years_days_are_side_by_side() -> None:
    root = ET.fromstring(draw_coverage([FeedCoverage(1, "A feed", "https://h.example/", DAYS)]))
    squares = [each for each in root.iter("{http://www.w3.org/2000/svg}rect") if each.get("fill-opacity") is None]
    assert all(0 < float(each.get("width") or 0) <= 448 / 365 for each in squares[:365])
