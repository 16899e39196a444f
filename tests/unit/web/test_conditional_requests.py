from datetime import UTC, datetime, timedelta

import pytest

from worker.web.conditional_requests import is_known, write_validators

MODIFIED_AT = datetime(2026, 11, 24, 12, 50, 7, 500_000, tzinfo=UTC)
EARLIER, SAME = "Tue, 24 Nov 2026 12:50:06 GMT", "Tue, 24 Nov 2026 12:50:07 GMT"


def test_an_answer_is_known_by_a_strong_tag_and_the_second_it_was_modified_in():
    assert write_validators("ab", MODIFIED_AT) == {"ETag": '"ab"', "Last-Modified": SAME}
    assert write_validators("ab", None) == {"ETag": '"ab"'}


def test_a_moment_is_told_in_gmt_wherever_it_was_read():
    there = MODIFIED_AT.astimezone(tz=None).replace(microsecond=0) + timedelta(0)
    assert write_validators("ab", there)["Last-Modified"] == SAME


@pytest.mark.parametrize("named", ['"ab"', 'W/"ab"', '"x", "ab"', "*", ' "x" ,W/"ab" '])
def test_a_tag_that_is_named_is_known_however_it_is_named(named: str):
    assert is_known({"if-none-match": named}, "ab", MODIFIED_AT)


@pytest.mark.parametrize("named", ['"x"', "ab", "", '"ab', 'w/"ab"'])
def test_another_tag_is_not_known_even_if_nothing_was_modified_since(named: str):
    assert not is_known({"if-none-match": named, "if-modified-since": SAME}, "ab", MODIFIED_AT)


@pytest.mark.parametrize(
    ("since", "known"),
    [
        (SAME, True),
        ("Tuesday, 24-Nov-26 12:50:07 GMT", True),
        ("Wed, 25 Nov 2026 00:00:00 GMT", True),
        (EARLIER, False),
        ("yesterday", False),
        ("", False),
        ("Tue, 24 Nov 99999999999 12:50:07 GMT", False),
    ],
)
def test_what_was_not_modified_since_is_known(since: str, known: bool):
    assert is_known({"if-modified-since": since}, "ab", MODIFIED_AT) is known


def test_what_was_never_modified_is_not_known_by_a_moment():
    assert not is_known({"if-modified-since": SAME}, "ab", None)
    assert not is_known({}, "ab", MODIFIED_AT)
