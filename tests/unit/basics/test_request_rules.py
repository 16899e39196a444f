import pytest

from worker.basics.request_rules import (
    check_header_value,
    check_password,
    check_user,
    read_header_name,
    read_proxy,
    read_variable,
    show_proxy,
    write_proxy,
)
from worker.values.request_settings import Proxy


@pytest.mark.parametrize(
    "name", ["X-Api-Key", "Authorization", "Cookie", "Accept-Language", "Referer", "x_y", "!#$%&'*+.^`|~"]
)
def test_any_token_may_be_a_headers_name(name: str) -> None:
    assert read_header_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "X Key", "X:Key", "X\r\nHost", "Schl\u00fcssel", "X\x00", "(x)", "a" * 101, ":path"]
)
def test_what_is_no_token_is_no_headers_name(name: str) -> None:
    with pytest.raises(ValueError, match="one word of ASCII letters"):
        read_header_name(name)


@pytest.mark.parametrize(
    "name",
    "Host host Content-Length Connection Transfer-Encoding TE Trailer Upgrade Keep-Alive Expect If-None-Match "
    "If-Modified-Since If-Match If-Range If-Unmodified-Since Range Accept-Encoding Proxy-Connection".split(),
)
def test_what_feedmill_governs_cannot_be_set(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} cannot be set: "):
        read_header_name(name)


@pytest.mark.parametrize(("name", "option"), [("User-Agent", "--user-agent"), ("Proxy-Authorization", "--proxy")])
def test_what_an_option_sets_is_said_to_have_one(name: str, option: str) -> None:
    with pytest.raises(ValueError, match=option):
        read_header_name(name)


def test_a_headers_value_is_what_lies_between_blanks() -> None:
    assert check_header_value("X", " \ta \tb=c; d\t ") == "a \tb=c; d"


@pytest.mark.parametrize("value", ["a\r\nHost: b", "a\nb", "a\rb", "a\x00b", "a\x7f", "\u00e9", "\udce9", "x" * 8_001])
def test_a_value_that_could_split_a_request_is_refused_and_not_told(value: str) -> None:
    with pytest.raises(ValueError, match="the value of X must be one line") as raised:
        check_header_value("X", value)
    assert value not in str(raised.value)


def test_an_empty_value_is_none() -> None:
    with pytest.raises(ValueError, match="X has no value; --no-header X takes it away"):
        check_header_value("X", " ")


# RFC 7617, section 2.
@pytest.mark.parametrize("user", ["", "a:b", "a\nb", "a\x00", "\udcff"])
def test_a_user_that_basic_cannot_tell_is_refused(user: str) -> None:
    with pytest.raises(ValueError, match="a user's name"):
        check_user(user)


def test_a_password_may_be_anything_but_controls() -> None:
    assert [check_password(each) for each in ("", "a:b", "p\u00e4ss \udcff")] == ["", "a:b", "p\u00e4ss \udcff"]
    with pytest.raises(ValueError, match="a password is one line"):
        check_password("a\nb")


def test_only_variables_of_feeds_are_named() -> None:
    assert read_variable("FEEDMILL_FEED_NEWS_1") == "FEEDMILL_FEED_NEWS_1"
    for name in ("FEEDMILL_DATABASE_URL", "AWS_SECRET_ACCESS_KEY", "FEEDMILL_FEED_", "FEEDMILL_FEED_a", ""):
        with pytest.raises(ValueError, match="begins with FEEDMILL_FEED_, such as FEEDMILL_FEED_NEWS"):
            read_variable(name)


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        ("http://proxy.example:3128", Proxy("http", "proxy.example", 3128)),
        ("HTTPS://Proxy.Example:80/", Proxy("https", "proxy.example", 80)),
        ("socks5h://[::1]:9050", Proxy("socks5h", "::1", 9050)),
        ("http://bob@10.0.0.1:80", Proxy("http", "10.0.0.1", 80, "bob")),
        ("http://b%40b:p%3A%2F@h:1", Proxy("http", "h", 1, "b@b", "p:/")),
        ("http://b:@h:1", Proxy("http", "h", 1, "b", "")),
    ],
)
def test_a_proxy_is_read_and_written_as_it_was(text: str, proxy: Proxy) -> None:
    assert read_proxy(text) == proxy
    assert read_proxy(write_proxy(proxy, with_password=True)) == proxy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "proxy:3128",
        # A reader of URLs would take what stands behind these characters for no part of the host.
        "http://proxy?.example:3128",
        "http://proxy#.example:3128",
        "http://proxy\\.example:3128",
        "http://proxy",
        "http://proxy:0",
        "http://proxy:65536",
        "ftp://h:1",
        "socks5://h:1",
        "socks4://h:1",
        "http://h:1/path",
        "http://h:1?x",
        "http://:1",
        "http://a b:1",
        "http://h:1\r\nX: y",
        "http://u:s3cret@h",
    ],
)
def test_what_names_no_proxy_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(ValueError, match="a proxy is named as http://host:port") as raised:
        read_proxy(text)
    assert "s3cret" not in str(raised.value)


def test_a_proxys_password_is_written_only_where_it_is_wanted() -> None:
    proxy = Proxy("http", "h", 1, "b", "s3cret")
    assert write_proxy(proxy) == "http://b@h:1"
    assert "s3cret" not in repr(proxy)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("none", "no proxy"),
        ("http://h:1", "the proxy http://h:1"),
        ("http://b%40b:s3cret@h:1", "the proxy http://h:1 as user b@b"),
        ("s3cret", "a proxy whose URL cannot be read"),
    ],
)
def test_a_stored_proxy_is_shown_without_a_secret(stored: str, shown: str) -> None:
    assert show_proxy(stored) == shown
