"""Which feeds a web page may mean: those it names, links that look like feeds, and the places where sites keep feeds.

The page is read tag by tag, as a browser's tokeniser does, and never becomes a tree: however deep it nests, the work is
linear in its length.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from operator import itemgetter

import turbohtml

from worker.basics.charset import decode
from worker.basics.urls import absolute_url, feed_url_key, is_feed_url, same_site
from worker.values.due_feeds import Document

# Where sites keep feeds that they do not link to, the commonest first.
_PLACES = (
    "/feed", "/rss", "/feed.xml", "/index.xml", "/rss.xml", "/atom.xml", "/feed/", "/feed.json", "/feeds/posts/default",
)  # fmt: skip
_FEED_TYPE = re.compile(r"(?:application|text)/(?:x-)?(?:rss|atom|feed)(?:\+xml|\+json)?")
# RSS 1.0 is served as these, but so is much that is no feed.
_PERHAPS_A_FEED = frozenset({"application/rdf+xml", "application/xml", "text/xml"})
# Anything may be JSON, and a type may be left out: then the URL must look like a feed's.
_SAYS_NOTHING = frozenset({"application/json", "text/json", ""})
_FEED_NAME = re.compile(
    r"(?:^|[._-])(?:rss|atom|feed|rdf)(?:[12]|20)?(?:\.(?:xml|json|rss|atom|rdf|php|aspx?|cgi))?$|^index\.xml$"
)
_FEED_FOLDERS = frozenset({"atom", "feed", "feeds", "rss"})
_FEED_QUERY = re.compile(r"(?:^|&)(?:alt|feed|format|output|type)=(?:atom|feed|rdf|rss)")
_OF_COMMENTS = re.compile(r"(?:^|[/?&=_-])comments?(?:$|[/._-])")
_COMMENTS_TITLE = re.compile(r"\bcomments\b|\bcomment feed\b", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HEAD = 4096
# No honest page is longer, links to more feeds, or has longer URLs (worker.basics.urls refuses those).
_LONGEST_PAGE = 4_000_000
_MOST_LINKS = 1000
_LONGEST_HREF = 4000
_MOST = 20


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A URL at which the feed of a page may live."""

    url: str
    is_named: bool
    """Whether the page itself calls it its feed; otherwise it only looks like one."""


class _Rank(IntEnum):
    """How likely a link is to be the page's feed, the likeliest first."""

    NAMED = 0
    LIKELY = 1
    USUAL = 2
    OF_COMMENTS = 3


@dataclass(frozen=True, slots=True)
class _Link:
    rank: _Rank
    href: str
    is_anchor: bool = False


def find_feed_links(page: Document) -> list[FeedLink]:
    """Return the http(s) URLs at which the feed of a page may live, the likeliest first, each once and at most 20."""
    base, links = _read(_text(page))
    base_url = (absolute_url(base, page.url) if base else None) or page.url
    usual = (_Link(_Rank.USUAL, place) for place in _PLACES)
    resolved = chain(_resolve(links, base_url, page.url), _resolve(usual, page.url, page.url))
    # The likelier of two links to one URL counts. The page itself, which was read already, is left out.
    own_key = feed_url_key(page.url) if is_feed_url(page.url) else None
    found: dict[str, FeedLink] = {}
    for rank, url in sorted(resolved, key=itemgetter(0)):
        if url != own_key:
            found.setdefault(url, FeedLink(url, is_named=rank is _Rank.NAMED))
    return list(found.values())[:_MOST]


def _text(page: Document) -> str:
    """Return the page's text; the charset that HTTP names outranks the page's own (HTML, section 13.2.3.2)."""
    content_type = page.content_type or ""
    meta = None if "charset" in content_type.lower() else _META_CHARSET.search(page.body[:_HEAD])
    return decode(page.body, f"text/html; charset={meta[1].decode('ascii')}" if meta else content_type)


def _read(html: str) -> tuple[str | None, list[_Link]]:
    """Return the base URL that the page names for its links, and the links that may lead to feeds."""
    base = None
    links: list[_Link] = []
    for token in turbohtml.tokenize(html[:_LONGEST_PAGE]):  # codespell:ignore -- its own spelling
        if len(links) >= _MOST_LINKS:
            break
        if token.type is not turbohtml.TokenType.START_TAG:
            continue
        if token.tag == "link":
            links += _linked(token)
        elif token.tag == "a":
            links += _anchored(token)
        elif token.tag == "base" and base is None:
            # The first base with a URL counts, for links before it too (HTML, section 4.2.3).
            base = token.attr("href")
    return base, links


def _linked(link: turbohtml.Token) -> Iterator[_Link]:
    """Yield the link of a ``<link>`` in the page's head, if it may lead to a feed."""
    href, rel = _href(link), set(_attribute(link, "rel").split())
    if not href or "stylesheet" in rel or not rel & {"alternate", "feed"}:
        return
    media_type = _media_type(link)
    if _FEED_TYPE.fullmatch(media_type) or "feed" in rel:
        yield _Link(_or_comments(_Rank.NAMED, link, href), href)
    elif media_type in _PERHAPS_A_FEED or (media_type in _SAYS_NOTHING and _looks_like_feed(href)):
        yield _Link(_or_comments(_Rank.LIKELY, link, href), href)


def _anchored(anchor: turbohtml.Token) -> Iterator[_Link]:
    """Yield the link of an ``<a>`` in the page's text, if it looks like a feed's."""
    href = _href(anchor)
    if href and (_looks_like_feed(href) or _FEED_TYPE.fullmatch(_media_type(anchor))):
        yield _Link(_or_comments(_Rank.LIKELY, anchor, href), href, is_anchor=True)


def _resolve(links: Iterable[_Link], base_url: str, page_url: str) -> Iterator[tuple[_Rank, str]]:
    for link in links:
        url = absolute_url(link.href, base_url)
        # A text may link to anybody's feed: only the page's head may name one of another site.
        if url and is_feed_url(url) and not (link.is_anchor and not same_site(url, page_url)):
            yield link.rank, feed_url_key(url)


def _or_comments(rank: _Rank, tag: turbohtml.Token, href: str) -> _Rank:
    is_of_comments = _OF_COMMENTS.search(href.lower()) or _COMMENTS_TITLE.search(tag.attr("title") or "")
    return _Rank.OF_COMMENTS if is_of_comments else rank


def _looks_like_feed(href: str) -> bool:
    path, _, query = href.lower().partition("#")[0].partition("?")
    *folders, name = path.rstrip("/").split("/")
    is_in_folder = name.endswith((".xml", ".json")) and not _FEED_FOLDERS.isdisjoint(folders)
    return is_in_folder or bool(_FEED_NAME.search(name) or _FEED_QUERY.search(query))


def _media_type(tag: turbohtml.Token) -> str:
    return _attribute(tag, "type").partition(";")[0].strip()


def _href(tag: turbohtml.Token) -> str | None:
    href = (tag.attr("href") or "").strip()
    return href if 0 < len(href) <= _LONGEST_HREF else None


def _attribute(tag: turbohtml.Token, name: str) -> str:
    return (tag.attr(name) or "").lower()
