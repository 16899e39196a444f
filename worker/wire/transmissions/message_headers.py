"""The headers of transmissions: of ANPA 1312, and of IPTC 7901 (Recommended Message Format), which ANPA's became.

``W2870␟asian`` above ``r i␓␑ BC-EU--Harbour-Bridge 1stLd-Writethru 11-13 0416``, and
``NWA042 4 POL 120 harbour-bridge``; both also where their control characters were lost on the way.
"""

import re
from dataclasses import dataclass

from worker.basics.text import fold
from worker.wire.agencies import agency_name, is_agency
from worker.wire.notice_lines import NoticeLine, read_bare_notice, read_slug_line
from worker.wire.transmissions.categories import ANPA_CATEGORIES, ANPA_PRIORITIES, IPTC_CATEGORIES

# Service level, number, selector; then priority, category, and the format: DC3 body or DC4 agate, DC1 text or DC2
# table. What has become of the control characters may be anything but a letter.
_ANPA_FIRST = (
    r"(?P<level>[A-Za-z]?)(?P<number>\d{4})"
    r"(?:(?P<upi>[^\x1f\n]{0,15}\x1f|[^\w\n-]{0,4})(?P<selector>[A-Za-z0-9-]{4,10})|[^\w\n]{0,4})"
)
_ANPA_SECOND = (
    r"(?P<priority>[A-Za-z]) (?P<category>[A-Za-z])(?P<format>[\x11-\x14]{0,2}|[^\w\s]{1,4}) {1,3}"
    r"(?P<keyword>[^\s\x11-\x14]{2,40})(?: {1,20}(?P<version>\S{1,24}))?(?: {1,20}(?P<reference>\S{1,12}))?"
    r" {1,20}(?P<day>\d\d-\d\d)(?: {1,9}(?P<words>\d{1,5}))?"
)
ANPA_LINES = rf"{_ANPA_FIRST}[ \t]{{0,9}}\n{{1,2}}{_ANPA_SECOND}[ \t]{{0,20}}"
"""A regular expression for the two lines of ANPA's header."""
_ANPA = re.compile(ANPA_LINES)
_TABLE = "\x12"

# Source and number, priority, category, words, and keywords for the editor.
IPTC_LINE = (
    r"(?P<source>[A-Za-z]{1,8}) ?(?P<serial>\d{1,5}) {1,9}(?P<urgency>\d) {1,9}(?P<desk>[A-Za-z]{1,3}) {1,9}\d{1,5}"
    r"(?: {1,9}(?i:words))?(?: {1,80}(?P<keywords>\S.{0,200}))?"
)
"""A regular expression for the first line of a header of IPTC 7901."""
_IPTC = re.compile(IPTC_LINE)
# The agency's own name and number among the keywords: dpa 0045, dpa-tns 0908.
_AGENCY_NUMBER = re.compile(r"(?P<agency>[A-Za-z]{2,10})(?:-[a-z]{2,8})? \d{4}\b", re.ASCII)
_SHORTEST_AGENCY = 3


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """What the header of a transmission says of the dispatch in it."""

    number: str | None = None
    """Source or service level, and the number that it counts its transmissions by."""
    urgency: int | None = None
    category: str | None = None
    """In words; None for a code that we do not know."""
    slug: str | None = None
    keywords: str | None = None
    """As written, where none of them is surely the slug."""
    version: NoticeLine | None = None
    """What ANPA's version says: ``1stLd-Writethru``."""
    agency: str | None = None
    is_table: bool = False


def read_anpa_header(header: str) -> MessageHeader | None:
    """Return what a header of ANPA 1312 says; None for any other."""
    found = _ANPA.match(header.strip())
    if found is None:
        return None
    version = found["version"] or ""
    return MessageHeader(
        number=f"{found['level']}{found['number']}",
        urgency=ANPA_PRIORITIES.get(found["priority"].lower()),
        category=ANPA_CATEGORIES.get(found["category"].lower()),
        slug=found["keyword"].strip("-"),
        version=read_bare_notice(version) if version else None,
        is_table=_TABLE in found["format"],
    )


def read_iptc_header(line: str) -> MessageHeader | None:
    """Return what the line says that heads a message of IPTC 7901; None for any other line."""
    found = _IPTC.fullmatch(line.strip())
    if found is None:
        return None
    keywords = found["keywords"] or ""
    numbered = _AGENCY_NUMBER.match(keywords)
    return MessageHeader(
        number=f"{found['source']}{found['serial']}",
        urgency=int(found["urgency"]) or None,
        category=IPTC_CATEGORIES.get(found["desk"].casefold()),
        slug=_read_keywords(keywords),
        keywords=fold(keywords) or None,
        agency=_find_agency(numbered["agency"] if numbered else "", found["source"]),
    )


def _find_agency(*names: str) -> str | None:
    known = (agency_name(name) for name in names if is_agency(name) and len(name) >= _SHORTEST_AGENCY)
    return next(known, None)


def _read_keywords(written: str) -> str | None:
    """Return the slug among the keywords: what is behind a semicolon, or a word that is surely one."""
    _, sign, behind = written.rpartition(";")
    if sign:
        return behind.strip() or None
    slug = read_slug_line(written)
    return slug.text if slug else None
