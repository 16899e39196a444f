"""Transmissions of IPTC 7901, the "Recommended Message Format", as the wires of Europe send them.

Below the header may stand keywords; the text begins with a head that dpa and others close with ``=``: keywords, notes
in brackets, the headline, the byline. A notebook may follow the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from worker.basics.text import fold
from worker.values.entries import Entry, Notice
from worker.wire.bylines import read_byline
from worker.wire.datelines import read_dateline
from worker.wire.dispatch import normalise_lines, read_dispatch, read_entry, split_paragraphs
from worker.wire.dispatch_lines import DispatchHead, head_of_slug, merge_heads, understand_headline, understand_line
from worker.wire.notice_lines import notice_of_note, split_slug
from worker.wire.transmissions.framing import Transmission
from worker.wire.transmissions.message_headers import MessageHeader
from worker.wire.transmissions.notebooks import split_notebook
from worker.wire.transmissions.trailers import Trailer, find_trailer

_MOST_LINES = 24
_LONGEST_LINE = 250
# Yemen/conflict/UN/; /politics/Britain/
_KEYWORDS = re.compile(r"/?(?:[^/\n]{1,60}/){1,20}[^/\n]{0,60}")
_BYLINE = re.compile(r"(?:By|BY|Von|VON|Par|PAR|Por|POR|Di|DI|Door|Av|AV|Af|AF) [^\W\d_].{2,200}")
# Port-pont-politique,PREV: AFP's slug, with what kind of version it is.
_SLUG_LINE = re.compile(r"(?P<slug>(?P<name>[^\W_]{2,30}(?:-[^\W_]{2,30}){1,6})(?:,\w{1,12})?)[ \t]*\n")
# PUERTO OBRAS (Ampliación)
_REPEATED = re.compile(r"(?P<keywords>[^()]{2,200}?) ?(?:\((?P<note>[^()]{2,60})\))?")
# The serial of a service, which law in Italy asks for.
_NUMBERED = re.compile(r"^[ \t]*ISSN \d{4} ?- ?\d{3}[\dX][ \t]*$", re.MULTILINE)
# ATTENTION - ajoute citation ///
_AFP_NOTE = re.compile(
    r"^[ \t]*(?:ATTENTION|ATTENTION EDITORS|ACHTUNG) ?[-:] ?(?P<note>.{2,300}?) ?//+[ \t]*\n", re.MULTILINE
)
# =(Photo+Video)=
_AFP_PICTURE = re.compile(
    r"^[ \t]*=?\((?:avec )?(?:photo|video|vidéo|infographie)[^()\n]{0,60}\)=?[ \t]*\n", re.MULTILINE | re.IGNORECASE
)
# Of ATS, whose dispatches have been JSON on their way: (SDA\\/abc).
_ESCAPED_SLASH = "\\/"
_LONGEST_OPENING = 2_000
# A label in capitals above the headline: EXTRA, FOCUS.
_LABEL = re.compile(r"[^\W\d_a-z]{3,20}(?: [^\W\d_a-z]{2,20})?")
_BRACKETED = re.compile(r"[(\[](?P<words>[^()\[\]\n]{1,1000})[)\]]")
# dpa counts the versions for sites beside its leads.
_NET = re.compile(r"\d(?:ST|ND|RD|TH) NET")
_PICTURE = re.compile(r"(?:(?:mit|with) )?(?:foto|photo|grafik|video)s?\b.{0,60}", re.IGNORECASE)  # codespell:ignore
# APA's titles say that there are pictures, and have a second line.
_PICTURED = re.compile(r" [-–] (?:BILD|BILDER|FOTO|FOTOS|GRAFIK|VIDEO)$")  # codespell:ignore
_SUBTITLE = re.compile(r"Utl\.: ?(?P<words>.{2,240})")
_ATTENTION = re.compile(r"(?:Achtung|Attention|Hinweis)\b.{0,100}", re.IGNORECASE)
# The signals of dpa's head, in its languages: what mends, repeats or renews a dispatch, and how urgent one is.
_SIGNALS = {
    word: DispatchHead(notice=notice, urgency=urgency)
    for words, notice, urgency in (
        ("berichtigung correction korekta rectificatif corrección", Notice.CORRECTION, None),
        ("wiederholung repeat remettre rpt", Notice.REPEAT, None),
        ("aktualisierung aktualisiert update actualización aktualizacja zusammenfassung", Notice.UPDATE, None),
        ("rückzug kill annulliert", Notice.KILL, None),
        ("blitz flash", None, 1),
        ("eil urgent", None, 2),
    )
    for word in words.split()
}
# A headline is no sentence, and stands apart from an indented text, or one behind a blank line.
_HEADLINE = re.compile(r"(?=[^\W_]).{4,150}(?<![.!?,:;])")
_APART = frozenset(" \t\n")
# How many paragraphs may stand above the dateline: dpa opens with a teaser.
_MOST_ABOVE = 2


def read_iptc(sent: Transmission, header: MessageHeader, keywords: str) -> Entry:
    """Return the entry of a transmission of IPTC 7901; without content where there is no text in it.

    ``keywords`` are the lines of its header but the first.
    """
    trailer = find_trailer(sent.trailer) or Trailer()
    written = f"{keywords}\n{sent.text}".replace(_ESCAPED_SLASH, "/")
    text, notebook = split_notebook(_NUMBERED.sub("", normalise_lines(written)))
    repeated, text = _take_out_keywords(text.strip("\n"), header.keywords)
    said, text = _take_out_notes(text)
    said = merge_heads(repeated, said)
    said = merge_heads(said, DispatchHead(slug=header.slug, urgency=header.urgency, dated=trailer.day))
    head, below = _split_closed_head(text)
    if head is None:
        entry = _read_open(text, said)
    else:
        above, paragraphs = _split_above_dateline(split_paragraphs(below), trailer)
        entry = read_entry(merge_heads(replace(head, kept=(*head.kept, *above)), said), paragraphs, trailer.day)
    return replace(
        entry,
        note="; ".join(filter(None, (entry.note, notebook))) or None,
        published=trailer.moment or entry.published,
        agency=entry.agency or header.agency,
        tags=tuple(filter(None, (header.category, *entry.tags))),
    )


def _take_out_keywords(text: str, keywords: str | None) -> tuple[DispatchHead, str]:
    """Return the slug where a text opens with its header's keywords again, as EFE's do, and the text below them."""
    first, _, below = text.partition("\n")
    opened = _REPEATED.fullmatch(fold(first[:_LONGEST_LINE]))
    if not (opened and keywords and opened["keywords"] == keywords.upper() and below.strip()):
        return DispatchHead(), text
    note = opened["note"] or ""
    return DispatchHead(slug=keywords, notes=(note,) if note else (), notice=notice_of_note(note)), below.lstrip("\n")


def _take_out_notes(text: str) -> tuple[DispatchHead, str]:
    """Return the slug and the notes that AFP puts on lines of their own, and the text without these."""
    said = DispatchHead()
    if slugged := _SLUG_LINE.match(text):
        slug = split_slug(slugged["slug"])
        said = DispatchHead(slug=slugged["name"], notice=slug.notice, number=slug.number)
        text = text[slugged.end() :]
    text = _AFP_PICTURE.sub("", text[:_LONGEST_OPENING], count=1) + text[_LONGEST_OPENING:]
    if noted := _AFP_NOTE.search(text[:_LONGEST_OPENING]):
        said = merge_heads(said, DispatchHead(notes=(noted["note"],), notice=notice_of_note(noted["note"])))
        text = text[: noted.start()] + text[noted.end() :]
    return said, text


def _read_open(text: str, said: DispatchHead) -> Entry:
    """Return the entry of a text whose head nothing closes: the standard begins it with the headline."""
    entry = read_dispatch(text, said)
    first, _, below = text.lstrip("\n").partition("\n")
    is_headline = entry.title is None and bool(_HEADLINE.fullmatch(first)) and bool(below.strip())
    if not is_headline or below[:1] not in _APART:
        return entry
    return read_dispatch(below, merge_heads(said, understand_headline(first)))


def _split_closed_head(text: str) -> tuple[DispatchHead | None, str]:
    """Return the head that a line with ``=`` at its end closes, and the text below it; None where there is none."""
    *lines, rest = [*text.split("\n", _MOST_LINES), ""][: _MOST_LINES + 1]
    written = [line[:_LONGEST_LINE].strip() for line in lines]
    end = next((at for at, line in enumerate(written, start=1) if line.endswith("=")), None)
    # Above it there is no paragraph of text.
    if end is None or not _is_head(written[_first_of_head(written) : end]):
        return None, text
    head = _read_head([line.rstrip("= ") for line in written[:end] if line and not _NET.fullmatch(line)])
    return head, "\n".join((*lines[end:], rest))


def _is_head(lines: Sequence[str]) -> bool:
    """Say whether lines may be a head: with blank lines among them only where none is a sentence."""
    return all(lines) or not any(line.endswith((".", "!", "?")) for line in lines)


def _first_of_head(written: Sequence[str]) -> int:
    """Return the first line of a head below the keywords, which a blank line may follow."""
    first = next((at for at, line in enumerate(written) if line), 0)
    is_apart = written[first + 1 : first + 2] == [""] and bool(_KEYWORDS.fullmatch(written[first]))
    return first + 2 if is_apart or _is_topic(written[first:]) else first


def _is_topic(lines: Sequence[str]) -> bool:
    """Say whether the first of some lines stands apart, and opens the headline below it again, as ATS's topics do."""
    topic = next(iter(lines), "")
    return bool(topic) and lines[1:2] == [""] and "".join(lines[2:3]).startswith(f"{topic}:")


def _read_head(lines: Sequence[str]) -> DispatchHead:
    """Return what a head says; what is neither keyword, note, label nor byline is the headline, in a line or more."""
    head = DispatchHead()
    headline: list[str] = []
    if len(lines) > 1 and lines[1].startswith(f"{lines[0]}:"):
        head, lines = DispatchHead(slug=lines[0]), lines[1:]
    for line in _unwrap(lines):
        said = _read_keywords(line) if head.slug is None and not headline else None
        said = said or _read_marked_line(line, is_above=not headline)
        if said is None:
            headline.append(line)
        else:
            head = merge_heads(head, said)
    title = _PICTURED.sub("", " ".join(headline))
    return merge_heads(head, understand_headline(title)) if title else head


def _unwrap(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a head, a note in brackets as one."""
    at = 0
    while at < len(lines):
        end = at + 1
        if lines[at].startswith("("):
            end += sum(1 for _ in takewhile(lambda line: not line.endswith(")"), lines[at:]))
        yield fold(" ".join(lines[at:end]))
        at = end


def _read_keywords(line: str) -> DispatchHead | None:
    """Return the slug in the line of keywords that opens a head; None for any other line."""
    if not _KEYWORDS.fullmatch(line):
        return None
    slug = split_slug(line.strip("/ "))
    return head_of_slug(slug)


def _read_marked_line(line: str, *, is_above: bool) -> DispatchHead | None:
    """Return what a line says that is a note, a label or a byline; None for one of the headline.

    ``is_above`` says that the headline is still to come.
    """
    if subtitle := _SUBTITLE.fullmatch(line):
        return DispatchHead(kept=(subtitle["words"],))
    if bracketed := _BRACKETED.fullmatch(line):
        return _read_bracketed(bracketed["words"].strip())
    if signal := _SIGNALS.get(line.strip(": ").casefold()):
        return signal
    if _BYLINE.fullmatch(line) and not is_above:
        byline = read_byline(line)
        return DispatchHead(authors=byline.names, agency=byline.agency) if byline else DispatchHead()
    if is_above and (said := understand_line(line)) and not said.headline and not said.slug:
        return said
    return DispatchHead(tags=(line.capitalize(),)) if is_above and _LABEL.fullmatch(line) else None


def _read_bracketed(words: str) -> DispatchHead:
    """Return what a note in brackets says: a signal with its words, a genre, or something for editors."""
    first, _, rest = words.partition(":")
    if signal := _SIGNALS.get(first.strip().casefold()):
        return replace(signal, notes=(fold(rest),)) if rest.strip() else signal
    if _PICTURE.fullmatch(words):
        return DispatchHead()
    if _ATTENTION.fullmatch(words) or " " in words:
        return understand_line(f"({words})") or DispatchHead(notes=(words,))
    return DispatchHead(tags=(words,))


def _split_above_dateline(paragraphs: Sequence[str], trailer: Trailer) -> tuple[Sequence[str], Sequence[str]]:
    """Return the paragraphs that stand above the dateline, as a teaser does, and the others."""
    openings = (read_dateline(paragraph, trailer.day) for paragraph in paragraphs[: _MOST_ABOVE + 1])
    at = next((at for at, dateline in enumerate(openings) if dateline), 0)
    return paragraphs[:at], paragraphs[at:]
