"""The feeds that the outlines of an OPML document name, whatever reads its markup, and what is no feed and why.

OPML 2.0 (http://opml.org/spec2.opml): the folders that an outline is in, and its categories, become the feed's tags.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from worker.basics.text import clean, fold
from worker.basics.urls import feed_url_key
from worker.errors import PollError, SeedError
from worker.fetch import Guard, locate
from worker.manage.feed_tags import MOST_TAGS, read_tag
from worker.manage.feeds import NewFeed

_DEEPEST = 1_000
_LONGEST = 4_000
_LONGEST_SHOWN = 200
_PLAIN = re.compile(r"https?://[!-~]+")
_WRAPPED = re.compile(r"[\x00-\x1f\x7f]+|\s{2,}")
# The scheme by which Safari and others open feeds in a reader, before an address or in place of http:.
_FEED_SCHEMES = (
    (re.compile(r"feeds?:(?://)?(?=https?:)", re.IGNORECASE), ""),
    (re.compile(r"feed:(?://)?(?![a-z][a-z0-9+.-]*:/)", re.IGNORECASE), "http://"),
    (re.compile(r"feeds:(?://)?(?![a-z][a-z0-9+.-]*:/)", re.IGNORECASE), "https://"),
)
# What ``type`` may say of an outline whose address is in ``url``.
_FEED_TYPES = frozenset("rss rss1 rss2 atom rdf feed xml json jsonfeed podcast".split())
_CREDENTIALS = re.compile(r"//[^/?#\s]*@")
_ON_WEB = ("http://", "https://")
# Only hosts that begin so can be addresses, once a URL is in its canonical form, or the name of this machine.
_MAY_BE_AN_ADDRESS = re.compile(r"https?://(?:[\d\[]|(?:[^/?#:]*\.)?localhost(?=[./?#:]))")


@dataclass(frozen=True, slots=True)
class UnreadOutline:
    """An outline that names something, but no feed that can be added."""

    line: int
    name: str
    """Its address, or its title where it has none."""
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.name or 'an outline'} was not added: {self.reason}"


class Outlines:
    """The outlines of one document, taken one by one; a class because the parsers call back."""

    def __init__(self, guard: Guard) -> None:
        self.feeds: Final[list[NewFeed]] = []
        self.unread: Final[list[UnreadOutline]] = []
        self._guard = guard
        # The tags of what is in the outlines that are open now, and those outside each of them.
        self._tags: tuple[str, ...] = ()
        self._outside: list[tuple[str, ...]] = []
        self._childless: UnreadOutline | None = None

    def begin(self, attributes: Mapping[str, str], line: Callable[[], int]) -> None:
        """Take an outline, whose attributes are named in lower case; SeedError when there are too many around it."""
        if len(self._outside) == _DEEPEST:
            raise SeedError(f"it nests deeper than {_DEEPEST:,} outlines.")
        self._outside.append(self._tags)
        self._childless = None
        kind = attributes.get("type", "").strip().lower()
        if url := attributes.get("xmlurl", "").strip():
            self._take_feed(attributes, url, line)
        elif url := attributes.get("url", "").strip():
            self._take_url(attributes, url, kind, line)
        else:
            self._enter_folder(attributes)
            if kind in _FEED_TYPES or "xmlurl" in attributes:
                # Some lists call their folders feeds too.
                self._childless = UnreadOutline(line(), _title(attributes), "it has no xmlUrl, the feed's address.")

    def end(self) -> None:
        """Leave the outline that was begun last, if one is open."""
        if self._childless:
            self.unread.append(self._childless)
            self._childless = None
        if self._outside:
            self._tags = self._outside.pop()

    def leave_out(self, attributes: Mapping[str, str], line: int, reason: str) -> None:
        """Name an outline that cannot be read."""
        name = attributes.get("xmlurl") or attributes.get("url") or _title(attributes)
        shown = _CREDENTIALS.sub("//…@", fold(clean(name, _LONGEST_SHOWN)))
        self.unread.append(UnreadOutline(line, shown, reason))

    def _take_url(self, attributes: Mapping[str, str], url: str, kind: str, line: Callable[[], int]) -> None:
        if kind and kind not in _FEED_TYPES:
            is_list = kind == "include" or url.lower().endswith(".opml")
            what = "another list, which is not followed" if is_list else f"no feed, but of type {clean(kind, 20)}"
            self.leave_out(attributes, line(), f"it is {what}.")
            self._enter_folder(attributes)
        else:
            self._take_feed(attributes, url, line)

    def _take_feed(self, attributes: Mapping[str, str], url: str, line: Callable[[], int]) -> None:
        url = url if _PLAIN.fullmatch(url) else _repair_address(url)
        if fault := self._find_fault(url):
            self.leave_out(attributes, line(), fault)
            return
        title, site_url = _title(attributes), clean(attributes.get("htmlurl", "").strip(), _LONGEST)
        tags = self._tags
        if categories := attributes.get("category"):
            tags = tuple(dict.fromkeys((*tags, *_read_categories(categories))))[:MOST_TAGS]
        # A list that was exported has the address in place of a title that is not known.
        named = title if title and title != url else None
        self.feeds.append(NewFeed(url, named, site_url if site_url.lower().startswith(_ON_WEB) else None, tags))

    def _find_fault(self, url: str) -> str | None:
        """Return why `feedmill add` would refuse an address."""
        try:
            # A list names no files of ours.
            key = feed_url_key("" if url[:5].lower() == "file:" else url)
            objection = self._guard.objection_to(locate(key)) if _MAY_BE_AN_ADDRESS.match(key) else None
        except ValueError as error:
            return str(error)
        except PollError as error:
            return f"{error.sentence}."
        return f"{objection}; FEEDMILL_ALLOW_HOSTS lists exceptions." if objection else None

    def _enter_folder(self, attributes: Mapping[str, str]) -> None:
        name = read_tag(_title(attributes))
        if name and name not in self._tags and len(self._tags) < MOST_TAGS:
            self._tags = (*self._tags, name)


def _title(attributes: Mapping[str, str]) -> str:
    return fold(clean(attributes.get("title") or attributes.get("text") or "", _LONGEST))


def _repair_address(url: str) -> str:
    """Return an address as it was before a program wrapped it, or gave it to a reader of feeds."""
    url = _WRAPPED.sub("", url).replace(" ", "%20")
    for scheme, meant in _FEED_SCHEMES:
        if scheme.match(url):
            return scheme.sub(meant, url, count=1)
    return url


def _read_categories(text: str) -> list[str]:
    """Return the tags that ``category`` names: strings with commas between them, levels with slashes between them."""
    return [tag for part in re.split("[,/]", text[:_LONGEST]) if (tag := read_tag(part))]
