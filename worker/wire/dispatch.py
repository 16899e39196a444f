"""Wire dispatches, the plain-text seed format: header, head, dateline, paragraphs, sign-off; most are optional."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from worker.basics.charset import decode_with_doubts
from worker.basics.field_rules import LONGEST_CONTENT
from worker.basics.text import clean, fold
from worker.errors import ErrorClass, PermanentError
from worker.values.due_feeds import Document
from worker.values.entries import Entry, ParsedDocument
from worker.wire.bylines import read_byline_after_dateline
from worker.wire.date_lines import at_clock, split_date_header
from worker.wire.datelines import Dateline, read_dateline, read_dateline_alone, read_place_alone
from worker.wire.dispatch_head import split_head
from worker.wire.dispatch_lines import SENTENCE_END, DispatchHead, merge_heads
from worker.wire.notice_lines import notice_of_opening, read_kill_order, weightiest_notice
from worker.wire.sign_offs import read_sign_offs
from worker.wire.wire_tables import split_tables, write_paragraphs

DISPATCH_GUID = "dispatch"
"""The guid of a dispatch that is alone in its file: an edited file is a revision."""

# The first paragraphs, in which a notice says what it acts on.
_OPENING = 3
# SOH, STX, ETX and EOT part what is around them, whatever that is.
_PARTING = dict.fromkeys(range(1, 5), "\n")
_PARTED = re.compile("[\x01-\x04]")
# A paragraph begins after a blank line, with an indented line or with a bullet.
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BEGINNING = re.compile(r"[ \t]{2,}\S|[ \t]*[*•·‣▪+] ")
# Wires wrap their lines before this: a longer one is a whole paragraph.
_LONGEST_WRAPPED = 100
# A rule or a heading between paragraphs: ___, UP NEXT.
_LONGEST_HEADING = 30
# Who wrote and edited it: jdo/jr.
_INITIALS = re.compile(r"[a-z]{2,4}(?:[-/][a-z]{1,5}){1,4}")
# Xinhua may name the headline behind the dateline.
_XINHUA_HEADLINE = re.compile(r"题[：:]\s*(.{2,80})")


def parse_dispatch(document: Document) -> ParsedDocument:
    """Return the one entry of a document that is a dispatch; PermanentError when there is no text in it."""
    decoded = decode_with_doubts(document.body, document.content_type)
    return as_dispatch(decoded.text, decoded.doubts)


def as_dispatch(text: str, doubts: tuple[str, ...] = ()) -> ParsedDocument:
    """Return the document that a dispatch alone is; PermanentError when there is no text in it."""
    entry = read_dispatch(text)
    if not entry.content:
        raise PermanentError(ErrorClass.PARSE, "there is no text in it")
    return ParsedDocument(format="dispatch", parser="dispatch", entries=(entry,), doubts=doubts)


def read_dispatch(written: str, sent: DispatchHead | None = None) -> Entry:
    """Return what a dispatch says; ``sent`` is what the message says in which it came.

    Its content is empty where there is no text.
    """
    sent = sent or DispatchHead()
    published, text = split_date_header(normalise_lines(written))
    head, below = split_head(text, published or sent.dated)
    head = merge_heads(head, sent)
    return read_entry(head, split_paragraphs(below), at_clock(published or head.dated, head.clock))


def normalise_lines(written: str) -> str:
    """Return a text with its lines ended alike, and without what no text may hold."""
    text = written.translate(_PARTING) if _PARTED.search(written) else written
    text = clean(text, LONGEST_CONTENT)
    return text.replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n")


def split_paragraphs(body: str) -> list[str]:
    """Return the paragraphs, each on one line but for tables, which have a row on each."""
    blocks = [block.split("\n") for block in _BLANK_LINE.split(body) if block and not block.isspace()]
    lines = [line for block in blocks if len(block) > 1 for line in block if line and not line.isspace()]
    # Where all lines are indented, that is a margin; unless each is a paragraph.
    has_margin = all(map(_BEGINNING.match, lines)) and not all(map(_is_paragraph, map(str.strip, lines)))
    split = (_split_block(block, has_margin=has_margin) if len(block) > 1 else block for block in blocks)
    return [fold_paragraph(paragraph) for paragraphs in split for paragraph in paragraphs]


def fold_paragraph(paragraph: str) -> str:
    """Return a paragraph on one line; a table stays as it is."""
    return paragraph if "\n" in paragraph else fold(paragraph)


def _is_paragraph(line: str) -> bool:
    """Say whether a line may be a whole paragraph: a sentence, a rule, a heading in capitals, initials."""
    is_heading = len(line) <= _LONGEST_HEADING and not any(map(str.islower, line))
    return is_heading or bool(SENTENCE_END.search(line) or _INITIALS.fullmatch(line))


def _split_block(lines: Sequence[str], *, has_margin: bool) -> Iterator[str]:
    """Yield the paragraphs between two blank lines."""
    written = [line for line in map(str.rstrip, lines) if line]
    for is_table, run in split_tables(written):
        if is_table:
            yield "\n".join(run)
        else:
            yield from _split_run(run, has_margin=has_margin)


def _split_run(lines: Sequence[str], *, has_margin: bool) -> Iterator[str]:
    paragraph: list[str] = []
    for line in lines:
        begins = not has_margin and bool(_BEGINNING.match(line))
        if paragraph and (begins or len(paragraph[-1]) > _LONGEST_WRAPPED):
            yield " ".join(paragraph)
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield " ".join(paragraph)


def read_entry(head: DispatchHead, paragraphs: Sequence[str], published: date | None) -> Entry:
    """Return the entry that a head and the paragraphs below it make; ``published`` gives the year of its dateline."""
    written = paragraphs[0] if paragraphs else ""
    dateline = (
        read_dateline(written, published)
        or _read_place(written, head)
        or _read_dateline_field(head.dateline, published)
    )
    # A dateline alone gives a day only with its year.
    published = published or (None if head.updated else dateline.filed_on)
    names, paragraphs = _split_dateline(dateline, paragraphs)
    titled = _XINHUA_HEADLINE.fullmatch(paragraphs[0]) if paragraphs and not head.headline else None
    text = (*head.kept, *paragraphs[1 if titled else 0 :])
    signed = read_sign_offs(text, dateline.agency or head.agency)
    opening = notice_of_opening(signed.paragraphs[0]) if signed.paragraphs else None
    notice, named_slug = read_kill_order(
        (*head.notes, *signed.paragraphs[:_OPENING]), weightiest_notice(head.notice, opening)
    )
    content, is_plain = write_paragraphs(signed.paragraphs)
    return Entry(
        guid=DISPATCH_GUID,
        title=titled[1] if titled else head.headline,
        has_plain_title=True,
        content=content,
        is_plain_text=is_plain,
        authors=head.authors + names + signed.authors,
        summary=head.summary,
        published=published.isoformat() if published else None,
        updated=head.updated.isoformat() if head.updated else None,
        language=head.language,
        tags=head.tags,
        dateline_place=dateline.place,
        dateline_date=dateline.filed_on,
        agency=signed.agency,
        slug=head.slug,
        named_slug=named_slug,
        notice=notice,
        notice_number=head.number,
        note=" ".join(head.notes) or None,
        urgency=head.urgency,
        embargoed_until=head.embargoed_until,
    )


def _read_place(written: str, head: DispatchHead) -> Dateline | None:
    """Return the dateline of a text whose byline names the agency, as The Canadian Press has it: ``HALIFAX —``."""
    return read_place_alone(written) if head.agency and head.authors else None


def _read_dateline_field(written: str | None, published: date | None) -> Dateline:
    """Return a dateline that stands on a line of its own; what does not read like one is a place."""
    return (read_dateline_alone(written, published) or Dateline(written)) if written else Dateline()


def _split_dateline(dateline: Dateline, paragraphs: Sequence[str]) -> tuple[tuple[str, ...], Sequence[str]]:
    """Return the names in and after the dateline, and the paragraphs without it and them."""
    if not dateline.length:
        return (), paragraphs
    first = paragraphs[0][dateline.length :]
    names, length = read_byline_after_dateline(first)
    # A dateline on a line of its own leaves an empty first paragraph.
    return tuple(filter(None, (dateline.writer, *names))), tuple(filter(None, (first[length:], *paragraphs[1:])))
