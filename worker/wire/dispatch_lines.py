"""What one line above a dispatch's text says: slug, keywords, notice, note, byline, or nothing that we know."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from worker.values.entries import Notice
from worker.wire import notice_lines
from worker.wire.bylines import read_byline
from worker.wire.days import read_date_line, read_moment

# Characters of any line but a note.
_LONGEST = 250

_LABELLED = re.compile(
    r"(?P<label>slug(?:line)?|headline|byline|keywords|category|priority|urgency|word ?count|words)"
    r"\s?:\s*(?P<value>.*)",
    re.IGNORECASE,
)
# What opens, parts and counts messages: r i, ZCZC, 0312, 312 words, ***.
_NOISE = re.compile(
    r"(?:for immediate|press|media|news) release|communiqué de presse|pressemitteilung|nota de prensa|"
    r"comunicato stampa|"
    r"ZCZC\b.{0,40}|NNNN|[a-z] [a-z]{1,3}(?: [a-z]{2,6})?|[\W_]{3,20}|Eds?:?|\(?more\)?"
    r"|\(?\d{1,5} ?(?:words|wds|mots|palabras|Wörter)\)?",
    re.IGNORECASE,
)
_EMBARGO = re.compile(r"(?:strictly )?embargo(?:ed)?\b.{0,120}(?<!\.)", re.IGNORECASE)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?) ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?\b")
_OFFSETS = {"UTC": "Z", "GMT": "Z", None: "Z"}
_ANPA_HEADLINE = re.compile(r"\^?.{2,250}<")


@dataclass(frozen=True, slots=True)
class Head:
    """What lines above the text say."""

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


def merge_heads(head: Head, other: Head) -> Head:
    """Return what both say: all notes, authors and the like, the weightier notice, and of anything else the first."""
    pairs = {name: (getattr(head, name), getattr(other, name)) for name in Head.__slots__}
    both = {name: one + two if isinstance(one, tuple) else one or two for name, (one, two) in pairs.items()}
    return Head(**both | {"notice": notice_lines.weightiest_notice(head.notice, other.notice)})


def understand_line(line: str, *, is_signed: bool = False) -> Head | None:
    """Return what a line of a known form says; None for any other. Below a byline (``is_signed``) it may be a role."""
    is_headline = bool(_ANPA_HEADLINE.fullmatch(line))
    line = line.strip("^< ").rstrip("=")
    if not line or _NOISE.fullmatch(line):
        return Head()
    if len(line) > _LONGEST:
        return _read_note(line)
    # Before all else: no slug is a day, or a kill of it would kill all that was sent that day.
    if dated := read_date_line(line):
        return Head(dated=dated)
    if head := _read_note(line) or _read_label(line) or _read_embargo(line) or _read_byline(line, is_signed=is_signed):
        return head
    if slug := notice_lines.read_slug_line(line):
        return _of_slug(slug)
    return understand_headline(line) if is_headline else None


def understand_headline(line: str) -> Head:
    """Return a headline, and what its prefixes say."""
    headline = notice_lines.read_headline(line)
    return Head(None, headline.text or None, headline.notice, headline.number, headline.urgency)


def _of_slug(slug: notice_lines.Notices) -> Head:
    return Head(slug.text or None, None, slug.notice, slug.number, slug.urgency)


def _read_note(line: str) -> Head | None:
    """Return what a line says that is a note to editors or a bare notice."""
    if note := notice_lines.read_note(line):
        return Head(notes=(note[0],), notice=note[1])
    bare = notice_lines.read_bare_notice(line)
    return Head(notice=bare.notice, number=bare.number, urgency=bare.urgency) if bare else None


def _read_label(line: str) -> Head | None:
    """Return what a line says behind its label: ``Keywords: ferry, harbour``."""
    found = _LABELLED.fullmatch(line)
    if found is None:
        return None
    label, value = found["label"].casefold(), found["value"].strip()
    if label == "headline":
        return understand_headline(value)
    if label == "byline":
        return _read_byline(f"By {value.removeprefix('By ')}") or Head(authors=(value,))
    if label in {"priority", "urgency"}:
        return Head(urgency=int(value) if re.fullmatch("[1-9]", value) else None)
    if label in {"keywords", "category"}:
        # One letter is a code: i is AP's for the world.
        return Head(tags=tuple(tag for each in re.split(r"[,;/]", value) if len(tag := each.strip()) > 1))
    return _of_slug(notice_lines.split_slug(value)) if label.startswith("slug") else Head()


def _read_embargo(line: str) -> Head | None:
    """Return an embargo, with its end where nobody can mistake that; people have to read any other end."""
    if not _EMBARGO.fullmatch(line):
        return None
    found = _MOMENT.search(line)
    if found is None:
        return Head(notes=(line,))
    # A day alone has no zone.
    zone = _OFFSETS.get(found[2], found[2]) if ":" in found[1] else ""
    return Head(notes=(line,), embargoed_until=read_moment(f"{found[1]}{zone}"))


def _read_byline(line: str, *, is_signed: bool = False) -> Head | None:
    byline = read_byline(line, is_signed=is_signed)
    return Head(authors=byline.names, agency=byline.agency) if byline else None
