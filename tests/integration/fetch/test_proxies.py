"""Through a proxy: what it is told, what is judged before, and whose failure a failure is."""

import socket
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.servers.forward_proxy import ForwardProxy
from tests.servers.publisher import Answer, Publisher
from worker.basics.request_rules import read_proxy
from worker.errors import ErrorClass, PollError, RejectedError
from worker.fetch import FeedSecrets, FetchLimits, Guard, Secrets, SecretsFile, Transfers
from worker.schedule.failure import CURES
from worker.values.due_feeds import Document, Fetched, FetchRequest
from worker.values.request_settings import HeaderSetting, RequestSettings

Drive = Callable[..., list[Fetched]]

# Names that no name server knows: only the proxy can find them, which has to be allowed by name.
URL = "http://news.example/feed.xml"
NAMED = Guard.allowing(["news.example:80", "news.example:443"])
SECRET_HEADER = RequestSettings(given_for=URL, headers=(HeaderSetting("X-Api-Key", "FEEDMILL_FEED_KEY"),))
VARIABLES = {"FEEDMILL_FEED_KEY": "s3cret"}


def fetch_through(
    proxy: str,
    limits: FetchLimits,
    drive: Drive,
    guard: Guard = NAMED,
    settings: RequestSettings | None = None,
    url: str = URL,
) -> Fetched:
    limits = replace(limits, proxy=read_proxy(proxy))
    with Transfers(limits, guard, Secrets(SecretsFile(None), VARIABLES)) as transfers:
        transfers.start(FetchRequest(1, url, settings=settings))
        return drive(transfers)[0]


def failure_of(fetched: Fetched) -> PollError:
    assert isinstance(fetched.answer, PollError)
    return fetched.answer


@pytest.mark.parametrize("is_socks", [False, True])
def test_a_name_that_may_be_asked_is_handed_to_the_proxy(
    publisher: Publisher, limits: FetchLimits, drive: Drive, *, is_socks: bool
) -> None:
    publisher.serve("/feed.xml", b"rss")

    with ForwardProxy(publisher.port, is_socks=is_socks) as proxy:
        scheme = "socks5h" if is_socks else "http"
        fetched = fetch_through(f"{scheme}://127.0.0.1:{proxy.port}", limits, drive)

    assert isinstance(fetched.answer, Document)
    assert fetched.answer.url == URL
    assert [name.removesuffix(":80") for name in proxy.names] == ["news.example"]


def test_the_proxys_own_address_is_dialled_and_no_other_private_one(
    publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    with ForwardProxy(publisher.port) as proxy:
        through = f"http://localhost:{proxy.port}"
        answers = [
            failure_of(fetch_through(through, limits, drive, Guard(), url=url))
            for url in ("http://10.0.0.1/", f"http://127.0.0.1:{publisher.port}/", "http://localhost/", "http://[::1]/")
        ]

    assert {type(answer) for answer in answers} == {RejectedError}
    assert proxy.asked == []


def test_a_redirects_target_is_judged_before_the_proxy_gets_it(
    publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    publisher.redirect("/feed.xml", "http://169.254.169.254/latest")

    with ForwardProxy(publisher.port) as proxy:
        answer = failure_of(fetch_through(f"http://127.0.0.1:{proxy.port}", limits, drive))

    assert answer.error_class is ErrorClass.GUARD
    assert proxy.names == ["news.example"]


def test_a_name_that_cannot_be_judged_stays_here(limits: FetchLimits, drive: Drive) -> None:
    with ForwardProxy(1) as proxy:
        answer = failure_of(
            fetch_through(f"http://127.0.0.1:{proxy.port}", limits, drive, Guard(), url="http://x.invalid/")
        )

    assert answer.error_class is ErrorClass.DNS
    assert answer.sentence.endswith("; FEEDMILL_ALLOW_HOSTS=x.invalid:80 leaves it to the proxy")
    assert proxy.asked == []


def test_where_every_address_is_allowed_no_name_is_judged(
    publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    publisher.serve("/feed.xml", b"rss")

    with ForwardProxy(publisher.port) as proxy:
        guard = Guard.allowing(["0.0.0.0/0", "::/0"])
        fetched = fetch_through(f"http://127.0.0.1:{proxy.port}", limits, drive, guard, url="http://x.invalid/feed.xml")

    assert isinstance(fetched.answer, Document)


def test_the_environment_says_nothing_of_proxies(
    publisher: Publisher, limits: FetchLimits, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.serve("/feed.xml", b"rss")
    monkeypatch.setenv("no_proxy", "*")

    with ForwardProxy(publisher.port) as proxy:
        fetched = fetch_through(f"http://127.0.0.1:{proxy.port}", limits, drive)

    assert isinstance(fetched.answer, Document)
    assert proxy.names == ["news.example"]


def test_a_feed_that_is_asked_without_a_proxy_is_asked_by_us(
    publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    url = publisher.serve("/feed.xml", b"rss")

    with ForwardProxy(1) as proxy:
        direct, guard = RequestSettings(proxy="none"), Guard.allowing([publisher.authority])
        fetched = fetch_through(f"http://127.0.0.1:{proxy.port}", limits, drive, guard, direct, url)

    assert isinstance(fetched.answer, Document)
    assert proxy.asked == []


def test_a_feeds_own_proxy_takes_the_place_of_the_usual_one_for_it_alone(
    publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    publisher.serve("/feed.xml", b"rss")

    with ForwardProxy(publisher.port) as usual, ForwardProxy(publisher.port) as own:
        limits = replace(limits, proxy=read_proxy(f"http://127.0.0.1:{usual.port}"))
        with Transfers(limits, NAMED) as transfers:
            for settings in (None, RequestSettings(proxy=f"http://127.0.0.1:{own.port}"), None):
                transfers.start(FetchRequest(1, URL, settings=settings))
                drive(transfers)

    assert (len(usual.names), len(own.names)) == (1, 1)
    assert len(publisher.requests) == 3


def test_a_header_for_the_publisher_is_not_shown_to_a_proxy_that_only_tunnels(
    limits: FetchLimits, drive: Drive
) -> None:
    with ForwardProxy(1, refusal=503) as proxy:
        settings = replace(SECRET_HEADER, given_for="https://news.example/")
        fetch_through(f"http://127.0.0.1:{proxy.port}", limits, drive, settings=settings, url="https://news.example/")

    (head,) = proxy.asked
    assert head.startswith(b"CONNECT news.example:443 ")
    assert b"s3cret" not in head


@pytest.mark.parametrize("is_socks", [False, True])
def test_a_proxys_user_and_password_open_it(
    publisher: Publisher, limits: FetchLimits, drive: Drive, *, is_socks: bool
) -> None:
    publisher.serve("/feed.xml", b"rss")

    with ForwardProxy(publisher.port, "bob:p@ss:w/rd", is_socks=is_socks) as proxy:
        scheme = "socks5h" if is_socks else "http"
        fetched = fetch_through(f"{scheme}://bob:p%40ss%3Aw%2Frd@127.0.0.1:{proxy.port}", limits, drive)

    assert isinstance(fetched.answer, Document)


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
@pytest.mark.parametrize("url", [URL, "https://news.example/feed.xml"])
@pytest.mark.parametrize(
    ("given", "said"),
    [("", "wants a user and password: give them"), ("eve:x@", "rejects the password of user eve: give another")],
)
def test_a_proxy_that_wants_another_password_is_for_its_operator_to_set_right(
    limits: FetchLimits, drive: Drive, scheme: str, url: str, given: str, said: str
) -> None:
    with ForwardProxy(1, "bob:secret", is_socks=scheme == "socks5h") as proxy:
        answer = failure_of(fetch_through(f"{scheme}://{given}127.0.0.1:{proxy.port}", limits, drive, url=url))

    assert answer.error_class is ErrorClass.SETTINGS
    assert answer.http_status is None
    given_with = "with `feedmill set --proxy`, or in FEEDMILL_PROXY"
    assert answer.sentence == f"the proxy 127.0.0.1:{proxy.port} {said} {given_with}"
    assert CURES[ErrorClass.SETTINGS].patience is None


@pytest.mark.parametrize("url", [URL, "https://news.example/feed.xml"])
@pytest.mark.parametrize("scheme", ["http", "https", "socks5h"])
def test_a_proxy_that_is_down_is_a_connection_that_failed(
    limits: FetchLimits, drive: Drive, scheme: str, url: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    answer = failure_of(fetch_through(f"{scheme}://bob:secret@127.0.0.1:{port}", limits, drive, url=url))

    assert (answer.error_class, answer.sentence) == (
        ErrorClass.CONNECT,
        f"the proxy 127.0.0.1:{port} accepts no connection",
    )


def test_a_proxy_without_an_address_is_out_of_reach(limits: FetchLimits, drive: Drive) -> None:
    answer = failure_of(fetch_through("http://proxy.invalid:3128", limits, drive))

    assert answer.error_class is ErrorClass.DNS
    assert answer.sentence == "the proxy proxy.invalid:3128 is out of reach: the name proxy.invalid does not resolve"


@pytest.mark.parametrize(
    ("is_socks", "refusal", "error_class", "said"),
    [
        (False, 503, ErrorClass.CONNECT, "the proxy {} could not reach news.example"),
        (False, 403, ErrorClass.SETTINGS, "the rules of the proxy {} forbid news.example"),
        (True, 4, ErrorClass.CONNECT, "the proxy {} could not reach news.example"),
        (True, 2, ErrorClass.SETTINGS, "the rules of the proxy {} forbid news.example"),
    ],
)
def test_a_host_that_the_proxy_cannot_reach_has_refused_nobody(
    limits: FetchLimits, drive: Drive, *, is_socks: bool, refusal: int, error_class: ErrorClass, said: str
) -> None:
    with ForwardProxy(1, refusal=refusal, is_socks=is_socks) as proxy:
        scheme = "socks5h" if is_socks else "http"
        through = f"{scheme}://127.0.0.1:{proxy.port}"
        answer = failure_of(fetch_through(through, limits, drive, url="https://news.example/"))

    assert (answer.error_class, answer.sentence) == (error_class, said.format(f"127.0.0.1:{proxy.port}"))
    assert answer.http_status is None


def test_what_is_no_proxy_is_said_to_be_none(publisher: Publisher, limits: FetchLimits, drive: Drive) -> None:
    publisher.on("news.example:443", Answer(raw=b"SSH-2.0-OpenSSH\r\n"))
    answer = failure_of(fetch_through(f"http://{publisher.authority}", limits, drive, url="https://news.example/"))

    assert answer.error_class is ErrorClass.CONNECT
    assert answer.sentence.startswith(f"the proxy {publisher.authority} opened no connection")


def test_a_proxys_password_in_the_secrets_file_goes_to_no_other_proxy(
    tmp_path, publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    publisher.serve("/feed.xml", b"rss")
    file = SecretsFile(tmp_path / "secrets")

    with ForwardProxy(publisher.port, "bob:secret") as proxy, Transfers(limits, NAMED, Secrets(file)) as transfers:
        file.change({URL: FeedSecrets(proxy=f"http://bob:secret@127.0.0.1:{proxy.port}")})
        answers = []
        for host in ("127.0.0.1", "localhost"):
            settings = RequestSettings(given_for=URL, proxy=f"http://bob@{host}:{proxy.port}")
            transfers.start(FetchRequest(1, URL, settings=settings))
            answers += drive(transfers)

    assert isinstance(answers[0].answer, Document)
    assert failure_of(answers[1]).error_class is ErrorClass.SETTINGS
    assert len(proxy.asked) == 1
