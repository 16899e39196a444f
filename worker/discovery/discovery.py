"""Discovering the feed of a web page: the page is asked which it may be, and what reads as a feed first is it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from worker.basics.urls import feed_url_key
from worker.discovery.asking import Lookup
from worker.discovery.page import FeedLink, find_feed_links
from worker.errors import ErrorClass, PermanentError, PollError
from worker.parse import Kind, sniff
from worker.pipeline.tools import Tools
from worker.values import Document, ParsedDocument

# For the page itself and its candidates together: enough for all that a site names, or for the usual places.
_MOST_REQUESTS = 8


@dataclass(frozen=True, slots=True)
class Discovered:
    """A feed that was found and read."""

    url: str
    parsed: ParsedDocument


def discover(tools: Tools, lookup: Lookup, url: str, dead_url: str | None = None) -> Discovered:
    """Return the feed at a URL, or the feed of the page there; raises the PollError that stands in the way.

    ``dead_url`` is known to be no feed any more: it is not asked, whatever the page says.
    """
    document = lookup.ask(url)
    try:
        return Discovered(url, tools.parser.parse(document))
    except PermanentError:
        if not _is_page(document):
            raise
    dead_key = feed_url_key(dead_url) if dead_url else None
    links = [link for link in find_feed_links(document) if feed_url_key(link.url) != dead_key]
    return _read_first(tools, lookup, links)


def _read_first(tools: Tools, lookup: Lookup, links: Sequence[FeedLink]) -> Discovered:
    """Return the first of a page's links that leads to a feed."""
    unread: dict[FeedLink, PollError] = {}
    for link in islice(links, _MOST_REQUESTS - 1):
        try:
            return Discovered(link.url, tools.parser.parse(lookup.ask(link.url)))
        except PollError as error:
            unread[link] = error
    raise PermanentError(ErrorClass.NOT_A_FEED, f"it is a web page, and {_disappointment(unread)}")


def _disappointment(unread: Mapping[FeedLink, PollError]) -> str:
    for link, error in unread.items():
        if link.is_named:
            return f"the feed that it names, {link.url}, could not be read: {error.sentence}"
    return "no feed of its site was found"


def _is_page(document: Document) -> bool:
    # A page may begin with almost anything; its host then says what it is.
    return sniff(document.body) is Kind.HTML or "html" in (document.content_type or "").lower()
