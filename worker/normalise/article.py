"""One entry becomes one article: the rule of each field, in the order of ``docs/fields.md``."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import xxhash

from worker.normalise.authors import split_names
from worker.normalise.dates import read_date
from worker.normalise.plain_text import LONGEST_TEXT, one_line, text_of, tidy, without_entities
from worker.normalise.sanitise import as_paragraphs, sanitise
from worker.normalise.sentences import first_sentence, summarise
from worker.normalise.wire_key import wire_key
from worker.pictures import is_decoration
from worker.text import clean, fold, shorten
from worker.urls import absolute_url, canonical_url, is_bare_site, match_key, same_site, site
from worker.values import Article, Enclosure, Entry, KeyedEntry, Notice

_LONGEST_TITLE = 1000
_LONGEST_MADE_TITLE = 160
_LONGEST_SUMMARY = 300
_LONGEST_URL = 4000
_LONGEST_NAME = 200
_LONGEST_NAMES = 2000
_LONGEST_NOTE = 1000
_LONGEST_TAG = 100
_MOST_NAMES = 64
_MOST_ENCLOSURES = 64
_LARGEST_FILE = 2**53
_WHITE_SPACE = b" \t\n\r\v\f"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_MOST_NUMBER = 999
_URGENCIES = range(1, 10)
_IMAGE = re.compile(r'<img[^>]* src="([^"]+)"')


@dataclass(frozen=True, slots=True)
class FeedContext:
    """What an entry inherits from the feed and the document it stands in."""

    feed_url: str
    document_url: str
    site_url: str | None
    language: str | None


def content_hash(title: str, text: str) -> bytes:
    """Return the 16 bytes that change when the words do: capitals, accents' spelling, white space and markup apart."""
    words = unicodedata.normalize("NFC", f"{title}\0{text}").lower().replace("\xa0", " ")
    return xxhash.xxh3_128_digest(words.encode().translate(None, _WHITE_SPACE))


def normalise(keyed: KeyedEntry, feed: FeedContext, now: datetime) -> Article:
    """Make an entry comparable."""
    entry = keyed.entry
    base = _base(entry, feed)
    original_url = absolute_url(entry.link, base) if entry.link else None
    url = canonical_url(original_url) if original_url else None
    html, text = _body(entry, base)
    title = _title(entry, text) or url or "Untitled"
    published_at, updated_at = read_date(entry.published, now), read_date(entry.updated, now)
    # An entry that only says when it was updated was published then, as far as anyone can tell; and what was changed
    # before it appeared was not changed for any reader.
    published_at = published_at or updated_at
    is_changed = updated_at is not None and published_at is not None and updated_at > published_at
    return Article(
        guid=keyed.guid,
        guid_hash=keyed.guid_hash,
        fingerprint=keyed.fingerprint,
        title=title,
        html=html,
        text=text,
        content_hash=_content_hash(title, text, entry.notice),
        summary=_summary(entry, text),
        url=url,
        original_url=original_url,
        match_key=_match_key(url, feed),
        authors=_distinct(split_names(one_line(field, _LONGEST_NAMES) for field in entry.authors), _LONGEST_NAME),
        published_at=published_at,
        updated_at=updated_at if is_changed else None,
        language=_language(entry.language) or _language(feed.language),
        tags=_distinct((one_line(tag, _LONGEST_TAG) for tag in entry.tags), _LONGEST_TAG),
        enclosures=_enclosures(entry.enclosures, base),
        image_url=_image(entry, base, html),
        dateline_place=_line(entry.dateline_place),
        dateline_date=entry.dateline_date,
        agency=_line(entry.agency),
        slug=_line(entry.slug),
        notice=entry.notice,
        notice_number=_within(range(1, _MOST_NUMBER + 1), entry.notice_number),
        note=_line(entry.note, _LONGEST_NOTE),
        urgency=_within(_URGENCIES, entry.urgency),
        wire_key=wire_key(entry, title),
    )


def _content_hash(title: str, text: str, notice: Notice | None) -> bytes:
    # A kill may come with the very words it withdraws, and has to be told of all the same.
    return content_hash(title, f"{text}\n({Notice.KILL})" if notice is Notice.KILL else text)


def _base(entry: Entry, feed: FeedContext) -> str | None:
    """Return what relative URLs resolve against: xml:base, else the entry's own page, else the document."""
    base = entry.base_url or entry.link
    return (absolute_url(base, feed.document_url) if base else None) or absolute_url(feed.document_url)


def _body(entry: Entry, base: str | None) -> tuple[str, str]:
    body = entry.content or entry.summary or ""
    if entry.is_plain_text:
        # Blog software that takes the tags out of a text leaves the entities in it.
        text = tidy(clean(body if "<" in body else without_entities(body), LONGEST_TEXT))
        return as_paragraphs(text), text
    html = sanitise(body, base)
    return html, text_of(html)


def _title(entry: Entry, text: str) -> str:
    given = one_line(entry.title or "", 2 * _LONGEST_TITLE)
    return shorten(given, _LONGEST_TITLE) if given else shorten(first_sentence(text), _LONGEST_MADE_TITLE)


def _summary(entry: Entry, text: str) -> str:
    is_its_own = entry.summary and entry.summary != entry.content
    return summarise(one_line(entry.summary or "", _LONGEST_TITLE) if is_its_own else "", text, _LONGEST_SUMMARY)


def _match_key(url: str | None, feed: FeedContext) -> str | None:
    # A link blog must never be taken for the publisher: only a site's own feeds may name its pages.
    if url is None or is_bare_site(url):
        return None
    if same_site(url, feed.feed_url):
        return match_key(url)
    # Any feed may call any site its own, so its word counts only among feeds of the domain that serves it: those of a
    # publisher with a domain for its feeds know their common articles, and nobody else's.
    served_by = site(feed.feed_url)
    return f"{match_key(url)} via {served_by}" if served_by and same_site(url, feed.site_url) else None


def _distinct(lines: Iterable[str], longest: int) -> tuple[str, ...]:
    first_spellings: dict[str, str] = {}
    for line in lines:
        first_spellings.setdefault(line.casefold(), line[:longest])
        if len(first_spellings) > _MOST_NAMES:
            break
    return tuple(line for line in first_spellings.values() if line)[:_MOST_NAMES]


def _line(text: str | None, longest: int = _LONGEST_NAME) -> str | None:
    return fold(clean(text, longest)) or None if text else None


def _within(allowed: range, number: int | None) -> int | None:
    # A range looks for what is no number one by one.
    return number if number is not None and number in allowed else None


def _language(tag: str | None) -> str | None:
    """Return a language tag as BCP 47 writes it: ``en-GB``, ``zh-Hant``; null for what is none."""
    written = (tag or "").strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(written):
        return None
    first, *rest = written.split("-")
    cased = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]  # noqa: PLR2004 -- region, script
    return "-".join([first.lower(), *cased])


def _enclosures(enclosures: Iterable[Enclosure], base: str | None) -> tuple[Enclosure, ...]:
    by_url: dict[str, Enclosure] = {}
    for enclosure in islice(enclosures, _MOST_ENCLOSURES):
        if url := absolute_url(enclosure.url, base):
            # A length of 0 is what publishers write who do not know it.
            length = enclosure.length if enclosure.length and 0 < enclosure.length < _LARGEST_FILE else None
            media_type = one_line(enclosure.media_type or "", _LONGEST_TAG) or None
            by_url.setdefault(url, Enclosure(url, media_type, length))
    return tuple(by_url.values())


def _image(entry: Entry, base: str | None, html: str) -> str | None:
    """Return the image the entry names, else the first of its body; counting pixels are no longer in there."""
    return next(_image_urls(entry, base, html), None)


def _image_urls(entry: Entry, base: str | None, html: str) -> Iterator[str]:
    if entry.image_url and (named := absolute_url(entry.image_url, base)):
        yield named
    for found in _IMAGE.finditer(html):
        if not is_decoration(found[1]) and (url := absolute_url(found[1])):
            yield url
