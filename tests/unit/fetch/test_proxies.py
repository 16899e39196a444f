import pytest

from worker.basics.request_rules import read_proxy
from worker.fetch.guard import Guard
from worker.fetch.proxies import addresses_of, judge_target, names_to_look_up
from worker.fetch.request import locate

NEWS = locate("https://news.example/feed")


def test_one_address_that_may_not_be_asked_is_enough_for_a_proxy_may_dial_it() -> None:
    refusal = judge_target(Guard(), NEWS, ("93.184.216.34", "10.0.0.1"))
    assert refusal
    assert refusal.sentence.startswith("news.example is not fetched: 10.0.0.1 is not a public address (private)")


def test_a_name_with_public_addresses_may_be_handed_over() -> None:
    assert judge_target(Guard(), NEWS, ("93.184.216.34", "2606:2800:220:1::1")) is None


def test_a_port_that_is_none_of_feeds_is_refused_through_a_proxy_too() -> None:
    refusal = judge_target(Guard(), locate("http://news.example:25/"), ("93.184.216.34",))
    assert refusal
    assert "port 25 is not one that feeds are served on" in refusal.sentence


@pytest.mark.parametrize(
    ("rules", "is_judged"),
    [
        ([], True),
        (["news.example:443"], False),
        (["news.example:80"], True),
        (["0.0.0.0/0"], True),
        (["0.0.0.0/0", "::/0"], False),
    ],
)
def test_a_name_is_judged_unless_it_or_everything_is_allowed(rules: list[str], *, is_judged: bool) -> None:
    names = names_to_look_up(Guard.allowing(rules), NEWS, read_proxy("http://proxy.example:3128"))
    assert names == ["news.example", "proxy.example"][not is_judged :]


def test_what_has_an_address_for_a_name_is_not_looked_up() -> None:
    assert names_to_look_up(Guard(), locate("http://[::1]/"), read_proxy("http://10.0.0.1:1")) == []


@pytest.mark.parametrize(
    ("proxy", "dialled"),
    [
        ("http://10.0.0.1:3128", {("10.0.0.1", 3128)}),
        ("http://127.1:80", {("127.0.0.1", 80)}),
        ("socks5h://[0:0::1]:9050", {("::1", 9050)}),
        ("http://localhost:1080", {("127.0.0.1", 1080), ("::1", 1080)}),
        ("http://proxy.example:3128", set()),
    ],
)
def test_nothing_but_the_proxys_own_address_and_port_is_dialled(proxy: str, dialled: set[tuple[str, int]]) -> None:
    assert addresses_of(read_proxy(proxy)) == dialled
