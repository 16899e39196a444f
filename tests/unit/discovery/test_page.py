"""Which feeds a page may mean; expected values follow the HTML Standard and what sites really write."""

import pytest

from worker.basics.urls import is_feed_url
from worker.discovery.page import find_feed_links
from worker.values.due_feeds import Document

PAGE = "https://site.example/blog/post"
RSS = 'rel="alternate" type="application/rss+xml"'
USUAL = [
    f"https://site.example{place}"
    for place in "/feed /rss /feed.xml /index.xml /rss.xml /atom.xml /feed/ /feed.json /feeds/posts/default".split()
]


def _found(html: str | bytes, url: str = PAGE, content_type: str | None = "text/html") -> list[str]:
    body = html if isinstance(html, bytes) else html.encode()
    return [link.url for link in find_feed_links(Document(url, body, content_type))]


def _linked(html: str | bytes) -> list[str]:
    """What the page links to, without the places where feeds usually are."""
    return [url for url in _found(html) if url not in USUAL]


@pytest.mark.parametrize(
    ("tag", "url"),
    [
        (f'<link {RSS} href="https://site.example/a">', "https://site.example/a"),
        (f'<link {RSS} href="/a">', "https://site.example/a"),
        (f'<link {RSS} href="a">', "https://site.example/blog/a"),
        (f'<link {RSS} href="../a">', "https://site.example/a"),
        (f'<link {RSS} href="?feed=rss2">', "https://site.example/blog/post?feed=rss2"),
        (f'<link {RSS} href="//cdn.example/a">', "https://cdn.example/a"),
        (f'<link {RSS} href=" /a\n">', "https://site.example/a"),
        (f'<link {RSS} href="/a#top">', "https://site.example/a"),
        (f'<link {RSS} href="/a?x=1&amp;y=2">', "https://site.example/a?x=1&y=2"),
        (f'<link {RSS} href="&#47;a">', "https://site.example/a"),
        (f'<link {RSS} href="https://user:secret@site.example/a">', "https://site.example/a"),
        (f'<link {RSS} href="/ü">', "https://site.example/%C3%BC"),
        (f"<link {RSS} href='/a'>", "https://site.example/a"),
        ("<link rel=alternate type=application/rss+xml href=/a>", "https://site.example/a"),
        ('<LINK REL="ALTERNATE" TYPE="APPLICATION/RSS+XML" HREF="/A">', "https://site.example/A"),
        ('<link rel="alternate home" type="application/atom+xml" href="/a">', "https://site.example/a"),
        ('<link rel="home\talternate" type="application/atom+xml" href="/a">', "https://site.example/a"),
        ('<link rel="alternate" type="application/rss+xml; charset=utf-8" href="/a">', "https://site.example/a"),
        ('<link rel="alternate" type="application/rdf+xml" href="/a">', "https://site.example/a"),
        ('<link rel="alternate" type="application/feed+json" href="/a">', "https://site.example/a"),
        ('<link rel="alternate" type="application/json" href="/a/feed.json">', "https://site.example/a/feed.json"),
        ('<link rel="alternate" type="text/xml" href="/a">', "https://site.example/a"),
        ('<link rel="alternate" href="/a.rss">', "https://site.example/a.rss"),
        ('<link rel="feed" href="/a">', "https://site.example/a"),
        (f'<link {RSS} title="Feed > 1" href="/a"', None),
        (f'<link {RSS} title="Feed > 1" href="/a">', "https://site.example/a"),
        (f'<link {RSS} href="/a" href="/b">', "https://site.example/a"),
        (f'<body><p><table><link {RSS} href="/a"', None),
        (f'<body><p><table><link {RSS} href="/a"/>', "https://site.example/a"),
    ],
)
def test_a_page_names_its_feed(tag: str, url: str | None) -> None:
    assert _linked(f"<!doctype html><title>Page</title>{tag}") == ([url] if url else [])


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate stylesheet" type="application/rss+xml" href="/a.rss">',
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=feed">',
        '<link rel="alternate" type="text/html" href="/feed.html">',
        '<link rel="icon" type="image/png" href="/rss.png">',
        f"<link {RSS}>",
        f"<link {RSS} href>",
        f'<link {RSS} href="">',
        f'<link {RSS} href="javascript:alert(1)">',
        f'<link {RSS} href="data:application/rss+xml,x">',
        f'<link {RSS} href="file:///etc/passwd">',
        f'<link {RSS} href="mailto:a@site.example">',
        f'<link {RSS} href="http://">',
        f'<link {RSS} href="/{"a" * 5000}">',
        f'<!-- <link {RSS} href="/a"> -->',
        f'<script>"<link {RSS} href=/a>"</script>',
        f'<textarea><link {RSS} href="/a"></textarea>',
        f'<link {RSS} href="{PAGE}">',
        f'</link {RSS} href="/a">',
    ],
)
def test_what_is_no_feed_of_the_page_is_left_out(tag: str) -> None:
    assert _linked(f"<!doctype html><title>Page</title>{tag}") == []


@pytest.mark.parametrize(
    "href",
    "/blog/feed /blog/feed/ /x/rss /x.rss /news/rss.xml /news-rss.xml /all.atom.xml /index.rdf /rss/world.xml /x/rss2 "
    "/feed.php /blog/index.xml /?feed=rss2 /posts?format=rss rss2.xml".split(),
)
def test_a_link_in_the_text_that_looks_like_a_feed_is_tried(href: str) -> None:
    assert len(_linked(f'<a href="{href}">x</a>')) == 1


@pytest.mark.parametrize(
    "href",
    "/ /about /feedback /newsfeed /feed-reader-reviews /rss.png /rss/icon.svg /sitemap.xml /x.json /feeder /brass "
    "https://other.example/feed mailto:feed javascript:feed #feed /feed/help.html".split(),
)
def test_any_other_link_in_the_text_is_not_tried(href: str) -> None:
    assert _linked(f'<a href="{href}">x</a>') == []


def test_a_link_in_the_text_counts_where_its_type_says_what_it_is() -> None:
    assert _linked('<a type="application/rss+xml" href="/news">x</a>') == ["https://site.example/news"]


def test_what_the_page_names_comes_before_what_looks_like_it_and_the_usual_places() -> None:
    html = f"""<a href="/blog/rss.xml">RSS</a><link rel="alternate" type="text/xml" href="/perhaps">
        <link {RSS} href="/first"><link rel="alternate" type="application/atom+xml" href="/second">"""
    links = find_feed_links(Document(PAGE, html.encode()))
    assert [link.url.removeprefix("https://site.example") for link in links[:4]] == [
        "/first", "/second", "/blog/rss.xml", "/perhaps",
    ]  # fmt: skip
    assert [link.is_named for link in links[:5]] == [True, True, False, False, False]
    assert [link.url for link in links[4:]] == USUAL


@pytest.mark.parametrize(
    "comments",
    [
        f'<link {RSS} title="Site &raquo; Comments Feed" href="/x">',
        f'<link {RSS} title="Comments on: A post" href="/x">',
        f'<link {RSS} href="/comments/feed/">',
        f'<link {RSS} href="/?feed=comments-rss2">',
        '<a href="/post/comments.rss">x</a>',
    ],
)
def test_a_feed_of_comments_comes_last(comments: str) -> None:
    found = _found(f'{comments}<link {RSS} title="Site" href="/main">')
    assert found[:-1] == ["https://site.example/main", *USUAL]


def test_a_title_that_only_begins_like_comments_is_a_feed_like_any_other() -> None:
    html = f'<link {RSS} title="Comment is free" href="/commentisfree/rss"><link {RSS} href="/b">'
    assert _linked(html) == ["https://site.example/commentisfree/rss", "https://site.example/b"]


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ('<base href="/news/">', "https://site.example/news/a"),
        ('<base href="https://cdn.example/x/">', "https://cdn.example/x/a"),
        ('<base target="_blank"><base href="/1/"><base href="/2/">', "https://site.example/1/a"),
        ('<base href="javascript:x">', "https://site.example/blog/a"),
        ('<base href="">', "https://site.example/blog/a"),
    ],
)
def test_links_resolve_against_the_base_that_the_page_gives(base: str, url: str) -> None:
    assert _linked(f'<link {RSS} href="a">{base}') == [url]


def test_the_usual_places_are_the_pages_own_sites_whatever_its_base() -> None:
    assert _found('<base href="https://cdn.example/">') == USUAL


def test_a_page_with_a_port_keeps_it() -> None:
    assert _found("", "http://127.0.0.1:8080/x/y")[0] == "http://127.0.0.1:8080/feed"


def test_each_url_is_tried_once() -> None:
    html = f'<a href="/feed">x</a><link {RSS} href="/feed"><link {RSS} href="https://SITE.example:443/feed#x">'
    links = find_feed_links(Document(PAGE, html.encode()))
    assert [link.url for link in links] == USUAL
    assert links[0].is_named


def test_never_more_than_twenty_urls_are_tried() -> None:
    assert len(_found("".join(f"<link {RSS} href=/{number}>" for number in range(3000)))) == 20


@pytest.mark.parametrize(
    ("html", "charset", "content_type", "name"),
    [
        ("<link rel=feed href=/ü>", "utf-8", "text/html", "%C3%BC"),
        ("<link rel=feed href=/ü>", "utf-16", "text/html", "%C3%BC"),
        ("<link rel=feed href=/ü>", "cp1252", "text/html; charset=iso-8859-1", "%C3%BC"),
        ("<link rel=feed href=/ü>", "cp1252", None, "%C3%BC"),
        ("<meta charset=koi8-r><link rel=feed href=/Ж>", "koi8-r", "text/html", "%D0%96"),
        ('<meta content="text/html; charset=shift_jis"><link rel=feed href=/日>', "cp932", None, "%E6%97%A5"),
        ("<meta charset=koi8-r><link rel=feed href=/Ж>", "cp1251", "text/html; charset=windows-1251", "%D0%96"),
        ("<meta charset=utf-7><link rel=feed href=/a>", "utf-8", "text/html", "a"),
    ],
)
def test_a_page_is_read_in_its_own_charset(html: str, charset: str, content_type: str | None, name: str) -> None:
    assert _found(html.encode(charset), content_type=content_type)[0] == f"https://site.example/{name}"


@pytest.mark.parametrize("junk", [b"", b"\x00" * 100, b"\xff\xfe<", b"<link", bytes(range(256)) * 4])
def test_whatever_it_is_given_only_feed_urls_come_out(junk: bytes) -> None:
    assert all(is_feed_url(url) for url in _found(junk))
