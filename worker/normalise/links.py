"""Where an entry leads: its link, files and picture made absolute, and the base of relative URLs in its body."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice

from worker.basics.field_rules import is_web_page
from worker.basics.media_rules import kind_of_file
from worker.basics.one_line import one_line
from worker.basics.urls import absolute_and_canonical, absolute_url, is_decoration, with_scheme
from worker.normalise.feed_context import FeedContext
from worker.values.entries import Enclosure, Entry

_MOST_ENCLOSURES = 64
_LARGEST_FILE = 2**53
_LONGEST_TYPE = 100
# In cleaned markup every value is in double quotes.
_IMAGE = re.compile(r'<img[^>]* src="([^"]+)"')
# A link that Drupal has written into a feed with its markup.
_LINK = re.compile(r"""<a\b[^<>]{0,500}?\bhref=["']([^"'<>]{1,4000})["']""", re.IGNORECASE)
_POSTER = re.compile(r'<video[^>]* poster="([^"]+)"')


def read_link(written: str | None, feed: FeedContext) -> str | None:
    """Return a URL of the document, made absolute; None for one that leads to no web page.

    Its base is the document's own URL (RFC 3986, section 5.1.3); the parser has resolved any xml:base already.
    """
    return absolute_url(*_with_base(written, feed)) if written else None


def read_page(written: str | None, feed: FeedContext) -> tuple[str | None, str | None]:
    """Return the URL that ``read_link`` returns, and its canonical form."""
    return absolute_and_canonical(*_with_base(written, feed)) if written else (None, None)


def _with_base(written: str, feed: FeedContext) -> tuple[str, str | None]:
    if is_web_page(written):
        return written, None
    base = feed.base_url
    if "<" in written and (marked_up := _LINK.search(written)):
        written = unescape(marked_up[1])
    return with_scheme(written, base), base


def base_of_body(entry: Entry, link: str | None, feed: FeedContext) -> str | None:
    """Return the base of relative URLs in a body: its xml:base, else the entry's own page."""
    declared = absolute_url(entry.base_url, feed.base_url) if entry.base_url else None
    return declared or link or feed.base_url


def read_enclosures(enclosures: Iterable[Enclosure], feed: FeedContext) -> tuple[Enclosure, ...]:
    """Return the files that go with an entry, their URLs made absolute, each once."""
    by_url: dict[str, Enclosure] = {}
    for enclosure in islice(enclosures, _MOST_ENCLOSURES):
        if url := read_link(enclosure.url, feed):
            media_type = one_line(enclosure.media_type or "", _LONGEST_TYPE) or None
            by_url.setdefault(url, Enclosure(url, media_type, known_length(enclosure.length)))
    return tuple(by_url.values())


def find_file(entry: Entry, enclosures: Iterable[Enclosure]) -> str | None:
    """Return the file that an entry leads to, which is no picture unless it has nothing else."""
    is_wordless = not (entry.title or entry.content or entry.summary)
    wanted = (
        file.url for file in enclosures if is_wordless or kind_of_file(file.media_type, None, file.url) != "image"
    )
    return next(wanted, None)


def known_length(length: int | None) -> int | None:
    """Return a file's length in bytes; None where a publisher who does not know it writes 0, or more than can be."""
    return length if length and 0 < length < _LARGEST_FILE else None


def find_image(entry: Entry, feed: FeedContext, html: str) -> str | None:
    """Return the image that the entry names, else the first in its sanitised body, which has no counting pixels."""
    if named := read_link(entry.image_url, feed):
        return named
    for written in _written_images(html):
        if not is_decoration(written) and (url := absolute_url(written)):
            return url
    return None


def _written_images(html: str) -> Iterator[str]:
    yield from (image[1] for image in _IMAGE.finditer(html))
    if "<video" in html:
        yield from (poster[1] for poster in _POSTER.finditer(html))
