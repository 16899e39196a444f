from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.dates.reading import read_date

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


@pytest.mark.parametrize(
    "written",
    [
        "Sun, 11 Jul 2021 10:00 GMT", "Sun 11 Jul 2021 10:00:00 GMT", "Sun, 11 Jul, 2021 10:00:00 GMT",
        "Sun, 11 July, 2021, 10:00 GMT", "Sun , 11  Jul 2021  10:00:00  GMT", "SUN, 11 JUL 2021 10:00:00 GMT",
        "sun, 11 jul 2021 10:00:00 gmt", "Sun, 11, Jul 2021 10:0", "11 Sunday, Jul 2021 10:00", "11Jul2021 10:00",
        "Sunday, 11th July 2021, 10:00:00", "Sun, Jul 11 2021 10:00:00 +0000", "Jul 11,2021 10:00:00 GMT",
        "Sunday, July 11, 2021 at 10:00 AM", "Sun Jul 11 10:00:00 +0000 2021", "10:00 11 July 2021",
        "Sun Jul 11 2021 10:00:00 GMT+0000 (Coordinated Universal Time)", "Sun, 11 Jul 2021 10:00:00 +0000 (UTC 0)",
        "Sun,&nbsp;11 Jul 2021 10:00:00 GMT", "<b>11 July 2021</b> 10:00", "Sun, 11 Jul 121 10:00:00 GMT",
        '<time datetime="2021-07-11T12:00:00+02:00">Sun, 07/11/2021 - 12:00</time>',
        "11/Jul/2021:10:00:00 +0000", "11JUL2021:10:00:00",
        "2021-07-11 10:00:00.000000001 +0000 UTC m=+0.012", "2021-07-11T10:00:00.0000000Z", "20210711100000",
        "202107111000", "1625997600.000", "/Date(1625997600000)/", "\\/Date(1625997600000+0200)\\/",
    ],
)  # fmt: skip
def test_a_moment_is_read_however_badly_it_is_written(written: str) -> None:
    assert read_date(written, NOW) == TEN


def test_a_weekday_that_is_wrong_changes_no_day() -> None:
    assert read_date("Mon, 11 Jul 2021 10:00:00 GMT", NOW) == TEN


@pytest.mark.parametrize(
    "written",
    [
        "11 July", "11 July 10:00", "Sun, 11 Jul 10:00:00 GMT", "July 2021 10:00", "10:00", "2021 10:00", "2 hours ago",
        "11 days ago", "9-11 July 2021", "July 11 - August 2, 2021", "2021-07-11/2021-07-12", "2021-07-11-01",
        "2021-xx-11", "2021-07-11T09:xx:00Z", "Sun, zz Jul 2021 10:00:00 GMT", "Sun, 11 zzz 2021 10:00:00 GMT",
        "Sun, 11 Jul zz 10:00:00 GMT", "Sun, 11 Jul 2021 1:2:3:4 GMT", "2021-07-11T10:00:00+00:xx", "1.2.2021.3",
        "2001:db8:85a3:8d3:1319:8a2e:370:7348", "2021 Harbour Gazette", "version 2021.7.11.2",
        "as they vowed in July 2021",
    ],
)  # fmt: skip
def test_what_holds_too_little_or_too_much_names_no_day(written: str) -> None:
    assert read_date(written, NOW) is None


@pytest.mark.parametrize(
    "written",
    [
        None, "", "now", "yesterday", "2021-02-30", "2021-13-01", "Sat, 30 Feb 2021 10:00:00 GMT",
        "2021-07-11T25:00:00Z",
        "Sun, 11 Jul 2021 10:61:00 GMT", "0000-00-00", "0000-00-00T00:00:00Z", "-0001-11-30T00:00:00+00:00",
        "10000-01-01T00:00:00Z", "+010000-01-01", "Sat, 01 Jan 10000 00:00:00 GMT", "Sat, 01 Jan 0000 00:00:00 GMT",
        "2021-07-11T10:00:00+99:00", "12345678901", "99999999999999", "x" * 101, "٢٠٢١",
    ],
)  # fmt: skip
def test_what_names_no_day_is_null(written: str | None) -> None:
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


@given(st.datetimes(datetime(1971, 1, 1), datetime(2026, 11, 24)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001 -- made aware below
def test_every_moment_is_read_back_from_iso_8601_and_from_rfc_5322(naive: datetime, minutes: int) -> None:
    moment = naive.replace(microsecond=0, tzinfo=UTC)
    ahead = timedelta(minutes=minutes)
    local = moment + ahead
    sign, (hours, rest) = "+" if minutes >= 0 else "-", divmod(abs(minutes), 60)
    assert read_date(f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{rest:02}", NOW) == moment
    assert read_date(f"{local:%a, %d %b %Y %H:%M:%S} {sign}{hours:02}{rest:02}", NOW) == moment
