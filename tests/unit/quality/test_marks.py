from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.quality.marks import a_day, follow_marks, is_cut, mark_entry
from worker.values.articles import Article
from worker.values.entries import Entry
from worker.values.feed_quality import DocumentMarks, EntryMarks, Marks
from worker.values.schedules import Rhythm

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD = EntryMarks(NOW - HOUR, is_ahead=False, is_cut=False, letters=2047)
UNDATED = EntryMarks(None, is_ahead=False, is_cut=False, letters=2047)
BEFORE = Marks(NOW - DAY, seen=100, letters=11.0, usual_letters=11.0, usual_volume=2.0)


def after(*arrived: EntryMarks, marks: Marks | None = BEFORE, now: datetime = NOW, **more: int) -> Marks:
    return follow_marks(marks, DocumentMarks(arrived, **more), NOW - HOUR, now)


@pytest.mark.parametrize(
    "text",
    [
        "The council met on Monday and …",
        "The council met on Monday and...",
        "The council met on Monday [...]",
        "The council met on Monday […]\n\n",
        "The council met.\n\nRead more »",
        "The council met.\nContinue reading →",
        "The council met.\nContinue reading “Council meets”",
        "Se reunió el lunes.\n\nSeguir leyendo",
        "The council met […]\nThe post Council meets appeared first on Town News.",
        "Der Rat tagte […]\nDer Beitrag Rat tagt erschien zuerst auf Stadtnachrichten.",
    ],
)
def test_a_text_that_goes_on_elsewhere_is_cut(text: str) -> None:
    assert is_cut(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The council met on Monday.",
        "“We met […] and left”, she said.\nNobody followed.",
        f"They left{'.' * 400}x",
        "He was well read on the matter. Moreover, it rained.",
        f"{'A whole article is told here. ' * 60}\nRead more",
    ],
)
def test_a_whole_text_is_not_cut(text: str) -> None:
    assert not is_cut(text)


def mark(published: str | None, dated: datetime | None) -> EntryMarks:
    article = Article(b"", "Title", "", "Words.", "", published_at=dated)
    return mark_entry(Entry(published=published), article, NOW)


@pytest.mark.parametrize(
    ("published", "dated", "is_ahead"),
    [
        ("2026-11-24T11:00:00Z", NOW - HOUR, False),
        ("2026-11-24T12:30:00Z", NOW + HOUR / 2, False),
        ("2026-11-24T17:00:00Z", NOW + 5 * HOUR, True),
        ("2027-03-01T00:00:00Z", None, True),
        ("9999-12-31T23:59:59-12:00", None, False),
        ("9999-12-31T00:00:00Z", None, True),
        ("0000-00-00T00:00:00Z", None, False),
        ("1969-01-01", None, False),
        ("soon", None, False),
        (None, None, False),
    ],
)
def test_a_date_in_the_future_is_told_apart_from_none(
    published: str | None, dated: datetime | None, is_ahead: bool
) -> None:
    marked = mark(published, dated)
    assert (marked.is_ahead, marked.dated) == (is_ahead, dated)


def test_the_first_document_says_what_share_of_entries_lacks_something() -> None:
    first = follow_marks(None, DocumentMarks([GOOD, GOOD, UNDATED, UNDATED]), None, NOW)
    assert (first.seen, first.undated, first.letters, first.usual_letters) == (4, 0.5, 11.0, 11.0)


def test_four_entries_one_by_one_bring_a_share_half_the_way() -> None:
    marks = BEFORE
    for _ in range(4):
        marks = after(UNDATED, marks=marks)
    assert marks.undated == pytest.approx(0.5)


def test_no_document_counts_for_more_than_three_entries() -> None:
    assert after(*[UNDATED] * 3).undated == pytest.approx(after(*[UNDATED] * 50).undated)


def test_entries_under_other_guids_count_though_none_is_new() -> None:
    marks = after(renamed=20)
    assert marks.renamed == pytest.approx(1 - 2 ** (-3 / 4))
    assert (marks.seen, marks.undated) == (100, 0.0)


def test_what_could_not_be_read_is_a_share_of_what_was_met() -> None:
    assert after(GOOD, lost=1).unfit == pytest.approx((1 - 2 ** (-2 / 4)) / 2)


def test_short_texts_change_the_mean_at_once_and_the_norm_in_a_month() -> None:
    short = replace(GOOD, letters=127)
    marks = after(short, short, short)
    assert marks.letters == pytest.approx(11 - 4 * (1 - 2 ** (-3 / 4)))
    assert marks.usual_letters == pytest.approx(11 - 4 * (1 - 2 ** (-1 / 30)))


def test_a_gap_fades_in_a_week() -> None:
    marks = after(GOOD, is_gap=True)
    later = after(GOOD, marks=marks, now=NOW + timedelta(weeks=1))
    assert (marks.gaps, later.gaps) == (1.0, 0.5)


def test_many_gaps_fade_as_soon_as_one() -> None:
    marks = after(GOOD, is_gap=True)
    for hours in range(1, 20):
        marks = after(GOOD, marks=marks, now=NOW + timedelta(hours=hours), is_gap=True)
    assert after(GOOD, marks=marks, now=NOW + timedelta(weeks=1, hours=19)).gaps == 0.5


def test_a_backlog_is_no_volume() -> None:
    first = follow_marks(None, DocumentMarks([GOOD] * 2000), None, NOW)
    assert (first.seen, first.volume) == (2000, 0.0)


def test_what_was_published_long_before_the_last_poll_is_no_volume() -> None:
    old = replace(GOOD, dated=NOW - 30 * DAY)
    assert after(*[old] * 50).volume == 0.0


def test_a_volume_halves_in_a_day() -> None:
    marks = after(*[replace(GOOD, dated=NOW)] * 10)
    assert marks.volume == pytest.approx(10)
    assert a_day(marks, NOW + DAY) == pytest.approx(a_day(marks, NOW) / 2)


def test_a_first_rhythm_tells_the_usual_volume() -> None:
    rhythm = Rhythm(NOW - 1000 * DAY, NOW, articles=30.3)
    first = follow_marks(None, DocumentMarks([GOOD]), None, NOW, rhythm)
    assert first.usual_volume == pytest.approx(1.0, rel=0.05)


def test_a_flood_raises_the_usual_volume_by_no_more_than_twice_of_it() -> None:
    rhythm = Rhythm(NOW - 1000 * DAY, NOW, articles=30.3)
    flooded = replace(BEFORE, volume=10_000.0)
    marks = follow_marks(flooded, DocumentMarks([GOOD]), NOW - HOUR, NOW, rhythm)
    assert marks.usual_volume == pytest.approx(2 + 2 * (1 - 2 ** (-1 / 30)))


def test_a_clock_that_was_set_back_fades_nothing() -> None:
    marks = replace(BEFORE, at=NOW + 400 * DAY, gaps=1.0, volume=5.0)
    later = after(GOOD, marks=marks)
    assert (later.at, later.gaps) == (NOW, 1.0)


@given(
    st.lists(st.builds(EntryMarks, st.none() | st.just(NOW), st.booleans(), st.booleans(), st.integers(0, 10**9))),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_shares_stay_shares_whatever_comes(arrived: list[EntryMarks], renamed: int, lost: int) -> None:
    marks = follow_marks(BEFORE, DocumentMarks(arrived, renamed, lost), NOW - HOUR, NOW).rounded()
    assert all(0 <= share <= 1 for share in (marks.undated, marks.ahead, marks.cut, marks.unfit, marks.renamed))
