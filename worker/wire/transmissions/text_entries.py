"""Entries of the transmissions in a text: which standard each follows, and by what name it is known in its file."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from worker.basics.faults import read_each
from worker.errors import ErrorClass, PermanentError
from worker.values.entries import Entry, ParsedDocument
from worker.wire.agencies import is_agency
from worker.wire.dispatch import normalise_lines, read_dispatch
from worker.wire.dispatch_lines import DispatchHead, merge_heads
from worker.wire.transmissions.anpa import read_anpa
from worker.wire.transmissions.framing import Transmission, split_transmissions
from worker.wire.transmissions.iptc_7901 import read_iptc
from worker.wire.transmissions.marked_lines import read_marked_lines
from worker.wire.transmissions.message_headers import read_anpa_header, read_iptc_header
from worker.wire.transmissions.trailers import Trailer, find_trailer

# Agency and service, alone on the last line: AAP RTV.
_SIGNED = re.compile(r"^[ \t]*([A-Z]{2,6}) [A-Z]{2,10}\Z", re.MULTILINE)
_LONGEST_SIGN = 60
_NO_TEXT = "there is no text in it"
_DISPATCH, _ANPA, _IPTC = "dispatch", "anpa-1312", "iptc-7901"


@dataclass(frozen=True, slots=True)
class _Read:
    """A transmission that was read."""

    entry: Entry
    format: str
    number: str | None
    """The wire's own number of it."""


def read_transmissions(text: str, max_entries: int) -> ParsedDocument | None:
    """Return what the transmissions in a text publish, the last ``max_entries``; None where nothing shows any.

    PermanentError when there is no text in them.
    """
    sent = split_transmissions(text)
    if not any(each.is_framed for each in sent):
        return None
    kept = sent[-max_entries:]
    dropped = len(sent) - len(kept)
    found, faults = read_each(enumerate(kept, start=dropped + 1), lambda placed: (placed[0], _read(placed[1])))
    placed = [(place, each) for place, each in found if each.entry.content]
    if not placed and not faults:
        raise PermanentError(ErrorClass.PARSE, _NO_TEXT)
    read = [*_name_apart(placed)] if len(sent) > 1 else [each for _, each in placed]
    return ParsedDocument(
        format=read[0].format if read else _DISPATCH,
        parser=_DISPATCH,
        entries=tuple(each.entry for each in read),
        dropped_entries=dropped,
        skipped=(_NO_TEXT,) * (len(found) - len(placed)),
        faults=faults,
    )


def _read(sent: Transmission) -> _Read:
    if header := read_anpa_header(sent.header):
        return _Read(read_anpa(sent, header), _ANPA, header.number)
    first, _, keywords = sent.header.partition("\n")
    if header := read_iptc_header(first):
        return _Read(read_iptc(sent, header, keywords), _IPTC, header.number)
    return _Read(_read_plain(sent), _DISPATCH, None)


def _read_plain(sent: Transmission) -> Entry:
    """Return the entry of a transmission that has no header but, perhaps, lines of its own marks."""
    trailer = find_trailer(sent.trailer) or Trailer()
    text = normalise_lines(sent.text).rstrip()
    signed = _SIGNED.search(text, max(len(text) - _LONGEST_SIGN, 0))
    agency = signed[1] if signed and is_agency(signed[1]) else None
    marked = read_marked_lines(text[: signed.start()] if signed and agency else text)
    entry = read_dispatch(marked.text, merge_heads(marked.head, DispatchHead(dated=trailer.day)))
    return replace(
        entry,
        published=trailer.moment or marked.published or entry.published,
        agency=entry.agency or agency or trailer.agency,
        dateline_place=entry.dateline_place or marked.place,
        summary=marked.summary,
    )


def _name_apart(places: Iterable[tuple[int, _Read]]) -> Iterator[_Read]:
    """Yield transmissions of one file, each under a guid of its own, which stays when the file grows or is edited."""
    times: Counter[str] = Counter()
    for place, each in places:
        guid = _name(each) or f"number {place}"
        times[guid] += 1
        # Where nothing else tells two of one name apart, their order does.
        yield replace(each, entry=replace(each.entry, guid=guid if times[guid] == 1 else f"{guid} ({times[guid]})"))


def _name(read: _Read) -> str:
    """Return a transmission's name in its file: the wire's number and day, else its slug and take."""
    entry = read.entry
    day = (entry.published or "")[:10]
    known_by = (read.number, day) if read.number else (entry.slug, entry.notice, entry.notice_number, day)
    return " ".join(str(part) for part in known_by if part) if any(known_by[:-1]) else ""
