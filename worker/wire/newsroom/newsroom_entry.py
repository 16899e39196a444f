"""What the newsroom formats have in common: when an item may be published, and the facts that its words hold."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from html import unescape
from typing import TypeVar

from worker.basics.faults import read_each
from worker.basics.field_rules import keep_newest
from worker.basics.text import fold
from worker.errors import ErrorClass, PermanentError
from worker.values.entries import Entry, Fault, Notice, ParsedDocument
from worker.wire.agencies import is_same_agency
from worker.wire.bylines import read_author_names
from worker.wire.datelines import Dateline, read_dateline
from worker.wire.days import read_day, read_moment
from worker.wire.notice_lines import notice_of_note, read_headline, read_kill_order, split_slug, weightiest_notice

_TAG = re.compile(r"<[^<>]{0,2000}>")
_OPENING = 2_000
# The spelling of the standards, and the usual one.
_KILLED = frozenset("canceled cancelled killed withdrawn".split())  # codespell:ignore
_WITHHELD = frozenset("withheld embargoed held hold".split())
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item that is no article of ours, and why."""

    reason: str
    is_withheld: bool = False
    """Whether its publisher decided so, who may yet release it."""


def read_dateline_alone(written: str | None, published: date | None) -> Dateline:
    """Return what a dateline says that has an element of its own, without the text that it would begin."""
    words = (written or "").rstrip(" -–—_:")
    return (read_dateline(f"{words} - ", published) if words else None) or Dateline()


def read_urgency(written: str | None) -> int | None:
    """Return an urgency of one digit; None for anything else."""
    return int(written) if written and written.isdecimal() and len(written) == 1 else None


def combine_entries(entry: Entry, inner: Entry) -> Entry:
    """Return the entry, with what only ``inner`` says added."""
    return Entry(**{each.name: getattr(entry, each.name) or getattr(inner, each.name) for each in fields(Entry)})


def judge_status(entry: Entry, status: str | None, embargo: str | None) -> Entry | Skipped:
    """Return the entry as its publishing status makes it, or why it is skipped: it has no text, or is withheld.

    ``embargo`` is a moment in ISO 8601; one that is empty or that we cannot read never ends.
    """
    if not (entry.title or entry.content or entry.summary):
        return Skipped("there is no text in it")
    status = (status or "usable").casefold()
    entry = replace(entry, notice=Notice.KILL) if status in _KILLED else entry
    if embargo is None and status not in _WITHHELD:
        return entry
    until = read_moment(embargo or "")
    if until is None or status == "withheld":
        reason = "it is withheld by its publisher" + ("" if embargo is None else " (embargoed)")
        return Skipped(reason, is_withheld=True)
    return replace(entry, embargoed_until=until)


def as_document(
    name: str, items: Sequence[_Item], read: Callable[[_Item], Entry | Skipped], max_entries: int
) -> ParsedDocument:
    """Return what the items of a document publish; PermanentError, with the reason, when that is nothing."""
    found, faults = read_each(items, lambda item: _with_words(read(item)))
    entries = [each for each in found if isinstance(each, Entry)]
    skipped = [each for each in found if isinstance(each, Skipped)]
    if not entries:
        raise _no_entry(skipped, faults)
    kept = keep_newest(entries, max_entries, _changed_at)
    return ParsedDocument(
        format=name,
        parser="newsroom",
        entries=tuple(kept),
        dropped_entries=len(entries) - len(kept),
        skipped=tuple(each.reason for each in skipped),
        faults=faults,
    )


def _no_entry(skipped: Sequence[Skipped], faults: Sequence[Fault]) -> PermanentError:
    """Return why there is nothing to publish: what is wrong with the first item."""
    if faults and not skipped:
        return PermanentError(ErrorClass.INTERNAL, faults[0].sentence, trace=faults[0].trace)
    first = skipped[0] if skipped else Skipped("there is no item in it")
    return PermanentError(ErrorClass.WITHHELD if first.is_withheld else ErrorClass.NOT_A_FEED, first.reason)


def _with_words(read: Entry | Skipped) -> Entry | Skipped:
    return _read_words(read) if isinstance(read, Entry) else read


def _read_words(entry: Entry) -> Entry:
    """Return the entry with what its headline, its byline, its note and the dateline of its text say.

    The agency that signs the dateline goes before the one that distributes the item.
    """
    headline = read_headline(entry.title or "")
    opening = fold(unescape(_TAG.sub(" ", (entry.content or entry.summary or "")[:_OPENING])))
    dateline = read_dateline(opening, read_day(entry.published or entry.updated)) or Dateline()
    agency = dateline.agency or entry.agency
    authors = (name for written in entry.authors for name in read_author_names(written))
    slug = split_slug(fold(entry.slug or ""))
    said = weightiest_notice(entry.notice, headline.notice, notice_of_note(entry.note or ""), slug.notice)
    notice, named_slug = read_kill_order((entry.note or "", opening), said)
    return replace(
        entry,
        title=headline.text or None,
        slug=slug.text or None,
        named_slug=named_slug,
        notice=notice,
        notice_number=entry.notice_number or headline.number or slug.number,
        urgency=entry.urgency or headline.urgency,
        authors=tuple(name for name in authors if not is_same_agency(name, agency or "")),
        tags=tuple(filter(None, entry.tags)),
        agency=agency,
        dateline_place=entry.dateline_place or dateline.place,
        dateline_date=entry.dateline_date or dateline.filed_on,
    )


def _changed_at(entry: Entry) -> datetime | None:
    # As moments: of two texts with different offsets the greater may be the earlier moment.
    return read_moment(entry.updated or "") or read_moment(entry.published or "")
