"""One entry becomes one article: the rule of each field, in the order of ``docs/fields.md``."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import xxhash

from worker.basics.one_line import one_line, read_title
from worker.basics.text import clean, fold, shorten
from worker.basics.urls import canonical_url
from worker.dates.reading import read_date
from worker.normalise.authors import split_names
from worker.normalise.episodes import read_episode
from worker.normalise.feed_context import FeedContext
from worker.normalise.language import language_of, language_sample
from worker.normalise.links import base_of_body, find_file, find_image, read_enclosures, read_page
from worker.normalise.match_keys import file_names, key_across_feeds, read_version, wire_key
from worker.normalise.page_builders import without_builder
from worker.normalise.plain_text import (
    first_sentence,
    has_own_words,
    summarise,
    text_of_plain,
    text_of_tree,
    without_addresses,
)
from worker.normalise.sanitise import as_paragraphs, sanitise, sanitise_to_tree
from worker.values.articles import Article, Sighting
from worker.values.entries import Entry, KeyedEntry, Notice
from worker.wire.agencies import agency_name
from worker.wire.bylines import read_opening

_LONGEST_MADE_TITLE, _LONGEST_OWN_SUMMARY, _LONGEST_SUMMARY, _LONGEST_NOTE = 160, 1000, 300, 1000
_LONGEST_NAME, _LONGEST_NAMES, _LONGEST_TAG = 200, 2000, 100
_MOST_NAMES = 64
# What stands in the links, pictures and players of a body that has no words of its own is no longer.
_LONGEST_LABEL = 500
_ADDRESS = re.compile(r' (?:href|src)="([^"]*)"')
_WHITE_SPACE = b" \t\n\r\v\f"
_ASCII, _SMALL_LETTERS = bytes(range(0x80)), bytes(range(0x100)).lower()
_NOTICE_NUMBERS, _URGENCIES = frozenset(range(1, 1000)), frozenset(range(1, 10))


def normalise(keyed: KeyedEntry, feed: FeedContext, now: datetime) -> Sighting:
    """Make an entry comparable."""
    made_at = read_date(keyed.entry.updated, now, keyed.entry.language or feed.language)
    article = _article(without_builder(keyed.entry), feed, made_at, now)
    return Sighting(
        guid=keyed.guid,
        guid_hash=keyed.guid_hash,
        known_by=keyed.known_by,
        fingerprint=keyed.fingerprint,
        article=article,
        # Nothing is made after it is read: a later date comes from a wrong clock, the publisher's or ours.
        said_at=made_at if made_at and made_at <= now else feed.said_at,
        version=read_version(keyed.entry),
        names=file_names(article, feed.path, keyed.guid),
    )


def content_hash(title: str, text: str, notice: Notice | None = None) -> bytes:
    """Return 16 bytes that change when the words do, not with capitals, accents' spelling, white space or markup."""
    # A kill may repeat the very words that it withdraws, and is a revision of them all the same.
    words = f"{title}\0{text}\n({Notice.KILL})" if notice is Notice.KILL else f"{title}\0{text}"
    words = unicodedata.normalize("NFC", words).replace("\xa0", " ")
    raw = words.encode()
    beyond_ascii = "" if words.isascii() else raw.translate(None, _ASCII).decode()
    # Most texts have no capitals beyond ASCII; to look for others costs twenty times as much.
    if beyond_ascii != beyond_ascii.lower():
        raw = words.lower().encode()
    return xxhash.xxh3_128_digest(raw.translate(_SMALL_LETTERS, _WHITE_SPACE))


def _article(written: Entry, feed: FeedContext, updated_at: datetime | None, now: datetime) -> Article:
    original_url, url = read_page(written.link, feed)
    # An entry with only a date of change was published then, as far as anyone can tell.
    published_at = read_date(written.published, now, written.language or feed.language) or updated_at
    # No reader saw a change before the publication.
    is_changed = updated_at is not None and published_at is not None and updated_at > published_at
    enclosures = read_enclosures(written.enclosures, feed)
    html, text = _body(written, base_of_body(written, url, feed))
    entry, news = _after_opening(written, text, published_at)
    news = without_addresses(news)
    title = _title(entry, news)
    sample = language_sample(title, text)
    language, language_source = language_of(entry.language, feed.language, sample, feed.detect)
    # Many podcasts have no pages; a newsroom's item goes by its name, and its recordings go with it.
    file = None if url or entry.item_id else find_file(entry, enclosures)
    leads_to = canonical_url(file) if file else url
    title = title or leads_to or "Untitled"
    agency = _line(entry.agency or feed.agency)
    return Article(
        title=title,
        html=html,
        text=text,
        content_hash=content_hash(title, text, entry.notice),
        summary=_summary(entry, news),
        url=leads_to,
        original_url=original_url,
        match_key=key_across_feeds(entry, url, feed),
        authors=_read_authors(entry.authors),
        published_at=published_at,
        updated_at=updated_at if is_changed else None,
        language=language,
        language_source=language_source,
        tags=_distinct(map(_read_tag, entry.tags), _LONGEST_TAG),
        enclosures=enclosures,
        image_url=find_image(entry, feed, html),
        podcast=read_episode(entry.podcast, feed) if entry.podcast else None,
        dateline_place=_line(entry.dateline_place),
        dateline_date=entry.dateline_date,
        agency=agency_name(agency) if agency else None,
        agency_as_written=agency,
        slug=_line(entry.slug),
        notice=entry.notice,
        notice_number=entry.notice_number if entry.notice_number in _NOTICE_NUMBERS else None,
        note=_line(entry.note, _LONGEST_NOTE),
        urgency=entry.urgency if entry.urgency in _URGENCIES else None,
        # A paper that prints a wire's text sends no version of the dispatch: only the entry as written counts.
        wire_key=wire_key(written, title, feed),
    )


def _body(entry: Entry, base: str | None) -> tuple[str, str]:
    """Return an entry's body as HTML and as plain text: its content, or its summary if only that has words."""
    html, text = _read_body(entry.content or entry.summary or "", base, is_plain=entry.is_plain_text)
    has_both = entry.content and entry.summary and entry.summary != entry.content
    if not has_both or len(text) > _LONGEST_LABEL or has_own_words(html):
        return html, text
    said, words = _read_body(entry.summary or "", base, is_plain=False)
    if not has_own_words(said):
        return html, text
    is_shown = all(address in said for address in _ADDRESS.findall(html))
    return said if is_shown else sanitise(f"{html}\n{said}"), words


def _read_body(body: str, base: str | None, *, is_plain: bool) -> tuple[str, str]:
    if is_plain:
        text = text_of_plain(body)
        return as_paragraphs(text), text
    html, tree = sanitise_to_tree(body, base)
    return html, text_of_tree(tree)


def _after_opening(entry: Entry, text: str, published_at: datetime | None) -> tuple[Entry, str]:
    """Return the entry with what the byline and dateline that open a wire's text say, and the text after them."""
    opening = None if entry.agency else read_opening(text, published_at and published_at.date())
    if opening is None:
        return entry, text
    told = replace(
        entry,
        authors=entry.authors or opening.names,
        agency=opening.agency,
        dateline_place=opening.place,
        dateline_date=opening.filed_on,
    )
    return told, text[opening.length :]


def _title(entry: Entry, text: str) -> str:
    given = read_title(entry.title or "", is_plain=entry.has_plain_title)
    return given or shorten(first_sentence(text), _LONGEST_MADE_TITLE)


def _summary(entry: Entry, text: str) -> str:
    is_its_own = entry.summary and entry.summary != entry.content
    return summarise(one_line(entry.summary or "", _LONGEST_OWN_SUMMARY) if is_its_own else "", text, _LONGEST_SUMMARY)


# The same people write all that a feed carries.
@lru_cache(maxsize=256)
def _read_authors(fields: tuple[str, ...]) -> tuple[str, ...]:
    return _distinct(split_names(fields), _LONGEST_NAME)


# Likewise, a feed has a few tags for all its entries.
@lru_cache(maxsize=1024)
def _read_tag(written: str) -> str:
    return one_line(written, _LONGEST_TAG)


def _distinct(lines: Iterable[str], longest: int) -> tuple[str, ...]:
    """Return the first lines, each once, whatever its capitals."""
    first_spellings: dict[str, str] = {}
    for line in lines:
        first_spellings.setdefault(line.casefold(), line[:longest])
        if len(first_spellings) > _MOST_NAMES:
            break
    return tuple(filter(None, first_spellings.values()))[:_MOST_NAMES]


def _line(text: str | None, longest: int = _LONGEST_NAME) -> str | None:
    return (fold(clean(text, longest)) or None) if text else None
