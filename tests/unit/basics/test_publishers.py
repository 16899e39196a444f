import pytest

from worker.basics.publishers import publisher_of


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://news.example/feed", "news.example"),
        ("http://feeds.news.example:8080/world?format=rss", "news.example"),
        ("https://www.news.co.uk/feed", "news.co.uk"),
        ("http://127.0.0.1:8080/feed", "127.0.0.1"),
        ("http://[::1]/feed", "[::1]"),
        ("http://localhost/feed", "localhost"),
        # A single name is a host of one's own network, even if a top-level domain is called so.
        ("http://news/feed", "news"),
        ("https://medium.com/feed/@someone", "medium.com"),
    ],
)
def test_a_document_is_the_word_of_the_site_that_serves_it(url: str, publisher: str) -> None:
    assert publisher_of(url) == publisher


@pytest.mark.parametrize(
    ("url", "publisher"),
    [
        ("https://someone.github.io/feed", "someone.github.io"),
        ("https://someone.substack.com/feed", "someone.substack.com"),
        ("https://bucket.s3.amazonaws.com/feed.xml", "bucket.s3.amazonaws.com"),
        ("https://bucket.s3.eu-west-1.amazonaws.com/feed.xml", "bucket.s3.eu-west-1.amazonaws.com"),
        ("https://bucket.nyc3.digitaloceanspaces.com/feed.xml", "bucket.nyc3.digitaloceanspaces.com"),
    ],
)
def test_tenants_with_names_of_their_own_speak_for_themselves(url: str, publisher: str) -> None:
    assert publisher_of(url) == publisher


@pytest.mark.parametrize(
    "url",
    [
        "https://feeds.feedburner.com/someone",
        "https://feeds2.feedburner.com/someone",
        "https://feedproxy.google.com/someone",
        "https://rss.app/feeds/someone.xml",
        "https://kill-the-newsletter.com/feeds/someone.xml",
        "https://feeds.buzzsprout.com/1.rss",
        "https://github.com/someone/feeds/raw/main/feed.xml",
        "https://raw.githubusercontent.com/someone/feeds/main/feed.xml",
        "https://gist.githubusercontent.com/someone/1/raw/feed.xml",
        "https://cdn.jsdelivr.net/gh/someone/feeds/feed.xml",
        "https://someone.sourceforge.net/feed.xml",
        "https://gitlab.com/someone/feeds/-/raw/main/feed.xml",
        "https://s3.amazonaws.com/bucket/feed.xml",
        "https://s3.eu-west-1.amazonaws.com/bucket/feed.xml",
        "https://s3-eu-west-1.amazonaws.com/bucket/feed.xml",
        "https://nyc3.digitaloceanspaces.com/bucket/feed.xml",
        "https://STORAGE.googleapis.com./bucket/feed.xml",
        "https://f002.backblazeb2.com/file/bucket/feed.xml",
        "https://dl.dropboxusercontent.com/s/someone/feed.xml",
        "https://web.archive.org/web/2026id_/https://news.example/feed",
        "https://sites.google.com/view/someone/feed.xml",
        "https://pastebin.com/raw/someone",
        "https://university.example/~someone/feed.xml",
        "https://university.example/%7Esomeone/feed.xml",
    ],
)
def test_where_paths_are_tenants_nobody_vouches(url: str) -> None:
    assert publisher_of(url) is None


@pytest.mark.parametrize("url", ["file:///seeds/a.xml", "", "x", "ftp://news.example/feed", "https://"])
def test_what_no_host_serves_is_nobodys_word(url: str) -> None:
    assert publisher_of(url) is None


@pytest.mark.parametrize("url", ["https://notgithub.com/feed", "https://github.com.example/feed"])
def test_only_whole_names_count(url: str) -> None:
    assert publisher_of(url)
