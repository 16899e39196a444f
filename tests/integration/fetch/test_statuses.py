"""What each HTTP status means for a feed."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.values import Fetched

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


@pytest.mark.parametrize("status", [404, 429, 500, 503])
def test_retry_after_is_told_with_any_error(publisher: Publisher, fetch: Fetch, status: int) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(status=status, headers={"Retry-After": "3600"})))

    assert isinstance(fetched.answer, PollError)
    assert fetched.answer.retry_after == timedelta(hours=1)


@pytest.mark.parametrize("status", [403, 503])
def test_a_wall_for_browsers_only_is_told_apart(publisher: Publisher, fetch: Fetch, status: int) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(status=status, headers={"cf-mitigated": "challenge"})))

    assert isinstance(fetched.answer, PermanentError)
    assert fetched.answer.error_class is ErrorClass.BLOCKED


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
