from zoneinfo import ZoneInfo

import pytest

from worker.dates.reading import place_in_zone

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "placed"),
    [
        ("2021-07-11 15:30", "2021-07-11T15:30:00+09:00"),
        ("20210711T153000", "2021-07-11T15:30:00+09:00"),
        ("Sun, 11 Jul 2021 10:00:00", "2021-07-11T10:00:00+09:00"),
        ("11 July 2021 5pm", "2021-07-11T17:00:00+09:00"),
        ("July 11, 2021 00:00", "2021-07-11T00:00:00+09:00"),
    ],
)
def test_a_moment_without_a_zone_is_one_of_the_zone(written: str, placed: str) -> None:
    assert place_in_zone(written, TOKYO) == placed


@pytest.mark.parametrize(
    "written",
    [
        *("2021-07-11T15:30:00Z", "Sun, 11 Jul 2021 10:00:00 GMT", "2021-07-11 15:30 +0200", "1626000000"),
        *("2021-07-11", "11 July 2021", "July 2021", "yesterday", "2021-02-30 10:00", "", None),
    ],
)
def test_all_else_stays_as_it_is(written: str | None) -> None:
    assert place_in_zone(written, TOKYO) == written


def test_the_hour_that_comes_twice_is_the_earlier_one() -> None:
    assert place_in_zone("2026-10-25 02:30", BERLIN) == "2026-10-25T02:30:00+02:00"
