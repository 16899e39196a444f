from datetime import datetime

import pytest

from worker.dates.reading import find_moment


@pytest.mark.parametrize(
    "clock",
    [
        "15:04", "15:04:00", "15.04", "15h04", "15 h 04", "15時04分", "15 时 4 分", "15點4分", "15시 4분",
        "3:04 PM", "3:04pm", "3:04 p.m.", "3:04 p. m.", "03:04:00PM", "PM 3:04", "오후 3:04", "오후 3시 4분",
        "3:04 오후", "下午3:04", "下午 3:04", "下午3点04分", "下午3點04分", "午後3:04", "午後3時4分",
        "3:04 μ.μ.", "3:04 م", "3:04 مساءً", "3:04 ب.ظ", "at 15:04", "klo 15.04", "kl. 15.04", "à 15h04",
        "15:04 Uhr", "15:04 PM", "- 15:04", "- 3:04pm",
    ],
)  # fmt: skip
def test_a_clock_shows_one_time_however_it_is_written(clock: str) -> None:
    assert find_moment(f"28 May 2024 {clock}") == datetime.fromisoformat("2024-05-28T15:04Z")


@pytest.mark.parametrize(
    ("clock", "time"),
    [
        ("12:00 AM", "00:00"),
        ("12:30 a.m.", "00:30"),
        ("12:30 p.m.", "12:30"),
        ("오전 12:30", "00:30"),
        ("오후 12:30", "12:30"),
        ("上午10:30", "10:30"),
        ("凌晨12:30", "00:30"),
        ("午前0:30", "00:30"),
        ("午後0:30", "12:30"),
        ("晚上8:30", "20:30"),
        ("10:30 ص", "10:30"),
        ("10:30 π.μ.", "10:30"),
        ("3:04 CH", "15:04"),
        ("3:04 chiều", "15:04"),
        ("8:30 tối", "20:30"),
        ("3 PM", "15:00"),
        ("3pm", "15:00"),
        ("下午3点", "15:00"),
        ("9h", "09:00"),
    ],
)
def test_halves_of_the_day_count_in_the_words_of_many_languages(clock: str, time: str) -> None:
    assert find_moment(f"28 May 2024 {clock}") == datetime.fromisoformat(f"2024-05-28T{time}Z")


def test_a_half_goes_before_a_zone() -> None:
    assert find_moment("September 5, 2024 3:04 PM EST") == datetime.fromisoformat("2024-09-05T20:04Z")


@pytest.mark.parametrize("clock", ["24:01", "25:00", "10:60", "10:30:61", "晚上12:30"])
def test_what_no_clock_shows_leaves_no_moment(clock: str) -> None:
    assert find_moment(f"28 May 2024 {clock}") is None
