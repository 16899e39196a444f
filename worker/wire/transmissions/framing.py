"""Where transmissions begin and end in a text: at control characters, at ZCZC and NNNN, else at headers alone.

SYN SYN SOH header STX text ETX trailer EOT (ANPA 1312, IPTC 7901); ZCZC text NNNN (ITU-T F.1, for telegrams)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from worker.wire.transmissions.control_signs import EOT, ETX, SOH, STX, drop_idle, restore_controls
from worker.wire.transmissions.message_headers import ANPA_LINES, IPTC_LINE
from worker.wire.transmissions.trailers import find_trailer


@dataclass(frozen=True, slots=True)
class Transmission:
    """One message of a wire; header and trailer are empty where it has none, or nothing parts them from its text."""

    header: str
    text: str
    trailer: str = ""
    is_framed: bool = True
    """Whether anything shows where it begins or ends; else it is a text that may be all kinds of things."""


_LINE_END = re.compile(r"\r\n?")
_LETTER = re.compile(r"[^\W_]")
# Up to the next SOH or EOT.
_CHUNK = re.compile(r"\x01?[^\x01\x04]+")
_PARTING = re.compile(r"[\x01-\x04]")
_BEGINNING = re.compile(
    rf"^(?:(?P<zczc>[ \t]{{0,9}}(?:ZCZC|zczc)(?![A-Za-z]))|(?P<anpa>{ANPA_LINES}$)|(?P<iptc>{IPTC_LINE}$))",
    re.MULTILINE,
)
_HEADER = re.compile(rf"(?:{ANPA_LINES}|{IPTC_LINE})$", re.MULTILINE)
# A header may share its line.
_ZCZC_LINE = re.compile(
    rf"[ \t]{{0,9}}(?:ZCZC|zczc)(?![A-Za-z])(?:[ \t]{{1,9}}(?={IPTC_LINE}$)|.{{0,80}}(?:\n|\Z))", re.MULTILINE
)
_END = re.compile(r"^[ \t]{0,9}(?:NNNN|nnnn)[ \t]{0,9}(?:\n|\Z)", re.MULTILINE)
# What is behind NNNN and has no such sentence in it is no news: a time, initials.
_SHORTEST_SENTENCE = 25
_STOPS = (".", "!", "?", '."', ".”", ".»", "。")
_BEFORE = 400


def split_transmissions(text: str) -> list[Transmission]:
    """Return the transmissions in a text, in its order; of a text without any mark of one, the text as one."""
    text = _LINE_END.sub("\n", restore_controls(text))
    if not any(sign in text for sign in (SOH, STX, EOT)):
        return list(_split_lines(text))
    chunks = (each[0] for each in _CHUNK.finditer(text) if _LETTER.search(each[0]))
    return [sent for at, chunk in enumerate(chunks) for sent in _split_chunk(chunk, is_first=at == 0)]


def _split_chunk(chunk: str, *, is_first: bool) -> Iterator[Transmission]:
    """Yield the transmissions between two EOT or SOH."""
    header, sign, rest = chunk.partition(STX)
    is_headed = header.startswith(SOH) or bool(_HEADER.match(drop_idle(header)))
    if sign and is_headed and STX not in rest:
        text, _, trailer = rest.partition(ETX)
        yield Transmission(drop_idle(header.lstrip(SOH)), text, trailer)
    else:
        # Some of the control characters were lost, or they part something else.
        yield from _split_lines(_PARTING.sub("\n", chunk), is_first=is_first)


def _split_lines(text: str, *, is_first: bool = True) -> Iterator[Transmission]:
    """Yield the transmissions that lines show: ZCZC and NNNN, and headers without their control characters."""
    begins: list[int] = []
    for found in _BEGINNING.finditer(text):
        # Behind another message a blank line is enough, for its trailer may be broken.
        is_next = (bool(begins) or not is_first) and text.endswith("\n\n", 0, found.start())
        if found["zczc"] or found["anpa"] or is_next or _is_after_end(text, found.start()):
            # Between ZCZC and the header of its message there is nothing else.
            between = text[begins[-1] : min(found.start(), begins[-1] + _BEFORE)] if begins else ""
            if not begins or _without_zczc(between).strip():
                begins.append(found.start())
    # What is above the first has no beginning of its own.
    is_whole = begins[:1] == [0]
    for begin, end in pairwise([*([] if is_whole else [0]), *begins, len(text)]):
        yield from _split_ended(text[begin:end], is_framed=begin > 0 or is_whole)


def _is_after_end(text: str, begin: int) -> bool:
    """Say whether nothing stands before a place in a text, or the end of a transmission does."""
    before = text[max(begin - _BEFORE, 0) : begin].rstrip()
    if not before:
        return begin < _BEFORE
    last = before.rpartition("\n")[2]
    return bool(_END.match(last)) or find_trailer(last) is not None


def _split_ended(text: str, *, is_framed: bool) -> Iterator[Transmission]:
    """Yield the transmissions of a text in which one ends with each NNNN."""
    if not _LETTER.search(text):
        return
    first, *others = _END.split(text)
    parts = [[first]]
    for part in others:
        if _holds_news(part):
            parts.append([part])
        else:
            parts[-1].append(part)
    for part in parts:
        yield _open("".join(part), is_framed=is_framed or bool(others))


def _holds_news(text: str) -> bool:
    """Say whether a text has a line that ends a sentence of some length."""
    return any(len(line) >= _SHORTEST_SENTENCE and line.endswith(_STOPS) for line in map(str.strip, text.split("\n")))


def _open(part: str, *, is_framed: bool) -> Transmission:
    """Return a transmission whose header and trailer no control character parts from its text."""
    text = _without_zczc(drop_idle(part))
    header = _HEADER.match(text)
    text = text[header.end() :] if header else text
    trailer = find_trailer(text)
    end = trailer.start if trailer else len(text)
    return Transmission(header[0] if header else "", text[:end], text[end:], is_framed or header is not None)


def _without_zczc(text: str) -> str:
    """Return a text without the line that opens it, where that is ZCZC."""
    opened = _ZCZC_LINE.match(text)
    return drop_idle(text[opened.end() :]) if opened else text
