"""Rules for a feed's fields that all parsers share, so that a document means the same whichever parser reads it."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urljoin

from worker.basics.text import clean
from worker.basics.urls import absolute_url, is_feed_url, is_without_scheme, with_scheme
from worker.dates.reading import find_moment
from worker.values.entries import Entry

LONGEST_TITLE, LONGEST_URL, LONGEST_CONTENT, LONGEST_NAME = 4_000, 4_000, 1_000_000, 400
# Bytes of windows-1252 written as characters of Latin 1 (WHATWG HTML, numeric character reference end state).
_MEANT = {byte: bytes([byte]).decode("cp1252", "ignore") or None for byte in range(0x80, 0xA0)}
# No file's length has more digits, and a longer number would not fit into an answer either.
_LENGTH = re.compile(r"\d{1,15}", re.ASCII)
_PHRASE = re.compile(r"\s(?:and|und|et|y|e|og|och|i|en|of|&)\s")
_LONGEST_SUBJECT = 3
_HTML_TYPE, _XHTML_TYPE = "text/html", "application/xhtml+xml"
_PAGE_TYPES = frozenset({_HTML_TYPE, _XHTML_TYPE, "html", "xhtml"})
_BLOGGER_KIND = "http://schemas.google.com/g/2005#kind"
_RELATIONS = "http://www.iana.org/assignments/relation/"
_Item = TypeVar("_Item")


def tidy_text(text: str | None, longest: int) -> str | None:
    """Return a text that expat read, cleaned, trimmed and cut; None where nothing is left of it."""
    if not text:
        return None
    # The one ASCII control that expat lets through is DEL: the commonest texts need no closer look.
    if not text.isascii() or "\x7f" in text:
        text = _clean_as_meant(text, longest)
    return text[:longest].strip() or None


def _clean_as_meant(text: str, longest: int) -> str:
    """Return a text as its writer meant it, though it was encoded twice, or as Latin 1 in place of windows-1252."""
    with suppress(UnicodeError):
        text = text.encode("latin-1").decode()
    cut = text[:longest]
    cleaned = clean(cut, longest)
    return cleaned if len(cleaned) == len(cut) else clean(cut.translate(_MEANT), longest)


def as_html(text: str | None, *, is_plain: bool = True) -> str | None:
    """Return a title or a summary as HTML, which is how every later stage reads it."""
    return text.replace("<", "&lt;") if text and is_plain else text


def choose_link(link: str | None, guid: str | None, *, is_permalink: bool) -> str | None:
    """Return an entry's link: its own, else its guid if that claims to be a permalink and is a web page's URL."""
    return link or (guid if guid and is_permalink and is_web_page(guid) else None)


def split_keywords(listed: str) -> list[str]:
    """Return the keywords of a list, which commas separate."""
    return [keyword for each in listed.split(",") if (keyword := tidy_text(each, LONGEST_NAME))]


def split_subjects(written: str) -> list[str]:
    """Return the subjects in a Dublin Core subject: separated by semicolons, or by commas where all of it is a list.

    ``Culture, Media and Sport`` is one subject, and so is what has a part as long as a sentence.
    """
    parts = [part for each in written.split(";") if (part := tidy_text(each, LONGEST_NAME))]
    if len(parts) == 1 and "," in written and not _PHRASE.search(written):
        listed = split_keywords(written)
        return parts if any(len(each.split()) > _LONGEST_SUBJECT for each in listed) else listed
    return parts


def is_software_category(scheme: str | None) -> bool:
    """Return whether a category of this scheme describes the publisher's software, not the entry."""
    return scheme == _BLOGGER_KIND


def resolve_url(base: str, url: str) -> str:
    """Return a URL resolved against xml:base where there is one; a URL that cannot be resolved stays as it is."""
    # A host without its scheme is no path, though it looks like one.
    if not base or is_without_scheme(url):
        return url
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def is_web_page(url: str) -> bool:
    """Return whether a URL is absolute and a web page's."""
    return url.startswith(("http://", "https://"))


def link_relation(written: str | None) -> str:
    """Return a link's relation by its name; both missing and empty it is ``alternate`` (RFC 4287, section 4.2.7.2)."""
    return written.strip().lower().removeprefix(_RELATIONS) or "alternate" if written else "alternate"


TO_OLDER = ("prev-archive", "next")
"""The relations of links to older entries, the better one first: archives do not change, pages do (RFC 5005)."""


def absolute_older(written: str | None, document_url: str, self_url: str | None) -> str | None:
    """Return the address of a feed's older entries, made absolute; None for one that could not be asked for.

    In a document that was saved it is resolved against the URL that the document says it has.
    """
    base = document_url if is_web_page(document_url) else self_url
    older_url = absolute_url(written, base) if written else None
    return older_url if older_url and is_feed_url(older_url) else None


def absolute_site(written: str | None, document_url: str, self_url: str | None) -> str | None:
    """Return the address of a feed's site, made absolute; None for one that leads to no web page.

    In a document that was saved it is resolved against the URL that the document says it has.
    """
    if written is None or is_web_page(written):
        return written
    base = document_url if is_web_page(document_url) else self_url
    return absolute_url(with_scheme(written, base), base)


def read_length(length: str | None) -> int | None:
    """Read an enclosure's length in bytes; None where it is no number, or larger than any file."""
    return int(length) if length and _LENGTH.fullmatch(length.strip()) else None


def is_text_type(media_type: str) -> bool:
    """Return whether a content's type is text, XML or a bare word, not a picture's (RFC 4287, section 4.1.3.3)."""
    return media_type.startswith("text/") or media_type.endswith("xml") or "/" not in media_type


def is_page_type(media_type: str | None) -> bool:
    """Return whether a link's type is a web page's; a link without a type leads to one."""
    return media_type is None or (media_type or _HTML_TYPE).lower() in _PAGE_TYPES


def keep_newest(items: Sequence[_Item], most: int, date_of: Callable[[_Item], Any]) -> list[_Item]:
    """Return the ``most`` newest items in document order; undated ones count as oldest, the first kept first."""
    if len(items) <= most:
        return list(items)
    dates = [date_of(item) for item in items]
    dated = sorted((index for index, date in enumerate(dates) if date), key=dates.__getitem__, reverse=True)
    undated = [index for index, date in enumerate(dates) if not date]
    newest = [*dated, *undated][:most]
    return [items[index] for index in sorted(newest)]


def moment_of(entry: Entry) -> datetime | None:
    """Return when an entry was published, or else updated; None where it does not say."""
    return find_moment(entry.published) or find_moment(entry.updated)
