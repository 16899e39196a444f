from datetime import UTC, date, datetime, timedelta

import pytest

from worker.coverage.feed_days import Days, FeedCoverage, FeedDay, by_worst, draw_cells, fill_days
from worker.plots.coverage_matrix import Looked

DAY = date(2026, 11, 24)


def _feed(feed_id: int, *days: FeedDay) -> FeedCoverage:
    return FeedCoverage(feed_id, f"Feed {feed_id}", f"https://h.example/{feed_id}", days)


def _day(polls: int | None, failed: int | None = 0, articles: int = 0, gaps: int = 0, filled: int = 0) -> FeedDay:
    return FeedDay(DAY, polls, failed, gaps, filled, articles)


def test_days_are_whole_and_both_ends_are_among_them() -> None:
    days = Days(date(2026, 11, 11), DAY)
    assert len(days) == 14
    assert (days.begins, days.ends) == (datetime(2026, 11, 11, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "looked"),
    [
        (_day(None, None), Looked.UNKNOWN),
        (_day(0), Looked.NEVER),
        (_day(4, 4), Looked.FAILED),
        (_day(4, 1), Looked.PARTLY),
        (_day(4), Looked.WELL),
    ],
)
def test_whether_anybody_looked_follows_from_polls_and_failures(day: FeedDay, looked: Looked) -> None:
    assert day.looked is looked


def test_a_day_of_which_nothing_was_found_is_unknown() -> None:
    found = fill_days({DAY: _day(3)}, Days(DAY - timedelta(days=1), DAY))
    assert [day.looked for day in found] == [Looked.UNKNOWN, Looked.WELL]


def test_each_kind_of_day_has_a_sign_of_its_own() -> None:
    days = [_day(4, 0, 1), _day(4, 0, 8), _day(4, 1), _day(4, 4), _day(0), _day(None, None), _day(4, 0, 8, gaps=1)]
    assert draw_cells(days, 20) == "▁█·×– !"


def test_a_gap_that_was_filled_is_none() -> None:
    assert draw_cells([_day(4, 0, 8, gaps=1, filled=1)], 20) == "█"


def test_several_days_share_a_sign_where_there_is_no_room_for_each() -> None:
    days = [_day(4, 4), _day(4), _day(0), _day(4, 4), _day(4, 0, 2), _day(4, 0, 2)]
    assert draw_cells(days, 3) == "·×█"


def test_feeds_with_gaps_come_first_then_those_nobody_looked_at() -> None:
    feeds = [_feed(1, _day(4), _day(4)), _feed(2, _day(0), _day(4)), _feed(3, _day(4), _day(4, gaps=1))]
    assert [feed.feed_id for feed in by_worst(feeds)] == [3, 2, 1]


def test_of_a_feed_without_any_record_it_is_not_known_how_often_it_was_polled() -> None:
    assert _feed(1, _day(None, None)).polls is None


def test_a_last_day_on_which_nobody_has_looked_is_not_over() -> None:
    assert _feed(1, _day(0), _day(4, 4), _day(0)).lost_days == 2
