from datetime import date, datetime

import pytest

from tests.costs import spend_at_most
from worker.wire.date_lines import at_clock, is_undecided_day, read_date_line, read_written_moment, split_date_header


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-07-11", "2026-07-11"),
        ("2026-07-11 15:30", "2026-07-11T15:30:00"),
        ("2026-07-11T15:30:00Z", "2026-07-11T15:30:00+00:00"),
        ("20260711T153000Z", "2026-07-11T15:30:00+00:00"),
        ("2026-07-11T15:30+02:00", "2026-07-11T15:30:00+02:00"),
        ("2026-07-11 00:00", "2026-07-11T00:00:00"),
        ("Sat, 11 Jul 2026 15:30:00 +0200", "2026-07-11T15:30:00+02:00"),
        ("11 July 2026, 3.30pm BST", "2026-07-11T15:30:00+01:00"),
        ("July 11, 2026 at 3:30 PM EDT", "2026-07-11T15:30:00-04:00"),
        ("1530 GMT 11 July 2026", "2026-07-11T15:30:00+00:00"),
        ("15:30 GMT, 11 July 2026", "2026-07-11T15:30:00+00:00"),
        ("11. Juli 2026, 15.30 Uhr", "2026-07-11T15:30:00"),
        ("11 juillet 2026 à 15h30", "2026-07-11T15:30:00"),
        ("11 de julio de 2026", "2026-07-11"),
        ("11.07.2026 15:30", "2026-07-11T15:30:00"),
        ("2026年7月11日 15:30", "2026-07-11T15:30:00"),
        ("11 июля 2026", "2026-07-11"),
    ],
)
def test_a_field_names_a_day_or_a_moment_with_its_zone_or_with_none(written: str, moment: str) -> None:
    found = read_written_moment(written)
    assert found
    assert found.isoformat() == moment


@pytest.mark.parametrize("written", ["", "July 2026", "2026", "1783782600", "11/07/2026", "soon", "2026-13-45", "²"])
def test_a_field_that_names_no_day_for_sure_names_none(written: str) -> None:
    assert read_written_moment(written) is None


@pytest.mark.parametrize(
    "line",
    [
        "It rained on 11 July 2026.",
        "Oslo, 11 July 2026",
        "May 2026",
        "11 July 2026 Rain",
        "3-1",
        "11 July 1626",
        "the 11 12",
        "",
    ],
)
def test_a_line_that_says_more_or_less_than_a_day_is_no_header(line: str) -> None:
    assert read_date_line(line) is None


@pytest.mark.parametrize("line", ["11/07/2026", "07.11.26", "11-07-2026 15:30", "11/07/2026, 3:30 pm"])
def test_a_day_in_numbers_is_a_header_though_nobody_knows_which_day_it_is(line: str) -> None:
    assert is_undecided_day(line)


@pytest.mark.parametrize("line", ["2-1", "11/07", "11/07/2026 Oslo", "1.2.3.4"])
def test_numbers_that_are_no_day_are_no_header(line: str) -> None:
    assert not is_undecided_day(line)


@pytest.mark.parametrize(
    ("text", "published", "rest"),
    [
        (" date 2026-07-11 15:30 OSLO (AP) - Rain.", "2026-07-11T15:30:00", "OSLO (AP) - Rain."),
        ("date 2026-07-11 15:30 BST LONDON (AP) - Rain.", "2026-07-11T15:30:00+01:00", "LONDON (AP) - Rain."),
        # No zone is called ROMA.
        ("date 2026-07-11 15:30 ROMA (AP) - Rain.", "2026-07-11T15:30:00", "ROMA (AP) - Rain."),
        ("date 2026-07-11 25:61 Rain.", "2026-07-11", "Rain."),
        ("date: 11 July 2026\nRain.", "2026-07-11", "Rain."),
        ("date 11 July 2026 OSLO (AP) - Rain.", "2026-07-11", "OSLO (AP) - Rain."),
        ("2026-07-11 OSLO (AP) - Rain.", "2026-07-11", "OSLO (AP) - Rain."),
        ("date 11 July 2026 was wet.", None, "date 11 July 2026 was wet."),
        ("2026-07-11 was wet.", None, "2026-07-11 was wet."),
        ("10 July 2026 (UN News) - Rain.", None, "10 July 2026 (UN News) - Rain."),
        ("2026-07-11 15:30:00 INFO started", None, "2026-07-11 15:30:00 INFO started"),
    ],
)
def test_a_header_may_share_its_line_with_a_dateline_and_with_nothing_else(
    text: str, published: str | None, rest: str
) -> None:
    found, behind = split_date_header(text)
    assert (found and found.isoformat(), behind) == (published, rest)


def test_an_hour_on_a_line_of_its_own_is_the_hour_of_the_day() -> None:
    assert at_clock(date(2026, 7, 11), "3.30 pm") == datetime(2026, 7, 11, 15, 30)  # noqa: DTZ001 -- it names no zone


@pytest.mark.parametrize("clock", [None, "noon", "25:61"])
def test_a_day_without_an_hour_stays_a_day(clock: str | None) -> None:
    assert at_clock(date(2026, 7, 11), clock) == date(2026, 7, 11)


@pytest.mark.parametrize("piece", ["1", "1 ", "date ", "July ", "2026-07-11 ", "12:30 "])
def test_a_long_text_costs_no_more_than_its_start(piece: str) -> None:
    spend_at_most(0.1, lambda: split_date_header(f"date {piece * 500_000}"))
