from datetime import UTC, datetime, timedelta

from worker.errors import ErrorClass, TransientError
from worker.pipeline.pace import Pace
from worker.values.due_feeds import NO_REFUSALS, Refusals

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
REFUSED = TransientError(ErrorClass.HTTP_429, "h.example answered 429 (Too Many Requests)", 429)


def test_a_request_may_be_sent_a_gap_after_the_answer_to_the_one_before() -> None:
    pace = Pace(SECOND, 1)
    pace.note_request(NOW)
    assert not pace.may_ask(NOW + 5 * SECOND)
    pace.note_answer(NOW + 5 * SECOND)
    assert not pace.may_ask(NOW + 5.9 * SECOND)
    assert pace.may_ask(NOW + 6 * SECOND)


def test_as_many_requests_as_are_allowed_begin_a_gap_apart() -> None:
    pace = Pace(SECOND, 2)
    pace.note_request(NOW)
    assert not pace.may_ask(NOW)
    assert pace.may_ask(NOW + SECOND)
    pace.note_request(NOW + SECOND)
    assert not pace.may_ask(NOW + 9 * SECOND)


def test_a_request_that_is_not_sent_after_all_makes_room_for_another() -> None:
    pace = Pace(timedelta(0), 1)
    pace.note_request(NOW)
    pace.withdraw()
    assert pace.may_ask(NOW)


def test_nothing_is_sent_before_the_moment_that_the_claim_found() -> None:
    pace = Pace(SECOND, 1, NOW + 3 * SECOND)
    assert [pace.may_ask(NOW + seconds * SECOND) for seconds in (0, 2.9, 3)] == [False, False, True]
    assert [pace.is_too_late(NOW + seconds * SECOND) for seconds in (2.9, 3)] == [True, False]


def test_a_host_that_refuses_three_feeds_is_asked_for_none_of_those_that_wait() -> None:
    pace = Pace(SECOND, 1)
    assert [pace.note_outcome(feed_id, REFUSED, NOW) for feed_id in (1, 2, 3)] == [False, False, True]
    assert pace.is_too_late(NOW + timedelta(minutes=59))
    assert not pace.may_ask(NOW + timedelta(minutes=59))


def test_a_good_answer_after_that_lets_it_be_asked_again() -> None:
    pace = Pace(SECOND, 1)
    for feed_id in (1, 2, 3):
        pace.note_outcome(feed_id, REFUSED, NOW)
    pace.note_outcome(4, None, NOW)
    assert pace.may_ask(NOW)


def test_what_was_refused_before_two_names_were_known_as_one_server_counts_for_both() -> None:
    pace, other = Pace(SECOND, 4), Pace(SECOND, 4, refusals=Refusals(2, (7, 8)))
    pace.take_in(other.refusals)
    assert pace.refusals.count == 2
    pace.take_in(NO_REFUSALS)
    assert pace.refusals.count == 2
