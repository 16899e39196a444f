import pytest

from worker.fetch.request import request_headers
from worker.values.due_feeds import FetchRequest, Validators

ALWAYS = [
    "Accept: application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
    "Accept-Encoding: gzip, deflate, br",
]
URL = "https://a.example/"


def added(validators: Validators | None = None, *secret_lines: str) -> list:
    lines = request_headers(FetchRequest(1, URL, validators or Validators()), secret_lines)
    assert lines[: len(ALWAYS)] == ALWAYS
    return lines[len(ALWAYS) :]


def test_a_first_request_asks_for_feeds() -> None:
    assert added() == []


def test_validators_go_out_independently_of_each_other() -> None:
    assert added(Validators(etag='W/"a"')) == ['If-None-Match: W/"a"']
    assert added(Validators(last_modified="Tue")) == ["If-Modified-Since: Tue"]
    assert added(Validators('"a"', "Tue")) == ['If-None-Match: "a"', "If-Modified-Since: Tue"]


@pytest.mark.parametrize("unsafe", ['"a"\r\nX: y', "\u2019", "x" * 1025, ""])
def test_a_validator_that_is_no_header_value_stays_here(unsafe: str) -> None:
    assert added(Validators(unsafe, unsafe)) == []


def test_secret_lines_come_last() -> None:
    assert added(Validators(etag='"a"'), "X-Api-Key: k") == ['If-None-Match: "a"', "X-Api-Key: k"]


def test_an_operators_own_accept_takes_the_place_of_ours() -> None:
    lines = request_headers(FetchRequest(1, URL), ("accept: text/xml",))
    assert lines == [ALWAYS[1], "accept: text/xml"]
