"""What each HTTP status means for a feed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.values.due_feeds import Credentials, Document, Fetched

Fetch = Callable[..., Fetched]


@pytest.mark.parametrize(
    ("status", "kind", "error_class"),
    [
        (400, PermanentError, ErrorClass.HTTP_4XX),
        (401, PermanentError, ErrorClass.HTTP_4XX),
        (403, PermanentError, ErrorClass.HTTP_4XX),
        (404, PermanentError, ErrorClass.HTTP_4XX),
        (410, PermanentError, ErrorClass.HTTP_410),
        (429, TransientError, ErrorClass.HTTP_429),
        (451, PermanentError, ErrorClass.HTTP_4XX),
        (500, TransientError, ErrorClass.HTTP_5XX),
        (503, TransientError, ErrorClass.HTTP_5XX),
        (522, TransientError, ErrorClass.HTTP_5XX),
        (999, TransientError, ErrorClass.PROTOCOL),
    ],
)
def test_a_status_above_300_is_an_error_of_its_class(
    publisher: Publisher, fetch: Fetch, status: int, kind: type[PollError], error_class: ErrorClass
) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(b"sorry", status=status)))

    assert type(fetched.answer) is kind
    assert fetched.answer.error_class is error_class
    assert fetched.answer.http_status == status
    assert fetched.http_status == status


def test_an_error_says_who_answered_what(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(status=404)))

    assert isinstance(fetched.answer, PollError)
    assert fetched.answer.sentence == "127.0.0.1 answered 404 (Not Found)"


@pytest.mark.parametrize(
    ("challenge", "said"),
    [
        ({}, "it wants a password, which `feedmill set --user NAME` keeps"),
        ({"WWW-Authenticate": 'Basic realm="x"'}, "it wants a password, which `feedmill set --user NAME` keeps"),
        ({"WWW-Authenticate": 'Digest realm="x"'}, "it wants Digest, which Feedmill does not speak"),
        ({"WWW-Authenticate": "Negotiate"}, "it wants Negotiate, which Feedmill does not speak"),
    ],
)
def test_a_401_names_the_option_for_it(
    publisher: Publisher, fetch: Fetch, challenge: dict[str, str], said: str
) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(status=401, headers=challenge)))

    assert isinstance(fetched.answer, PollError)
    assert fetched.answer.sentence == f"127.0.0.1 answered 401 (Unauthorized): {said}"


def test_a_401_to_a_password_says_that_it_is_wrong(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(status=401)), credentials=Credentials("bob", "x"))

    assert isinstance(fetched.answer, PollError)
    assert fetched.answer.sentence.endswith(": it rejects what `feedmill set --user bob` or --header gave")


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_retry_after_is_told_with_any_error(publisher: Publisher, fetch: Fetch, status: int) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(status=status, headers={"Retry-After": "3600"})))

    assert isinstance(fetched.answer, PollError)
    assert fetched.answer.retry_after == timedelta(hours=1)


IMPERVA = "7-41000613-0 PNNN RT(1639592547810 0) q(0 0 0 0) r(0 -1) B15(3,501529,0) U6"


@pytest.mark.parametrize(
    ("status", "field", "value"),
    [
        (403, "cf-mitigated", "challenge"),
        (503, "cf-mitigated", "challenge"),
        (403, "X-Vercel-Mitigated", "deny"),
        (405, "x-amzn-waf-action", "captcha"),
        (202, "x-amzn-waf-action", "challenge"),
        (202, "SG-Captcha", "challenge"),
        (403, "X-DD-B", "1"),
        (401, "X-DD-B", "2"),
        (403, "X-Sucuri-Block", "FBP007"),
        (403, "Server", "AkamaiGHost"),
        (403, "X-Iinfo", IMPERVA),
    ],
)
def test_a_wall_for_browsers_only_is_told_apart(
    publisher: Publisher, fetch: Fetch, status: int, field: str, value: str
) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(b"<html>", status=status, headers={field: value})))

    assert isinstance(fetched.answer, PermanentError)
    assert fetched.answer.error_class is ErrorClass.BLOCKED


@pytest.mark.parametrize(
    ("status", "field", "value"),
    [
        (403, "CF-Ray", "8f2b3c4d5e6f7-SJC"),
        (403, "Server", "cloudflare"),
        (403, "X-DataDome", "protected"),
        (403, "Set-Cookie", "datadome=abc"),
        (403, "X-Sucuri-ID", "12005"),
        (403, "Server", "Sucuri/Cloudproxy"),
        (403, "Server", "ddos-guard"),
        (403, "X-Iinfo", "5-17009424-17011001 PNNN RT(1388193526625 4677) q(0 0 0 -1) r(1 1) U10000"),
        (404, "X-Iinfo", IMPERVA),
        (404, "Server", "AkamaiGHost"),
        (403, "cf-mitigated", ""),
    ],
)
def test_what_a_wall_adds_to_all_that_passes_it_proves_nothing(
    publisher: Publisher, fetch: Fetch, status: int, field: str, value: str
) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(b"<html>", status=status, headers={field: value})))

    assert isinstance(fetched.answer, PermanentError)
    assert fetched.answer.error_class is ErrorClass.HTTP_4XX


@pytest.mark.parametrize("field", ["cf-mitigated", "X-DD-B", "X-Iinfo", "Server"])
def test_a_document_that_came_through_a_wall_is_a_document(publisher: Publisher, fetch: Fetch, field: str) -> None:
    headers = {field: {"Server": "AkamaiGHost", "X-Iinfo": IMPERVA}.get(field, "0")}

    assert isinstance(fetch(publisher.on("/feed.xml", Answer(b"rss", headers=headers))).answer, Document)


@pytest.mark.parametrize("status", [404, 503])
def test_the_body_of_an_error_is_not_read(publisher: Publisher, fetch: Fetch, status: int) -> None:
    endless = Answer(iter(lambda: b"x" * 65536, b""), status=status, framing="chunked")

    fetched = fetch(publisher.on("/feed.xml", endless))

    assert fetched.http_status == status
    assert fetched.bytes_received < 1000


@pytest.mark.parametrize(("status", "body"), [(200, b""), (204, b""), (206, b"<rss>")])
def test_a_success_without_a_whole_document_is_incomplete(
    publisher: Publisher, fetch: Fetch, status: int, body: bytes
) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(body, status=status, headers={"ETag": '"a"'})))

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is ErrorClass.INCOMPLETE
    assert fetched.http_status == status


def test_an_error_keeps_nothing_alive(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(status=500)))

    assert isinstance(fetched.answer, PollError)
    assert fetched.answer.__traceback__ is None
