"""Transmissions of ANPA 1312, "Wire Service Transmission Guidelines", as the wires of North America send them.

The text begins with lines that ``^`` opens: the slug with its version, the headline, notes to editors, a summary, the
byline; then paragraphs that a tab opens. Tables are lines without either. Kyodo marks no line, and indents the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from worker.basics.field_rules import split_keywords
from worker.basics.text import clean
from worker.values.entries import Entry, Notice
from worker.wire.datelines import read_place_alone
from worker.wire.dispatch import fold_paragraph, read_entry
from worker.wire.dispatch_lines import DispatchHead, head_of_slug, merge_heads, understand_headline, understand_line
from worker.wire.notice_lines import read_slug_line
from worker.wire.transmissions.anpa_alphabet import is_centred, is_closed, read_signs, without_marks
from worker.wire.transmissions.framing import Transmission
from worker.wire.transmissions.message_headers import MessageHeader
from worker.wire.transmissions.trailers import Trailer, find_trailer
from worker.wire.wire_tables import is_list, is_row

_LONGEST = 1_000_000
# No head has more lines.
_MOST_MARKED = 40
# Kyodo's head has a slug, a headline of a line or two, and perhaps a byline.
_MOST_UNMARKED = 5
# How many lines of a marked one follow without a mark.
_MOST_WRAPPED = 4
_LONGEST_MARKED = 1_500
# Tabs and blanks open a paragraph, and so does TLI (a backspace), the mark of a line with tabs in it.
_OPENS_PARAGRAPH = re.compile(r"[ \t]*\t|[ \t]{2}|\x08")
_FEWEST_ROWS = 3
# ^*9006< says where to, code:2< what kind of thing.
_ROUTING = re.compile(r"\*\d{1,6}|code:.{0,20}|SYMBOL:.{0,200}", re.IGNORECASE)
# Which words a take follows: MARLOW HYTHE: walks across.
_PICKUP = re.compile(r"[^a-z:]{3,40}: .{2,100}")
# The labels of The Canadian Press.
_LABELLED = re.compile(r"(?P<label>HL|INDEX|Update|Recaps|Embargo):\s?(?P<value>.*)")


@dataclass(frozen=True, slots=True)
class _Part:
    """A line that is set apart, a paragraph, or the rows of a table with a line break between them."""

    text: str
    is_marked: bool = False
    is_centred: bool = False


def read_anpa(sent: Transmission, header: MessageHeader) -> Entry:
    """Return the entry of a transmission of ANPA 1312; without content where there is no text in it."""
    text = clean(sent.text.replace("\x08", "\ue008"), _LONGEST).replace("\ue008", "\x08")
    trailer = find_trailer(sent.trailer) or Trailer()
    parts = [*_split_parts(_mark_head(text.strip("\n").split("\n")), is_table=header.is_table)]
    first = next((at for at, part in enumerate(parts) if not part.is_marked), len(parts))
    head, summary, kept = _read_marked(parts[:first], has_paragraphs=first < len(parts))
    head = merge_heads(merge_heads(head, _read_header(header)), DispatchHead(agency=trailer.agency))
    paragraphs = [*kept, *(fold_paragraph(part.text) for part in parts[first:])]
    entry = read_entry(head, paragraphs, trailer.day)
    if entry.dateline_place is None and (dateline := read_place_alone(paragraphs[0] if paragraphs else "")):
        # In a transmission that is a dateline, whether its agency is known or not.
        entry = replace(
            read_entry(head, [paragraphs[0][dateline.length :], *paragraphs[1:]], trailer.day),
            dateline_place=dateline.place,
        )
    return replace(
        entry,
        summary=summary,
        published=trailer.moment or entry.published,
        agency=entry.agency or head.agency,
        tags=tuple(filter(None, (header.category, *entry.tags))),
    )


def _read_header(header: MessageHeader) -> DispatchHead:
    version = header.version
    return DispatchHead(
        slug=header.slug,
        urgency=header.urgency,
        notice=version.notice if version else None,
        number=version.number if version else None,
    )


def _mark_head(lines: Sequence[str]) -> Sequence[str]:
    """Return the lines of a text with those above its first indented one set apart, where no line is."""
    end = next((at for at, line in enumerate(lines[: _MOST_UNMARKED + 1]) if _opens_part(line)), 0)
    if any(map(_is_marked, lines[:_MOST_MARKED])) or any(line.rstrip().endswith((".", "<")) for line in lines[:end]):
        return lines
    return [*(f"^{line.rstrip(' +')}<" for line in lines[:end]), *lines[end:]]


def _split_parts(lines: Sequence[str], *, is_table: bool) -> Iterator[_Part]:
    """Yield the parts of a text."""
    at = 0
    while at < len(lines):
        line = lines[at]
        end = at + 1
        if _is_marked(line) and not _heads_table(lines, at):
            end = _end_of_marked(lines, at)
            yield from _split_marked(" ".join(lines[at:end]))
        elif line.strip():
            while end < len(lines) and lines[end].strip() and not _opens_part(lines[end]):
                end += 1
            yield from _read_block(lines[at:end], is_table=is_table)
        at = end


def _is_marked(line: str) -> bool:
    return line.lstrip(" ").startswith("^")


def _opens_part(line: str) -> bool:
    return _is_marked(line) or bool(_OPENS_PARAGRAPH.match(line))


def _heads_table(lines: Sequence[str], at: int) -> bool:
    """Say whether a line that is set apart names the columns of the table below it."""
    below = lines[at + 1] if at + 1 < len(lines) else ""
    return is_row(lines[at]) and not is_closed(lines[at]) and bool(below.strip()) and not _opens_part(below)


def _end_of_marked(lines: Sequence[str], at: int) -> int:
    """Return the line after one that is set apart: lines of it follow where it is closed only later."""
    if is_closed(lines[at]):
        return at + 1
    for end in range(at + 1, min(at + _MOST_WRAPPED, len(lines))):
        if not lines[end].strip() or _opens_part(lines[end]) or is_row(lines[end]):
            break
        if is_closed(lines[end]):
            return end + 1
    return at + 1


def _split_marked(line: str) -> Iterator[_Part]:
    """Yield the lines that are set apart in one line of a text, where one may follow another."""
    for piece in re.split(r"<\s*\^", line[:_LONGEST_MARKED]):
        yield _Part(read_signs(without_marks(piece)), is_marked=True, is_centred=is_centred(piece))


def _read_block(lines: Sequence[str], *, is_table: bool) -> Iterator[_Part]:
    """Yield the paragraph or the table that lines without a mark make."""
    if len(lines) == 1 and is_closed(lines[0]) and not _OPENS_PARAGRAPH.match(lines[0]):
        yield from _split_marked(lines[0])
        return
    rows = [read_signs(line.lstrip("^") if _is_marked(line) else line).rstrip(" <=!") for line in lines]
    if len(rows) > 1 and (is_table or all(map(is_row, rows)) or is_list(rows, _FEWEST_ROWS)):
        yield _Part("\n".join(rows))
    else:
        yield _Part(" ".join(without_marks(row) for row in rows))


def _read_marked(parts: Sequence[_Part], *, has_paragraphs: bool) -> tuple[DispatchHead, str | None, list[str]]:
    """Return what the lines that are set apart above the text say: the head, the summary, and what else is text."""
    head = DispatchHead()
    summary: list[str] = []
    kept: list[str] = []
    for at, part in enumerate(parts):
        said = _understand(part.text, head) if at < _MOST_MARKED else None
        if said is not None:
            head = merge_heads(head, said)
        elif head.headline is None and not kept:
            head = merge_heads(head, understand_headline(part.text))
        elif has_paragraphs and not part.is_centred:
            summary.append(part.text)
        else:
            kept.append(part.text)
    return head, " ".join(summary) or None, kept


def _understand(line: str, head: DispatchHead) -> DispatchHead | None:
    """Return what a line says that is set apart; None for a headline, a summary and the like."""
    if _ROUTING.fullmatch(line):
        return DispatchHead()
    if labelled := _LABELLED.fullmatch(line):
        return _read_labelled(labelled["label"].casefold(), labelled["value"])
    # The slug comes first, whatever it looks like.
    if head == DispatchHead() and (slug := read_slug_line(line)):
        return head_of_slug(slug)
    if head.notice is Notice.TAKE and _PICKUP.fullmatch(line):
        return DispatchHead(notes=(line,))
    return understand_line(line, is_signed=bool(head.authors))


def _read_labelled(label: str, value: str) -> DispatchHead:
    if label == "hl":
        return understand_headline(value)
    if label == "index":
        return DispatchHead(tags=tuple(split_keywords(value)))
    return DispatchHead(notes=(value,)) if value else DispatchHead()
