from datetime import UTC, datetime, timedelta

import pytest

from worker.fetch.headers import (
    Head,
    fresh_for,
    merge_validators,
    read_head,
    read_http_date,
    retry_after,
    sendable_validator,
)
from worker.values.due_feeds import Validators

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DATE = "Tue, 24 Nov 2026 10:00:00 GMT"
HOUR_LATER = "Tue, 24 Nov 2026 11:00:00 GMT"


def head(**fields: str) -> Head:
    return Head(200, {name.replace("_", "-"): value for name, value in fields.items()})


def test_a_head_is_its_status_and_the_fields_that_matter() -> None:
    lines = [b"HTTP/1.1 200 OK\r\n", b'ETag:  "a: b" \r\n', b"X-Other: c\r\n", b"no colon\r\n", b"CONTENT-TYPE:\r\n"]

    assert read_head(lines) == Head(200, {"etag": '"a: b"', "content-type": ""})


def test_lists_on_several_lines_are_one_list_and_other_fields_count_once() -> None:
    lines = [b"HTTP/1.1 200 OK", b"Cache-Control: public", b"Cache-Control: max-age=1", b"ETag: a", b"ETag: b"]

    assert read_head(lines).fields == {"cache-control": "public, max-age=1", "etag": "a"}


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 304 Not Modified", 304),
        (b"HTTP/1.1 304", 304),
        (b"HTTP/1.0 999 \xff", 999),
        (b"HTTP/1.1", 0),
        (b"HTTP/1.1 x", 0),
        (b"HTTP/1.1 20", 0),
    ],
)
def test_a_status_is_three_digits(line: bytes, status: int) -> None:
    assert read_head([line]).status == status


@pytest.mark.parametrize(
    ("field", "codings"),
    [("", []), ("identity", []), ("gzip", ["gzip"]), (" X-GZIP ", ["gzip"]), ("gzip, ,br", ["gzip", "br"])],
)
def test_content_codings_are_told_in_order(field: str, codings: list[str]) -> None:
    assert head(content_encoding=field).codings == codings


@pytest.mark.parametrize(
    ("validator", "kept"),
    [
        ('W/"a-1"', 'W/"a-1"'),
        ("a b", "a b"),
        ("x" * 1024, "x" * 1024),
        ("x" * 1025, None),
        ("", None),
        (None, None),
        # The bytes of "é" in UTF-8, as Latin-1 reads them.
        ('"Ã©"', '"Ã©"'),
        ("\u2019", None),
        ("a\r\nb", None),
        ("a\0", None),
    ],
)
def test_a_validator_is_what_a_field_may_hold_of_at_most_1_kb(validator: str | None, kept: str | None) -> None:
    assert sendable_validator(validator) == kept


def test_validators_replace_ours_one_by_one() -> None:
    ours = Validators('"old"', "Mon")

    assert merge_validators(head(etag='"new"'), ours) == Validators('"new"', "Mon")
    assert merge_validators(head(last_modified="Tue"), ours) == Validators('"old"', "Tue")
    assert merge_validators(head(), ours) == ours


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, None),
        ({"cache_control": "public"}, None),
        ({"cache_control": "max-age=900"}, 900),
        ({"cache_control": "public, MAX-AGE = 900"}, 900),
        ({"cache_control": 'max-age="900"'}, 900),
        ({"cache_control": "max-age=900, max-age=5"}, 900),
        ({"cache_control": "max-age=900", "age": "100"}, 800),
        ({"cache_control": "max-age=900", "age": "1000"}, 0),
        ({"cache_control": "max-age=900", "age": "nonsense"}, 900),
        ({"cache_control": "max-age=900", "age": "9" * 5000}, 0),
        ({"cache_control": "max-age=0"}, 0),
        ({"cache_control": "max-age=-5"}, 0),
        ({"cache_control": "max-age=1e9"}, 0),
        ({"cache_control": "max-age=²"}, 0),
        ({"cache_control": "max-age="}, 0),
        ({"cache_control": "max-age=99999999"}, 30 * 86400),
        ({"cache_control": "max-age=" + "9" * 5000}, 30 * 86400),
        ({"cache_control": "s-maxage=900"}, None),
        ({"cache_control": "s-maxage=900, max-age=60"}, 60),
        ({"cache_control": "max-age=900, no-cache"}, 0),
        ({"cache_control": "no-store"}, 0),
        ({"cache_control": 'no-cache="set-cookie", max-age=900'}, 900),
        ({"expires": HOUR_LATER, "date": DATE}, 3600),
        ({"expires": HOUR_LATER, "date": DATE, "age": "600"}, 3000),
        ({"expires": HOUR_LATER}, 3600),
        ({"expires": HOUR_LATER, "date": "nonsense"}, 3600),
        ({"expires": HOUR_LATER, "date": "Tue, 24 Nov 2026 10:30:00 GMT"}, 1800),
        ({"expires": DATE, "date": HOUR_LATER}, 0),
        ({"expires": "Wed, 25 Nov 2026 11:00:00 GMT", "date": "Wed, 25 Nov 2026 10:00:00 GMT"}, 3600),
        ({"expires": "Mon, 23 Nov 2026 11:00:00 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 3600),
        ({"expires": "0"}, 0),
        ({"expires": "-1"}, 0),
        ({"expires": ""}, 0),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, 30 * 86400),
        ({"expires": HOUR_LATER, "cache_control": "max-age=60"}, 60),
        ({"expires": HOUR_LATER, "cache_control": "no-cache"}, 0),
    ],
)
def test_freshness_is_what_http_caching_makes_of_the_fields(fields: dict[str, str], seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert fresh_for(head(**fields), NOW) == expected


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, None),
        ({"retry_after": "120"}, 120),
        ({"retry_after": "0"}, 0),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "120.5"}, 121),
        ({"retry_after": "604800.5"}, 7 * 86400),
        ({"retry_after": ".5"}, None),
        ({"retry_after": "120, 300"}, 120),
        ({"retry_after": "120 ,soon"}, 120),
        ({"retry_after": "+120"}, None),
        ({"retry_after": "1e3"}, None),
        ({"retry_after": "²"}, None),
        ({"retry_after": "120 seconds"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": ""}, None),
        ({"retry_after": "0" * 5000 + "1"}, 7 * 86400),
        ({"retry_after": "9999999"}, 7 * 86400),
        ({"retry_after": "9" * 5000}, 7 * 86400),
        ({"retry_after": HOUR_LATER, "date": DATE}, 3600),
        ({"retry_after": "Tuesday, 24-Nov-26 11:00:00 GMT"}, 3600),
        ({"retry_after": "Tue Nov 24 11:00:00 2026"}, 3600),
        # The host's clock is a day ahead of ours, and a day behind.
        ({"retry_after": "Wed, 25 Nov 2026 11:00:00 GMT", "date": "Wed, 25 Nov 2026 10:00:00 GMT"}, 3600),
        ({"retry_after": "Mon, 23 Nov 2026 11:00:00 GMT", "date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 3600),
        ({"retry_after": "Mon, 01 Jan 0001 00:00:00 +2359"}, 0),
        ({"retry_after": HOUR_LATER, "date": "Mon, 01 Jan 0001 00:00:00 +2359"}, 7 * 86400),
        ({"retry_after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"retry_after": HOUR_LATER}, 3600),
        ({"retry_after": DATE, "date": HOUR_LATER}, 0),
        ({"retry_after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 7 * 86400),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_a_week(fields: dict[str, str], seconds: int | None) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)

    assert retry_after(head(**fields), NOW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 -0000",
        "Sun, 06 Nov 1994 09:49:37 +0100",
    ],
)
def test_a_date_is_read_in_each_of_its_forms(text: str) -> None:
    assert read_http_date(text) == datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "0", "tomorrow", "Sun, 99 Nov 1994 08:49:37 GMT", "\x00", "," * 99])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_http_date(text) is None
