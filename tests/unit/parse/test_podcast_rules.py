from datetime import timedelta

import pytest

from tests.costs import spend_at_most
from worker.parse.podcast_rules import read_duration, read_episode_type, read_explicit, read_number, read_offset


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("3723", 3723),
        ("1:02:03", 3723),
        ("01:02:03", 3723),
        ("62:03", 3723),
        ("12:34", 754),
        (" 12:34\n", 754),
        ("00:00:59", 59),
        ("754.5", 754.5),
        ("0:12:34.25", 754.25),
        (754, 754),
        (754.5, 754.5),
        ("PT1H2M3S", 3723),
        ("PT62M", 3720),
        ("pt3.5s", 3.5),
    ],
)
def test_a_duration_is_in_seconds_or_as_a_clock_shows_it(written: object, seconds: float) -> None:
    assert read_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written",
    [
        "", "0", "00:00:00", "PT", "-5", "a while", "1:2:3:4", "12:", ":34", "१२", "1e3", "99999999", -5, 0, True, None,
        [],
    ],
)  # fmt: skip
def test_no_time_and_what_is_no_time_are_no_duration(written: object) -> None:
    assert read_duration(written) is None


def test_a_moment_may_be_the_beginning() -> None:
    assert read_offset("0") == timedelta(0)


@pytest.mark.parametrize("written", ["1" * 400, "1:" * 200, "PT" + "1" * 400, "." * 400, "1." + "1" * 400])
def test_reading_a_duration_costs_next_to_nothing(written: str) -> None:
    spend_at_most(0.05, lambda: [read_duration(written) for _ in range(100)])


@pytest.mark.parametrize(
    ("written", "name", "read"),
    [
        ("7", None, (7, None)),
        (" 07 ", "Ch.7", (7, "Ch.7")),
        ("0", None, (0, None)),
        ("3.5", None, (None, "3.5")),
        ("3.5", "Ch.3.5", (None, "Ch.3.5")),
        ("VII", None, (None, "VII")),
        ("-1", None, (None, "-1")),
        (None, "Autumn", (None, "Autumn")),
        ("", None, (None, None)),
        (None, None, (None, None)),
    ],
)
def test_what_is_no_whole_number_is_a_name(
    written: str | None, name: str | None, read: tuple[int | None, str | None]
) -> None:
    assert read_number(written, name) == read


@pytest.mark.parametrize(
    ("written", "is_explicit"),
    [
        ("yes", True), ("True", True), ("explicit", True), ("no", False), ("FALSE", False), (" clean ", False),
        ("perhaps", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_apple_has_had_several_words_for_explicit(written: str | None, is_explicit: bool | None) -> None:
    assert read_explicit(written) is is_explicit


@pytest.mark.parametrize(
    ("written", "read"), [("Full", "full"), ("trailer", "trailer"), ("teaser", None), (None, None)]
)
def test_an_episode_is_of_one_of_three_types(written: str | None, read: str | None) -> None:
    assert read_episode_type(written) == read
