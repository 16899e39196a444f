"""What one line above a dispatch's text says: slug, keywords, notice, note, byline, or nothing that we know."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from worker.dates.reading import has_clock
from worker.values.entries import Notice
from worker.wire import notice_lines
from worker.wire.agencies import is_agency
from worker.wire.bylines import read_byline
from worker.wire.date_lines import is_undecided_day, read_date_line, read_written_moment
from worker.wire.days import read_local_moment
from worker.wire.head_labels import LABELS, LANGUAGE_NAMES, HeadField, split_label
from worker.wire.transmissions.message_headers import read_iptc_header

SENTENCE_END = re.compile(r"[.!?。！？][\"'”’»)\]]*$")
"""How a line ends that ends a sentence."""

# Characters of any line but a note.
_LONGEST = 250

# Behind these a date needs no colon: Published 2021-07-11.
_DATED_WITHOUT_COLON = re.compile(
    r"(?P<label>(?:last )?updated(?: on| at)?|published(?: on| at)?|posted(?: on)?|veröffentlicht am|aktualisiert am"
    r"|publié le|mis à jour le|publicado el|actualizado el|publicado em|atualizado em|pubblicato il|aggiornato il) +"
    r"(?P<value>.*\d.*)",
    re.IGNORECASE,
)
_LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,3}", re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(r"\s*<[^<>]*>")
_LONGEST_AGENCY, _LONGEST_CODE = 60, 30
_QUOTED = re.compile(r"([\"'])(?P<value>.*)\1")
# What opens, parts and counts messages, and names pictures: r i, z6715-----, ZCZC, 312 words, ***, AP Photo NYBZ101.
_NOISE = re.compile(
    r"(?:for immediate|press|media|news) release|communiqué de presse|pressemitteilung|nota de prensa|"
    r"comunicato stampa|"
    r"ZCZC\b.{0,40}|NNNN|[a-z]\d{4}-{3,9}|[a-z] [a-z]{1,3}(?: [a-z]{2,6})?|[\W_]{3,20}|Eds?:?|\(?more\)?"
    r"|AP Photos?(?: [A-Z]{2,5}\d{2,5},?)+"
    r"|\(?\d{1,5} ?(?:words|wds|mots|palabras|Wörter)\)?",
    re.IGNORECASE,
)
_EMBARGO = re.compile(
    r"(?:(?:strictly |under |sous |bajo |sotto |sob )?embargo(?:ed)?|embargado|embargoé|sperrfrist|gesperrt bis"
    r"|(?:not for|no) (?:publication|release) before|hold for release)\b.{0,120}(?<!\.)",
    re.IGNORECASE,
)
_EMBARGO_WORDS = re.compile(
    r"(?:strictly|under|sous|bajo|sotto|sob|embargo(?:ed)?|embargado|sperrfrist|gesperrt|bis|not|no|for|publication"
    r"|release|before|hold|until|till|jusqu['’]au|hasta|fino al|até|[:：,\s(]|the\b)+",
    re.IGNORECASE,
)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?\b")
_OFFSETS = {"UTC": "Z", "GMT": "Z", None: ""}
_ANPA_HEADLINE = re.compile(r"\^?.{2,250}<")


@dataclass(frozen=True, slots=True)
class DispatchHead:
    """What the lines above a dispatch's text say."""

    slug: str | None = None
    headline: str | None = None
    notice: Notice | None = None
    number: int | None = None
    urgency: int | None = None
    notes: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    agency: str | None = None
    tags: tuple[str, ...] = ()
    embargoed_until: datetime | None = None
    dated: date | None = None
    """The day, or the moment, of publication."""
    updated: date | None = None
    language: str | None = None
    clock: str | None = None
    """The hour of ``dated``, where it has a line of its own, as written."""
    dateline: str | None = None
    """A dateline on a line of its own, as written."""
    summary: str | None = None
    kept: tuple[str, ...] = ()
    """Lines that we do not understand: they stay text."""


def merge_heads(head: DispatchHead, other: DispatchHead) -> DispatchHead:
    """Return what both say: all notes, authors and the like, the weightier notice, and of anything else the first."""
    pairs = {name: (getattr(head, name), getattr(other, name)) for name in DispatchHead.__slots__}
    both = {name: one + two if isinstance(one, tuple) else one or two for name, (one, two) in pairs.items()}
    return DispatchHead(**both | {"notice": notice_lines.weightiest_notice(head.notice, other.notice)})


def understand_line(line: str, *, is_signed: bool = False) -> DispatchHead | None:
    """Return what a line of a known form says; None for any other. Below a byline (``is_signed``) it may be a role."""
    is_headline = bool(_ANPA_HEADLINE.fullmatch(line))
    line = line.strip("^< ").rstrip("=")
    if not line or _NOISE.fullmatch(line) or is_undecided_day(line):
        return DispatchHead()
    if len(line) > _LONGEST:
        return _read_note(line)
    # Before all else: no slug is a day, or a kill of it would kill all that was sent that day.
    if dated := read_date_line(line):
        return DispatchHead(dated=dated)
    heads = (read(line) for read in (_read_wire_header, _read_note, _read_label, _read_embargo))
    if head := next(filter(None, heads), None) or _read_byline(line, is_signed=is_signed):
        return head
    if slug := notice_lines.read_slug_line(line):
        return head_of_slug(slug)
    return understand_headline(line) if is_headline else None


def understand_headline(line: str) -> DispatchHead:
    """Return a headline, and what its prefixes say."""
    # Adnkronos and others close it with a sign.
    read = notice_lines.read_headline(line.removesuffix(" ="))
    return DispatchHead(headline=read.text or None, notice=read.notice, number=read.number, urgency=read.urgency)


def head_of_slug(slug: notice_lines.NoticeLine) -> DispatchHead:
    """Return a slug as what a head says, with the notice and urgency of the version behind it."""
    return DispatchHead(slug=slug.text or None, notice=slug.notice, number=slug.number, urgency=slug.urgency)


def _read_wire_header(line: str) -> DispatchHead | None:
    sent = read_iptc_header(line)
    return DispatchHead(slug=sent.slug, urgency=sent.urgency) if sent else None


def _read_note(line: str) -> DispatchHead | None:
    """Return what a line says that is a note to editors or a bare notice."""
    if note := notice_lines.read_note(line):
        return DispatchHead(notes=(note[0],), notice=note[1])
    bare = notice_lines.read_bare_notice(line)
    return DispatchHead(notice=bare.notice, number=bare.number, urgency=bare.urgency) if bare else None


def _read_label(line: str) -> DispatchHead | None:
    """Return what a line says behind its label: ``Keywords: ferry, harbour``."""
    if found := _DATED_WITHOUT_COLON.fullmatch(line):
        return _read_field(LABELS[found["label"].casefold()], found["value"])
    labelled = split_label(line)
    if labelled is None:
        return None
    field, value = labelled
    quoted = _QUOTED.fullmatch(value)
    return _read_field(field, quoted["value"] if quoted else value)


def split_body_label(line: str) -> str | None:
    """Return the text behind a label that says that the text begins; None where there is no such label, or no text."""
    labelled = split_label(line)
    return labelled[1] or None if labelled and labelled[0] is HeadField.BODY else None


def _read_field(field: HeadField, value: str) -> DispatchHead | None:
    """Return what a labelled line says; None where its value is nothing that the label names."""
    if not value or (field is HeadField.NOTHING and len(value) <= _LONGEST_CODE):
        return DispatchHead()
    if field in {HeadField.PUBLISHED, HeadField.UPDATED}:
        return _read_date_field(field, value)
    return _FIELDS[field](value) if field in _FIELDS else None


def _read_date_field(field: HeadField, value: str) -> DispatchHead | None:
    moment = read_written_moment(value)
    if moment is None:
        return DispatchHead() if is_undecided_day(value) else None
    return DispatchHead(dated=moment) if field is HeadField.PUBLISHED else DispatchHead(updated=moment)


def _read_author(value: str) -> DispatchHead | None:
    value = _ADDRESS.sub("", value).removeprefix("By ")
    return _read_byline(f"By {value}") or (None if SENTENCE_END.search(value) else DispatchHead(authors=(value,)))


def _read_agency(value: str) -> DispatchHead | None:
    is_name = len(value) <= _LONGEST_AGENCY and not value[:1].islower() and not SENTENCE_END.search(value)
    return DispatchHead(agency=value) if is_name or is_agency(value) else None


def _read_tags(value: str) -> DispatchHead:
    # One letter is a code: i is AP's for the world. In YAML a list has brackets.
    tags = (tag.strip(" \"'[]") for tag in re.split(r"[,;/、，\uff1b]", value))
    return DispatchHead(tags=tuple(tag for tag in tags if len(tag) > 1))


def _read_urgency(value: str) -> DispatchHead:
    return DispatchHead(urgency=int(value) if re.fullmatch("[1-9]", value) else None)


def _read_language(value: str) -> DispatchHead:
    tag = LANGUAGE_NAMES.get(value.casefold()) or (value.replace("_", "-") if _LANGUAGE_TAG.fullmatch(value) else None)
    return DispatchHead(language=tag)


_FIELDS: dict[HeadField, Callable[[str], DispatchHead | None]] = {
    HeadField.HEADLINE: understand_headline,
    HeadField.SUBHEAD: lambda value: DispatchHead(kept=(value,)),
    HeadField.SUMMARY: lambda value: DispatchHead(summary=value),
    HeadField.AUTHOR: _read_author,
    HeadField.SLUG: lambda value: head_of_slug(notice_lines.split_slug(value)),
    HeadField.TAGS: _read_tags,
    HeadField.URGENCY: _read_urgency,
    HeadField.AGENCY: _read_agency,
    HeadField.LANGUAGE: _read_language,
    HeadField.DATELINE: lambda value: DispatchHead(dateline=value),
    HeadField.CLOCK: lambda value: DispatchHead(clock=value) if has_clock(value) else None,
    HeadField.NOTE: lambda value: DispatchHead(notes=(value,), notice=notice_lines.notice_of_note(value)),
}


def _read_embargo(line: str) -> DispatchHead | None:
    """Return an embargo, with its end where nobody can mistake that; people have to read any other end."""
    if not _EMBARGO.fullmatch(line):
        return None
    found = _MOMENT.search(line)
    if found is None:
        opened = _EMBARGO_WORDS.match(line)
        end = read_written_moment(line[opened.end() :].strip(" .)")) if opened else None
        return DispatchHead(notes=(line,), embargoed_until=read_local_moment(end.isoformat()) if end else None)
    # A day alone has no zone.
    zone = _OFFSETS.get(found[2], found[2]) if ":" in found[1] else ""
    return DispatchHead(notes=(line,), embargoed_until=read_local_moment(f"{found[1]}{zone}"))


def _read_byline(line: str, *, is_signed: bool = False) -> DispatchHead | None:
    byline = read_byline(line, is_signed=is_signed)
    return DispatchHead(authors=byline.names, agency=byline.agency) if byline else None
