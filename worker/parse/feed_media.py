"""Files and pictures of an entry as feedparser found them."""

from collections.abc import Iterator
from itertools import filterfalse

from worker.basics.pictures import is_decoration
from worker.basics.wording import LONGEST_NAME, LONGEST_URL, is_file_type, is_picture_type, read_length
from worker.parse.feed_values import Values, detail_in, dicts_in, text_in
from worker.values import Enclosure


def read_enclosures(item: Values) -> tuple[Enclosure, ...]:
    """Return the files of an entry, each once."""
    by_url: dict[str, Enclosure] = {}
    media = [value for value in dicts_in(item, "media_content") if is_file_type(_type(value), _medium(value))]
    for value in [*_enclosures(item), *media]:
        if url := _address(value):
            length = text_in(value, "length", LONGEST_NAME) or text_in(value, "filesize", LONGEST_NAME)
            by_url.setdefault(url, Enclosure(url, _type(value), read_length(length)))
    return tuple(by_url.values())


def find_image(item: Values) -> str | None:
    """Return the picture that an entry names: a thumbnail, a podcast's cover, else one among its files."""
    return next(filterfalse(is_decoration, _images(item)), None)


def _images(item: Values) -> Iterator[str]:
    for value in (*dicts_in(item, "media_thumbnail"), detail_in(item, "image")):
        if url := _address(value):
            yield url
    for value in (*_enclosures(item), *dicts_in(item, "media_content")):
        if is_picture_type(_type(value), _medium(value)) and (url := _address(value)):
            yield url


def _enclosures(item: Values) -> list[Values]:
    return [value for value in dicts_in(item, "links") if value.get("rel") == "enclosure"]


def _address(value: Values) -> str | None:
    return text_in(value, "href", LONGEST_URL) or text_in(value, "url", LONGEST_URL)


def _type(value: Values) -> str | None:
    return text_in(value, "type", LONGEST_NAME)


def _medium(value: Values) -> str | None:
    return text_in(value, "medium", LONGEST_NAME)
