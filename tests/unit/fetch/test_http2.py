"""Which answers show that a server wants HTTP/2, and for how many origins that is remembered."""

import pycurl
import pytest

from worker.fetch.headers import Head
from worker.fetch.hop import Hop
from worker.fetch.http2 import Http2Origins
from worker.fetch.libcurl import EndedRequest
from worker.fetch.request import locate

ALERT = "TLS connect error: error:0A000460:SSL routines::tlsv1 alert no application protocol"


def learn(origins: Http2Origins, url: str, head: Head | None, code: int = 0, message: str = "") -> bool:
    return origins.learn(Hop(locate(url), head=head), EndedRequest(pycurl.Curl(), code, message))


@pytest.mark.parametrize(
    ("head", "code", "message", "is_wanted"),
    [
        (None, pycurl.E_SSL_CONNECT_ERROR, ALERT, True),
        (None, pycurl.E_SSL_CONNECT_ERROR, "TLS connect error: alert handshake failure", False),
        (None, pycurl.E_UNSUPPORTED_PROTOCOL, "Received HTTP/0.9 when not allowed", True),
        (None, pycurl.E_GOT_NOTHING, "Empty reply from server", False),
        (Head(505, {}), pycurl.E_WRITE_ERROR, "", True),
        (Head(426, {"upgrade": "TLS/1.3, H2"}), pycurl.E_WRITE_ERROR, "", True),
        (Head(426, {"upgrade": "websocket"}), pycurl.E_WRITE_ERROR, "", False),
        (Head(426, {}), pycurl.E_WRITE_ERROR, "", False),
        (Head(403, {"upgrade": "h2"}), pycurl.E_WRITE_ERROR, "", False),
        # Many servers add it to every answer.
        (Head(200, {"upgrade": "h2"}), 0, "", False),
    ],
)
def test_a_wish_for_http_2_is_told_by_the_way_of_refusal(
    head: Head | None, code: int, message: str, *, is_wanted: bool
) -> None:
    origins = Http2Origins()

    assert learn(origins, "https://news.example/feed", head, code, message) is is_wanted
    assert ("https://news.example" in origins) is is_wanted


def test_in_the_open_nothing_is_asked_again() -> None:
    origins = Http2Origins()

    assert not learn(origins, "http://news.example/feed", Head(505, {}))
    assert "http://news.example" not in origins


def test_the_origin_that_was_not_asked_for_the_longest_time_is_forgotten_first() -> None:
    origins = Http2Origins(most=2)
    for name in ("a", "b"):
        learn(origins, f"https://{name}.example/", Head(505, {}))
    assert "https://a.example" in origins

    learn(origins, "https://c.example/", Head(505, {}))

    assert [f"https://{name}.example" in origins for name in "abc"] == [True, False, True]
