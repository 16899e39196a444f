"""An answer is compressed where its reader takes that, and not sent again to whoever has it."""

import gzip

import pytest
from starlette.requests import Request

from tests.asking import make_scope
from worker.web.interface.packed_answers import answer_packed, pack

LONG = b'{"articles": []}' * 100


def _request(**headers: str) -> Request:
    return Request(make_scope("/", {name.replace("_", "-"): value for name, value in headers.items()}))


@pytest.mark.parametrize(
    ("said", "is_packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("identity", False),
        ("xgzip", False),
        ("", False),
    ],
)
def test_only_who_takes_it_gets_it_compressed(said: str, is_packed: bool) -> None:
    request = _request(accept_encoding=said)
    answer = answer_packed(request, pack(request, LONG), {})
    assert ("content-encoding" in answer.headers) is is_packed
    assert (gzip.decompress(answer.body) if is_packed else answer.body) == LONG
    assert "Accept-Encoding" in answer.headers["vary"]


def test_what_is_short_is_not_compressed() -> None:
    request = _request(accept_encoding="gzip")
    assert answer_packed(request, pack(request, b"{}"), {}).body == b"{}"


@pytest.mark.parametrize("said", ['W/"{}"', '"{}"', "*", '"x", W/"{}"'])
def test_whoever_has_it_is_told_so(said: str) -> None:
    tag = pack(_request(), LONG).tag
    request = _request(accept_encoding="gzip", if_none_match=said.format(tag))
    answer = answer_packed(request, pack(request, LONG), {"Link": "<x>"})
    assert (answer.status_code, answer.body, answer.headers["etag"]) == (304, b"", f'W/"{tag}"')


@pytest.mark.parametrize("said", ["", '"x"', "W/", "nonsense"])
def test_whoever_has_another_gets_it(said: str) -> None:
    request = _request(if_none_match=said)
    assert answer_packed(request, pack(request, LONG), {}).status_code == 200
