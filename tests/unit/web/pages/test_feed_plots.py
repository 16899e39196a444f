from datetime import UTC, datetime, timedelta
from typing import Any

from worker.values.schedules import Rhythm
from worker.web.pages.feed_plots import count_week, draw_days, draw_hours, draw_polls, draw_rhythm, learnt_week

# A Tuesday.
NOW = datetime(2026, 12, 1, 3, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MORNINGS = Rhythm(
    since=NOW - 90 * DAY,
    latest=NOW,
    articles=40.0,
    hours=(0.0,) * 8 + (30.0, 10.0) + (0.0,) * 14,
    weekdays=(20.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0),
)


def _poll(at: datetime, outcome: str = "unchanged", **facts: Any) -> dict[str, Any]:
    blank = {"error": None, "entries": None, "note": None, "next_poll_reason": "the interval", "http_status": 304}
    return (
        {"started_at": at, "outcome": outcome, "duration": timedelta(seconds=0.2), "new": 0, "updated": 0}
        | blank
        | facts
    )


def test_the_strip_counts_how_polls_ended() -> None:
    polls = [_poll(NOW, "new", new=2, entries=30), _poll(NOW - HOUR, "transient", error="timed out"), _poll(NOW - DAY)]
    drawn = draw_polls(polls)
    assert drawn
    assert drawn.finding == "The last 3 polls: 1 brought something new, 1 did not, 1 failed."


def test_every_poll_of_the_strip_says_how_it_ended_and_why_the_next_one_was_to_be_then() -> None:
    drawn = draw_polls([_poll(NOW, "new", new=2, entries=30, http_status=200)])
    assert drawn
    told = "Tue 1 Dec 2026 03:30 UTC: new. new: 2 new, 0 updated of 30 entries (200, 200ms); the interval"
    assert f"<title>{told}</title>" in drawn.svg


def test_markup_in_what_a_host_said_stays_text_in_the_strip() -> None:
    drawn = draw_polls([_poll(NOW, "permanent", error='</title><script>alert("1")</script>')])
    assert drawn
    assert "<script" not in drawn.svg


def test_a_feed_without_polls_has_no_strip() -> None:
    assert draw_polls([]) is None


def test_articles_are_counted_by_the_day_they_were_published() -> None:
    yesterday = NOW - DAY
    drawn = draw_days([NOW, yesterday, yesterday.replace(hour=0, minute=0), NOW - 40 * DAY], None, NOW)
    assert drawn.finding == "3 articles in 30 days; most on Monday, 30 November: 2."


def test_of_days_before_the_first_that_is_known_nothing_is_said() -> None:
    drawn = draw_days([NOW, NOW - 5 * DAY], NOW - DAY, NOW)
    assert drawn.finding == "1 article since Monday, 30 November; most on Tuesday, 1 December: 1."
    assert "no record" in drawn.svg


def test_the_week_is_counted_by_weekday_and_hour() -> None:
    week = count_week([NOW, NOW + timedelta(minutes=20), NOW + DAY])
    assert (week[1][3], week[2][3], sum(map(sum, week))) == (2, 1, 3)


def test_dates_without_an_hour_tell_no_hour() -> None:
    assert draw_rhythm([NOW.replace(hour=0, minute=0)], None) is None


def test_what_was_learnt_is_drawn_where_it_is_of_more_articles() -> None:
    drawn = draw_rhythm([NOW], MORNINGS)
    assert drawn
    assert drawn.finding == "Most come on Mon from 08:00 to 09:00 UTC, as learnt from all that has come."
    assert learnt_week(MORNINGS)[0][8:10] == [15.0, 5.0]


def test_articles_are_drawn_where_they_are_more_than_what_was_learnt() -> None:
    drawn = draw_rhythm([NOW] * 41, MORNINGS)
    assert drawn
    assert drawn.finding == "Most come on Tue from 03:00 to 04:00 UTC, of 41 articles."


def test_the_mark_of_a_day_has_a_column_for_each_hour_with_articles() -> None:
    assert draw_hours(MORNINGS).count("M") == 2
    assert 'd="M24 16v-16.0h2V16zM27 16v-5.3h2V16z"' in draw_hours(MORNINGS)


def test_a_feed_whose_hours_are_not_known_has_no_mark() -> None:
    assert draw_hours(None) == draw_hours(Rhythm(since=NOW, latest=NOW)) == ""
