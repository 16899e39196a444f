import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import click
import pytest
from click.testing import CliRunner

from worker.basics.moments import show_moment, show_second, zone_of
from worker.cli.moments import read_since, read_until, utc_option
from worker.errors import UsageError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WINTER, SUMMER = datetime(2026, 11, 24, 23, 30, tzinfo=UTC), datetime(2026, 7, 10, 7, 30, tzinfo=UTC)


@pytest.fixture
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def _in_utc(show: Callable[[], object]) -> str:
    command = utc_option(click.Command("show", callback=lambda: click.echo(show())))
    return CliRunner().invoke(command, ["--utc"]).output.strip()


@pytest.mark.usefixtures("_in_berlin")
def test_a_moment_is_shown_in_the_readers_own_zone_which_is_named() -> None:
    assert show_moment(WINTER) == "2026-11-25 00:30 UTC+1"
    assert show_second(SUMMER) == "2026-07-10 09:30:00 UTC+2"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("Asia/Kolkata", "UTC+5:30"), ("America/St_Johns", "UTC-3:30"), ("Asia/Tokyo", "UTC+9"), ("Etc/UTC", "UTC")],
)
@pytest.mark.usefixtures("_in_berlin")
def test_a_zone_is_how_far_it_is_from_utc(monkeypatch: pytest.MonkeyPatch, zone: str, shown: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert zone_of(WINTER) == shown


@pytest.mark.usefixtures("_in_berlin")
def test_an_option_shows_and_reads_moments_in_utc() -> None:
    assert _in_utc(lambda: show_moment(WINTER)) == "2026-11-24 23:30 UTC"
    assert _in_utc(lambda: read_since("2026-11-24", NOW)) == "2026-11-24 00:00:00+00:00"


@pytest.mark.usefixtures("_in_berlin")
def test_what_is_typed_is_of_the_readers_own_zone_unless_it_names_one() -> None:
    assert read_since("2026-11-24", NOW) == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert read_since("2026-07-10T09:30", NOW) == SUMMER
    assert read_since("2026-07-10T07:30Z", NOW) == SUMMER


def test_until_a_day_is_to_the_end_of_that_day() -> None:
    assert read_until("2026-11-24", NOW) == datetime(2026, 11, 25, tzinfo=UTC)
    assert read_until("2026-11-24T12:00", NOW) == NOW
    assert read_until("2d", NOW) == NOW - timedelta(days=2)


def test_until_before_since_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="--until is not after --since: nothing lies between them"):
        read_until("2d", NOW, NOW - timedelta(days=1))


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "9999-12-31", "0001-01-01T00:00+14:00"])
def test_any_other_moment_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter, match=r"neither a duration such as|no moment that can be told"):
        read_until(text, NOW)
