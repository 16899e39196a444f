import pytest

from worker.fetch.guard import Guard
from worker.fetch.request import locate

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize("ip", [PUBLIC, "2606:4700:4700::1111", "64:ff9b::8.8.8.8"])
@pytest.mark.parametrize("port", [80, 443, 1024, 8000, 8080, 8443, 65535])
def test_a_public_address_on_a_web_port_may_be_dialled(ip: str, port: int) -> None:
    assert Guard().objection(ip, port, "example.com") is None


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"])
def test_an_address_that_is_not_public_may_not(ip: str) -> None:
    assert Guard().objection(ip, 80, "example.com")


@pytest.mark.parametrize("port", [0, 1, 21, 22, 25, 79, 81, 110, 445, 1023, 3306, 5432, 6379, 6667, 9200, 11211, 27017])
def test_a_port_of_another_service_may_not(port: int) -> None:
    assert Guard().objection(PUBLIC, port, "example.com") == f"port {port} is not one that feeds are served on"


def test_the_objection_names_address_and_kind() -> None:
    assert Guard().objection("10.0.0.1", 80, "example.com") == "10.0.0.1 is not a public address (private)"


@pytest.mark.parametrize(
    ("rule", "host"),
    [
        ("intranet.example:8080", "intranet.example"),
        ("Intranet.EXAMPLE:8080", "intranet.example"),
        ("bücher.example:8080", "xn--bcher-kva.example"),
        ("127.0.0.1:8080", "127.0.0.1"),
        ("[::1]:8080", "::1"),
        ("::1:8080", "::1"),
    ],
)
def test_a_rule_allows_exactly_its_host_and_port(rule: str, host: str) -> None:
    guard = Guard.allowing([rule])

    assert guard.objection("127.0.0.1", 8080, host) is None
    assert guard.objection("127.0.0.1", 8081, host)
    assert guard.objection("127.0.0.1", 8080, "other.example")
    assert guard.objection("127.0.0.1", 8080, f"sub.{host}")


def test_a_network_rule_allows_its_addresses_under_any_name() -> None:
    guard = Guard.allowing(["10.1.0.0/16", "fd00::/8"])

    assert guard.objection("10.1.2.3", 80, "a.example") is None
    assert guard.objection("fd12::1", 80, "b.example") is None
    assert guard.objection("10.2.0.1", 80, "a.example")
    assert guard.objection("fe80::1", 80, "a.example")


def test_a_network_rule_allows_any_port() -> None:
    assert Guard.allowing(["10.0.0.0/8"]).objection("10.0.0.1", 25, "a.example") is None


def test_a_network_rule_holds_for_its_addresses_in_ipv6_dress() -> None:
    guard = Guard.allowing(["127.0.0.0/8"])

    assert guard.objection("::ffff:127.0.0.1", 80, "a.example") is None
    assert guard.objection("::1", 80, "a.example")


def test_a_network_rule_does_not_hold_for_what_a_translator_would_dial() -> None:
    assert Guard.allowing(["10.0.0.0/8"]).objection("64:ff9b::10.0.0.1", 80, "a.example")


def test_a_port_rule_allows_an_unusual_port_of_a_public_host() -> None:
    assert Guard.allowing(["feeds.example:81"]).objection(PUBLIC, 81, "feeds.example") is None


@pytest.mark.parametrize("rule", ["a b:80", "10.0.0.0/33"])
def test_a_rule_that_cannot_be_read_is_an_error(rule: str) -> None:
    with pytest.raises(ValueError, match=r"a b:80|10\.0\.0\.0/33"):
        Guard.allowing([rule])


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://10.0.0.1/hook", "10.0.0.1 is not a public address (private)"),
        ("http://0x7f.1/hook", "127.0.0.1 is not a public address (loopback)"),
        ("http://[::1]/hook", "::1 is not a public address (loopback)"),
        ("http://192.0.34.166:22/hook", "port 22 is not one that feeds are served on"),
        ("http://localhost/hook", "127.0.0.1 is not a public address (loopback)"),
        ("http://feeds.localhost./hook", "127.0.0.1 is not a public address (loopback)"),
        ("http://localhost.example/hook", None),
        ("https://192.0.34.166/hook", None),
    ],
)
def test_an_address_in_place_of_a_name_is_judged_without_asking_anybody(url: str, told: str | None) -> None:
    assert Guard().objection_to(locate(url)) == told
