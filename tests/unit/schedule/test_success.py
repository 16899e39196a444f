from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.schedule.rhythm import learn_rhythm
from worker.schedule.success import after_success
from worker.values.due_feeds import FeedState, Streak
from worker.values.outcomes import NextPoll
from worker.values.schedules import Bounds, Hints, Rhythm

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A Tuesday.
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BOUNDS = Bounds(interval=HOUR, shortest=15 * MINUTE, longest=DAY)
FIXED = Bounds(interval=6 * HOUR, shortest=15 * MINUTE, longest=DAY, is_fixed=True)
WIRE = learn_rhythm(None, [NOW - number * MINUTE for number in reversed(range(600))], NOW)
DAILY = learn_rhythm(None, [NOW.replace(hour=6) - number * DAY for number in reversed(range(60))], NOW)
DORMANT = learn_rhythm(None, [NOW - (1000 + number) * DAY for number in reversed(range(20))], NOW)
RHYTHMS = st.sampled_from([None, WIRE, DAILY, DORMANT, Rhythm(NOW, NOW)])
SPREADS = st.floats(0, 1)
WAITS = st.none() | st.timedeltas(timedelta(0), 40 * DAY)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- given there
UNSKIPPED = st.builds(Hints, fresh_for=WAITS, ttl=WAITS, update_period=WAITS)


def decide(rhythm: Rhythm | None, hints: Hints = Hints(), bounds: Bounds = BOUNDS, spread: float = 0.0) -> NextPoll:  # noqa: B008 -- a frozen value
    return after_success(NOW, bounds, hints, rhythm, spread)


def at(decided: NextPoll) -> datetime:
    assert decided.at
    return decided.at


def test_until_its_rhythm_is_known_a_feed_is_polled_at_the_usual_interval() -> None:
    assert decide(None) == NextPoll(NOW + HOUR, "every 1h, until its rhythm is known", interval=HOUR)


def test_an_interval_that_its_operator_chose_overrules_its_rhythm() -> None:
    assert decide(WIRE, bounds=FIXED) == NextPoll(NOW + 6 * HOUR, "every 6h, as its operator chose", interval=6 * HOUR)


def test_a_feed_is_polled_by_its_rhythm_which_the_reason_names() -> None:
    decided = decide(DAILY)
    assert (decided.at, decided.reason) == (
        NOW + 18 * HOUR + 8 * MINUTE,
        "about 1 article a day, mostly 06–07 UTC",
    )


def test_success_ends_a_streak_and_leaves_the_feed_active() -> None:
    decided = decide(WIRE)
    assert (decided.streak, decided.ends_as, decided.is_asked_for) == (Streak(), None, False)
    assert decided.ends_as is not FeedState.GONE


def test_the_busiest_feed_is_polled_no_more_often_than_usual() -> None:
    assert decide(WIRE).at == NOW + HOUR


def test_a_publisher_may_invite_more_polls_than_usual() -> None:
    assert decide(WIRE, Hints(ttl=20 * MINUTE)).at == NOW + 20 * MINUTE


def test_no_invitation_goes_below_the_shortest_wait() -> None:
    assert decide(WIRE, Hints(ttl=MINUTE)).at == NOW + 15 * MINUTE


def test_an_invitation_hastens_no_feed_that_publishes_rarely() -> None:
    assert decide(DORMANT, Hints(ttl=20 * MINUTE)) == decide(DORMANT)


def test_a_publisher_may_ask_for_a_longer_wait() -> None:
    decided = decide(WIRE, Hints(fresh_for=3 * HOUR, ttl=HOUR))
    assert (decided.at, decided.reason) == (NOW + 3 * HOUR, "the publisher's max-age of 3h")


def test_a_wish_that_is_as_long_as_the_wait_changes_nothing() -> None:
    assert decide(WIRE, Hints(ttl=6 * HOUR), FIXED).reason == "every 6h, as its operator chose"


def test_a_hint_that_is_shorter_than_the_rhythm_changes_nothing() -> None:
    assert decide(DAILY, Hints(ttl=2 * HOUR)) == decide(DAILY)


def test_a_publisher_cannot_ask_for_more_than_the_longest_wait() -> None:
    assert decide(WIRE, Hints(ttl=30 * DAY)).at == NOW + DAY


def test_the_longest_wait_leaves_room_for_jitter() -> None:
    assert at(decide(DORMANT)) < at(decide(DORMANT, spread=0.5)) < at(decide(DORMANT, spread=1.0)) == NOW + DAY


def test_jitter_does_not_blur_an_hour_that_is_known() -> None:
    assert at(decide(DAILY, spread=1.0)) - at(decide(DAILY)) == 6 * MINUTE


def test_jitter_delays_the_wait_of_an_even_rhythm_by_a_tenth_and_a_tenth_of_the_interval() -> None:
    even = Rhythm(since=NOW - 1000 * DAY, latest=NOW, articles=60.0)
    soonest, latest = (at(decide(even, spread=spread)) - NOW for spread in (0.0, 1.0))
    assert 2 * HOUR < soonest < 12 * HOUR
    assert latest / (soonest * 1.1 + HOUR * 0.1) == pytest.approx(1, rel=0.001)


def test_hours_that_the_publisher_skips_are_passed_over_and_named() -> None:
    decided = decide(WIRE, Hints(skip_hours=frozenset({13, 14})))
    assert decided.at == NOW + 3 * HOUR
    assert decided.reason.endswith(", then past the publisher's skipHours")


def test_those_who_come_back_after_a_skipped_hour_come_one_by_one() -> None:
    decided = decide(WIRE, Hints(skip_hours=frozenset({13, 14})), spread=0.5)
    assert decided.at == NOW + 3 * HOUR + 5 * MINUTE


def test_a_day_that_the_publisher_skips_is_passed_over_and_named() -> None:
    decided = decide(DORMANT, Hints(skip_days=frozenset({2})))
    assert decided.at == datetime(2026, 11, 26, tzinfo=UTC)
    assert decided.reason.endswith(", then past the publisher's skipDays")


@given(MOMENTS, RHYTHMS, UNSKIPPED, SPREADS)
def test_no_poll_comes_before_the_strongest_valid_hint(
    now: datetime, rhythm: Rhythm | None, hints: Hints, spread: float
) -> None:
    strongest = max((wait for wait in (hints.fresh_for, hints.ttl, hints.update_period) if wait), default=15 * MINUTE)
    assert at(after_success(now, BOUNDS, hints, rhythm, spread)) >= now + min(strongest, DAY)


@given(MOMENTS, RHYTHMS, UNSKIPPED, SPREADS, st.sampled_from([BOUNDS, FIXED]))
def test_no_poll_comes_after_the_longest_wait_or_before_the_shortest(
    now: datetime, rhythm: Rhythm | None, hints: Hints, spread: float, bounds: Bounds
) -> None:
    assert now + 15 * MINUTE <= at(after_success(now, bounds, hints, rhythm, spread)) <= now + DAY


@given(MOMENTS, RHYTHMS, UNSKIPPED, SPREADS)
def test_without_an_invitation_no_poll_comes_before_the_usual_interval(
    now: datetime, rhythm: Rhythm | None, hints: Hints, spread: float
) -> None:
    if not any((hints.fresh_for, hints.ttl, hints.update_period)):
        assert at(after_success(now, BOUNDS, hints, rhythm, spread)) >= now + HOUR


@given(MOMENTS, RHYTHMS, st.frozensets(st.integers(0, 23)), st.frozensets(st.integers(0, 6)), SPREADS)
def test_no_poll_comes_in_a_skipped_hour_unless_all_are(
    now: datetime, rhythm: Rhythm | None, hours: frozenset[int], days: frozenset[int], spread: float
) -> None:
    chosen = at(after_success(now, BOUNDS, Hints(skip_hours=hours, skip_days=days), rhythm, spread))
    assert len(hours) == 24 or len(days) == 7 or (chosen.hour not in hours and chosen.weekday() not in days)


@pytest.mark.parametrize("rhythm", [None, WIRE, DORMANT])
def test_more_spread_never_means_an_earlier_poll(rhythm: Rhythm | None) -> None:
    moments = [at(decide(rhythm, spread=number / 10)) for number in range(11)]
    assert moments == sorted(moments)


def test_where_entries_were_missed_the_next_wait_is_half_the_last_one_at_the_most() -> None:
    decided = decide(DAILY, bounds=replace(BOUNDS, missed_within=6 * HOUR))
    assert decided.interval
    assert decided.interval <= 3 * HOUR
    assert decided.reason == "about 1 article a day, mostly 06–07 UTC; entries were missed, so no later"


def test_missed_entries_are_no_reason_to_poll_more_often_than_usual_or_than_the_publisher_or_the_operator_wants() -> (
    None
):
    missed = {"missed_within": 10 * MINUTE}
    assert decide(DAILY, bounds=replace(BOUNDS, **missed)).at == NOW + HOUR
    assert decide(DAILY, Hints(ttl=5 * HOUR), replace(BOUNDS, **missed)).at == NOW + 5 * HOUR
    assert decide(DAILY, bounds=replace(FIXED, **missed)).at == NOW + 6 * HOUR


def test_a_feed_that_its_hub_pushes_is_polled_once_a_day() -> None:
    pushed = replace(BOUNDS, pushed_until=NOW + 9 * DAY)
    decided = decide(DAILY, bounds=pushed, spread=1.0)
    assert decided == NextPoll(NOW + DAY, "pushed by its hub (WebSub)", interval=DAY)


def test_a_busy_feed_is_polled_once_its_hub_has_been_silent_for_longer_than_six_articles_take() -> None:
    pushed = replace(BOUNDS, pushed_until=NOW + 9 * DAY)
    steady = learn_rhythm(None, [NOW - number * HOUR for number in reversed(range(1000))], NOW)
    silence = at(decide(steady, bounds=pushed, spread=1.0)) - NOW
    assert 5.5 * HOUR < silence < 6.5 * HOUR
    assert decide(WIRE, bounds=pushed).interval == HOUR


def test_when_a_hubs_lease_ends_the_feed_is_polled() -> None:
    assert decide(None, bounds=replace(BOUNDS, pushed_until=NOW + 5 * HOUR), spread=1.0).interval == 5 * HOUR
    assert decide(WIRE, bounds=replace(BOUNDS, pushed_until=NOW - DAY)) == decide(WIRE)


def test_an_interval_that_the_operator_chose_stays_whatever_a_hub_does() -> None:
    assert decide(WIRE, bounds=replace(FIXED, pushed_until=NOW + 9 * DAY)) == decide(WIRE, bounds=FIXED)
