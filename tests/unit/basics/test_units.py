from datetime import timedelta

import pytest

from worker.basics.units import parse_duration, parse_size, show_duration, show_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("6h", 21600),
        ("2d", 172800),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("1w", 604800),
        ("0s", 0),
    ],
)
def test_durations_are_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "90", "s", "1 hour", "-5m", "5m later", "1h-30m", "999999999d"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="duration|hundred years"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(0), "0s"),
        (timedelta(milliseconds=30), "30ms"),
        (timedelta(seconds=0.9996), "1s"),
        (timedelta(seconds=1.5), "1.5s"),
        (timedelta(seconds=59.99), "1m"),
        (timedelta(seconds=90), "1m 30s"),
        (timedelta(minutes=15), "15m"),
        (timedelta(hours=26, minutes=3), "1d 2h"),
        (timedelta(days=2), "2d"),
        (timedelta(seconds=-90), "-1m 30s"),
    ],
)
def test_durations_are_shown_for_people(duration: timedelta, text: str) -> None:
    assert show_duration(duration) == text


@pytest.mark.parametrize(
    ("text", "size"), [("500kB", 500_000), ("15MB", 15_000_000), ("15 mb", 15_000_000), ("7", 7), ("1.5k", 1500)]
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "1TB", "-1", "1 2"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (512, "512 B"), (80_000, "80 kB"), (1_234_567, "1.2 MB"), (5 * 10**9, "5.0 GB")]
)
def test_sizes_are_shown_for_people(size: int, text: str) -> None:
    assert show_size(size) == text
