from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import CUT_OFF, ErrorClass
from worker.schedule.failure import extend_streak
from worker.values.due_feeds import Streak

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CLASSES = st.lists(st.tuples(st.sampled_from(ErrorClass), st.booleans()), min_size=1, max_size=20)


def after(*failures: tuple[ErrorClass, bool]) -> Streak:
    streak = Streak()
    for number, (failed, was_outage) in enumerate(failures):
        streak = extend_streak(streak, failed, NOW + number * MINUTE, was_outage=was_outage)
    return streak


def test_a_failure_of_the_hosts_counts_at_once() -> None:
    assert after((ErrorClass.HTTP_5XX, False)) == Streak(1, 1, NOW, ErrorClass.HTTP_5XX, NOW)


@pytest.mark.parametrize("failed", sorted(CUT_OFF))
def test_a_failure_on_the_way_waits_for_judgement(failed: ErrorClass) -> None:
    assert after((failed, False)) == Streak(1, 0, NOW, failed, NOW)


def test_the_next_failure_counts_it_unless_that_was_an_outage_of_ours() -> None:
    first, second = (ErrorClass.DNS, False), ErrorClass.TIMEOUT
    assert (after(first, (second, False)).failures, after(first, (second, True)).failures) == (1, 0)


def test_a_failure_of_the_hosts_counts_itself_and_the_one_that_waited() -> None:
    assert after((ErrorClass.CONNECT, False), (ErrorClass.HTTP_4XX, False)).failures == 2


def test_a_failure_of_the_hosts_is_counted_once() -> None:
    assert after((ErrorClass.HTTP_4XX, False), (ErrorClass.DNS, False)).failures == 1


def test_a_streak_keeps_when_it_began_and_what_was_last() -> None:
    streak = after((ErrorClass.DNS, False), (ErrorClass.TLS, False), (ErrorClass.PARSE, False))
    assert (streak.since, streak.last_at, streak.last_class) == (NOW, NOW + 2 * MINUTE, ErrorClass.PARSE)


@given(CLASSES)
def test_no_more_failures_count_than_there_were(failures: list[tuple[ErrorClass, bool]]) -> None:
    streak = after(*failures)
    assert 0 <= streak.failures <= streak.attempts == len(failures)
