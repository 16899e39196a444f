import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.basics.urls import (
    absolute_url,
    canonical_url,
    feed_url_key,
    host_key,
    is_bare_site,
    is_feed_url,
    is_without_scheme,
    match_key,
    same_site,
    site,
)

PAGE = "https://news.example/2026/11/24/rain"
PARTS = st.sampled_from(
    "http:// https:// // / ? # & = ; @ : . .. % amp; &amp; &#038; utm_source=x fbclid=1 a=1 b=2 #! #/ amp www. é 東京 "
    "news.example 127.0.0.1 [::1] xn-- %2e user:secret javascript: \\ \t \x00 \ud800 index.html 80 443".split(" ")
)
URLS = st.lists(PARTS, max_size=12).map("".join) | st.text(max_size=60)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTPS://News.Example:443/a/../b", "https://news.example/b"),
        ("http://news.example:80", "http://news.example/"),
        ("  https://news.example/a\n", "https://news.example/a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://news.example/%7Ea b", "https://news.example/%7Ea%20b"),
        ("https://news.example/?b=2&a=1", "https://news.example/?b=2&a=1"),
        ("https://news.example/a?", "https://news.example/a"),
    ],
)
def test_a_url_is_read_as_browsers_read_it(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


@pytest.mark.parametrize(
    "tracking",
    [
        "utm_source=rss",
        "UTM_Medium=feed&utm_campaign=x",
        "fbclid=abc",
        "gclid=1&_ga=2",
        "mc_cid=1&mc_eid=2",
        "at_medium=RSS&at_campaign=rss",
        "source=rss----abc---4",
    ],
)
def test_tracking_parameters_are_dropped(tracking: str) -> None:
    assert canonical_url(f"{PAGE}?{tracking}") == PAGE
    assert canonical_url(f"{PAGE}?id=5&{tracking}&page=2") == f"{PAGE}?id=5&page=2"


@pytest.mark.parametrize("query", ["ref=home", "source=print", "id=5&id=6", "q=utm_source", "a&&b", "at=12"])
def test_parameters_by_which_a_site_may_choose_its_page_stay(query: str) -> None:
    assert canonical_url(f"{PAGE}?{query}") == f"{PAGE}?{query}"


@pytest.mark.parametrize(
    "fragment", ["#comments", "#", "#:~:text=rain", "#more-120", "#xtor=RSS-1", "#publisher=newsstand"]
)
def test_a_fragment_that_names_no_entry_is_dropped(fragment: str) -> None:
    assert canonical_url(PAGE + fragment) == PAGE


@pytest.mark.parametrize(
    "fragment", ["#!/story/5", "#/story/5", "#/list?a=1", "#comment-12", "#2026-02-16", "#orgdee8c8d"]
)
def test_a_fragment_that_may_name_the_entry_stays(fragment: str) -> None:
    assert canonical_url(PAGE + fragment) == PAGE + fragment


@pytest.mark.parametrize("ampersand", ["&amp;", "&#038;", "&#38;", "&#x26;", "&amp;amp;", "&amp;#38;", "&AMP;"])
def test_an_ampersand_may_have_been_escaped_too_often(ampersand: str) -> None:
    assert canonical_url(f"{PAGE}?a=1{ampersand}b=2") == f"{PAGE}?a=1&b=2"


@pytest.mark.parametrize(
    ("relative", "absolute"),
    [
        ("../b?x=1", "https://news.example/b?x=1"),
        ("/b", "https://news.example/b"),
        ("//cdn.example/b", "https://cdn.example/b"),
        ("", "https://news.example/a/"),
        ("https://other.example/b", "https://other.example/b"),
    ],
)
def test_a_relative_url_resolves_against_its_base(relative: str, absolute: str) -> None:
    assert absolute_url(relative, "https://news.example/a/") == absolute


def test_an_absolute_url_needs_no_base_that_makes_sense() -> None:
    assert absolute_url(PAGE, "no base") == PAGE


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "file:///etc/passwd",
        "mailto:a@b.example", "ftp://a.example/", "/relative", "", "http://", "https://[bad/", "http://a b.example/",
        "http://a%00b.example/", "http://\ud800/", "https://a.example/" + "a" * 4000, "https://a.example/" + "ä" * 1500,
    ],
)  # fmt: skip
def test_what_is_no_http_url_of_sane_length_is_null(url: str) -> None:
    assert (canonical_url(url), absolute_url(url)) == (None, None)


def test_user_info_is_dropped() -> None:
    assert absolute_url("https://bank.example:secret@evil.example/a") == "https://evil.example/a"


def test_the_link_as_published_keeps_its_tracking_and_fragment() -> None:
    assert absolute_url(f"{PAGE}?utm_source=rss#top") == f"{PAGE}?utm_source=rss#top"


@given(URLS, st.none() | URLS)
def test_a_canonical_url_is_its_own_canonical_url(url: str, base: str | None) -> None:
    canonical = canonical_url(url, base)
    assert canonical is None or (canonical_url(canonical) == canonical and len(canonical) <= 4000)


@given(URLS)
def test_every_text_has_a_canonical_url_or_none_and_every_key_works_on_it(url: str) -> None:
    canonical = canonical_url(url)
    if canonical is not None:
        assert canonical.startswith(("http://", "https://"))
        assert match_key(canonical)
        assert host_key(canonical)
        assert same_site(canonical, canonical)


@pytest.mark.parametrize(
    "spelling",
    [
        "https://news.example/feed?a=1",
        "HTTPS://NEWS.example:443/feed?a=1",
        "https://news.example/x/../feed?a=1#top",
    ],
)
def test_two_spellings_of_a_feed_have_one_key(spelling: str) -> None:
    assert feed_url_key(spelling) == "https://news.example/feed?a=1"


@pytest.mark.parametrize(
    "other",
    [
        "http://news.example/feed",
        "https://www.news.example/feed",
        "https://news.example/feed/",
        "https://news.example/feed?a=1",
        "https://news.example/Feed",
    ],
)
def test_what_a_server_may_tell_apart_are_two_feeds(other: str) -> None:
    assert feed_url_key(other) != feed_url_key("https://news.example/feed")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://news.example/feed", "begins with http"),
        ("news.example/feed", "begins with http"),
        ("http:news.example/feed", "begins with http"),
        ("https://", "begins with http"),
        ("https:///feed", "begins with http"),
        ("https://[bad/feed", "begins with http"),
        ("https://news.example/a b", "no spaces"),
        ("https://news.example\\feed", "backslashes"),
        ("https://news.example/\x7f", "control characters"),
        ("https://user:secret@news.example/feed", "no user name or password"),
        ("https://@news.example/feed", "no user name or password"),
    ],
)
def test_what_cannot_be_polled_is_refused_in_a_sentence(url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        feed_url_key(url)
    assert not is_feed_url(url)


def test_an_at_sign_outside_the_host_is_no_user() -> None:
    assert is_feed_url("https://news.example/@author/feed")
    assert is_feed_url("https://news.example?feed=@author")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://News.example/feed", "news.example:443"),
        ("http://news.example/feed", "news.example:80"),
        ("https://news.example:8443/", "news.example:8443"),
        ("https://bücher.example/", "xn--bcher-kva.example:443"),
        ("https://news.example./", "news.example:443"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_a_host_is_its_name_in_ascii_and_its_port(url: str, key: str) -> None:
    assert host_key(url) == key


def test_a_file_has_no_host() -> None:
    with pytest.raises(ValueError, match="not an http or https URL"):
        host_key("file:///seeds/a.txt")


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/rain", "http://news.example/rain", "https://www.news.example/rain",
        "https://m.news.example/rain", "https://amp.news.example/rain", "https://news.example/rain/",
        "https://news.example/rain/amp", "https://news.example/rain/amp/", "https://news.example/rain?amp=1",
        "https://news.example/rain/index.html", "https://news.example/rain?outputType=amp",
    ],
)  # fmt: skip
def test_the_addresses_of_one_page_have_one_match_key(address: str) -> None:
    assert match_key(address) == "news.example/rain"


@pytest.mark.parametrize(
    "address",
    [
        "https://news.example/rain?id=2", "https://news.example/rain/2", "https://sport.news.example/rain",
        "https://news.example:8443/rain", "https://news.example/rain#!/2", "https://news.example/Rain",
    ],
)  # fmt: skip
def test_another_page_has_another_match_key(address: str) -> None:
    assert match_key(address) != "news.example/rain"


def test_a_host_keeps_a_name_of_its_own() -> None:
    assert match_key("https://www.example/a") == "www.example/a"


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.news.example/a", "news.example"),
        ("https://feeds.bbc.co.uk/a", "bbc.co.uk"),
        ("https://ada.github.io/a", "ada.github.io"),
        ("https://ada.substack.com/a", "ada.substack.com"),
        ("http://192.0.2.1:8080/a", "192.0.2.1"),
        ("http://[2001:db8::1]/a", "[2001:db8::1]"),
        ("http://localhost/a", "localhost"),
        ("https://news.example./a", "news.example"),
        ("file:///a", None),
        (None, None),
    ],
)
def test_a_site_is_a_registrable_domain_or_a_host_without_one(url: str | None, domain: str | None) -> None:
    assert site(url) == domain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://ada.github.io/", "https://bob.github.io/"),
        ("http://192.0.2.1/", "http://192.0.2.2/"),
        ("https://a.co.uk/", "https://b.co.uk/"),
        ("http://localhost/", "http://local.localhost/"),
        ("https://news.example/", None),
        ("file:///a", "file:///a"),
    ],
)
def test_sites_of_different_people_differ(one: str, other: str | None) -> None:
    assert not same_site(one, other)


def test_hosts_of_one_domain_are_one_site() -> None:
    assert same_site("https://feeds.news.example/rss", "https://www.news.example/rain")


@pytest.mark.parametrize(
    ("url", "is_bare"),
    [
        ("https://news.example/", True),
        ("https://news.example/index.html", True),
        ("https://news.example/rain", False),
        ("https://news.example/?p=5", False),
        ("https://news.example/#!/rain", False),
    ],
)
def test_a_sites_own_address_is_no_page(url: str, is_bare: bool) -> None:
    assert is_bare_site(url) is is_bare


@pytest.mark.parametrize("url", ["//www.news.example/", "news.example/rain", "www.rain.html", "www/a.xml", "www.", ""])
def test_what_may_be_the_name_of_a_page_does_not_lack_its_scheme(url: str) -> None:
    assert [is_without_scheme(each) for each in (url, " WWW.news.example", "www.news.co.uk:80?a")] == [
        False,
        True,
        True,
    ]
