"""What the words of a newsroom's item say beside its elements: headline, byline, note, opening and end of the text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from html import unescape

from worker.basics.text import fold
from worker.values.entries import Entry, Notice
from worker.wire.agencies import agency_name, is_agency, is_same_agency
from worker.wire.bylines import read_author_names, read_byline
from worker.wire.datelines import Dateline, read_dateline, read_dateline_alone
from worker.wire.days import read_day, read_local_moment, read_moment
from worker.wire.notice_lines import (
    NoticeLine,
    notice_of_note,
    read_bare_notice,
    read_headline,
    read_kill_order,
    read_note,
    split_slug,
    weightiest_notice,
)
from worker.wire.sign_offs import read_sign_offs
from worker.wire.words import MONTHS, NO_PERSONS

# How much of a text may open or end it, and how many of its first paragraphs may stand before a dateline.
_OPENING, _END = 4_000, 1_500
_MOST_BEFORE_DATELINE = 4
# A longer paragraph is news, and a dateline below it is another agency's.
_LONGEST_BEFORE_DATELINE = 200
_BLOCK_END = re.compile(r"</(?:p|h[1-6]|div|li|td|th|header|section|pre)>|<br ?/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
# Wires begin a paragraph with an indented line too.
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=[ \t]{2,}\S)")

# ANSA marks its news >>>ANSA/Gazprom cuts supplies, Ritzau with a star.
_MARK = re.compile(r">{2,3}\s?(?:[A-Z]{2,6}/)?|\*(?=\w)")
# AP sends tables under their slug alone.
_AP_SLUG = re.compile(r"(?:AM|PM|BC)-[\w .'’/-]{2,60}")
# Reuters names behind a slug what goes with it: POPE-LATAM/ (PIX, TV).
_MEDIA = re.compile(r"\s?\((?:(?:PIX|TV|GRAPHICS?|PICTURES?|VIDEO|PHOTOS?)(?:, ?)?){1,6}\)$")
_MOST_SMALL_WORDS, _LONGEST_NAME = 2, 200
# daa/mt/msr; JDO; VR-COM; lindqvist.ada; tsafos: initials and accounts of those who wrote or edited.
_INITIALS = re.compile(r"[A-Za-zÀ-ÿ]{1,5}(?:[/-][A-Za-zÀ-ÿ]{1,5})+")
_CODE = re.compile(r"[A-Z]{1,6}(?:-[A-Z]{1,6})?|[\w.-]*[a-z0-9][.][\w.-]+")
_ROLES = NO_PERSONS | frozenset("reporter correspondent writer editor".split())
# The site that a name behind it writes for: Ada Lindqvist / Skarholm.example.
_SITE = re.compile(r"\s?[/,]\s?[\w-]{2,40}\.[a-z]{2,10}$")
_BETWEEN_AGENCIES = re.compile(r"[\s/,–—-]+")

# Embargoed to 0001 Friday September 9; Embargoed until 00:01 9 September 2026
_EMBARGO = re.compile(
    r"embargo(?:ed)?:?[ ]?(?:to|until|till|for|not for publication before)?[ ](?:publication )?"
    r"(?P<hour>\d{2})[.:]?(?P<minute>\d{2})(?:[ ]?(?:hrs|hours|h|GMT|BST|UTC))?,?(?:[ ]on)?"
    r"(?:[ ](?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?)?"
    r"[ ](?:(?P<month>[A-Za-z]{3,9})[ ](?P<day>\d{1,2})|(?P<day2>\d{1,2})[ ](?P<month2>[A-Za-z]{3,9}))"
    r"(?:st|nd|rd|th)?(?:,?[ ](?P<year>20\d\d))?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"[+-]\d\d:?\d\d$")


@dataclass(frozen=True, slots=True)
class _Opening:
    """What stands before the news in a text."""

    dateline: Dateline = field(default_factory=Dateline)
    authors: tuple[str, ...] = ()
    note: str | None = None
    notice: Notice | None = None


def read_words(entry: Entry) -> Entry:
    """Return the entry with what its headline, its byline, its note, and opening and end of its text say.

    The agency that signs the dateline goes before the one that distributes the item.
    """
    headline = read_headline(
        _MARK.sub("", entry.title or "", count=1) if _MARK.match(entry.title or "") else entry.title or ""
    )
    slug = _read_slug(entry)
    paragraphs = _first_paragraphs(entry)
    opening = _read_opening(paragraphs, read_day(entry.published or entry.updated))
    agency = opening.dateline.agency or entry.agency
    note = entry.note or opening.note
    said = weightiest_notice(
        entry.notice,
        headline.notice,
        notice_of_note(note or ""),
        slug.notice,
        opening.notice if not entry.note else None,
    )
    notice, named_slug = read_kill_order((note or "", " ".join(paragraphs)), said)
    return replace(
        entry,
        title=headline.text or None,
        slug=slug.text or None,
        named_slug=named_slug,
        notice=notice,
        note=note,
        notice_number=entry.notice_number or headline.number or slug.number,
        urgency=entry.urgency or headline.urgency or slug.urgency,
        authors=_read_authors(entry, opening, agency),
        tags=tuple(tag for tag in map(fold, filter(None, entry.tags)) if not (len(tag) == 1 and tag.isascii())),
        agency=agency,
        dateline_place=entry.dateline_place or opening.dateline.place,
        dateline_date=entry.dateline_date or opening.dateline.filed_on,
    )


def read_dateline_element(written: str | None, published: date | None) -> Dateline:
    """Return what an element for the dateline says; where that is no dateline, nothing."""
    words = (written or "").rstrip(" -–—_:")
    return (read_dateline_alone(words, published) or Dateline()) if words else Dateline()


def choose_agency(names: Iterable[str | None]) -> str | None:
    """Return the first name that is a known agency's, else the first: a release has its source beside its agency."""
    written = [name for name in names if name]
    return next((name for name in written if is_agency(agency_name(name))), next(iter(written), None))


def read_embargo_words(words: str, published: str | None) -> datetime | None:
    """Return the end of an embargo that a note names: ``Embargoed to 0001 Friday September 9``; None for any other.

    ``published`` gives the year, and the zone of the clock.
    """
    found, moment = _EMBARGO.search(words[:_OPENING]), read_moment(published or "")
    month = MONTHS.get((found["month"] or found["month2"]).casefold()) if found else None
    if not (found and month and moment):
        return None
    zone = _OFFSET.search(published or "")
    day, year = int(found["day"] or found["day2"]), int(found["year"] or moment.year)
    written = f"{year}-{month:02}-{day:02}T{found['hour']}:{found['minute']}{zone[0] if zone else ''}"
    end = read_moment(written)
    # In December "January 2" is next year's.
    is_next_year = end is not None and end < moment - timedelta(days=180)
    return read_local_moment(f"{year + 1}{written[4:]}" if is_next_year else written)


def _read_slug(entry: Entry) -> NoticeLine:
    title = entry.title or ""
    slug = split_slug(_MEDIA.sub("", fold(entry.slug or (title if _AP_SLUG.fullmatch(title) else ""))))
    slug = replace(slug, text=slug.text.strip("-").rstrip("/"))
    # URGENT in place of a slug says how urgent it is.
    bare = read_bare_notice(slug.text) if slug.text else None
    return replace(bare, text="") if bare and (bare.urgency or bare.notice) else slug


def _first_paragraphs(entry: Entry) -> list[str]:
    """Return the paragraphs with which a text begins, as plain text on one line each."""
    return _split_paragraphs((entry.content or entry.summary or "")[:_OPENING], is_plain=entry.is_plain_text)


def _split_paragraphs(text: str, *, is_plain: bool) -> list[str]:
    text = text if is_plain else unescape(_TAG.sub("", _BLOCK_END.sub("\n\n", text)))
    return list(filter(None, map(fold, _PARAGRAPH.split(text))))


def _read_opening(paragraphs: Sequence[str], published: date | None) -> _Opening:
    """Return the dateline, and the byline and note above it."""
    opening = _Opening()
    for paragraph in paragraphs[:_MOST_BEFORE_DATELINE]:
        if dateline := read_dateline(paragraph, published):
            return replace(opening, dateline=dateline)
        if note := read_note(paragraph):
            opening = replace(opening, note=opening.note or note[0], notice=opening.notice or note[1])
        elif (byline := read_byline(paragraph)) and byline.names:
            opening = replace(opening, authors=opening.authors or byline.names)
        if len(paragraph) > _LONGEST_BEFORE_DATELINE and not note:
            break
    return opening


def _read_authors(entry: Entry, opening: _Opening, agency: str | None) -> tuple[str, ...]:
    """Return the persons of the byline, else those whom the text names above its dateline, else at its end."""
    written = (_SITE.sub("", author) for author in entry.authors)
    persons = _persons((name for author in written for name in read_author_names(author)), agency)
    return persons or _persons(opening.authors, agency) or _persons(_signed_at_end(entry, agency), agency)


def _persons(names: Iterable[str], agency: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if _is_person(name) and not is_same_agency(name, agency or "")))


def _is_person(name: str) -> bool:
    words = name[:_LONGEST_NAME].split()
    # A sentence is none: some write the headline below the main one there.
    if sum(map(str.islower, words)) > _MOST_SMALL_WORDS:
        return False
    if (
        not words
        or len(name) > _LONGEST_NAME
        or words[-1].casefold() in _ROLES
        or _INITIALS.fullmatch(name)
        or _CODE.fullmatch(name)
        or (len(words) == 1 and name.islower())
    ):
        return False
    # PA Scotland is a desk, and NTB-Reuters two agencies.
    is_desk = len(words) > 1 and words[0].isupper() and is_agency(words[0])
    return not is_desk and not all(map(is_agency, filter(None, _BETWEEN_AGENCIES.split(name))))


def _signed_at_end(entry: Entry, agency: str | None) -> tuple[str, ...]:
    paragraphs = _split_paragraphs((entry.content or "")[-_END:], is_plain=entry.is_plain_text)
    return read_sign_offs(paragraphs, agency).authors
