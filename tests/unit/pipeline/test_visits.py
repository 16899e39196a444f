from datetime import UTC, datetime, timedelta

import pytest

from worker.database.locks import HostRelease
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.pipeline.visits import Visit
from worker.values.due_feeds import NO_REFUSALS, ClaimedHost, DueFeed, Refusals

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


REFUSED = TransientError(ErrorClass.HTTP_429, "h.example answered 429", 429)
MISSING = PermanentError(ErrorClass.HTTP_4XX, "h.example answered 404", 404)


def _visit(feeds: int = 3, parallel: int = 1, refusals: Refusals = NO_REFUSALS) -> Visit:
    return Visit(
        ClaimedHost(
            host_id=1,
            name="h.example:443",
            token="token",
            next_request_at=None,
            refusals=refusals,
            gap=SECOND,
            parallel=parallel,
            is_isolated=False,
            feeds=tuple(DueFeed(number, 1, f"https://h.example/{number}") for number in range(feeds)),
        ),
        NOW,
    )


def _ask(visit: Visit, at: datetime, error: PollError | None) -> HostRelease | None:
    """Ask for the next feed, which is answered at once."""
    feed = visit.begin(at)
    assert feed
    visit.pace.note_answer(at)
    return visit.finish(feed.feed_id, error, at)


def test_the_next_request_waits_for_the_answer_and_then_for_the_gap() -> None:
    visit = _visit()
    assert visit.begin(NOW)
    assert visit.begin(NOW + 2 * SECOND) is None
    visit.pace.note_answer(NOW + 2 * SECOND)
    assert visit.begin(NOW + 2.5 * SECOND) is None
    assert visit.begin(NOW + 3 * SECOND)


@pytest.mark.parametrize("parallel", [1, 2])
def test_the_lease_ends_with_the_last_feed_and_not_before(parallel: int) -> None:
    visit = _visit(feeds=2, parallel=parallel)
    visit.begin(NOW)
    if parallel == 1:
        visit.pace.note_answer(NOW)
        assert visit.finish(0, None, NOW) is None
        assert (visit.is_waiting, visit.is_over) == (True, False)
        visit.begin(NOW + SECOND)
    else:
        visit.begin(NOW + SECOND)
        visit.pace.note_answer(NOW + SECOND)
        assert visit.finish(0, None, NOW + SECOND) is None
        assert (visit.is_waiting, visit.is_over) == (False, False)
    visit.pace.note_answer(NOW + SECOND)
    assert visit.finish(0, None, NOW + SECOND)
    assert visit.is_over


def test_a_feed_that_is_being_stored_is_no_longer_on_the_wire() -> None:
    visit = _visit(feeds=2)
    visit.begin(NOW)
    visit.pace.note_answer(NOW)
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
        visit.pace.note_answer(NOW + seconds * SECOND)


def test_after_a_refusal_the_other_feeds_are_asked_at_the_hosts_gap_one_at_a_time() -> None:
    visit = _visit(parallel=4)
    _ask(visit, NOW, REFUSED)
    assert visit.begin(NOW + 0.5 * SECOND) is None
    assert visit.begin(NOW + SECOND)
    assert visit.begin(NOW + 2 * SECOND) is None


def test_a_good_answer_ends_the_refusals_and_more_are_asked_at_once_again() -> None:
    visit = _visit(feeds=4, parallel=4, refusals=Refusals(1, (7,)))
    _ask(visit, NOW, REFUSED)
    _ask(visit, NOW + SECOND, None)
    assert visit.begin(NOW + 2 * SECOND)
    assert visit.begin(NOW + 3 * SECOND)
    assert visit.release(NOW).refusals == NO_REFUSALS


def test_three_feeds_refused_one_after_the_other_end_the_visit_and_hold_the_host() -> None:
    visit = _visit(feeds=9)
    releases = [_ask(visit, NOW + number * SECOND, REFUSED) for number in range(3)]
    assert releases[:2] == [None, None]
    assert releases[2]
    # A 429 is asked for again after 15 minutes, doubled with each further one.
    assert releases[2].next_request_at == NOW + 2 * SECOND + HOUR
    assert releases[2].refusals == Refusals(3, (0, 1), None, NOW + 2 * SECOND + HOUR)


def test_refusals_are_counted_on_from_what_is_stored() -> None:
    release = _ask(_visit(feeds=1, refusals=Refusals(2, (7, 8))), NOW, REFUSED)
    assert release
    assert release.next_request_at == NOW + HOUR


def test_refusals_that_nothing_changed_are_not_written_again() -> None:
    release = _ask(_visit(feeds=1, refusals=Refusals(2, (7, 8))), NOW, MISSING)
    assert release
    assert release.refusals is None


def test_a_host_that_is_held_and_asked_all_the_same_stays_held_unless_it_answers_well() -> None:
    held = Refusals(3, (7, 8), None, NOW + HOUR)
    ends = [_ask(_visit(feeds=1, refusals=held), NOW, error) for error in (MISSING, REFUSED, None)]
    assert [end.next_request_at if end else None for end in ends] == [NOW + HOUR, NOW + HOUR, NOW + SECOND]


def test_a_good_answer_that_comes_after_the_third_refusal_releases_the_host() -> None:
    visit = _visit(feeds=4, parallel=4)
    feeds = [visit.begin(NOW + number * SECOND) for number in range(4)]
    for feed, error in zip(feeds, (REFUSED, REFUSED, REFUSED, None), strict=True):
        assert feed
        visit.pace.note_answer(NOW + 4 * SECOND)
        release = visit.finish(feed.feed_id, error, NOW + 4 * SECOND)
    assert release
    assert (release.next_request_at, release.refusals) == (NOW + 5 * SECOND, None)


def test_no_feed_begins_so_late_that_the_lease_might_end_before_it() -> None:
    visit = _visit(feeds=2)
    visit.begin(NOW)
    visit.pace.note_answer(NOW + 21 * SECOND)
    assert visit.begin(NOW + 23 * SECOND) is None
    assert visit.finish(0, None, NOW + 23 * SECOND)


def test_feeds_that_have_not_begun_are_given_back() -> None:
    visit = _visit()
    visit.begin(NOW)
    visit.begin_no_more()
    visit.pace.note_answer(NOW)
    assert visit.finish(0, None, NOW)


def test_a_hosts_own_feeds_and_those_that_redirects_lead_to_it_take_turns() -> None:
    visit = _visit(feeds=2)
    asked = []
    for second in range(6):
        now = NOW + second * SECOND
        if visit.send_hop(now, is_guest=True):
            asked.append("guest")
        elif visit.begin(now):
            asked.append("own")
        visit.pace.note_answer(now)
    assert asked == ["own", "guest", "own", "guest", "guest", "guest"]


def test_a_feed_that_is_led_back_to_its_own_host_waits_for_no_turn() -> None:
    visit = _visit(feeds=2)
    assert visit.send_hop(NOW, is_guest=False)
    visit.pace.note_answer(NOW)
    assert not visit.send_hop(NOW + SECOND, is_guest=True)
