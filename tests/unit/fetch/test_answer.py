from datetime import UTC, datetime, timedelta

import pytest
import xxhash

from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.fetch.answer import read_document, read_not_modified, read_redirect, redirect_message, status_error
from worker.fetch.body import Body
from worker.fetch.headers import Head
from worker.fetch.request import locate
from worker.values.due_feeds import Document, FetchRequest, NotModified, Validators

HERE = locate("https://a.example/feed.xml")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def body_of(content: bytes) -> Body:
    body = Body([], limit=1000)
    body.add(content)
    return body


def test_a_document_takes_its_facts_from_the_head() -> None:
    head = Head(200, {"content-type": "text/xml\x01", "etag": '"a"'})

    answer = read_document(HERE, head, body_of(b"rss"))

    assert answer == Document("https://a.example/feed.xml", b"rss", "text/xml", Validators('"a"'))


def test_the_bytes_that_are_known_are_no_document_but_bring_their_validators() -> None:
    head = Head(200, {"etag": '"b"'})

    answer = read_document(HERE, head, body_of(b"rss"), xxhash.xxh3_128_digest(b"rss"))
    other = read_document(HERE, head, body_of(b"rss"), xxhash.xxh3_128_digest(b"RSS"))

    assert answer == NotModified(Validators('"b"'))
    assert other == Document("https://a.example/feed.xml", b"rss", None, Validators('"b"'))


def test_a_part_of_a_document_is_none_though_its_bytes_are_known() -> None:
    with pytest.raises(TransientError, match=r"a\.example sent a part that we did not ask for \(206\)"):
        read_document(HERE, Head(206, {}), body_of(b"rss"), xxhash.xxh3_128_digest(b"rss"))


def test_an_empty_document_is_incomplete() -> None:
    with pytest.raises(TransientError, match=r"a\.example answered 200 \(OK\), but with nothing in it"):
        read_document(HERE, Head(200, {}), body_of(b""))


def test_304_needs_a_condition() -> None:
    asked = FetchRequest(1, HERE.href, Validators(last_modified="Tue"))

    assert read_not_modified(HERE, Head(304, {}), asked) == NotModified(Validators(last_modified="Tue"))
    with pytest.raises(TransientError):
        read_not_modified(HERE, Head(304, {}), FetchRequest(1, HERE.href))


def test_a_redirect_leads_on() -> None:
    assert read_redirect(HERE, Head(301, {"location": "/b"}), [HERE], most=1).href == "https://a.example/b"


def test_a_message_is_not_redirected_from_https_to_http() -> None:
    there = locate("https://b.example/")
    assert redirect_message(HERE, there) == there
    with pytest.raises(PermanentError, match=r"a\.example redirects what is secret to where nothing is encrypted"):
        redirect_message(HERE, locate("http://b.example/"))


@pytest.mark.parametrize(
    ("fields", "visited", "kind"),
    [
        ({}, [HERE], PermanentError),
        ({"location": ""}, [HERE], PermanentError),
        ({"location": "/feed.xml"}, [HERE], PermanentError),
        ({"location": "/b"}, [HERE, HERE], PermanentError),
        ({"location": "ftp://a.example/"}, [HERE], RejectedError),
    ],
    ids=["no target", "empty target", "circle", "too many", "scheme"],
)
def test_a_redirect_that_leads_nowhere_is_an_error(fields: dict[str, str], visited: list, kind: type) -> None:
    with pytest.raises(kind):
        read_redirect(HERE, Head(301, fields), visited, most=1)


@pytest.mark.parametrize(
    ("status", "kind", "error_class", "sentence"),
    [
        (305, PermanentError, ErrorClass.REDIRECT, "a.example answered 305 (Use Proxy)"),
        (403, PermanentError, ErrorClass.HTTP_4XX, "a.example answered 403 (Forbidden)"),
        (410, PermanentError, ErrorClass.HTTP_410, "a.example answered 410 (Gone)"),
        (429, TransientError, ErrorClass.HTTP_429, "a.example answered 429 (Too Many Requests)"),
        (502, TransientError, ErrorClass.HTTP_5XX, "a.example answered 502 (Bad Gateway)"),
        (520, TransientError, ErrorClass.HTTP_5XX, "a.example answered 520"),
        (600, TransientError, ErrorClass.PROTOCOL, "a.example answered 600"),
    ],
)
def test_a_status_is_an_error_of_its_class(
    status: int, kind: type[PollError], error_class: ErrorClass, sentence: str
) -> None:
    error = status_error(HERE, Head(status, {"retry-after": "5"}), NOW)

    assert type(error) is kind
    assert (error.error_class, error.sentence, error.http_status) == (error_class, sentence, status)
    assert error.retry_after == (timedelta(seconds=5) if status >= 400 else None)


def test_a_wall_does_not_hide_a_rate_limit() -> None:
    assert status_error(HERE, Head(429, {"cf-mitigated": "challenge"}), NOW).error_class is ErrorClass.HTTP_429
    assert status_error(HERE, Head(410, {"cf-mitigated": "challenge"}), NOW).error_class is ErrorClass.HTTP_410


def test_a_wall_is_named_with_its_status_and_its_wait() -> None:
    error = status_error(HERE, Head(503, {"cf-mitigated": "challenge", "retry-after": "5"}), NOW)

    assert isinstance(error, PermanentError)
    assert (error.error_class, error.http_status) == (ErrorClass.BLOCKED, 503)
    assert error.retry_after == timedelta(seconds=5)
    assert error.sentence == "a.example answered 503 (Service Unavailable): Cloudflare keeps robots out there"


def test_a_challenge_that_is_accepted_is_no_document() -> None:
    with pytest.raises(PermanentError, match=r"answered 202 \(Accepted\): AWS WAF keeps robots out"):
        read_document(HERE, Head(202, {"x-amzn-waf-action": "challenge"}), body_of(b""))
