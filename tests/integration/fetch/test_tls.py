"""HTTPS: only publishers whom an authority vouches for, and what becomes of connections that are cut."""

import gzip
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import certifi
import pytest

from tests.servers.forward_proxy import ForwardProxy
from tests.servers.publisher import Answer, Publisher
from worker.errors import ErrorClass, RejectedError, TransientError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.fetch.libcurl import find_ca_bundle
from worker.values.due_feeds import Credentials, Document, Fetched, FetchRequest
from worker.values.request_settings import RequestSettings

Drive = Callable[..., list[Fetched]]

INSECURE = RequestSettings(is_insecure=True)
FEED = b"<rss><channel><title>News</title></channel></rss>"


@pytest.fixture
def secure(certificate: Path) -> Iterator[Publisher]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Publisher(tls=context) as running:
        yield running


@pytest.fixture
def trusted(secure: Publisher, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Publisher:
    """Return the secure publisher, whose certificate is now the system's one authority."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return secure


def fetch_one(limits: FetchLimits, url: str, drive: Drive, credentials: Credentials | None = None) -> Fetched:
    with Transfers(limits, Guard.allowing(["127.0.0.0/8"])) as transfers:
        transfers.start(FetchRequest(1, url, credentials=credentials))
        return drive(transfers)[0]


def test_a_certificate_nobody_vouches_for_is_a_tls_error(secure: Publisher, limits: FetchLimits, drive: Drive) -> None:
    answer = fetch_one(limits, secure.url("/feed.xml", "localhost"), drive).answer

    assert isinstance(answer, TransientError)
    assert answer.error_class is ErrorClass.TLS
    assert answer.sentence.startswith("no secure connection to localhost: ")
    assert secure.requests == []


def test_an_authority_of_the_system_is_trusted(trusted: Publisher, limits: FetchLimits, drive: Drive) -> None:
    trusted.serve("/feed.xml", b"rss")

    assert isinstance(fetch_one(limits, trusted.url("/feed.xml", "localhost"), drive).answer, Document)


def test_a_certificate_for_another_name_is_a_tls_error(trusted: Publisher, limits: FetchLimits, drive: Drive) -> None:
    answer = fetch_one(limits, trusted.url("/feed.xml"), drive).answer

    assert isinstance(answer, TransientError)
    assert answer.error_class is ErrorClass.TLS


def test_credentials_are_not_sent_from_https_to_http(
    trusted: Publisher, publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    publisher.serve("/feed.xml", b"rss")
    trusted.on("/feed.xml", Answer(status=302, headers={"Location": publisher.url("/feed.xml", "localhost")}))

    fetch_one(limits, trusted.url("/feed.xml", "localhost"), drive, Credentials("reader", "secret"))

    assert "authorization" in trusted.requests[0].headers
    assert "authorization" not in publisher.requests[0].headers


def test_the_guard_judges_https_too(secure: Publisher, limits: FetchLimits, drive: Drive) -> None:
    with Transfers(limits, Guard()) as transfers:
        transfers.start(FetchRequest(1, secure.url("/feed.xml", "localhost")))
        answer = drive(transfers)[0].answer

    assert isinstance(answer, RejectedError)
    assert secure.connections == 0


def test_where_the_system_has_no_bundle_certifis_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")

    assert find_ca_bundle(usual=("/nowhere/either",)) == certifi.where()


def fetch_as(limits: FetchLimits, drive: Drive, *asked: tuple[str, RequestSettings | None]) -> list[Fetched]:
    with Transfers(limits, Guard.allowing(["127.0.0.0/8"])) as transfers:
        answers = []
        for url, settings in asked:
            transfers.start(FetchRequest(1, url, settings=settings))
            answers += drive(transfers)
        return answers


def test_a_certificate_is_left_unchecked_for_the_feed_alone_for_which_that_is_wanted(
    secure: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    secure.serve("/feed.xml", b"rss")
    url = secure.url("/feed.xml", "localhost")

    answers = [each.answer for each in fetch_as(limits, drive, (url, INSECURE), (url, None), (url, INSECURE))]

    assert [type(answer) for answer in answers] == [Document, TransientError, Document]


def test_a_redirect_leads_an_insecure_feed_to_no_other_hosts_unchecked_certificate(
    secure: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    secure.serve("/feed.xml", b"rss")
    secure.redirect("/same", secure.url("/feed.xml", "localhost"))
    secure.redirect("/other", secure.url("/feed.xml"))

    same, other = (secure.url(path, "localhost") for path in ("/same", "/other"))
    answers = [each.answer for each in fetch_as(limits, drive, (same, INSECURE), (other, INSECURE), (same, INSECURE))]

    assert [type(answer) for answer in answers] == [Document, TransientError, Document]


def test_the_authorities_of_a_bundle_are_trusted_in_place_of_the_systems(
    secure: Publisher, certificate: Path, limits: FetchLimits, drive: Drive
) -> None:
    secure.serve("/feed.xml", b"rss")

    limits = replace(limits, ca_bundle=str(certificate))

    assert isinstance(fetch_one(limits, secure.url("/feed.xml", "localhost"), drive).answer, Document)


@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_proxys_certificate_is_always_checked(
    secure: Publisher, certificate: Path, limits: FetchLimits, drive: Drive, *, is_trusted: bool
) -> None:
    secure.serve("/feed.xml", b"rss")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    with ForwardProxy(secure.port, tls=context) as proxy:
        settings = replace(INSECURE, proxy=f"https://localhost:{proxy.port}")
        limits = replace(limits, ca_bundle=str(certificate)) if is_trusted else limits
        (fetched,) = fetch_as(limits, drive, (secure.url("/feed.xml", "localhost"), settings))

    if is_trusted:
        assert isinstance(fetched.answer, Document)
    else:
        assert isinstance(fetched.answer, TransientError)
        assert fetched.answer.error_class is ErrorClass.TLS
        assert fetched.answer.sentence.startswith(f"no secure connection to the proxy localhost:{proxy.port}: ")


def test_a_password_goes_through_a_tunnel_and_not_to_the_proxy(
    trusted: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    trusted.serve("/feed.xml", b"rss")

    with ForwardProxy(trusted.port) as proxy, Transfers(limits, Guard.allowing(["127.0.0.0/8"])) as transfers:
        settings = RequestSettings(proxy=f"http://127.0.0.1:{proxy.port}", user_agent="Other/1")
        credentials = Credentials("reader", "secret")
        url = trusted.url("/feed.xml", "localhost")
        for _ in range(2):
            transfers.start(FetchRequest(1, url, credentials=credentials, settings=settings))
            assert isinstance(drive(transfers)[0].answer, Document)

    (connect,) = proxy.asked
    assert b"\r\nAuthorization" not in connect
    assert [request.headers["user-agent"] for request in trusted.requests] == ["Other/1"] * 2
    assert all("authorization" in request.headers for request in trusted.requests)


# The publisher closes without taking leave of TLS (close_notify) ------------------------------------------------------
@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"", FEED),
        (b"", b'{"items": []}'),
        (b"Content-Encoding: gzip\r\n", gzip.compress(FEED)),
        (b"Content-Length: %d\r\n" % len(FEED), FEED),
        (b"Transfer-Encoding: chunked\r\n", b"%x\r\n%b\r\n0\r\n\r\n" % (len(FEED), FEED)),
    ],
    ids=["XML", "JSON", "packed", "length", "chunks"],
)
def test_a_document_that_is_whole_may_be_cut_off(
    trusted: Publisher, limits: FetchLimits, drive: Drive, head: bytes, body: bytes
) -> None:
    trusted.on("/feed.xml", Answer(raw=b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body))

    assert isinstance(fetch_one(limits, trusted.url("/feed.xml", "localhost"), drive).answer, Document)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"", FEED[:-1]),
        (b"", b'{"items": ['),
        (b"Content-Encoding: gzip\r\n", gzip.compress(FEED)[:-1]),
        (b"Content-Length: %d\r\n" % (len(FEED) + 1), FEED),
        (b"Transfer-Encoding: chunked\r\n", b"%x\r\n%b\r\n" % (len(FEED), FEED)),
    ],
    ids=["XML", "JSON", "packed", "length", "chunks"],
)
def test_a_document_that_is_cut_off_is_incomplete(
    trusted: Publisher, limits: FetchLimits, drive: Drive, head: bytes, body: bytes
) -> None:
    trusted.on("/feed.xml", Answer(raw=b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body))

    answer = fetch_one(limits, trusted.url("/feed.xml", "localhost"), drive).answer

    assert isinstance(answer, TransientError)
    assert answer.error_class is ErrorClass.INCOMPLETE
