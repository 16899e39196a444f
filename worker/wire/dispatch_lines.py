"""What one line above a dispatch's text says: slug, keywords, notice, note, byline, or nothing that is known."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from worker.values.entries import Notice
from worker.wire.bylines import read_byline
from worker.wire.date_lines import read_date_line, read_moment
from worker.wire.notice_lines import (
    Notices,
    read_bare_notice,
    read_headline,
    read_note,
    read_slug_line,
    split_slug,
    weightiest,
)

_LONGEST = 250
"""Characters of any line but a note."""

_LABELLED = re.compile(
    r"(?P<label>slug(?:line)?|headline|byline|keywords|category|priority|urgency|word ?count|words)"
    r"\s?:\s*(?P<value>.*)",
    re.IGNORECASE,
)
# What starts, parts and counts messages: r i, ZCZC, 0312, 312 words, ***.
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
    """Lines that were not understood: they stay text."""


def merge(head: Head, told: Head) -> Head:
    """Return what both say; where they say different things, the first, but for the weightier notice."""
    return Head(
        slug=head.slug or told.slug,
        headline=head.headline or told.headline,
        notice=weightiest(head.notice, told.notice),
        number=head.number or told.number,
        urgency=head.urgency or told.urgency,
        notes=head.notes + told.notes,
        authors=head.authors + told.authors,
        agency=head.agency or told.agency,
        tags=head.tags + told.tags,
        embargoed_until=head.embargoed_until or told.embargoed_until,
        dated=head.dated or told.dated,
        kept=head.kept + told.kept,
    )


def understand(line: str, *, is_signed: bool = False) -> Head | None:
    """Return what a line of a known form says; null for any other. A role is known after a byline (``is_signed``)."""
    is_headline = bool(_ANPA_HEADLINE.fullmatch(line))
    line = line.strip("^< ").rstrip("=")
    if not line or _NOISE.fullmatch(line):
        return Head()
    if len(line) > _LONGEST:
        return _read_note(line)
    # Before all else: a day is the name of no dispatch, and a kill of one would kill all of that day.
    if dated := read_date_line(line):
        return Head(dated=dated)
    if told := _read_note(line) or _read_label(line) or _read_embargo(line) or _read_byline(line, is_signed=is_signed):
        return told
    if slug := read_slug_line(line):
        return _of_slug(slug)
    return understand_headline(line) if is_headline else None


def understand_headline(line: str) -> Head:
    """Return what a headline says, its prefixes apart."""
    notices = read_headline(line)
    return merge(Head(headline=notices.text), _of_notices(notices))


def _of_notices(notices: Notices) -> Head:
    return Head(notice=notices.notice, number=notices.number, urgency=notices.urgency)


def _of_slug(slug: Notices) -> Head:
    return merge(Head(slug=slug.text or None), _of_notices(slug))


def _read_note(line: str) -> Head | None:
    if note := read_note(line):
        return Head(notes=(note[0],), notice=note[1])
    bare = read_bare_notice(line)
    return _of_notices(bare) if bare else None


def _read_byline(line: str, *, is_signed: bool) -> Head | None:
    byline = read_byline(line, is_signed=is_signed)
    return Head(authors=byline.names, agency=byline.agency) if byline else None


def _read_label(line: str) -> Head | None:
    found = _LABELLED.fullmatch(line)
    if found is None:
        return None
    label, value = found["label"].casefold(), found["value"].strip()
    if label == "headline":
        return understand_headline(value)
    if label == "byline":
        return _read_byline(f"By {value.removeprefix('By ')}", is_signed=False) or Head(authors=(value,))
    if label in {"priority", "urgency"}:
        return Head(urgency=int(value) if re.fullmatch("[1-9]", value) else None)
    if label in {"keywords", "category"}:
        # One letter is a code: i is AP's for the world.
        return Head(tags=tuple(tag for each in re.split(r"[,;/]", value) if len(tag := each.strip()) > 1))
    return _of_slug(split_slug(value)) if label.startswith("slug") else Head()


def _read_embargo(line: str) -> Head | None:
    """Return an embargo, with its end where nobody can mistake that; any other end is for people."""
    if not _EMBARGO.fullmatch(line):
        return None
    found = _MOMENT.search(line)
    if found is None:
        return Head(notes=(line,))
    # A day alone has no zone.
    zone = _OFFSETS.get(found[2], found[2]) if ":" in found[1] else ""
    return Head(notes=(line,), embargoed_until=read_moment(f"{found[1]}{zone}"))
