from datetime import timedelta

import pycurl
import pytest

from worker.errors import ErrorClass, RejectedError, TransientError
from worker.fetch.libcurl import curl_error, unresolved_error
from worker.fetch.request import FetchLimits

LIMITS = FetchLimits(timedelta(seconds=30), timedelta(seconds=10), 15_000_000, "test")
BROKEN = "the connection to a.example broke before the answer was complete"
SOON = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("code", "error_class", "sentence"),
    [
        (pycurl.E_COULDNT_RESOLVE_HOST, ErrorClass.DNS, "the name a.example does not resolve"),
        (pycurl.E_COULDNT_CONNECT, ErrorClass.CONNECT, "a.example accepts no connection"),
        (pycurl.E_SSL_CONNECT_ERROR, ErrorClass.TLS, "no secure connection to a.example: told"),
        (pycurl.E_PEER_FAILED_VERIFICATION, ErrorClass.TLS, "no secure connection to a.example: told"),
        (pycurl.E_PARTIAL_FILE, ErrorClass.INCOMPLETE, BROKEN),
        (pycurl.E_RECV_ERROR, ErrorClass.INCOMPLETE, BROKEN),
        (pycurl.E_GOT_NOTHING, ErrorClass.INCOMPLETE, "a.example closed the connection without an answer"),
        (pycurl.E_UNSUPPORTED_PROTOCOL, ErrorClass.PROTOCOL, "a.example does not speak HTTP as it should: told"),
        (pycurl.E_WRITE_ERROR, ErrorClass.PROTOCOL, "a.example does not speak HTTP as it should"),
        (9999, ErrorClass.PROTOCOL, "a.example does not speak HTTP as it should: told"),
    ],
)
def test_a_code_is_a_passing_failure_of_its_class(code: int, error_class: ErrorClass, sentence: str) -> None:
    error = curl_error(code, "told", "a.example", LIMITS, SOON)

    assert type(error) is TransientError
    assert (error.error_class, error.sentence) == (error_class, sentence)


def test_a_timeout_before_the_deadline_is_that_of_the_connection() -> None:
    early = curl_error(pycurl.E_OPERATION_TIMEDOUT, "", "a.example", LIMITS, timedelta(seconds=10))
    late = curl_error(pycurl.E_OPERATION_TIMEDOUT, "", "a.example", LIMITS, timedelta(seconds=30))

    assert (early.error_class, early.sentence) == (ErrorClass.TIMEOUT, "no connection to a.example within 10s")
    assert (late.error_class, late.sentence) == (ErrorClass.TIMEOUT, "a.example did not answer in full within 30s")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (pycurl.E_FILESIZE_EXCEEDED, "the document is larger than 15.0 MB"),
        (100, "the headers are larger than 64 kB"),
    ],
)
def test_a_limit_that_libcurl_holds_for_us_is_a_refusal(code: int, sentence: str) -> None:
    error = curl_error(code, "", "a.example", LIMITS, SOON)

    assert type(error) is RejectedError
    assert (error.error_class, error.sentence) == (ErrorClass.TOO_BIG, sentence)


def test_what_libcurl_tells_is_cleaned() -> None:
    error = curl_error(pycurl.E_SSL_CONNECT_ERROR, "a\x1b[31m\0" + "b" * 500, "a.example", LIMITS, SOON)

    assert error.sentence == "no secure connection to a.example: a[31m" + "b" * 193


def test_a_name_is_waited_for_no_longer_than_the_whole_fetch_may_take() -> None:
    hasty = FetchLimits(timedelta(seconds=2), timedelta(seconds=10), 15_000_000, "test")

    error = unresolved_error("a.example", hasty, is_late=True)

    assert (error.error_class, error.sentence) == (ErrorClass.DNS, "the name a.example was not resolved within 2s")
