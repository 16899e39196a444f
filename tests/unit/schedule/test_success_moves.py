from datetime import UTC, datetime, timedelta

import pytest

from worker.schedule.success import follow_move, is_believed
from worker.values.schedules import Move

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW, OTHER = "https://new.example/feed", "https://other.example/feed"


def test_the_first_redirect_begins_a_move() -> None:
    assert follow_move(None, NEW, NOW) == Move(NEW, 1, NOW)


def test_each_further_poll_that_leads_there_counts() -> None:
    assert follow_move(Move(NEW, 1, NOW - DAY), NEW, NOW) == Move(NEW, 2, NOW - DAY)


def test_another_target_begins_anew() -> None:
    assert follow_move(Move(NEW, 5, NOW - 9 * DAY), OTHER, NOW) == Move(OTHER, 1, NOW)


def test_a_poll_that_is_not_redirected_ends_a_move() -> None:
    assert follow_move(Move(NEW, 5, NOW - 9 * DAY), None, NOW) is None


@pytest.mark.parametrize(("polls", "days", "believed"), [(3, 7, True), (2, 30, False), (300, 6.9, False), (4, 8, True)])
def test_three_polls_over_seven_days_are_believed(polls: int, days: float, believed: bool) -> None:
    assert is_believed(Move(NEW, polls, NOW - days * DAY), NOW) is believed


def test_without_a_redirect_there_is_nothing_to_believe() -> None:
    assert not is_believed(None, NOW)
