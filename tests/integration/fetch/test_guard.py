"""Addresses that are not public are never dialled, however a URL spells them."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from tests.servers.publisher import Publisher
from worker.errors import ErrorClass, RejectedError, TransientError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Document, Fetched, FetchRequest

Drive = Callable[..., list[Fetched]]

LOOPBACK = """
127.0.0.1 127.0.0.2 127.1 127.0.1 127.255.255.254 127.0.0.1. 127.1. 2130706433 0x7f000001 0X7F000001 017700000001
0x7f.1 0x7f.0.0.1 0177.0.0.1 0177.1 00177.0.0.1 127.0x0.0.1 127.0.0x1 127.000.000.001 0x7f.0x0.0x0.0x1 0177.0.0.01
0.0.0.0 0 0x0 00 0.0 localhost LOCALHOST localhost. feeds.localhost %31%32%37.0.0.1 127%2E0%2E0%2E1
\uff11\uff12\uff17.\uff10.\uff10.\uff11 127\u30020\u30020\u30021 \u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3
loc%61lhost [::1] [0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1]
[::127.0.0.1] [::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:7f00:0001::1]
[2001:0:7f00:1::] [2001:0000:4136:e378:8000:63bf:80ff:fffe] [::ffff:0:127.0.0.1] [::ffff:0.0.0.0] [0000::0001]
""".split()
PRIVATE = """
10.0.0.1 10.255.255.255 0xa000001 012.0.0.1 167772161 10.1 172.16.0.1 172.31.255.255 0xac100001 192.168.0.1
192.168.1 0300.0250.0.1 3232235521 169.254.169.254 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518
100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 192.88.99.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 0xffffffff [fe80::1] [fec0::1] [fc00::1] [fd00:ec2::254]
[fd20:ce::254] [ff02::1] [ff0e::1] [100::1] [2001:db8::1] [3fff::1] [5f00::1] [2001:2::1] [2001:10::1]
[::ffff:10.0.0.1] [::ffff:a9fe:a9fe] [::ffff:192.168.1.1] [64:ff9b::10.0.0.1] [64:ff9b::169.254.169.254]
[64:ff9b:1::10.0.0.1] [2002:a00:1::1] [2002:c0a8:101::1] [2002:a9fe:a9fe::] [2001:0:a00:1::] [::10.0.0.1]
[4000::1] [8000::1] [e000::1] [3ffe::1]
""".split()


@pytest.fixture
def guarded(limits: FetchLimits) -> Iterator[Transfers]:
    """Return transfers without any exception."""
    with Transfers(limits, Guard()) as transfers:
        yield transfers


def test_no_spelling_of_loopback_opens_a_connection(publisher: Publisher, guarded: Transfers, drive: Drive) -> None:
    urls = [publisher.url("/feed.xml", host) for host in LOOPBACK]
    for number, url in enumerate(urls):
        guarded.start(FetchRequest(number, url))

    ended = drive(guarded, len(urls))

    # A spelling that is no name at all may fail as one; none may be dialled.
    not_refused = {fetched.request.url for fetched in ended if not isinstance(fetched.answer, RejectedError)}
    assert not_refused == set()
    assert publisher.connections == 0


def test_no_spelling_of_a_private_address_is_dialled(guarded: Transfers, drive: Drive) -> None:
    urls = [f"http://{host}{port}/feed.xml" for host, port in product(PRIVATE, ("", ":8080"))]
    for number, url in enumerate(urls):
        guarded.start(FetchRequest(number, url))

    ended = drive(guarded, len(urls))

    not_refused = {fetched.request.url: fetched.answer for fetched in ended if not _is_guarded(fetched)}
    assert not_refused == {}


@pytest.fixture
def secret() -> Iterator[Publisher]:
    """Return a private server that nobody allowed."""
    with Publisher() as running:
        yield running


def test_no_redirect_leads_to_a_private_address_however_spelt(
    publisher: Publisher, secret: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    hosts = [*LOOPBACK, *PRIVATE]
    for number, host in enumerate(hosts):
        # Publishers write raw UTF-8 there.
        target = f"http://{host}:{secret.port}/".encode().decode("latin-1")
        publisher.redirect(f"/{number}", target, (301, 302, 303, 307, 308)[number % 5])
    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        for number in range(len(hosts)):
            transfers.start(FetchRequest(number, publisher.url(f"/{number}")))
        ended = drive(transfers, len(hosts))

    not_refused = {hosts[fetched.request.feed_id]: fetched.answer for fetched in ended if not _is_guarded(fetched)}
    assert not_refused == {}
    assert len(publisher.requests) == len(hosts) > 100
    assert secret.connections == 0


def test_a_redirect_through_an_allowed_host_is_judged_at_every_hop(
    publisher: Publisher, secret: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    publisher.redirect("/a", "/b")
    publisher.redirect("/b", f"//localhost:{publisher.port}/c")
    publisher.redirect("/c", secret.url("/", "127.1"))
    with Transfers(limits, Guard.allowing([publisher.authority, f"localhost:{publisher.port}"])) as transfers:
        transfers.start(FetchRequest(1, publisher.url("/a")))

        assert _is_guarded(drive(transfers)[0])
    assert [request.target for request in publisher.requests] == ["/a", "/b", "/c"]
    assert secret.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "/etc/passwd",
        "",
        "http",
        "http://",
        "http:///feed.xml",
        "http:example.com",
        "//example.com/feed.xml",
        "ftp://example.com/feed.xml",
        "gopher://127.0.0.1:70/_GET",
        "dict://127.0.0.1/",
        "feed://example.com/feed.xml",
        "jar:http://example.com!/",
        "http://reader:secret@example.com/",
        "http://example.com@127.0.0.1/",
        "http://@127.0.0.1/",
        "http://example.com\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http://127.0.0.1 .example.com/",
        "http://exa\tmple.com/",
        "http://example.com/a b",
        "http://example.com/\r\nX-Injected: yes",
        "http://example.com/\0",
        "http://example.com:99999/",
        "http://example.com:http/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://ex^mple.com/",
        "http://xn--/",
        "http://1.2.3.4.5/",
        "http://256.256.256.256/",
        "http://\ud800.example/",
        "http://example.com/" + "x" * 8000,
    ],
)
def test_a_url_outside_our_grammar_is_refused(guarded: Transfers, drive: Drive, url: str) -> None:
    guarded.start(FetchRequest(7, url))

    fetched = drive(guarded)[0]

    assert fetched.request.feed_id == 7
    assert _is_guarded(fetched)


@pytest.mark.parametrize("port", [22, 25, 81, 1023, 6379, 11211])
def test_a_port_that_is_not_the_webs_is_not_dialled(guarded: Transfers, drive: Drive, port: int) -> None:
    guarded.start(FetchRequest(1, f"http://8.8.8.8:{port}/"))

    assert _is_guarded(drive(guarded)[0])


def test_a_refusal_names_host_address_and_way_out(publisher: Publisher, guarded: Transfers, drive: Drive) -> None:
    guarded.start(FetchRequest(1, publisher.url("/", "localhost")))

    answer = drive(guarded)[0].answer

    assert isinstance(answer, RejectedError)
    assert answer.sentence == (
        "localhost is not fetched: 127.0.0.1 is not a public address (loopback); FEEDMILL_ALLOW_HOSTS lists exceptions"
    )


@pytest.mark.parametrize("rule", ["{authority}", "127.0.0.0/8", "127.0.0.1/32"])
def test_an_exception_is_dialled(publisher: Publisher, limits: FetchLimits, drive: Drive, rule: str) -> None:
    with Transfers(limits, Guard.allowing([rule.format(authority=publisher.authority)])) as transfers:
        transfers.start(FetchRequest(1, publisher.serve("/feed.xml", b"rss")))

        assert isinstance(drive(transfers)[0].answer, Document)


def test_an_exception_for_a_name_is_not_one_for_its_address(
    publisher: Publisher, limits: FetchLimits, drive: Drive
) -> None:
    with Transfers(limits, Guard.allowing([f"localhost:{publisher.port}"])) as transfers:
        transfers.start(FetchRequest(1, publisher.serve("/feed.xml", b"rss")))

        assert _is_guarded(drive(transfers)[0])


def test_environment_proxies_are_not_used(
    publisher: Publisher, limits: FetchLimits, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, publisher.url())
    monkeypatch.delenv("no_proxy", raising=False)
    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        transfers.start(FetchRequest(1, "http://nowhere.invalid/feed.xml"))

        answer = drive(transfers)[0].answer

    assert isinstance(answer, TransientError)
    assert answer.error_class is ErrorClass.DNS
    assert publisher.connections == 0


def _is_guarded(fetched: Fetched) -> bool:
    return isinstance(fetched.answer, RejectedError) and fetched.answer.error_class is ErrorClass.GUARD
