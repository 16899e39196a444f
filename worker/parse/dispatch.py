"""Wire dispatches, the plain-text seed format: header, dateline, paragraphs, sign-off; all but the text optional."""

import re
from datetime import date

from worker.errors import ErrorClass, PermanentError
from worker.parse.charset import decode
from worker.parse.datelines import read_dateline
from worker.text import clean
from worker.values import Document, Entry, ParsedDocument

GUID = "dispatch"
"""A file holds one dispatch, whatever it says: edited, it is a revision."""

_LONGEST = 1_000_000
# The header may share its line with the dateline.
_HEADER = re.compile(r"\s*date:?[ \t]+(\d{4}-\d{1,2}-\d{1,2})\b[ \t]*\n?", re.IGNORECASE | re.ASCII)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
# A sign-off stands at the very end, and few stand together: to take off one after the other is quadratic.
_TAIL = 40
_MOST_SIGN_OFFS = 4
_NAME_AT_END = re.compile(r"\s*(?:\(([^()]{2,20})\)|/([^/]{2,20})/|[-–—]{1,2} ?([^\W\d_]{2,20}))\.?$")
_MARK_AT_END = re.compile(r"(?:^|(?<=[.!?\"”’)])\s)\(?(?:- ?30 ?-|#{3,5}|ENDS?|Enditem)\)?\.?$")
_AFTER_SENTENCE = re.compile(r"(?:^|[.!?\"”’)])$")


def parse_dispatch(document: Document) -> ParsedDocument:
    """Return the one entry of a dispatch; PermanentError when there is no text in it."""
    text = clean(decode(document.body, document.content_type), _LONGEST)
    text = text.replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n")
    header = _HEADER.match(text)
    published = _date(header[1]) if header else None
    paragraphs = _paragraphs(text[header.end() if header else 0 :])
    dateline = read_dateline(paragraphs[0], published) if paragraphs else None
    if dateline:
        paragraphs[0] = paragraphs[0][dateline.length :]
    content = "\n\n".join(_without_sign_offs(paragraphs, dateline.agency if dateline else None))
    if not content:
        raise PermanentError(ErrorClass.PARSE, "there is no text in it")
    entry = Entry(
        guid=GUID,
        content=content,
        is_plain_text=True,
        published=published.isoformat() if published else None,
        dateline_place=dateline.place if dateline else None,
        dateline_date=dateline.filed_on if dateline else None,
        agency=dateline.agency if dateline else None,
    )
    return ParsedDocument(format="dispatch", parser="dispatch", entries=(entry,))


def _paragraphs(body: str) -> list[str]:
    """Return the paragraphs, each on one line."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in _PARAGRAPH.split(body)]
    return [paragraph for paragraph in paragraphs if paragraph]


def _without_sign_offs(paragraphs: list[str], agency: str | None) -> list[str]:
    # A dateline on a line of its own leaves an empty first paragraph.
    kept = [paragraph for paragraph in paragraphs if paragraph]
    for _ in range(_MOST_SIGN_OFFS):
        last = _without_sign_off(kept[-1], agency) if kept else ""
        kept[-1:] = [last] if last else []
    return kept


def _without_sign_off(paragraph: str, agency: str | None) -> str:
    head, tail = paragraph[:-_TAIL], paragraph[-_TAIL:]
    if mark := _MARK_AT_END.search(tail):
        return (head + tail[: mark.start()]).rstrip()
    if match := _NAME_AT_END.search(tail):
        before = head + tail[: match.start()]
        name = match[1] or match[2] or match[3]
        # Brackets at the end are a sign-off when they name the agency, or nothing but capitals after a sentence.
        is_bracketed = match[3] is None
        if _names(name, agency) or (is_bracketed and name.isupper() and _AFTER_SENTENCE.search(before[-1:])):
            return before
    return paragraph


def _names(name: str, agency: str | None) -> bool:
    return agency is not None and name.strip().casefold() == agency.casefold()


def _date(written: str) -> date | None:
    try:
        return date(*map(int, written.split("-")))
    except ValueError:
        return None
