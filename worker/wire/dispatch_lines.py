"""What one line above a dispatch's text says: slug, keywords, notice, note, byline, or nothing that we know."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from worker.values.entries import Notice
from worker.wire import notice_lines
from worker.wire.bylines import read_byline
from worker.wire.days import read_date_line, read_moment
from worker.wire.transmissions.message_headers import read_iptc_header

SENTENCE_END = re.compile(r"[.!?。！？][\"'”’»)\]]*$")
"""How a line ends that ends a sentence."""

# Characters of any line but a note.
_LONGEST = 250

_LABELLED = re.compile(
    r"(?P<label>slug(?:line)?|headline|byline|keywords|category|priority|urgency|word ?count|words)"
    r"\s?:\s*(?P<value>.*)",
    re.IGNORECASE,
)
# What opens, parts and counts messages, and names pictures: r i, z6715-----, ZCZC, 312 words, ***, AP Photo NYBZ101.
_NOISE = re.compile(
    r"(?:for immediate|press|media|news) release|communiqué de presse|pressemitteilung|nota de prensa|"
    r"comunicato stampa|"
    r"ZCZC\b.{0,40}|NNNN|[a-z]\d{4}-{3,9}|[a-z] [a-z]{1,3}(?: [a-z]{2,6})?|[\W_]{3,20}|Eds?:?|\(?more\)?"
    r"|AP Photos?(?: [A-Z]{2,5}\d{2,5},?)+"
    r"|\(?\d{1,5} ?(?:words|wds|mots|palabras|Wörter)\)?",
    re.IGNORECASE,
)
_EMBARGO = re.compile(r"(?:strictly )?embargo(?:ed)?\b.{0,120}(?<!\.)", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?\b")
_OFFSETS = {"UTC": "Z", "GMT": "Z", None: "Z"}
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
    if not line or _NOISE.fullmatch(line):
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
        return _of_slug(slug)
    return understand_headline(line) if is_headline else None


def understand_headline(line: str) -> DispatchHead:
    """Return a headline, and what its prefixes say."""
    read = notice_lines.read_headline(line)
    return DispatchHead(headline=read.text or None, notice=read.notice, number=read.number, urgency=read.urgency)


def _of_slug(slug: notice_lines.NoticeLine) -> DispatchHead:
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
    found = _LABELLED.fullmatch(line)
    if found is None:
        return None
    label, value = found["label"].casefold(), found["value"].strip()
    if label == "headline":
        return understand_headline(value)
    if label == "byline":
        return _read_byline(f"By {value.removeprefix('By ')}") or DispatchHead(authors=(value,))
    if label in {"priority", "urgency"}:
        return DispatchHead(urgency=int(value) if re.fullmatch("[1-9]", value) else None)
    if label in {"keywords", "category"}:
        # One letter is a code: i is AP's for the world.
        return DispatchHead(tags=tuple(tag for each in re.split(r"[,;/]", value) if len(tag := each.strip()) > 1))
    return _of_slug(notice_lines.split_slug(value)) if label.startswith("slug") else DispatchHead()


def _read_embargo(line: str) -> DispatchHead | None:
    """Return an embargo, with its end where nobody can mistake that; people have to read any other end."""
    if not _EMBARGO.fullmatch(line):
        return None
    found = _MOMENT.search(line)
    if found is None:
        return DispatchHead(notes=(line,))
    # A day alone has no zone.
    zone = _OFFSETS.get(found[2], found[2]) if ":" in found[1] else ""
    return DispatchHead(notes=(line,), embargoed_until=read_moment(f"{found[1]}{zone}"))


def _read_byline(line: str, *, is_signed: bool = False) -> DispatchHead | None:
    byline = read_byline(line, is_signed=is_signed)
    return DispatchHead(authors=byline.names, agency=byline.agency) if byline else None
