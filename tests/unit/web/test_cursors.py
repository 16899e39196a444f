"""A cursor gives back the place it was made of, and nothing else gives any."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest

from worker.errors import UsageError
from worker.web.cursors import cut_page, read_cursor, write_cursor

AT = datetime(2026, 12, 1, 3, 4, 5, 678_901, tzinfo=UTC)


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def test_a_place_is_read_as_it_was_written() -> None:
    assert read_cursor(write_cursor([AT, 7]), [datetime, int]) == [AT, 7]
    assert read_cursor(write_cursor([2**63 - 1]), [int]) == [2**63 - 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "é",
        "====",
        " ",
        "x" * 10_000,
        _encode("7"),
        _encode("{}"),
        _encode("[]"),
        _encode("[7, 7, 7]"),
        _encode('["2026-12-01T00:00:00", 7]'),
        _encode('["now", 7]'),
        _encode('[7, "2026-12-01T00:00:00Z"]'),
        _encode('["2026-12-01T00:00:00Z", -1]'),
        _encode('["2026-12-01T00:00:00Z", 7.5]'),
        _encode('["2026-12-01T00:00:00Z", true]'),
        _encode('["2026-12-01T00:00:00Z", 9223372036854775808]'),
        _encode('["2026-12-01T00:00:00Z", null]'),
        _encode('["0001-01-01T00:00:00+14:00", 7]'),
        _encode('["2026-12-01T00:00:00Z", 7]') + "\n",
    ],
)
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="begin again without one"):
        read_cursor(text, [datetime, int])


def test_a_moment_of_another_zone_is_read_in_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=5)))
    (read,) = read_cursor(write_cursor([there]), [datetime])
    assert (read, read.tzinfo) == (AT, UTC)


def test_the_last_page_has_no_cursor() -> None:
    rows = [{"id": 1}, {"id": 2}]
    assert cut_page(rows, 2, None) == (rows, None)
    page, cursor = cut_page(rows, 1, None)
    assert (page, read_cursor(cursor or "", [int])) == ([{"id": 1}], [1])
