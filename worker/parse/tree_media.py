"""Files and pictures of an entry: RSS enclosures, Atom links, media RSS and podcasts."""

from collections.abc import Iterator
from itertools import chain, filterfalse
from xml.etree.ElementTree import Element

from worker.basics.pictures import is_decoration
from worker.basics.wording import LONGEST_NAME, LONGEST_URL, is_file_type, is_picture_type, join, read_length, tidy_text
from worker.parse.tree_text import Parts, Scope, plain_text
from worker.values import Enclosure

_ADDRESSES = ("url", "uri", "href")


def read_enclosures(parts: Parts, scope: Scope) -> tuple[Enclosure, ...]:
    """Return the files of an entry, each once."""
    by_url: dict[str, Enclosure] = {}
    media = (element for element in parts.get("media", ()) if is_file_type(_type(element), element.get("medium")))
    for element in chain(_enclosures(parts), media):
        if url := address(element, scope):
            length = element.get("length") or element.get("fileSize") or element.get("filesize")
            by_url.setdefault(url, Enclosure(url, _type(element), read_length(length)))
    return tuple(by_url.values())


def find_image(parts: Parts, scope: Scope) -> str | None:
    """Return the picture that an entry names: a thumbnail, a podcast's cover, else one among its files."""
    return next(filterfalse(is_decoration, _images(parts, scope)), None)


def address(element: Element, scope: Scope) -> str | None:
    """Return the URL in an element's attributes."""
    written = next((value for name in _ADDRESSES if (value := element.get(name))), None)
    url = tidy_text(written, LONGEST_URL)
    return join(scope.within(element).base, url) if url else None


def _images(parts: Parts, scope: Scope) -> Iterator[str]:
    for element in chain(parts.get("thumbnail", ()), parts.get("image", ())):
        if url := address(element, scope) or plain_text(element, LONGEST_URL):
            yield url
    for element in chain(_enclosures(parts), parts.get("media", ())):
        if is_picture_type(_type(element), element.get("medium")) and (url := address(element, scope)):
            yield url


def _enclosures(parts: Parts) -> Iterator[Element]:
    yield from (link for link in parts.get("link", ()) if (link.get("rel") or "").lower() == "enclosure")
    yield from parts.get("enclosure", ())


def _type(element: Element) -> str | None:
    media_type = tidy_text(element.get("type"), LONGEST_NAME)
    return media_type.lower() if media_type else None
