"""The envelope in which wires send a dispatch (IPTC 7901): header, text and trailer, parted by control characters.

SYN SYN SOH ``NWA042 4 POL 120 slug`` STX text ETX ``021015 nov 26`` EOT
"""

import re
from dataclasses import dataclass
from datetime import date

from worker.wire.days import make_day
from worker.wire.notice_lines import read_slug_line
from worker.wire.words import MONTHS

# What is read is not given back (+): else a text of blanks that nothing ends would take the square of its length.
_ENVELOPE = re.compile(
    rb"[\x00\x16\s]*\x01(?P<header>[^\x01-\x04]{0,500})\x02(?P<text>[^\x01-\x04]*+)"
    rb"(?:\x03(?P<trailer>[^\x01-\x04]{0,500}+)\x04?)?[\x00\x16\s]*"
)
# Source and number, priority, category, words, and keywords for the editor.
_HEADER = re.compile(
    r"[A-Za-z]{1,8} ?\d{1,5} +(?P<priority>\d) +[A-Za-z]{1,3} +\d{1,5}(?: +words)?(?: +(?P<keywords>\S.{0,200}))?",
    re.ASCII | re.IGNORECASE,
)
# 021015 nov 26: the second, 10:15 UTC
_SENT = re.compile(
    r"(?P<day>\d\d)[0-2]\d[0-5]\d(?: ?(?:GMT|UTC|Z))? (?P<month>[^\W\d_]{3,9})\.? (?:20)?(?P<year>\d\d)\b",
    re.IGNORECASE,
)
# SOH, STX, ETX and EOT part what is around them, whatever that is.
_LINE_BREAKS = bytes.maketrans(b"\x01\x02\x03\x04", b"\n\n\n\n")
_CENTURY = 2000


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an envelope says of the dispatch in it."""

    urgency: int | None = None
    slug: str | None = None
    sent_on: date | None = None


def open_envelope(body: bytes) -> tuple[Envelope, bytes]:
    """Return what the envelope of a dispatch says, and the text in it; a body without one stays as it is."""
    found = _ENVELOPE.fullmatch(body) if b"\x02" in body else None
    if found is None:
        return Envelope(), body.translate(_LINE_BREAKS) if _is_parted(body) else body
    header, trailer = (_one_line(found[name] or b"") for name in ("header", "trailer"))
    said = read_wire_header(header) or Envelope()
    return Envelope(said.urgency, said.slug, _read_sent(trailer)), found["text"]


def _is_parted(body: bytes) -> bool:
    # In UTF-16 they are halves of letters.
    return b"\x00" not in body and (b"\x02" in body or b"\x01" in body)


def read_wire_header(line: str) -> Envelope | None:
    """Return what the line says that heads a message, with or without control characters; None for any other line."""
    found = _HEADER.fullmatch(line)
    if found is None:
        return None
    return Envelope(int(found["priority"]) or None, _read_keywords(found["keywords"] or ""))


def _read_keywords(written: str) -> str | None:
    """Return the slug among the keywords: what is behind a semicolon, or a word that is surely one."""
    _, sign, behind = written.rpartition(";")
    if sign:
        return behind.strip() or None
    slug = read_slug_line(written)
    return slug.text if slug else None


def _read_sent(trailer: str) -> date | None:
    found = _SENT.search(trailer)
    month = MONTHS.get(found["month"].casefold(), 0) if found else 0
    return make_day(_CENTURY + int(found["year"]), month, int(found["day"])) if found and month else None


def _one_line(written: bytes) -> str:
    return " ".join(written.decode("latin-1").split())
