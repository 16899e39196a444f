import pytest

from worker.basics.urls import host_key
from worker.errors import ErrorClass, RejectedError
from worker.fetch.request import locate, locate_redirect

BASE = locate("https://example.com/feeds/news.xml?a=1")


@pytest.mark.parametrize(
    ("url", "href", "host", "port"),
    [
        ("http://example.com", "http://example.com/", "example.com", 80),
        ("HTTPS://Example.COM:443/A", "https://example.com/A", "example.com", 443),
        ("http://example.com:8080/", "http://example.com:8080/", "example.com", 8080),
        ("http://example.com/a#b", "http://example.com/a", "example.com", 80),
        ("http://bücher.example/", "http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80),
        ("http://example.com/%7Ea?q=%2F&b", "http://example.com/%7Ea?q=%2F&b", "example.com", 80),
        ("http://example.com/é?é", "http://example.com/%C3%A9?%C3%A9", "example.com", 80),
        ("http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://[::1]:8080/", "http://[::1]:8080/", "::1", 8080),
        ("http://example.com/@a", "http://example.com/@a", "example.com", 80),
    ],
)
def test_a_url_is_read_into_its_one_spelling(url: str, href: str, host: str, port: int) -> None:
    location = locate(url)

    assert (location.href, location.host, location.port) == (href, host, port)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Example.com:443/a?b", "https://example.com"),
        ("http://example.com:8080/a", "http://example.com:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert locate(url).origin == origin


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.com/", "the URL begins with ftp:, not http:// or https://"),
        ("file:///etc/passwd", "the URL begins with file:, not http:// or https://"),
        ("news.xml", "the URL is not an http or https URL"),
        ("http://a:b@example.com/", "the URL holds a user name or password; --user gives them apart from it"),
        ("http://example.com/a b", "the URL holds a space, a backslash or a control character"),
        ("http://example.com\\a", "the URL holds a space, a backslash or a control character"),
        ("http://example.com/\x85", "the URL holds a space, a backslash or a control character"),
        ("http://example.com:99999/", "the URL is not valid"),
        ("http://example.com/" + "a" * 8000, "the URL has more than 8000 characters"),
    ],
)
def test_a_url_we_do_not_ask_is_refused_with_its_reason(url: str, sentence: str) -> None:
    with pytest.raises(RejectedError) as refusal:
        locate(url)

    assert refusal.value.error_class is ErrorClass.GUARD
    assert refusal.value.sentence == sentence


@pytest.mark.parametrize(
    ("target", "href"),
    [
        ("http://other.example/x", "http://other.example/x"),
        ("//other.example/x", "https://other.example/x"),
        ("/x", "https://example.com/x"),
        ("x", "https://example.com/feeds/x"),
        ("../x", "https://example.com/x"),
        ("?b=2", "https://example.com/feeds/news.xml?b=2"),
        ("  /x y ", "https://example.com/x%20y"),
    ],
)
def test_a_redirect_is_read_from_where_it_stood(target: str, href: str) -> None:
    assert locate_redirect(BASE, target).href == href


@pytest.mark.parametrize("target", ["file:///x", "javascript:alert(1)", "//a@b/", "http://[::1", "/\x01"])
def test_a_redirect_we_do_not_follow_is_refused_with_its_host(target: str) -> None:
    with pytest.raises(RejectedError, match=r"the URL that example\.com redirects to "):
        locate_redirect(BASE, target)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://Example.com./a", "example.com:443"),
        ("http://example.com:8080/", "example.com:8080"),
        ("http://[2001:DB8::1]/", "[2001:db8::1]:80"),
        ("http://1.2.3.4./", "1.2.3.4:80"),
    ],
)
def test_a_place_is_named_as_the_store_names_its_host(url: str, place: str) -> None:
    assert locate(url).place == place == host_key(url)


def test_a_place_has_a_name_however_long_the_url_is() -> None:
    assert locate(f"http://example.com/{'x' * 7900}").place == "example.com:80"


@pytest.mark.parametrize("host", [".", "...", "a" * 254, f"{'a.' * 200}example"])
def test_a_host_that_no_name_server_can_know_is_refused(host: str) -> None:
    with pytest.raises(RejectedError, match=r"the URL has a host whose name is empty or longer than 253 characters"):
        locate(f"http://{host}/")


def test_the_longest_name_that_name_servers_know_is_read() -> None:
    assert len(locate(f"http://{'abc.' * 62}abcde/").host) == 253
