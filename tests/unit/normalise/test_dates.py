from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.normalise.dates import read_date

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEN = datetime(2021, 7, 11, 10, tzinfo=UTC)
EIGHT = datetime(2021, 7, 11, 8, tzinfo=UTC)
MIDNIGHT = datetime(2021, 7, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2021-07-11T10:00:00Z", "2021-07-11T10:00:00.000Z", "2021-07-11T10:00:00,0Z", "2021-07-11T10:00Z",
        "2021-07-11T10:00:00-00:00", "2021-07-11 10:00:00", "2021-07-11T10:00:00", "2021-07-11T10:00:00 UTC",
        "20210711T100000Z", "2021-7-11 10:00:00", "2021/07/11 10:00:00", "2021-07-11 10:00 AM",
        "Sun, 11 Jul 2021 10:00:00 GMT", "Sun, 11 Jul 2021 10:00:00 +0000", "11 Jul 2021 10:00 UT",
        "Sun, 11 July 2021 10:00:00 Z", "Sun,11 Jul 2021 10:00:00", "Sun, 11 Jul 21 10:00:00 GMT",
        "Sunday, 11-Jul-21 10:00:00 GMT", "Sun Jul 11 10:00:00 2021", "Sun Jul 11 10:00:00 UTC 2021",
        "July 11, 2021 10:00 AM", "Jul 11th, 2021 10:0:0", "1625997600", "1625997600000", "1625997600.0",
        "  Sun, 11 Jul 2021 10:00:00 GMT\n", "11.07.2021 10:00", "2021年7月11日 10:00",
    ],
)  # fmt: skip
def test_one_moment_is_read_however_it_is_written(written: str) -> None:
    assert read_date(written, NOW) == TEN


@pytest.mark.parametrize(
    "written",
    [
        "2021-07-11T10:00:00+02:00", "2021-07-11T10:00:00+0200", "2021-07-11 10:00:00 +0200",
        "2021-07-11T10:00:00+2:00", "2021-07-11T10:00:00 CEST",
        "Sun, 11 Jul 2021 10:00:00 +0200", "Sun, 11 Jul 2021 10:00:00 +02:00",
        "Sun, 11 Jul 2021 10:00:00 GMT+0200", "Sun, 11 Jul 2021 10:00:00 UTC+2", "Sun, 11 Jul 2021 10:00:00 CEST",
        "Sun, 11 Jul 2021 10:00:00 MESZ", "Sun, 11 Jul 2021 10:00:00 +0200 (CEST)", "Sun Jul 11 10:00:00 CEST 2021",
        "So, 11 Jul 2021 10:00:00 +0200", "dim., 11 juil. 2021 10:00:00 +0200", "вт, 11 июл 2021 10:00:00 +0200",
        "11 de julio de 2021 10:00 +0200", "Sun, 11 Jul 2021 04:00:00 EDT", "Sun, 11 Jul 2021 01:00:00 PDT",
        "Jul 11, 2021 4:00 a.m. EDT", "Sun, 11 Jul 2021 09:00:00 BST", "Sun, 11 Jul 2021 13:30:00 IST",
        "2021-07-10T22:00:00-10:00",
    ],
)  # fmt: skip
def test_the_zone_counts_by_offset_and_by_name(written: str) -> None:
    assert read_date(written, NOW) == EIGHT


@pytest.mark.parametrize(
    "written", ["2021-07-11", "11 Jul 2021", "Sunday, July 11, 2021", "2021-07-11T00:00:00Z", "2021-07-10T24:00:00Z"]
)
def test_a_day_alone_is_its_first_moment(written: str) -> None:
    assert read_date(written, NOW) == MIDNIGHT


@pytest.mark.parametrize(
    ("written", "hour"), [("12:00 AM", 0), ("1:00 AM", 1), ("12:00 PM", 12), ("1:00 pm", 13), ("11:00 p.m.", 23)]
)
def test_half_days_count(written: str, hour: int) -> None:
    assert read_date(f"July 11, 2021 {written}", NOW) == MIDNIGHT + timedelta(hours=hour)


def test_fractions_of_a_second_stay() -> None:
    assert read_date("2021-07-11T10:00:00.25Z", NOW) == TEN + timedelta(milliseconds=250)


def test_a_month_alone_begins_on_its_first_day() -> None:
    assert read_date("2021-07", NOW) == datetime(2021, 7, 1, tzinfo=UTC)


def test_an_unknown_zone_is_taken_as_utc() -> None:
    assert read_date("Sun, 11 Jul 2021 10:00:00 XYZ", NOW) == TEN


def test_a_weekday_that_looks_like_a_month_is_none() -> None:
    assert read_date("mar., 13 juil. 2021 10:00:00 GMT", NOW) == datetime(2021, 7, 13, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        None, "", "now", "yesterday", "2021-02-30", "2021-13-01", "Sat, 30 Feb 2021 10:00:00 GMT",
        "2021-07-11T25:00:00Z",
        "Sun, 11 Jul 2021 10:61:00 GMT", "0000-00-00", "0000-00-00T00:00:00Z", "-0001-11-30T00:00:00+00:00",
        "10000-01-01T00:00:00Z", "+010000-01-01", "Sat, 01 Jan 10000 00:00:00 GMT", "Sat, 01 Jan 0000 00:00:00 GMT",
        "2021-07-11T10:00:00+99:00", "2021-192", "12345678901", "99999999999999", "x" * 101, "٢٠٢١",
    ],
)  # fmt: skip
def test_what_names_no_day_is_null(written: str | None) -> None:
    assert read_date(written, NOW) is None


@pytest.mark.parametrize("written", ["07/11/2021", "11/07/2021 10:00"])
def test_a_date_that_half_the_world_reads_otherwise_is_null(written: str) -> None:
    assert read_date(written, NOW) is None


@pytest.mark.parametrize(
    ("written", "is_possible"),
    [
        ("1970-01-01T00:00:00Z", False),
        ("1970-01-01T23:59:59Z", False),
        ("1970-01-02T00:00:00Z", True),
        ("2026-11-25T12:00:00Z", True),
        ("2026-11-25T12:00:01Z", False),
        ("9999-12-31T23:59:59-14:00", False),
        ("0001-01-01T00:00:00+14:00", False),
    ],
)
def test_only_dates_between_1970_and_tomorrow_can_be_true(written: str, is_possible: bool) -> None:
    assert (read_date(written, NOW) is not None) is is_possible


@given(
    st.text(max_size=110)
    | st.lists(
        st.sampled_from(
            "Sun, Jul 11 2021 99 0 31 24:00:00 :61 10:00 T Z - + / . 年 月 GMT +0200 +99 PM juil. 年7월 ь".split()
        ),
        max_size=10,
    ).map(" ".join)
    | st.from_regex(r"\d{1,4}[-/.: ]\d{1,2}[-/.: T]\d{1,14}( [+-]\d{2,4})?", fullmatch=True)
)
def test_any_string_is_a_true_date_or_null(written: str) -> None:
    moment = read_date(written, NOW)
    assert moment is None or (moment.tzinfo is UTC and datetime(1970, 1, 2, tzinfo=UTC) <= moment <= NOW + timedelta(1))


@given(st.datetimes(datetime(1971, 1, 1), datetime(2026, 11, 24)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 -- made aware below
def test_every_moment_is_read_back_from_iso_8601_and_from_rfc_5322(naive: datetime, minutes: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=UTC)
    ahead = timedelta(minutes=minutes)
    local = moment + ahead
    sign, (hours, rest) = "+" if minutes >= 0 else "-", divmod(abs(minutes), 60)
    assert read_date(f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{rest:02}", NOW) == moment
    assert read_date(f"{local:%a, %d %b %Y %H:%M:%S} {sign}{hours:02}{rest:02}", NOW) == moment
