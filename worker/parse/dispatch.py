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
_HEADER = re.compile(r"\s*date:?[ \t]+(\d{4}-\d{1,2}-\d{1,2})\b[ \t]*\n?", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_SIGN_OFF = re.compile(r"\s*(?:\([^()\n]{2,20}\)|/[^/\n]{2,20}/\.?|-\s?30\s?-|#{3}|\bENDS?\b\.?)\s*$")


def parse_dispatch(document: Document) -> ParsedDocument:
    """Return the one entry of a dispatch; PermanentError when there is no text in it."""
    text = clean(decode(document.body, document.content_type), _LONGEST)
    text = text.replace("\u00a0", " ").replace("\r\n", "\n").replace("\r", "\n")
    header = _HEADER.match(text)
    published = _date(header[1]) if header else None
    body = text[header.end() if header else 0 :].strip()
    dateline = read_dateline(body, published)
    if dateline:
        body = body[dateline.length :]
    content = "\n\n".join(_paragraphs(body, dateline.agency if dateline else None))
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


def _paragraphs(body: str, agency: str | None) -> list[str]:
    """Return the paragraphs, each on one line, without the sign-off."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in _PARAGRAPH.split(body)]
    paragraphs = [paragraph for paragraph in paragraphs if paragraph]
    while paragraphs:
        last = _without_sign_off(paragraphs[-1], agency)
        if last == paragraphs[-1]:
            break
        paragraphs[-1:] = [last] if last else []
    return paragraphs


def _without_sign_off(paragraph: str, agency: str | None) -> str:
    # Only the end is searched: the pattern's leading space would else be tried at every space of a long text.
    head, tail = paragraph[:-40], paragraph[-40:]
    match = _SIGN_OFF.search(tail)
    if not match:
        return paragraph
    signed = match[0].strip(" ()/.#-")
    is_name = match[0].lstrip().startswith(("(", "/"))
    # Brackets at the end of a text are a sign-off when they name the agency, or nothing but capitals.
    if is_name and signed.casefold() != (agency or "").casefold() and not (agency is None and signed.isupper()):
        return paragraph
    return head + tail[: match.start()]


def _date(written: str) -> date | None:
    try:
        return date(*map(int, written.split("-")))
    except ValueError:
        return None
