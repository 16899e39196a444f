from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log2

import pytest

from worker.quality.rules import judge_quality, silent_from
from worker.schedule.rhythm import learn_rhythm
from worker.values.due_feeds import FeedState
from worker.values.feed_quality import FeedFacts, Marks, QualityState
from worker.values.schedules import Move, Rhythm

# A Tuesday.
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = Marks(NOW, seen=100, letters=11.0, usual_letters=11.0, usual_volume=2.0)
DAILY = learn_rhythm(None, [NOW - DAY * number for number in reversed(range(120))], NOW)
OFFICE_HOURS = learn_rhythm(
    None,
    [
        moment
        for day in reversed(range(70))
        for hour in (9, 11, 14, 16)
        if (moment := NOW.replace(hour=hour) - DAY * day) <= NOW and moment.weekday() < 5
    ],
    NOW,
)


def judge(now: datetime = NOW, **facts: object) -> QualityState:
    told = {"marks": WELL, "rhythm": DAILY, "last_success_at": now} | facts
    return judge_quality(FeedFacts(**told), now).state


def reason(now: datetime = NOW, **facts: object) -> str | None:
    told = {"marks": WELL, "rhythm": DAILY, "last_success_at": now} | facts
    return judge_quality(FeedFacts(**told), now).reason


def test_a_feed_that_brings_what_it_should_is_healthy() -> None:
    assert (judge(), reason()) == (QualityState.HEALTHY, None)


@pytest.mark.parametrize("marks", [None, Marks(NOW), Marks(NOW, seen=2, undated=1.0, cut=1.0)])
def test_a_feed_of_which_little_is_known_is_new(marks: Marks | None) -> None:
    assert judge(marks=marks, rhythm=None) is QualityState.NEW
    assert judge(marks=marks, rhythm=None, last_success_at=None) is QualityState.NEW


def test_a_daily_feed_is_silent_after_a_week_and_not_before() -> None:
    assert timedelta(days=6.9) < silent_from(DAILY, WELL) - NOW < timedelta(days=8)
    assert judge(NOW + 6 * DAY) is QualityState.HEALTHY
    assert judge(NOW + 9 * DAY) is QualityState.SILENT
    assert reason(NOW + 9 * DAY) == (
        "nothing new since 2026-11-24; before that about 1 article a day, mostly 12–13 UTC"
    )


def test_nights_and_weekends_of_office_hours_are_no_silence() -> None:
    friday = learn_rhythm(OFFICE_HOURS, [NOW + DAY * day for day in (1, 2, 3)], NOW + 3 * DAY)
    monday_morning = datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert judge(monday_morning, rhythm=friday) is QualityState.HEALTHY
    assert judge(monday_morning + 3 * DAY, rhythm=friday) is QualityState.SILENT


def test_a_feed_known_for_a_few_days_may_be_quiet_over_a_long_weekend() -> None:
    hourly = learn_rhythm(None, [NOW - HOUR * number for number in reversed(range(48))], NOW)
    assert judge(NOW + 3.9 * DAY, rhythm=hourly) is QualityState.HEALTHY
    assert judge(NOW + 4.1 * DAY, rhythm=hourly) is QualityState.SILENT


def test_a_feed_that_hardly_publishes_is_silent_only_after_much_longer_than_ever_before() -> None:
    yearly = learn_rhythm(None, [NOW - 365 * DAY * number for number in reversed(range(10))], NOW)
    marks = replace(WELL, seen=10)
    assert judge(NOW + 2 * 365 * DAY, rhythm=yearly, marks=marks) is QualityState.HEALTHY
    assert judge(NOW + 10 * 365 * DAY, rhythm=yearly, marks=marks) is QualityState.SILENT
    assert reason(NOW + 10 * 365 * DAY, rhythm=yearly, marks=marks) == (
        "nothing new since 2026-11-24; before that less than one article a month"
    )


def test_bursts_are_counted_and_not_the_articles_of_each() -> None:
    assert silent_from(DAILY, replace(WELL, burst=3.0)) > silent_from(DAILY, WELL) + 10 * DAY


def test_nobody_knows_of_silence_while_no_poll_has_answered() -> None:
    assert judge(NOW + 30 * DAY, last_success_at=NOW + DAY) is QualityState.HEALTHY
    assert judge(NOW + 30 * DAY, last_success_at=None) is QualityState.HEALTHY


@pytest.mark.parametrize("rhythm", [None, Rhythm(NOW, NOW), Rhythm(NOW + 900 * DAY, NOW + 900 * DAY, 5.0)])
def test_without_a_past_there_is_no_silence(rhythm: Rhythm | None) -> None:
    assert judge(NOW + 365 * DAY, rhythm=rhythm) is QualityState.HEALTHY


@pytest.mark.parametrize("name", ["undated", "ahead", "cut", "renamed", "unfit"])
def test_half_of_the_newest_entries_degrade_a_feed_until_a_fifth_is_left(name: str) -> None:
    def judge_share(share: float, before: QualityState) -> QualityState:
        return judge(marks=replace(WELL, **{name: share}), before=before)

    assert judge_share(0.49, QualityState.HEALTHY) is QualityState.HEALTHY
    assert judge_share(0.5, QualityState.HEALTHY) is QualityState.DEGRADED
    assert judge_share(0.2, QualityState.DEGRADED) is QualityState.DEGRADED
    assert judge_share(0.19, QualityState.DEGRADED) is QualityState.HEALTHY


def test_a_degraded_feed_says_all_that_its_entries_lack() -> None:
    assert reason(marks=replace(WELL, undated=0.9, cut=0.7)) == (
        "many of its newest entries have no date that can be read, end before their end, in an ellipsis or “read more”"
    )


def test_summaries_in_place_of_full_texts_degrade_a_feed() -> None:
    assert judge(marks=replace(WELL, usual_letters=log2(3000), letters=log2(300))) is QualityState.DEGRADED


def test_a_feed_that_has_always_brought_summaries_is_none_the_worse_for_it() -> None:
    assert judge(marks=replace(WELL, usual_letters=log2(300), letters=log2(80))) is QualityState.HEALTHY


def test_shorter_articles_are_still_articles() -> None:
    assert judge(marks=replace(WELL, usual_letters=log2(8000), letters=log2(1500))) is QualityState.HEALTHY


def test_a_flood_is_spam_until_it_is_over() -> None:
    flood = replace(WELL, volume=100.0)
    assert judge(marks=flood) is QualityState.SPAMMY
    assert judge(NOW + 2 * DAY, marks=flood, before=QualityState.SPAMMY) is QualityState.SPAMMY
    assert judge(NOW + 3 * DAY, marks=flood, before=QualityState.SPAMMY) is QualityState.HEALTHY
    assert judge(NOW + 2 * DAY, marks=flood) is QualityState.HEALTHY


@pytest.mark.parametrize(("volume", "usual"), [(40.0, 1.0), (500.0, 80.0), (500.0, 0.0)])
def test_a_few_articles_more_are_no_flood_and_much_is_none_for_a_wire(volume: float, usual: float) -> None:
    assert judge(marks=replace(WELL, volume=volume, usual_volume=usual)) is QualityState.HEALTHY


def test_one_gap_counts_for_a_week() -> None:
    gap = replace(WELL, gaps=1.0)
    assert judge(marks=gap) is QualityState.GAPPED
    assert judge(NOW + 6.9 * DAY, marks=gap, before=QualityState.GAPPED, rhythm=None) is QualityState.GAPPED
    assert judge(NOW + 7.1 * DAY, marks=gap, before=QualityState.GAPPED, rhythm=None) is QualityState.HEALTHY


def test_a_feed_that_has_failed_for_a_week_is_dead() -> None:
    failing = {"failing_since": NOW - 7 * DAY, "failures": 5, "error": "a.example answered 404"}
    assert judge(**failing) is QualityState.DEAD
    assert reason(**failing) == "it has failed since 2026-11-17: a.example answered 404"
    assert judge(**failing | {"failures": 4}) is QualityState.HEALTHY
    assert judge(**failing | {"failing_since": NOW - 6 * DAY}) is QualityState.HEALTHY


@pytest.mark.parametrize("state", [FeedState.GONE, FeedState.QUARANTINED])
def test_a_feed_whose_polling_has_ended_is_dead(state: FeedState) -> None:
    assert judge(state=state, state_reason="it answers 410") is QualityState.DEAD
    assert reason(state=state, state_reason="it answers 410") == "it answers 410"
    assert judge(state=state) is QualityState.DEAD


def test_a_feed_is_moved_while_it_is_redirected_for_good_and_for_two_weeks_after_its_move() -> None:
    move = Move("https://a.example/new", 2, NOW - DAY)
    assert judge(move=move) is QualityState.MOVED
    assert reason(move=move) == "it is redirected for good, since 2026-11-23, to https://a.example/new"
    assert judge(move=replace(move, polls=1)) is QualityState.HEALTHY
    assert judge(moved_at=NOW - 13 * DAY) is QualityState.MOVED
    assert judge(moved_at=NOW - 14 * DAY) is QualityState.HEALTHY


def test_the_worst_state_is_told() -> None:
    everything = {
        "marks": replace(WELL, gaps=1.0, volume=1000.0, undated=1.0),
        "moved_at": NOW,
        "failing_since": NOW - 9 * DAY,
        "failures": 9,
        "rhythm": replace(DAILY, latest=NOW - 60 * DAY),
    }
    states = []
    for name, cured in (
        ("failures", 0), ("rhythm", None), ("marks", replace(WELL, gaps=1.0, undated=1.0)),
        ("marks", replace(WELL, undated=1.0)), ("marks", WELL), ("moved_at", None),
    ):  # fmt: skip
        states.append(judge(**everything))
        everything[name] = cured
    states.append(judge(**everything))
    assert states == ["dead", "silent", "spammy", "gapped", "degraded", "moved", "healthy"]
