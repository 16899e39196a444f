"""A request has the parameters there are, once each and with values that can be, or is refused by name."""

from typing import Any

import pytest
from starlette.requests import Request

from tests.asking import make_scope
from worker.web.failures import ParameterError
from worker.web.interface.parameters import choice, read_parameters, some_of, switch, whole, words

KNOWN = (
    whole("limit", "So many.", 1, 1_000, 100),
    words("text", "Words."),
    choice("sort", "By what.", ["seen", "id"], "seen"),
    switch("failing", "Only those."),
    some_of("fields", "These.", ["id", "title"]),
)
USUAL = {"limit": 100, "text": None, "sort": "seen", "failing": False, "fields": None}


def _read(query: str) -> dict[str, Any]:
    return read_parameters(Request(make_scope(f"/?{query}")), KNOWN)


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("", {}),
        ("&&", {}),
        ("limit=1000&sort=id", {"limit": 1000, "sort": "id"}),
        ("text=a+b%20%C3%A9%26", {"text": "a b é&"}),
        ("text=a=b", {"text": "a=b"}),
        ("failing=true", {"failing": True}),
        ("fields=title,id,title", {"fields": ("title", "id")}),
    ],
)
def test_what_is_not_given_has_its_default(query: str, given: dict[str, Any]) -> None:
    assert _read(query) == USUAL | given


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=-1", "limit"),
        ("limit=1e3", "limit"),
        ("limit=%D9%A3", "limit"),
        ("limit=" + "9" * 5_000, "limit"),
        ("limit=", "limit"),
        ("limit", "limit"),
        ("limit=1&limit=1", "limit"),
        ("text=", "text"),
        ("text=%20", "text"),
        ("text=a%00b", "text"),
        ("text=%FF", "text"),
        ("text=%ED%A0%80", "text"),
        ("text=" + "x" * 2_001, "text"),
        ("sort=ID", "sort"),
        ("sort='%20OR%201=1--", "sort"),
        ("failing=1", "failing"),
        ("fields=id,content_hash", "fields"),
        ("fields=,", "fields"),
        ("Limit=1", "Limit"),
        ("limit[]=1", "limit[]"),
        ("%FF=1", "A parameter's name"),
        ("a%0d%0aSet-Cookie:x=1", "a\r\nSet-Cookie:x"),
    ],
)
def test_what_cannot_be_is_refused_by_name(query: str, named: str) -> None:
    with pytest.raises(ParameterError) as refused:
        _read(query)
    assert refused.value.parameter == named


def test_a_parameter_that_must_be_there_is_missed() -> None:
    with pytest.raises(ParameterError, match="^q is missing: text without NUL"):
        read_parameters(Request(make_scope("/")), [words("q", "Words.", is_required=True)])
