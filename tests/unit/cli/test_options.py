from datetime import timedelta

import click
import pytest

from worker.cli.options import Cursor, read_count, read_duration
from worker.errors import UsageError

MINUTE, MONTH = timedelta(minutes=1), timedelta(days=30)


@pytest.mark.parametrize(("text", "seconds"), [("1m", 60), ("90s", 90), ("1h30m", 5400), ("30d", 2_592_000)])
def test_a_duration_within_its_bounds_is_read(text: str, seconds: float) -> None:
    assert read_duration("--interval", text, MINUTE, MONTH) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["59s", "31d", "0s", "often", "", "-1h", "5", "1e9d"])
def test_any_other_duration_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(
        UsageError, match=f"^--interval is 1m to 30d, written as 90s, .* or 1h30m, or default; not {text!r}.$"
    ):
        read_duration("--interval", text, MINUTE, MONTH)


def test_no_wait_at_all_is_a_duration() -> None:
    assert read_duration("--gap", "0s", timedelta(0), MINUTE) == timedelta(0)
    with pytest.raises(UsageError, match="^--gap is 0s to 1m,"):
        read_duration("--gap", "2m", timedelta(0), MINUTE)


@pytest.mark.parametrize("text", ["0", "33", "-1", "two", "", "1.5", "²", "٣", "9" * 5000])
def test_a_number_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="^--parallel is a number from 1 to 32, or default; not "):
        read_count("--parallel", text, 32)


@pytest.mark.parametrize("text", ["2d", "2026-07-10", "-1", "", str(2**63)])
def test_what_is_no_cursor_is_told_from_a_moment(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no cursor, which is the number before each change"):
        Cursor().convert(text, None, None)


def test_default_goes_back_to_the_settings() -> None:
    assert read_duration("--gap", "default", MINUTE, MONTH) is None
    assert read_count("--parallel", "default", 32) is None
    assert read_count("--parallel", "32", 32) == 32
