"""Conditional requests: validators go out and come back byte for byte (RFC 9110, section 13)."""

from collections.abc import Callable

import pytest

from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, TransientError
from worker.values.due_feeds import Document, Fetched, NotModified, Validators

Fetch = Callable[..., Fetched]

DATE = "Tue, 24 Nov 2026 09:00:00 GMT"


def test_both_validators_are_sent_as_they_were_stored(publisher: Publisher, fetch: Fetch) -> None:
    odd = Validators("unquoted  -gzip", "tuesday, maybe")

    fetch(publisher.serve("/feed.xml", b"rss"), validators=odd)

    sent = publisher.requests[0].headers
    assert sent["if-none-match"] == "unquoted  -gzip"
    assert sent["if-modified-since"] == "tuesday, maybe"


def test_a_feed_without_validators_is_asked_without_conditions(publisher: Publisher, fetch: Fetch) -> None:
    fetch(publisher.serve("/feed.xml", b"rss"))

    assert not {"if-none-match", "if-modified-since"} & publisher.requests[0].headers.keys()


def test_one_validator_alone_is_sent_alone(publisher: Publisher, fetch: Fetch) -> None:
    fetch(publisher.serve("/feed.xml", b"rss"), validators=Validators(last_modified=DATE))

    assert "if-none-match" not in publisher.requests[0].headers
    assert publisher.requests[0].headers["if-modified-since"] == DATE


def test_conditions_of_one_fetch_do_not_reach_the_next(publisher: Publisher, fetch: Fetch) -> None:
    url = publisher.serve("/feed.xml", b"rss")

    fetch(url, validators=Validators('"one"', DATE))
    fetch(url)

    assert not {"if-none-match", "if-modified-since"} & publisher.requests[1].headers.keys()


def test_304_says_not_modified_and_keeps_the_validators(publisher: Publisher, fetch: Fetch) -> None:
    url = publisher.on("/feed.xml", Answer(status=304))

    fetched = fetch(url, validators=Validators('"one"', DATE))

    assert fetched.answer == NotModified(Validators('"one"', DATE))
    assert fetched.http_status == 304


def test_304_refreshes_each_validator_that_it_carries(publisher: Publisher, fetch: Fetch) -> None:
    url = publisher.on("/feed.xml", Answer(status=304, headers={"ETag": 'W/"two"'}))

    fetched = fetch(url, validators=Validators('"one"', DATE))

    assert fetched.answer == NotModified(Validators('W/"two"', DATE))


def test_304_tells_how_long_it_is_fresh(publisher: Publisher, fetch: Fetch) -> None:
    url = publisher.on("/feed.xml", Answer(status=304, headers={"Cache-Control": "max-age=900"}))

    fetched = fetch(url, validators=Validators('"one"'))

    assert fetched.fresh_for is not None
    assert fetched.fresh_for.total_seconds() == 900


def test_304_tells_so_by_its_expiry_too(publisher: Publisher, fetch: Fetch) -> None:
    # The host's clock is years ahead of ours: only the difference counts.
    headers = {"Date": "Fri, 24 Nov 2034 09:00:00 GMT", "Expires": "Fri, 24 Nov 2034 11:00:00 GMT", "Age": "600"}
    url = publisher.on("/feed.xml", Answer(status=304, headers=headers))

    fetched = fetch(url, validators=Validators('"one"'))

    assert fetched.fresh_for is not None
    assert fetched.fresh_for.total_seconds() == 2 * 3600 - 600


def test_304_to_a_request_without_conditions_is_an_error(publisher: Publisher, fetch: Fetch) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(status=304)))

    assert isinstance(fetched.answer, TransientError)
    assert fetched.answer.error_class is ErrorClass.PROTOCOL


@pytest.mark.parametrize("etag", ['"a\tb"', '"' + "x" * 1024 + '"', ""])
def test_a_validator_that_may_not_stand_in_a_request_is_not_kept(publisher: Publisher, fetch: Fetch, etag: str) -> None:
    fetched = fetch(publisher.on("/feed.xml", Answer(b"rss", headers={"ETag": etag, "Last-Modified": DATE})))

    assert isinstance(fetched.answer, Document)
    assert fetched.answer.validators == Validators(None, DATE)


def test_a_stored_validator_cannot_inject_a_header(publisher: Publisher, fetch: Fetch) -> None:
    fetch(publisher.serve("/feed.xml", b"rss"), validators=Validators('"a"\r\nX-Injected: yes', "b\nX-Injected: yes"))

    assert not {"x-injected", "if-none-match", "if-modified-since"} & publisher.requests[0].headers.keys()


def test_a_moved_feed_is_asked_conditionally_where_it_lives_now(publisher: Publisher, fetch: Fetch) -> None:
    publisher.serve_validated("/new.xml", b"rss", etag='"one"')

    fetched = fetch(publisher.redirect("/old.xml", "/new.xml"), validators=Validators('"one"'))

    assert fetched.answer == NotModified(Validators('"one"'))
