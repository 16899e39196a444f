import pytest

from worker.fetch.request import request_headers
from worker.values.due_feeds import Credentials, FetchRequest, Validators

ALWAYS = [
    "Accept: application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
    "Accept-Encoding: gzip, deflate, br",
]
URL = "https://a.example/"


def added(validators: Validators | None = None, credentials: Credentials | None = None, *, is_own: bool = True) -> list:
    lines = request_headers(FetchRequest(1, URL, validators or Validators(), credentials), is_own_origin=is_own)
    assert lines[: len(ALWAYS)] == ALWAYS
    return lines[len(ALWAYS) :]


def test_a_first_request_asks_for_feeds() -> None:
    assert added() == []


def test_validators_go_out_independently_of_each_other() -> None:
    assert added(Validators(etag='W/"a"')) == ['If-None-Match: W/"a"']
    assert added(Validators(last_modified="Tue")) == ["If-Modified-Since: Tue"]
    assert added(Validators('"a"', "Tue")) == ['If-None-Match: "a"', "If-Modified-Since: Tue"]


@pytest.mark.parametrize("unsafe", ['"a"\r\nX: y', "\u00e9", "x" * 1025, ""])
def test_a_validator_that_is_no_header_value_stays_here(unsafe: str) -> None:
    assert added(Validators(unsafe, unsafe)) == []


# The second is the example of RFC 7617, section 2.1.
@pytest.mark.parametrize(
    ("user", "password", "encoded"),
    [("Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("test", "123\u00a3", "dGVzdDoxMjPCow==")],
)
def test_credentials_are_basic_and_utf8(user: str, password: str, encoded: str) -> None:
    assert added(credentials=Credentials(user, password)) == [f"Authorization: Basic {encoded}"]


def test_a_password_that_is_not_unicode_goes_out_as_its_bytes() -> None:
    assert added(credentials=Credentials("a", "\udcff")) == ["Authorization: Basic YTr/"]


def test_credentials_stay_out_of_other_origins() -> None:
    assert added(credentials=Credentials("a", "b"), is_own=False) == []
