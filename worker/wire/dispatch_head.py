"""The lines above a dispatch's text: slug, keywords, notices, headline, byline, in whatever order a wire sends them.

Lines are taken off the text only where they are surely no news: above a dateline all short ones, without a dateline
only those of a form that nothing else has. What is not understood stays text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from worker.basics.text import fold
from worker.wire.datelines import read_dateline
from worker.wire.dispatch_lines import Head, merge, understand, understand_headline
from worker.wire.notice_lines import opens_note, read_headline, read_note

_MOST_LINES = 24
_LONGEST_LINE = 250
_LONGEST_NOTE = 1_000
_LONGEST_HEADLINE = 200
_MOST_WRAPPED = 4
"""Lines of a dateline or a note."""
_STOPS = (".", '."', ".”", ".»", "。")
_NO_HEADLINE = (*_STOPS, "!", "?", ",", ":", ";", "…")

_ENDS = re.compile(r"[.!?。！？][\"'”’»)\]]*$")
_BULLET = re.compile(r"[*•·‣▪–—-] ")


def split_head(text: str, published: date | None) -> tuple[Head, str]:
    """Return what the head of a dispatch says, and the text below it."""
    *lines, rest = [*text.split("\n", _MOST_LINES), ""][: _MOST_LINES + 1]
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if _begins_dateline(lines, first, published) and understand(fold(lines[first][:_LONGEST_LINE])) is None:
        # Most dispatches have no head.
        return Head(), text
    units = tuple(_units(lines))
    at = _find_dateline(units, lines, published)
    head, end = _read_units(units[:at]) if at is not None else _read_sure_units(units)
    below = "\n".join((*lines[end:], rest))
    if below.strip() or head.kept:
        return head, below
    # An advisory may be nothing but a note.
    notes = "\n\n".join(unit.text for unit in units if read_note(unit.text))
    return (replace(head, notes=()), notes) if notes else (Head(), text)


@dataclass(frozen=True, slots=True)
class _Unit:
    """A line, or what was wrapped into several, from line ``start`` to before line ``end``."""

    text: str
    start: int
    end: int
    is_apart: bool
    """True when a blank line follows."""


def _units(lines: Sequence[str]) -> Iterator[_Unit]:
    """Yield what the lines say, without blank ones and with wrapped notes as one."""
    at = 0
    folded = [fold(line[: _LONGEST_NOTE + 1]) for line in lines]
    while at < len(folded):
        end = _end_of_note(folded, at)
        if folded[at]:
            yield _Unit(" ".join(folded[at:end]), at, end, is_apart=not any(folded[end : end + 1]))
        at = end


def _end_of_note(lines: Sequence[str], at: int) -> int:
    """Return the line after the note that begins here, and without one the next."""
    if not opens_note(lines[at]):
        return at + 1
    ends = range(at + 1, min(at + _MOST_WRAPPED, len(lines)) + 1)
    # In brackets it ends with them; without, where the paragraph does or a line of another kind begins.
    if lines[at].startswith("("):
        whole = takewhile(lambda end: lines[end - 1], ends)
        return next((end for end in whole if read_note(" ".join(lines[at:end]))), at + 1)
    return next((end for end in ends if _is_new(lines, end)), at + 1)


def _is_new(lines: Sequence[str], at: int) -> bool:
    line = lines[at] if at < len(lines) else ""
    return understand(line) is not None or read_dateline(line, None) is not None


def _find_dateline(units: Sequence[_Unit], lines: Sequence[str], published: date | None) -> int | None:
    """Return the unit with which the dateline begins; null when one before it is clearly text."""
    for at, unit in enumerate(units):
        if understand(unit.text) is None:
            if _begins_dateline(lines, unit.start, published):
                return at
            if _is_text(unit.text):
                return None
    return None


def _begins_dateline(lines: Sequence[str], at: int, published: date | None) -> bool:
    """Say whether a dateline begins with this line, and not with a later one after a headline in capitals."""
    found = read_dateline(_join(lines, at), published)
    if found is None or found.length <= len(fold(lines[at][:_LONGEST_LINE])):
        return found is not None
    later = (read_dateline(_join(lines, start), published) for start in range(at + 1, at + _MOST_WRAPPED))
    return not any(other and other.place for other in later)


def _join(lines: Sequence[str], at: int) -> str:
    """Return the lines from one to the next blank one, as far as a dateline may go."""
    wrapped = (line[:_LONGEST_LINE].strip() for line in lines[at : at + _MOST_WRAPPED])
    return fold(" ".join(takewhile(bool, wrapped)))


def _is_text(line: str) -> bool:
    return len(line) > _LONGEST_LINE or (line.endswith(_STOPS) and not _BULLET.match(line))


def _read_units(units: Sequence[_Unit]) -> tuple[Head, int]:
    """Return what all of these say, and the line below; the first that is of no known form is the headline."""
    told: list[Head | None] = []
    for unit in units:
        is_signed = any(said and said.authors for said in told)
        told.append(understand(unit.text, is_signed=is_signed))
    unknown = told.index(None) if None in told else None
    if unknown is not None and _is_slug(units[unknown].text):
        told[unknown] = Head(slug=units[unknown].text)
    run = _headline_run(units, told)
    head = understand_headline(" ".join(units[at].text for at in run)) if run else Head()
    for at, (unit, said) in enumerate(zip(units, told, strict=True)):
        if at not in run:
            is_known = said and not (said.headline and head.headline)
            head = merge(head, said if said and is_known else Head(kept=(unit.text,)))
    return head, units[-1].end if units else 0


def _is_slug(line: str) -> bool:
    """Say whether a line among headlines is a slug: none of those is a single word with a hyphen in it."""
    return " " not in line and "-" in line.strip("-")


def _headline_run(units: Sequence[_Unit], told: Sequence[Head | None]) -> range:
    """Return which units are the headline, which may be wrapped; none where one is marked as such."""
    may_be = [said is None and not _BULLET.match(unit.text) for unit, said in zip(units, told, strict=True)]
    if not any(may_be) or any(said and said.headline for said in told):
        return range(0)
    first = may_be.index(True)
    end = first + 1
    while end < len(units) and may_be[end] and not units[end - 1].is_apart:
        end += 1
    return range(first, end)


def _read_sure_units(units: Sequence[_Unit]) -> tuple[Head, int]:
    """Return what the first units say as far as they are surely no text, and the line below them."""
    head, end = Head(), 0
    for at, unit in enumerate(units):
        told = understand(unit.text, is_signed=bool(head.authors))
        if told is None and not head.headline and _is_headline(units, at, is_marked=head != Head()):
            told = understand_headline(unit.text)
        # Below a notice or the like, and apart from the text.
        if told is None and head != Head() and unit.is_apart and _is_slug(unit.text):
            told = Head(slug=unit.text)
        if told is None:
            break
        head, end = merge(head, told), unit.end
    return head, end


def _is_headline(units: Sequence[_Unit], at: int, *, is_marked: bool) -> bool:
    """Say whether a unit is surely a headline: short, no sentence, apart from a text that has some."""
    line = units[at].text
    if len(line) > _LONGEST_HEADLINE or line.endswith(_NO_HEADLINE) or _BULLET.match(line):
        return False
    if read_headline(line).notice:
        return True
    is_word = " " not in line and line.isascii()
    has_text = any(_ENDS.search(unit.text) and len(unit.text) > len(line) for unit in units[at + 1 :])
    return has_text and not is_word and (units[at].is_apart or is_marked)
