from datetime import UTC, datetime, timedelta

import pytest

from worker.pipeline.visits import Visit
from worker.values.due_feeds import ClaimedHost, DueFeed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def _visit(feeds: int = 3, parallel: int = 1, failures: int = 0) -> Visit:
    return Visit(
        ClaimedHost(
            host_id=1,
            name="h.example:443",
            token="token",
            next_request_at=None,
            failures=failures,
            gap=SECOND,
            parallel=parallel,
            is_isolated=False,
            feeds=tuple(DueFeed(number, 1, f"https://h.example/{number}") for number in range(feeds)),
        ),
        NOW,
    )


def test_the_next_request_waits_for_the_answer_and_then_for_the_gap() -> None:
    visit = _visit()
    assert visit.begin(NOW)
    assert visit.begin(NOW + 2 * SECOND) is None
    visit.note_answer(NOW + 2 * SECOND)
    assert visit.begin(NOW + 2.5 * SECOND) is None
    assert visit.begin(NOW + 3 * SECOND)


@pytest.mark.parametrize("parallel", [1, 2])
def test_the_lease_ends_with_the_last_feed_and_not_before(parallel: int) -> None:
    visit = _visit(feeds=2, parallel=parallel)
    visit.begin(NOW)
    if parallel == 1:
        visit.note_answer(NOW)
        assert visit.finish(None, NOW, is_success=True) is None
        assert (visit.is_waiting, visit.is_over) == (True, False)
        visit.begin(NOW + SECOND)
    else:
        visit.begin(NOW + SECOND)
        visit.note_answer(NOW + SECOND)
        assert visit.finish(None, NOW + SECOND, is_success=True) is None
        assert (visit.is_waiting, visit.is_over) == (False, False)
    visit.note_answer(NOW + SECOND)
    assert visit.finish(None, NOW + SECOND, is_success=True)
    assert visit.is_over


def test_a_feed_that_is_being_stored_is_no_longer_on_the_wire() -> None:
    visit = _visit(feeds=2)
    visit.begin(NOW)
    visit.note_answer(NOW)
    assert visit.begin(NOW + SECOND)


@pytest.mark.parametrize(("late", "begins"), [(20 * SECOND, True), (20 * SECOND + timedelta(microseconds=1), False)])
def test_a_feed_may_begin_within_twenty_seconds_of_the_claim(late: timedelta, begins: bool) -> None:
    assert bool(_visit().begin(NOW + late)) is begins


def test_requests_beside_each_other_begin_a_gap_apart_and_never_more_than_allowed() -> None:
    visit = _visit(parallel=2)
    assert visit.begin(NOW)
    assert visit.begin(NOW) is None
    assert visit.begin(NOW + SECOND)
    assert visit.begin(NOW + 5 * SECOND) is None


def test_answers_make_room_for_as_many_requests_as_before() -> None:
    visit = _visit(feeds=4, parallel=1)
    for seconds in (0, 2, 4):
        assert visit.begin(NOW + seconds * SECOND)
        assert visit.begin(NOW + (seconds + 1) * SECOND) is None
        visit.note_answer(NOW + seconds * SECOND)


def test_a_refusal_counts_for_all_feeds_and_ends_the_visit() -> None:
    visit = _visit()
    visit.begin(NOW)
    visit.note_answer(NOW)
    release = visit.finish(HOUR, NOW, is_success=False)
    assert release
    assert (release.next_request_at, release.failures) == (NOW + HOUR, 1)


def test_refusals_in_a_row_are_counted_on_from_what_is_stored() -> None:
    visit = _visit(feeds=1, failures=4)
    visit.begin(NOW)
    visit.note_answer(NOW)
    release = visit.finish(HOUR, NOW, is_success=False)
    assert release
    assert release.failures == 5


def test_a_success_ends_the_refusals() -> None:
    visit = _visit(feeds=1, failures=4)
    visit.begin(NOW)
    visit.note_answer(NOW)
    release = visit.finish(None, NOW, is_success=True)
    assert release
    assert release.failures == 0


def test_a_failure_of_another_kind_leaves_the_refusals_as_they_are() -> None:
    visit = _visit(feeds=1, failures=4)
    visit.begin(NOW)
    visit.note_answer(NOW)
    release = visit.finish(None, NOW, is_success=False)
    assert release
    assert release.failures == 4


def test_an_answer_that_comes_after_a_refusal_does_not_undo_it() -> None:
    visit = _visit(feeds=2, parallel=2)
    visit.begin(NOW)
    visit.begin(NOW + SECOND)
    visit.note_answer(NOW + SECOND)
    visit.finish(HOUR, NOW + SECOND, is_success=False)
    visit.note_answer(NOW + 2 * SECOND)
    release = visit.finish(None, NOW + 2 * SECOND, is_success=True)
    assert release
    assert (release.next_request_at, release.failures) == (NOW + SECOND + HOUR, 1)


def test_two_requests_refused_beside_each_other_are_one_refusal() -> None:
    visit = _visit(feeds=2, parallel=2)
    visit.begin(NOW)
    visit.begin(NOW + SECOND)
    for _ in range(2):
        visit.note_answer(NOW + SECOND)
        release = visit.finish(HOUR, NOW + SECOND, is_success=False)
    assert release
    assert release.failures == 1


def test_no_feed_begins_so_late_that_the_lease_might_end_before_it() -> None:
    visit = _visit(feeds=2)
    visit.begin(NOW)
    visit.note_answer(NOW + 21 * SECOND)
    assert visit.begin(NOW + 23 * SECOND) is None
    assert visit.finish(None, NOW + 23 * SECOND, is_success=True)


def test_feeds_that_have_not_begun_are_given_back() -> None:
    visit = _visit()
    visit.begin(NOW)
    visit.begin_no_more()
    visit.note_answer(NOW)
    assert visit.finish(None, NOW, is_success=True)
