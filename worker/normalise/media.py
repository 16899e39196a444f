"""What goes with an article: its files, and the picture it is shown with."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from worker.basics.pictures import is_decoration
from worker.basics.urls import absolute_url
from worker.normalise.context import FeedContext
from worker.normalise.links import read_link
from worker.normalise.plain_text import one_line
from worker.values import Enclosure, Entry

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
