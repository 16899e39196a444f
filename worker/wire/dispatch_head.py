"""The head, the lines above a dispatch's text: slug, keywords, notices, headline, byline, in whatever order they come.

Lines are taken off the text only where they are surely no news: above a dateline all short ones, without a dateline
only those of a form that nothing else has. What we do not understand stays text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile

from worker.basics.text import fold
from worker.wire.agencies import is_agency
from worker.wire.bylines import read_byline
from worker.wire.datelines import read_dateline, read_place_alone
from worker.wire.dispatch_lines import (
    SENTENCE_END,
    DispatchHead,
    merge_heads,
    split_body_label,
    understand_headline,
    understand_line,
)
from worker.wire.notice_lines import opens_note, read_headline, read_note

_MOST_LINES = 24
_LONGEST_LINE, _LONGEST_NOTE, _LONGEST_HEADLINE = 250, 1_000, 200
# How many lines a dateline or a note may be wrapped into.
_MOST_WRAPPED = 4
_STOPS = (".", '."', ".”", ".»", "。")
_NO_HEADLINE = (*_STOPS, "!", "?", ",", ":", ";", "…")
_COLON = re.compile("[:：]")
_BULLET = re.compile(r"[*•·‣▪–—-] ")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line, or a note unwrapped from the lines ``start`` to before ``end``."""

    text: str
    start: int
    end: int
    is_apart: bool
    """Whether a blank line follows."""


def split_head(text: str, published: date | None) -> tuple[DispatchHead, str]:
    """Return what the head of a dispatch says, and the text below it."""
    *written, rest = [*text.split("\n", _MOST_LINES), ""][: _MOST_LINES + 1]
    written = _without_body_label(written)
    first = next((at for at, line in enumerate(written) if line.strip()), 0)
    if _begins_dateline(written, first, published) and understand_line(fold(written[first][:_LONGEST_LINE])) is None:
        # Most dispatches have no head.
        return DispatchHead(), text
    lines = tuple(_unwrap(written))
    at = _find_dateline(lines, written, published)
    head, end = _read_sure_lines(lines) if at is None else _read_all_lines(lines[:at])
    below = "\n".join((*written[end:], rest))
    if below.strip() or head.kept:
        return head, below
    # An advisory may be nothing but a note.
    notes = "\n\n".join(line.text for line in lines if read_note(line.text))
    return (replace(head, notes=()), notes) if notes else (DispatchHead(), text)


def _without_body_label(written: Sequence[str]) -> list[str]:
    """Return lines without the label of the one that begins the text below other labels: ``Body: Rain fell``."""
    is_below_label = False
    for at, line in enumerate(fold(line[: _LONGEST_LINE + 1]) for line in written):
        if is_below_label and split_body_label(line):
            return [*written[:at], _COLON.split(written[at], maxsplit=1)[1].lstrip(), *written[at + 1 :]]
        if line and understand_line(line) is None:
            break
        is_below_label = is_below_label or bool(line)
    return [*written]


def _unwrap(written: Sequence[str]) -> Iterator[_Line]:
    """Yield the lines that are not blank, a wrapped note as one."""
    folded = [fold(line[: _LONGEST_NOTE + 1]) for line in written]
    at = 0
    while at < len(folded):
        end = _end_of_byline(folded, at)
        text = ", ".join(filter(None, folded[at:end]))
        if not end:
            end = _end_of_note(folded, at)
            text = " ".join(folded[at:end])
        if text:
            yield _Line(text, at, end, is_apart=not any(folded[end : end + 1]))
        at = end


def _end_of_byline(folded: Sequence[str], at: int) -> int:
    """Return the line after a byline of two lines, the name above its agency; 0 where none begins here.

    It stands below a headline, which may read like a name.
    """
    below = next((end for end in (at + 1, at + 2) if any(folded[end : end + 1])), len(folded))
    if below >= len(folded) or not is_agency(folded[below]) or understand_line(folded[at]):
        return 0
    if not any(line and not understand_line(line) for line in folded[:at]):
        return 0
    byline = read_byline(f"{folded[at]}, {folded[below]}")
    return below + 1 if byline and byline.names and byline.agency else 0


def _end_of_note(folded: Sequence[str], at: int) -> int:
    """Return the line after the note that begins here, or the next line where none does."""
    if not opens_note(folded[at]):
        return at + 1
    ends = range(at + 1, min(at + _MOST_WRAPPED, len(folded)) + 1)
    # In brackets it ends with them; without, where the paragraph does or a line of another kind begins.
    if folded[at].startswith("("):
        in_paragraph = takewhile(lambda end: folded[end - 1], ends)
        return next((end for end in in_paragraph if read_note(" ".join(folded[at:end]))), at + 1)
    return next((end for end in ends if _is_of_other_kind(folded[end] if end < len(folded) else "")), at + 1)


def _is_of_other_kind(line: str) -> bool:
    return understand_line(line) is not None or read_dateline(line, None) is not None


def _find_dateline(lines: Sequence[_Line], written: Sequence[str], published: date | None) -> int | None:
    """Return which line begins the dateline; None when one before it is clearly text."""
    is_signed = False
    for at, line in enumerate(lines):
        said = understand_line(line.text)
        is_signed = is_signed or bool(said and said.agency)
        if said is None:
            if _begins_dateline(written, line.start, published) or (is_signed and read_place_alone(line.text)):
                return at
            if len(line.text) > _LONGEST_LINE or (line.text.endswith(_STOPS) and not _BULLET.match(line.text)):
                return None
    return None


def _begins_dateline(written: Sequence[str], at: int, published: date | None) -> bool:
    """Say whether a dateline begins with this line, and not with a later one after a headline in capitals."""
    found = read_dateline(_join_paragraph(written, at), published)
    if found is None or found.length <= len(fold(written[at][:_LONGEST_LINE])):
        return found is not None
    later = (read_dateline(_join_paragraph(written, start), published) for start in range(at + 1, at + _MOST_WRAPPED))
    return not any(other and other.place for other in later)


def _join_paragraph(written: Sequence[str], at: int) -> str:
    """Return the lines from here to the next blank one as one line, as far as a dateline may reach."""
    wrapped = (line[:_LONGEST_LINE].strip() for line in written[at : at + _MOST_WRAPPED])
    return fold(" ".join(takewhile(bool, wrapped)))


def _read_all_lines(lines: Sequence[_Line]) -> tuple[DispatchHead, int]:
    """Return what the lines above a dateline say, and where they end; the first of no known form is the headline."""
    heads: list[DispatchHead | None] = []
    for line in lines:
        heads.append(understand_line(line.text, is_signed=any(head and head.authors for head in heads)))
    unknown = heads.index(None) if None in heads else None
    if unknown is not None and (_is_slug(lines[unknown].text) or _is_topic(lines[unknown].text, heads[unknown + 1 :])):
        heads[unknown] = DispatchHead(slug=lines[unknown].text)
    headline = _find_headline(lines, heads)
    whole = understand_headline(" ".join(lines[at].text for at in headline)) if headline else DispatchHead()
    for at, (line, head) in enumerate(zip(lines, heads, strict=True)):
        if at not in headline:
            is_known = head and not (head.headline and whole.headline)
            whole = merge_heads(whole, head if head and is_known else DispatchHead(kept=(line.text.strip("^< "),)))
    return whole, lines[-1].end if lines else 0


def _is_slug(line: str) -> bool:
    """Say whether a line where a headline may be is a slug: no headline is a single word with a hyphen in it."""
    return " " not in line and "-" in line.strip("-")


def _is_topic(line: str, below: Sequence[DispatchHead | None]) -> bool:
    """Say whether words in capitals are EFE's slug: a notice parts them from the headline."""
    return line.isupper() and None in below[1:] and bool(below[0] and below[0].notice)


def _find_headline(lines: Sequence[_Line], heads: Sequence[DispatchHead | None]) -> range:
    """Return which lines are the headline, which may be wrapped; none where another line is marked as such."""
    may_be = [head is None and not _BULLET.match(line.text) for line, head in zip(lines, heads, strict=True)]
    if not any(may_be) or any(head and head.headline for head in heads):
        return range(0)
    first = may_be.index(True)
    end = first + 1
    while end < len(lines) and may_be[end] and not lines[end - 1].is_apart:
        end += 1
    return range(first, end)


def _read_sure_lines(lines: Sequence[_Line]) -> tuple[DispatchHead, int]:
    """Return what the first lines say as long as they are surely no text, and where they end."""
    whole, end = DispatchHead(), 0
    for at, line in enumerate(lines):
        is_marked = whole != DispatchHead()
        head = understand_line(line.text, is_signed=bool(whole.authors))
        if head is None and not whole.headline and _is_headline(lines, at, is_marked=is_marked):
            head = understand_headline(line.text)
        # Below a notice or the like, and apart from the text.
        if head is None and is_marked and line.is_apart and _is_slug(line.text):
            head = DispatchHead(slug=line.text)
        if head is None:
            break
        whole, end = merge_heads(whole, head), line.end
    return whole, end


def _is_headline(lines: Sequence[_Line], at: int, *, is_marked: bool) -> bool:
    """Say whether a line is surely a headline: short, no sentence, apart from a text that has sentences."""
    line = lines[at].text
    if len(line) > _LONGEST_HEADLINE or line.endswith(_NO_HEADLINE) or _BULLET.match(line):
        return False
    if read_headline(line).notice:
        return True
    is_word = " " not in line and line.isascii()
    has_text = any(SENTENCE_END.search(below.text) and len(below.text) > len(line) for below in lines[at + 1 :])
    return has_text and not is_word and (lines[at].is_apart or is_marked)
