"""Where an entry leads: its link and its files made absolute, and what relative addresses in its body mean."""

from worker.basics.urls import absolute_url, is_without_scheme
from worker.normalise.context import FeedContext
from worker.values import Entry


def read_link(written: str | None, feed: FeedContext) -> str | None:
    """Return an address that stands in the document itself, made absolute; None for what leads to no web page.

    It means where the document came from (RFC 3986, section 5.1.3): as far as an xml:base counts for it, the parser
    has resolved it.
    """
    if not written:
        return None
    # What a browser's address bar takes for a host, people paste into their feeds.
    return absolute_url(f"http://{written.strip()}" if is_without_scheme(written) else written, feed.base_url)


def base_of_body(entry: Entry, link: str | None, feed: FeedContext) -> str | None:
    """Return what relative addresses in a body mean: xml:base says so, else the entry's own page is theirs."""
    declared = absolute_url(entry.base_url, feed.base_url) if entry.base_url else None
    return declared or link or feed.base_url
