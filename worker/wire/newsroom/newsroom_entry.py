"""What the newsroom formats have in common: when an item may be published, and which items a document publishes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TypeVar

from worker.basics.faults import read_each
from worker.basics.field_rules import keep_newest
from worker.errors import ErrorClass, PermanentError
from worker.values.entries import Entry, Fault, Notice, ParsedDocument
from worker.wire.days import read_local_moment, read_moment
from worker.wire.newsroom.newsroom_words import read_embargo_words, read_words

# The spelling of the standards, and the usual one.
_KILLED = frozenset("canceled cancelled killed withdrawn".split())  # codespell:ignore
_WITHHELD = frozenset("withheld embargoed held hold".split())
# A longer number counts nothing: it is a name.
_LONGEST_COUNT = 6
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Skipped:
    """An item that is no article of ours, and why."""

    reason: str
    is_withheld: bool = False
    """Whether its publisher decided so, who may yet release it."""


def read_urgency(written: str | None) -> int | None:
    """Return an urgency of one digit, from 1 to 9; None for anything else."""
    return int(written) if written and written in "123456789" and len(written) == 1 else None


def read_count(written: str | None) -> int | None:
    """Return a number of at most six digits of ASCII; None for anything else."""
    is_count = written is not None and written.isascii() and written.isdecimal() and len(written) <= _LONGEST_COUNT
    return int(written or "") if is_count else None


def read_version_name(written: str | None, changed: str | None) -> str | None:
    """Return what names a version: its number; when it was made where a long number only tells it from others."""
    moment = read_moment(changed or "")
    is_long = written is not None and written.isdecimal() and read_count(written) is None
    return str(int(moment.timestamp())) if is_long and moment else written


def combine_entries(entry: Entry, inner: Entry) -> Entry:
    """Return the entry, with what only ``inner`` says added."""
    return Entry(**{each.name: getattr(entry, each.name) or getattr(inner, each.name) for each in fields(Entry)})


def judge_status(entry: Entry, status: str | None, embargo: str | None) -> Entry | Skipped:
    """Return the entry as its publishing status makes it, or why it is skipped: it has no text, or is withheld.

    ``embargo`` is a moment in ISO 8601; one that is empty or that we cannot read never ends.
    """
    status = (status or "usable").casefold()
    if status in _KILLED:
        # A kill need not repeat what it withdraws.
        entry = replace(entry, notice=Notice.KILL, title=entry.title or entry.note or "Withdrawn by its publisher")
    if not (entry.title or entry.content or entry.summary):
        return Skipped("there is no text in it")
    if embargo is None and status not in _WITHHELD:
        return entry
    until = read_local_moment(embargo or "") or read_embargo_words(entry.note or "", entry.published)
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
    return read_words(read) if isinstance(read, Entry) else read


def _changed_at(entry: Entry) -> datetime | None:
    # As moments: of two texts with different offsets the greater may be the earlier moment.
    return read_moment(entry.updated or "") or read_moment(entry.published or "")
