from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.schedule.refusals import HOLDS_FROM, follow_answer, is_held
from worker.values.due_feeds import NO_REFUSALS, Refusals

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KINDS = {403: ErrorClass.HTTP_4XX, 429: ErrorClass.HTTP_429, 503: ErrorClass.HTTP_5XX}
MISSING = PermanentError(ErrorClass.HTTP_4XX, "404", 404)
# Feed, status (200 is a good answer, 404 neither good nor a refusal), and how many seconds the publisher asked for.
ANSWERS = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from([200, 403, 404, 429, 503]), st.none() | st.integers(1, 700_000)),
    max_size=40,
)


def refused(status: int = 429, retry_after: timedelta | None = None) -> PollError:
    return TransientError(KINDS[status], f"answered {status}", status, retry_after)


def after(*answers: tuple[int, PollError | None]) -> Refusals:
    """Return the refusals of a host whose feeds are answered like this, all at one moment."""
    refusals = NO_REFUSALS
    for feed_id, error in answers:
        refusals = follow_answer(refusals, feed_id, error, NOW)
    return refusals


@pytest.mark.parametrize("status", KINDS)
def test_two_feeds_refused_in_a_row_hold_no_host_and_a_third_does(status: int) -> None:
    answers = [(feed_id, refused(status)) for feed_id in (1, 2, 3)]
    assert [is_held(after(*answers[:number]), NOW) for number in (1, 2, 3)] == [False, False, True]


def test_a_feed_that_alone_is_refused_again_and_again_counts_once() -> None:
    assert after(*[(1, refused())] * 9).count == 1
    assert after(*[(1, refused()), (2, refused())] * 9).count == 2


def test_a_good_answer_ends_the_row() -> None:
    assert after((1, refused()), (2, refused()), (3, None)) == NO_REFUSALS


def test_a_failure_of_another_kind_neither_counts_nor_ends_the_row() -> None:
    assert after((1, refused()), (2, MISSING), (3, refused())).count == 2


def test_a_wall_against_robots_is_a_refusal_whatever_its_status() -> None:
    wall = PermanentError(ErrorClass.BLOCKED, "a wall", 202)
    assert is_held(after((1, wall), (2, wall), (3, wall)), NOW)


@pytest.mark.parametrize(("status", "wait"), [(503, 20 * MINUTE), (403, HOUR), (429, HOUR)])
def test_where_nobody_named_a_wait_the_host_is_held_for_the_ladders(status: int, wait: timedelta) -> None:
    assert after(*[(feed_id, refused(status)) for feed_id in (1, 2, 3)]).held_until == NOW + wait


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ((2 * HOUR, 7 * DAY, 3 * HOUR), 2 * HOUR),
        ((7 * DAY, None, 2 * HOUR), 2 * HOUR),
        # At least the ladder's wait, at most a day.
        ((7 * DAY, 10 * MINUTE, 3 * HOUR), HOUR),
        ((7 * DAY, 3 * DAY, 2 * DAY), DAY),
    ],
)
def test_a_host_is_held_for_the_shortest_wait_that_was_asked_for(
    asked: tuple[timedelta | None, ...], wait: timedelta
) -> None:
    refusals = after(*[(feed_id, refused(429, each)) for feed_id, each in enumerate(asked)])
    assert refusals.held_until == NOW + wait


def test_after_the_hold_one_answer_decides_whichever_feed_it_is_of() -> None:
    held = after((1, refused()), (2, refused()), (3, refused()))
    later = NOW + HOUR
    assert follow_answer(held, 1, refused(), later).held_until == later + 2 * HOUR
    assert follow_answer(held, 1, None, later) == NO_REFUSALS
    assert follow_answer(held, 1, MISSING, later) is held


def test_a_refusal_while_the_host_is_held_changes_nothing() -> None:
    held = after((1, refused()), (2, refused()), (3, refused()))
    assert follow_answer(held, 4, refused(), NOW + MINUTE) is held


def test_what_is_no_feed_counts_each_time() -> None:
    refusals = NO_REFUSALS
    for _ in range(HOLDS_FROM):
        refusals = follow_answer(refusals, None, refused(), NOW)
    assert is_held(refusals, NOW)


@given(ANSWERS)
def test_a_host_is_held_only_after_three_different_feeds_since_the_last_good_answer_and_for_a_day_at_most(
    answers: list[tuple[int, int, int | None]],
) -> None:
    refusals, refused_feeds = NO_REFUSALS, set[int]()
    for feed_id, status, seconds in answers:
        wait = timedelta(seconds=seconds) if seconds else None
        error = None if status == 200 else MISSING if status == 404 else refused(status, wait)
        refusals = follow_answer(refusals, feed_id, error, NOW)
        refused_feeds = set() if error is None else refused_feeds | ({feed_id} if status in KINDS else set())
        assert is_held(refusals, NOW) == (len(refused_feeds) >= 3)
        assert refusals.held_until is None or NOW + 20 * MINUTE <= refusals.held_until <= NOW + DAY
