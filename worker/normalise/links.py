"""Where an entry leads: its link and its files made absolute, and what relative addresses in its body mean."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from worker.basics.urls import absolute_url, is_decoration, is_without_scheme
from worker.normalise.identity import FeedContext
from worker.normalise.plain_text import one_line
from worker.values.entries import Enclosure, Entry


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


# --- What goes with an article: its files, and the picture it is shown with.

_MOST_ENCLOSURES = 64
_LARGEST_FILE = 2**53
_LONGEST_TYPE = 100
# In cleaned markup every value is in double quotes.
_IMAGE = re.compile(r'<img[^>]* src="([^"]+)"')


def read_enclosures(enclosures: Iterable[Enclosure], feed: FeedContext) -> tuple[Enclosure, ...]:
    """Return the files that go with an entry, their URLs made absolute, each once."""
    by_url: dict[str, Enclosure] = {}
    for enclosure in islice(enclosures, _MOST_ENCLOSURES):
        if url := read_link(enclosure.url, feed):
            # A length of 0 is what publishers write who do not know it.
            length = enclosure.length if enclosure.length and 0 < enclosure.length < _LARGEST_FILE else None
            media_type = one_line(enclosure.media_type or "", _LONGEST_TYPE) or None
            by_url.setdefault(url, Enclosure(url, media_type, length))
    return tuple(by_url.values())


def find_image(entry: Entry, feed: FeedContext, html: str) -> str | None:
    """Return the image the entry names, else the first of its body; counting pixels are no longer in there."""
    return next(_image_urls(entry, feed, html), None)


def _image_urls(entry: Entry, feed: FeedContext, html: str) -> Iterator[str]:
    if named := read_link(entry.image_url, feed):
        yield named
    for found in _IMAGE.finditer(html):
        if not is_decoration(found[1]) and (url := absolute_url(found[1])):
            yield url
