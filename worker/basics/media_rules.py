"""Rules for the files and pictures that an entry names, which all parsers share."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from worker.basics.urls import is_decoration

_KINDS = {
    kind: frozenset(endings.split())
    for kind, endings in {
        "audio": "mp3 m4a m4b aac oga ogg opus flac wav weba wma",
        "video": "mp4 m4v mov webm ogv mkv avi mpg mpeg wmv 3gp",
        "image": "jpg jpeg png gif webp avif bmp svg",
    }.items()
}
# Types that say no more than that there is a file.
_UNTOLD_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream", "unknown/unknown"})
# A picture whose width nobody says is taken for wider than a thumbnail, and for narrower than a large picture.
_USUAL_WIDTH = 400
_WIDTH = re.compile(r"\s*(\d{1,5})(?:\.\d*)?(?:px)?\s*", re.ASCII)
# Text in an element that may hold a picture's address, or something else.
_ADDRESS = re.compile(r"(?:https?:)?//\S+|/\S+|[^\s<>]+\.(?:jpe?g|png|gif|webp|avif|svg)(?:\?\S*)?", re.IGNORECASE)


def kind_of_file(media_type: str | None, medium: str | None, url: str) -> str:
    """Return ``audio``, ``video``, ``image`` or "" by a file's type, else its medium in Media RSS, else its ending."""
    media_type, medium = (media_type or "").lower(), (medium or "").lower()
    named = media_type.partition("/")[0]
    if named in _KINDS:
        return named
    if medium == "image":
        return medium
    if media_type not in _UNTOLD_TYPES:
        return ""
    return medium if medium in _KINDS else "" if medium else _kind_by_ending(url)


def _kind_by_ending(url: str) -> str:
    try:
        ending = urlsplit(url).path.rpartition(".")[2].lower()
    except ValueError:
        return ""
    return next((kind for kind, endings in _KINDS.items() if ending in endings), "")


def is_picture_address(text: str) -> bool:
    """Return whether the text of an element is a URL, be it relative."""
    return _ADDRESS.fullmatch(text) is not None


class Picture(NamedTuple):
    """A picture that an entry names, and its width and height as written."""

    url: str
    width: str | None = None
    height: str | None = None


def choose_picture(pictures: Iterable[Picture]) -> str | None:
    """Return the URL of the widest picture, of those alike the first; avatars and counting pixels are none."""
    shown = [each for each in pictures if not is_decoration(each.url) and not _is_pixel(each)]
    return max(shown, key=lambda each: read_pixels(each.width) or _USUAL_WIDTH).url if shown else None


def _is_pixel(picture: Picture) -> bool:
    return 1 in (read_pixels(picture.width), read_pixels(picture.height))


def read_pixels(written: str | None) -> int:
    """Return a width or height in pixels; 0 where it is not told."""
    found = _WIDTH.fullmatch(written) if written else None
    return int(found[1]) if found else 0
